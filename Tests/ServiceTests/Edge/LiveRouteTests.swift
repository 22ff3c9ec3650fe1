import Engine
import Foundation
import HTTP
import JSON
import Kernel
import Log
import Support
import Synchronization
import Tables
import Testing

@testable import Service

@Suite struct LiveRouteTests {
  private let key: HTTPHeaders = ["Authorization": "Bearer \(EdgeWorld.operatorKey)"]

  // MARK: Following

  @Test("does: a follower is told where the tables are, as an event, and only what is newer")
  func follows() async throws {
    let world = try EdgeWorld()
    try await world.register()
    let place = world.tables.place
    let first = try await world.get("/api/admin/events/stream", headers: key)
    #expect(first.status == 200, "\(first)")
    #expect(first.headers["Content-Type"] == "text/event-stream")
    let words = "event: position\nid: \(place)\ndata: \(place)\n\n"
    #expect(first.text.contains(words), "\(first)")
    var again = key
    again.add("Last-Event-ID", String(place))
    let nothing = try await world.get("/api/admin/events/stream", headers: again)
    #expect(nothing.status == 200 && !nothing.text.contains("id:"), "\(nothing)")
    var older = key
    older.add("Last-Event-ID", String(place - 1))
    #expect(try await world.get("/api/admin/events/stream", headers: older).text.contains(words))
    var broken = key
    broken.add("Last-Event-ID", "yesterday")
    #expect(try await world.get("/api/admin/events/stream", headers: broken).status == 400)
  }

  @Test("does: positions that come together are told as one, to all; refuses: more than may follow")
  func tellsTogether() throws {
    var limits = Following.Limits()
    limits.togetherMilliseconds = 20
    limits.ofOne = 2
    limits.followers = 3
    let following = Following(limits)
    following.note(7)
    let first = try #require(following.follow(as: "ana", seen: nil))
    let second = try #require(following.follow(as: "ana", seen: 7))
    #expect(following.follow(as: "ana", seen: nil) == nil, "two of one account follow already")
    let third = try #require(following.follow(as: "ben", seen: nil))
    #expect(following.follow(as: "cleo", seen: nil) == nil, "three follow already")
    #expect(following.count == 3)
    // Whoever left makes room.
    third.end()
    #expect(following.follow(as: "cleo", seen: nil) != nil)
    #expect(!first.isOver && !second.isOver)
  }

  // MARK: Lanes and notices

  @Test("does: a lane is shown with its limits, and until when it is shut")
  func lanes() async throws {
    let world = try EdgeWorld()
    #expect(try await world.get("/api/admin/lanes").status == 401)
    let none = try await world.get("/api/admin/lanes", headers: key)
    #expect(none.json?["lanes"]?.items?.isEmpty == true, "\(none)")
  }

  @Test("does: every notice is kept as it came, with what its signature is worth and its outcome")
  func notices() async throws {
    let world = try EdgeWorld()
    try await world.register()
    let body = Bodies.notice(payment: 51, order: "PGP-6270000001|-1001234567890", price: "25")
    _ = try await world.notify(body)
    _ = try await world.notify(body)
    _ = try await world.notify(body, signature: "00")
    _ = try await world.send("POST", "/webhooks/nowpayments", body: Array("{".utf8))
    _ = try await world.notify("{}")
    #expect(try await world.get("/api/admin/notices").status == 401)
    let list = try await world.get("/api/admin/notices", headers: key)
    let told = (list.json?["notices"]?.items ?? []).map { one in
      "\(one["signed"]?.text ?? "") \(one["outcome"]?.text ?? "")"
    }
    let wanted = [
      "good malformed", "missing forged", "wrong forged", "good replayed", "good accepted",
    ]
    #expect(told == wanted, "\(list)")
    let page = try await world.get("/api/admin/notices?limit=2", headers: key)
    #expect(page.json?["next"]?.integer == 4, "\(page)")
    let rest = try await world.get("/api/admin/notices?before=4", headers: key)
    #expect(rest.json?["notices"]?.items?.count == 3, "\(rest)")
    let first = try await world.get("/api/admin/notices/1", headers: key)
    #expect(first.json?["body"]?.text == body, "\(first)")
    #expect(first.json?["led_to"]?.integer == Int(world.store.head.position))
    #expect(try await world.get("/api/admin/notices/99", headers: key).status == 404)
  }

  @Test("does: a replay tells what a notice would do now, and does nothing")
  func replays() async throws {
    let world = try EdgeWorld()
    try await world.register()
    let body = Bodies.notice(payment: 52, order: "PGP-6270000001|-1001234567890", price: "25")
    func replay(_ raw: String) async throws -> EdgeAnswer {
      let asked = JSONValue.object(["raw": .string(raw)]).written(.asIs)
      return try await world.post(
        "/api/admin/notices/replay", String(decoding: asked, as: UTF8.self),
        key: EdgeWorld.operatorKey)
    }
    let head = world.store.head
    let would = try await replay(body)
    #expect(would.json?["status"]?.text == "would", "\(would)")
    let names = would.json?["events"]?.items?.compactMap { $0["name"]?.text } ?? []
    #expect(names.contains { $0.hasPrefix("payment.finished") }, "\(would)")
    #expect(world.store.head == head)
    _ = try await world.notify(body)
    let after = world.store.head
    #expect(try await replay(body).json?["status"]?.text == "unchanged")
    #expect(world.store.head == after)
    #expect(try await replay("{}").code == "notice_malformed")
    #expect(try await replay("").errors == ["raw"])
  }

  @Test("does: forged notices push out forged ones alone")
  func keeps() {
    let book = NoticeBook(most: 8)
    func add(_ outcome: Metrics.NoticeOutcome) {
      book.add(
        NoticeBook.Entry(
          at: EdgeWorld.now, from: "::1", signature: nil, verdict: .missing, outcome: outcome,
          bytes: 0, body: []))
    }
    for _ in 0..<3 { add(.accepted) }
    for _ in 0..<100 { add(.forged) }
    #expect(book.entries(before: .max, limit: 50).map(\.number) == [103, 102, 3, 2, 1])
    for _ in 0..<20 { add(.accepted) }
    #expect(book.entries(before: .max, limit: 50).count == 10)
    #expect(book.entry(1) == nil && book.entry(103)?.outcome == .forged)
  }

  @Test("does: signed notices that nobody took outlive the process, and the file stays bounded")
  func outlives() throws {
    let folder = ScratchFolder()
    let path = folder.file("notices")
    func entry(_ outcome: Metrics.NoticeOutcome, _ body: String) -> NoticeBook.Entry {
      NoticeBook.Entry(
        at: EdgeWorld.now, from: "::1", signature: "0a",
        verdict: outcome == .forged ? .wrong : .good,
        outcome: outcome, reason: "why", bytes: body.utf8.count, body: Array(body.utf8))
    }
    let book = NoticeBook(path: path, most: 4)
    for outcome in Metrics.NoticeOutcome.allCases { book.add(entry(outcome, outcome.rawValue)) }
    let before = book.entries(before: .max, limit: 50).filter(\.isOnlyHere)
    #expect(before.count == 3)
    var bytes = try Data(contentsOf: URL(filePath: path))
    bytes.insert(contentsOf: Array("{half a li\n".utf8), at: 0)
    try bytes.write(to: URL(filePath: path))
    let again = NoticeBook(path: path, most: 4)
    let after = again.entries(before: .max, limit: 50)
    #expect(after.map(\.number) == before.map(\.number))
    #expect(after.map(\.body) == before.map(\.body))
    #expect(after.map(\.outcome) == before.map(\.outcome))
    for number in 0..<100 { again.add(entry(.refused, "\(number)")) }
    #expect(
      again.entries(before: .max, limit: 1).first?.number == (before.first?.number ?? 0) + 100)
    let lines = try Data(contentsOf: URL(filePath: path)).count { $0 == UInt8(ascii: "\n") }
    #expect(lines <= 8)
    let last = NoticeBook(path: path, most: 4).entries(before: .max, limit: 50)
    #expect(last.map { String(decoding: $0.body, as: UTF8.self) } == ["99", "98", "97", "96"])
  }

  // MARK: Tables made anew

  /// Who had something done with a table, as the log has it.
  private func askers(_ world: EdgeWorld) throws -> [String] {
    var actors: [String] = []
    for stored in try world.store.read(after: 0, limit: 100)
    where stored.name == "ledger.table_asked.v1" {
      actors.append(stored.actor)
    }
    return actors
  }

  @Test("does: a table is compared, made anew and taken back, and each tells how it went")
  func rebuilds() async throws {
    let world = try EdgeWorld()
    try await world.register()
    let path = "/api/admin/projections/client_views"
    let word = #"{"reason":"to be sure","actor":"ana"}"#
    func job() async throws -> JSONValue? {
      try await world.get("/api/admin/rebuild", headers: key).json?["job"]
    }
    #expect(try await job()?.isNull == true)
    let before = try world.tables.digests()
    for kind in ["compare", "rebuild", "restore"] {
      let begun = try await world.post("\(path)/\(kind)", word, key: EdgeWorld.operatorKey)
      #expect(begun.status == 202, "\(begun)")
      var ended: JSONValue?
      for _ in 0..<2_000 where ended == nil {
        let seen = try await job()
        if seen?["state"]?.text != "running" { ended = seen }
        if ended == nil { try await Task.sleep(for: .milliseconds(10)) }
      }
      #expect(ended?["state"]?.text == "done" && ended?["kind"]?.text == kind, "\(ended as Any)")
      if kind != "restore" { #expect(ended?["report"]?["differing"]?.integer == 0) }
      #expect(try world.tables.digests() == before)
    }
    #expect(try askers(world) == ["operator:ana", "operator:ana", "operator:ana"])
    let never = try await world.post(
      "/api/admin/projections/sagas/restore", word, key: EdgeWorld.operatorKey)
    #expect(never.status == 202)
    var words: String?
    for _ in 0..<2_000 where words == nil {
      words = try await job()?["why"]?.text
      if words == nil { try await Task.sleep(for: .milliseconds(10)) }
    }
    #expect(words?.contains("sagas") == true, "\(words as Any)")
    for other in ["nothing", "__rebuild", "client_views__before"] {
      let answer = try await world.post(
        "/api/admin/projections/\(other)/rebuild", word, key: EdgeWorld.operatorKey)
      #expect(answer.status == 404, "\(answer)")
    }
    #expect(try await world.post(path + "/rebuild", "{}", key: EdgeWorld.operatorKey).status == 400)
    #expect(try await world.post(path + "/rebuild", word).status == 401)
  }

  // MARK: What leads from a number to its facts

  @Test("does: facts are found by the account of the books that they move")
  func byAccount() async throws {
    let world = try EdgeWorld()
    try await world.register()
    let order = "PGP-6270000001|-1001234567890"
    _ = try await world.notify(Bodies.notice(payment: 53, order: order, price: "25"))
    let books = try await world.get(
      "/api/admin/trial-balance?position=\(world.store.head.position)", headers: key)
    for line in books.json?["accounts"]?.items ?? [] {
      let account = try #require(line["account"]?.text)
      let found = try await world.get(
        "/api/admin/events?account=\(account.replacing(":", with: "%3A"))", headers: key)
      let last = found.json?["events"]?.items?.last
      #expect(last?["position"]?.integer == line["position"]?.integer, "\(account): \(found)")
    }
    #expect(books.json?["accounts"]?.items?.isEmpty == false)
    let none = try await world.get("/api/admin/events?account=nobody", headers: key)
    #expect(none.json?["events"]?.items?.isEmpty == true, "\(none)")
    #expect(try await world.get("/api/admin/events?account=", headers: key).status == 400)
  }
}
