import HTTP
import JSON
import Kernel
import Log
import Testing

@testable import Service

/// `?asof=` on every read and `?dry_run=true` on every write: the table of routes is the test's
/// input, so that a new route is in it at once.
@Suite struct SupposingTests {
  private static let open = "-1001234567890"

  /// A ledger in which every route finds something, and who may ask what.
  private struct Scene {
    let world: EdgeWorld
    let owner: Person
    let session: String
    let key: String
    let order: String

    init() async throws {
      world = try EdgeWorld(variables: ["WEIR_RATE_LIMITS": "off", "WEIR_OPEN_READS": "off"])
      owner = try await world.person("owner")
      try await world.register(SupposingTests.open, "-1009876543210", by: owner)
      let placed = try await world.post(
        "/api/orders", #"{"channel":"\#(SupposingTests.open)","tier":1,"user_id":"7700077"}"#)
      order = try #require(placed.json?["order_id"]?.text, "\(placed)")
      let paid = Bodies.notice(
        payment: 100, order: "PGP-6270000001|\(SupposingTests.open)", price: "25")
      #expect(try await world.notify(paid).status == 200)
      _ = try await world.logIn("owner")
      let sessions = try await world.ask("GET", "/api/account/sessions", by: owner.access)
      session = try #require(
        sessions.json?["sessions"]?.items?.first { $0["is_current"] == .bool(false) }?[
          "session_id"]?.text)
      let issued = try await world.ask(
        "POST", "/api/account/keys", SupposingTests.keyForm, by: owner.access)
      key = try #require(issued.json?["key_id"]?.text, "\(issued)")
    }

    func token(_ access: EdgeRoute.Access) -> String? {
      switch access {
      case .open, .signed, .secret: nil
      case .reads, .owns, .account, .session: owner.access
      case .writes: EdgeWorld.serviceKey
      case .audits, .operates, .grants: EdgeWorld.operatorKey
      case .approves: EdgeWorld.approverKeys["ana"]
      }
    }

    func path(_ pattern: String) -> String {
      pattern.replacing("{account}", with: owner.id).replacing("{order}", with: order)
        .replacing("{id}", with: id(pattern)).replacing("{table}", with: "trial_balance")
        .replacing("{transfer}", with: "WE01000000000001.fund")
        .replacing("{channel}", with: ChannelKey(naming: SupposingTests.open)?.text ?? "")
        .replacing("{session}", with: session).replacing("{key}", with: key)
        .replacing("{position}", with: "1").replacing("{difference}", with: "1")
        .replacing("{notice}", with: "1")
        .replacing("{action}", with: pattern.contains("debts") ? "write-off" : "accept")
    }

    private func id(_ pattern: String) -> String {
      if pattern.contains("orders") { return order }
      return pattern.contains("payments") ? "100" : SupposingTests.open
    }

    func ask(
      _ route: EdgeRoute, _ query: String, _ body: String? = nil
    ) async throws -> EdgeAnswer {
      try await world.ask(
        route.method, path(route.pattern) + query, body, by: token(route.access),
        headers: ["If-Match": "*"])
    }

    /// Asks now, of tables that have come that far.
    func ask(_ route: EdgeRoute, at position: UInt64) async throws -> EdgeAnswer {
      let waits = route.query?.contains("position") ?? false
      return try await ask(route, waits ? "?position=\(position)" : "")
    }

    /// A name that the route doesn't know is refused by that name, but where others make up the
    /// address.
    func expectUnknown(
      _ name: String, _ value: String, of route: EdgeRoute, _ body: String? = nil
    ) async throws {
      let answer = try await ask(route, "?\(name)=\(value)", body)
      let label = Comment(rawValue: "\(route.method) \(route.pattern): \(answer)")
      if route.query == nil {
        #expect(answer.code != "query_invalid", label)
      } else {
        #expect(answer.status == 400 && answer.code == "query_invalid", label)
        #expect(answer.json?["detail"]?.text?.contains("no \(name) ") == true, label)
      }
    }
  }

  private static let keyForm = #"{"label":"all","scopes":["read"],"days":1}"#
  private static let secret = #""password":"\#(Person.password)""#
  private static let why = #""reason":"a test","actor":"root""#

  /// What would be taken, by path; what isn't here is sent an empty object.
  private static let bodies: [String: String] = [
    "/api/auth/signup": #"{"username":"new","email":"new@example.org",\#(secret)}"#,
    "/api/channels/register": Bodies.registration(
      open: "-1001111111111", closed: "-1002222222222"),
    "/api/channels/{id}": #"{"open_channel_title":"Another"}"#,
    "/api/orders": #"{"channel":"\#(open)","tier":1,"user_id":"7700078"}"#,
    "/api/account/keys": keyForm,
    "/api/account/close": "{\(secret)}",
    "/api/account/change-password":
      #"{"current_password":"\#(Person.password)","new_password":"Correct-horse-2"}"#,
    "/api/account/change-email": #"{"new_email":"other@example.org",\#(secret)}"#,
    "/api/admin/freeze": "{\(why)}",
    "/api/admin/accounts/{account}/roles": #"{"roles":["operator"],\#(why)}"#,
    "/api/admin/accounts/{account}/close": "{\(why)}",
    "/api/admin/notices/replay": #"{"raw":"{}"}"#,
  ]

  @Test("does: every read ends the log where asof says, or says why it has no past")
  func reads() async throws {
    let scene = try await Scene()
    let ahead = scene.world.store.head.position + 1_000
    for route in EdgeRoute.all where route.method == "GET" {
      let label = Comment(rawValue: route.pattern)
      let early = try await scene.ask(route, "?asof=\(ahead)")
      let odd = try await scene.ask(route, "?asof=yesterday")
      if case .never(let why) = route.supposing {
        #expect(early.status == 400 && early.code == "asof_refused", label)
        #expect(early.json?["detail"]?.text == why, label)
      } else {
        #expect(early.code == "position_ahead", label)
        #expect(odd.code == "query_invalid", label)
        let past = try await scene.ask(route, "?asof=2")
        #expect(past.status == 200 || past.status == 404, "\(route.pattern): \(past)")
        if past.status == 200 { #expect(past.headers.only("Weir-Position") == "2", label) }
      }
      let twice = try await scene.ask(route, "?limit=1&limit=2")
      #expect(twice.code == "query_invalid", label)
      try await scene.expectUnknown("as_of", "2", of: route)
    }
  }

  @Test("does: what a read told once, it tells for ever as of then")
  func past() async throws {
    let scene = try await Scene()
    let world = scene.world
    let routes = EdgeRoute.all.filter { route in
      if case .never = route.supposing { return false }
      // Progress and reasons are of now (its own tests have the rest).
      return route.method == "GET" && route.pattern != "/api/channels/{id}"
    }
    var (then, told): (UInt64, [String: EdgeAnswer])
    repeat {
      (then, told) = (world.store.head.position, [:])
      for route in routes {
        told[route.pattern] = try await scene.ask(route, at: then)
      }
      // An invoice may come while it is told.
    } while then != world.store.head.position
    world.wait(seconds: 60)
    let freeze = try await world.post(
      "/api/admin/freeze", "{\(Self.why)}", key: EdgeWorld.operatorKey)
    #expect(freeze.status == 200, "\(freeze)")
    try await world.register("-1001111111111", "-1002222222222", by: scene.owner)
    try await world.give(#""auditor""#, to: scene.owner.id)
    _ = try await world.person("later")
    _ = try await world.logIn("owner")
    for (number, price) in [(200, "250"), (201, "1")] {
      let paid = Bodies.notice(
        payment: number, order: "PGP-6270000001|\(Self.open)", price: price)
      #expect(try await world.notify(paid).status == 200)
    }
    var changed = 0
    for route in routes {
      let now = try await scene.ask(route, at: world.store.head.position)
      let past = try await scene.ask(route, "?asof=\(then)")
      let before = told[route.pattern]
      #expect(past.status == before?.status, "\(route.pattern): \(past)")
      #expect(past.text == before?.text, "\(route.pattern)")
      if now.text != past.text { changed += 1 }
    }
    // Most of them tell something else by now: what is compared isn't empty.
    #expect(changed >= 15, "\(changed) of \(routes.count)")
  }

  @Test("does: every write only tells what it would do, or says why it can't be tried out")
  func writes() async throws {
    let scene = try await Scene()
    let (world, mails) = (scene.world, scene.world.mails.all.count)
    var tried: Set<String> = []
    for route in EdgeRoute.all where route.method != "GET" {
      let body = route.method == "DELETE" ? "{}" : Self.bodies[route.pattern] ?? "{}"
      let head = world.store.head.position
      let label = Comment(rawValue: "\(route.method) \(route.pattern)")
      try await scene.expectUnknown("dry-run", "true", of: route, body)
      let odd = try await scene.ask(route, "?dry_run=perhaps", body)
      #expect(odd.code == "query_invalid", label)
      let past = try await scene.ask(route, "?asof=1", body)
      #expect(past.code == "query_invalid", label)
      let dry = try await scene.ask(route, "?dry_run=true", body)
      switch route.supposing {
      case .never(let why):
        #expect(dry.status == 400 && dry.code == "dry_run_refused", label)
        #expect(dry.json?["detail"]?.text == why, label)
      case .world, .people, .itself:
        #expect(dry.status < 500, "\(route.method) \(route.pattern): \(dry)")
        if dry.json?["dry_run"] == .bool(true) { tried.insert(route.pattern) }
        let isOwn = if case .itself = route.supposing { true } else { false }
        #expect(dry.status != 200 || isOwn || dry.json?["would"]?.items != nil, label)
      }
      #expect(world.store.head.position == head, "\(route.method) \(route.pattern) wrote")
    }
    #expect(world.mails.all.count == mails)
    let taken = Self.bodies.keys.filter { $0 != "/api/admin/notices/replay" }
    #expect(tried.isSuperset(of: taken), "\(Set(taken).subtracting(tried))")
    #expect(tried.isSuperset(of: ["/api/account/keys/{key}", "/api/account/sessions/{session}"]))
  }

  @Test("does: a trial names the facts that the write itself then makes")
  func comesTrue() async throws {
    let scene = try await Scene()
    for route in EdgeRoute.all where route.method == "POST" {
      guard let body = Self.bodies[route.pattern], !route.pattern.hasSuffix("/close"),
        !route.pattern.hasSuffix("replay")
      else { continue }
      let dry = try await scene.ask(route, "?dry_run=true", body)
      let would = dry.json?["would"]?.items?.compactMap(\.text)
      let head = scene.world.store.head.position
      let done = try await scene.ask(route, "", body)
      #expect((200..<300).contains(done.status), "\(route.pattern): \(done)")
      let written = try scene.world.store.read(after: head, limit: would?.count ?? 0)
      #expect(written.map(\.name) == would, "\(route.pattern)")
    }
  }
}
