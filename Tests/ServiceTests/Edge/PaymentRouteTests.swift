import HTTP
import JSON
import Kernel
import Log
import Support
import Testing

@testable import Service

@Suite struct PaymentRouteTests {
  private static let order = "PGP-6270000001|-1001234567890"
  private static let key: HTTPHeaders = ["Authorization": "Bearer \(EdgeWorld.operatorKey)"]

  /// Payment 1 is held, as no tier has its price; 2 is booked, and taken back.
  private func world(threshold: String? = "100") async throws -> EdgeWorld {
    let world = try EdgeWorld()
    try await world.register(threshold: threshold)
    for (payment, price, status) in [
      (1, "26", "finished"), (2, "25", "finished"), (2, "25", "refunded"),
    ] {
      let body = Bodies.notice(payment: payment, order: Self.order, price: price, status: status)
      #expect(try await world.notify(body).status == 200)
    }
    return world
  }

  private func rule(
    _ world: EdgeWorld, _ payment: String, _ action: String, _ more: String = "",
    isDry: Bool = false, key: String? = nil
  ) async throws -> EdgeAnswer {
    let body = #"{"reason":"why","actor":"ada","dry_run":\#(isDry)\#(more)}"#
    return try await world.post(
      "/api/admin/payments/\(payment)/\(action)", body, key: EdgeWorld.operatorKey,
      idempotency: key)
  }

  private func get(_ world: EdgeWorld, _ path: String) async throws -> EdgeAnswer {
    let place = (path.contains("?") ? "&" : "?") + "position=\(world.store.head.position)"
    return try await world.get("/api/admin/payments\(path)\(place)", headers: Self.key)
  }

  private func names(_ answer: EdgeAnswer) -> [String] {
    (answer.json?["events"]?.items ?? []).compactMap { $0["name"]?.text }
  }

  @Test("does: what waits is listed and explained, with what may be done about it")
  func lists() async throws {
    let world = try await world()
    let listed = try await get(world, "?held=true")
    let rows = try #require(listed.json?["payments"]?.items, "\(listed)")
    #expect(rows.map { $0["payment"]?.text } == ["1", "2"])
    #expect(rows.map { $0["state"]?.text } == ["held", "taken_back"])
    #expect(rows.first?["reason"]?.text == "no_tier_of_that_price")
    #expect(rows.first?["amount"]?.text == "26.00")
    #expect(try await get(world, "?channel=nobody").json?["payments"]?.items?.isEmpty == true)
    #expect(try await get(world, "?held=maybe").status == 400)
    for (payment, allowed) in [("1", ["refund", "write-off"]), ("2", ["refund", "uphold"])] {
      let shown = try await get(world, "/\(payment)")
      let actions = (shown.json?["actions"]?.items ?? []).filter { $0["allowed"] == .bool(true) }
      #expect(actions.compactMap { $0["action"]?.text } == allowed, "\(shown)")
      #expect(names(shown).first == "payment.observed.v1")
      #expect(shown.json?["held"]?["payment"]?.text == payment)
    }
    #expect(try await get(world, "/77").status == 404)
    #expect(try await get(world, "/x").status == 404)
    #expect(try await world.get("/api/admin/payments").status == 401)
  }

  @Test("does: a ruling is tried dry, done once, and leaves the list; who and why are in the log")
  func rules() async throws {
    let world = try await world()
    let head = world.store.head.position
    let order = try await world.post(
      "/api/orders",
      #"{"channel":"-1001234567890","tier":1,"user_id":6270000001}"#)
    let placed = order.json?["order_id"]?.text ?? ""
    #expect(!placed.isEmpty, "\(order)")
    let more = #","order":"\#(placed)""#
    let before = world.store.head.position
    let dry = try await rule(world, "1", "accept", more, isDry: true)
    #expect(dry.json?["status"]?.text == "would" && names(dry).count == 6, "\(dry)")
    #expect(world.store.head.position == before && before > head)
    let done = try await rule(world, "1", "accept", more, key: "k1")
    #expect(done.json?["status"]?.text == "done", "\(done)")
    #expect(names(done).prefix(2) == ["payment.accepted.v1", "payment.finished.v1"])
    let again = try await rule(world, "1", "accept", more, key: "k1")
    #expect(again.json?["status"]?.text == "repeated", "\(again)")
    #expect(try await rule(world, "1", "write-off", key: "k1").status == 422)
    let back = try await rule(world, "2", "refund", #","transaction":"np 77""#)
    // What the payment had given is taken away with it.
    #expect(names(back) == ["payment.reversed.v1", "membership.revoked.v1"], "\(back)")
    let unchanged = try await rule(world, "2", "refund", #","transaction":"np 77""#)
    #expect(unchanged.json?["status"]?.text == "unchanged")
    #expect(try await get(world, "?held=true").json?["payments"]?.items?.isEmpty == true)
    #expect(try await get(world, "").json?["payments"]?.items?.count == 2)
    let facts = try world.store.read(after: 0, limit: 1_000).filter {
      $0.name == "payment.accepted.v1" || $0.name == "payment.reversed.v1"
    }
    #expect(facts.map(\.actor) == ["operator:ada", "operator:ada"])
    let balance = try await world.get("/api/channels/-1001234567890/balance")
    #expect("\(balance)".contains("receivable"), "\(balance)")
  }

  @Test("does: what a client owes is shown, tried dry, and written off once; nothing is to net")
  func debts() async throws {
    let world = try await world(threshold: nil)
    let path = "/api/admin/clients/ch-1001234567890/debts"
    func ask(_ action: String, _ more: String = "", key: String? = nil) async throws -> EdgeAnswer {
      try await world.post(
        path + action, #"{"reason":"why","actor":"ada"\#(more)}"#, key: EdgeWorld.operatorKey,
        idempotency: key)
    }
    #expect(try await world.get(path, headers: Self.key).json?["owed"]?.items?.isEmpty == true)
    #expect(try await ask("/write-off").code == "nothing_owed")
    // It is on its way to the client by now: whoever takes it back makes a debtor.
    _ = try await rule(world, "2", "refund", #","transaction":"np 77""#)
    let shown = try await world.get(path, headers: Self.key)
    let owed = try #require(shown.json?["owed"]?.items?.first, "\(shown)")
    #expect(owed["amount"]?.text != nil)
    #expect(try await ask("/net").code == "nothing_waits")
    let head = world.store.head.position
    let dry = try await ask("/write-off", #","dry_run":true"#)
    #expect(names(dry) == ["accumulation.forgiven.v1"] && world.store.head.position == head)
    for status in ["done", "repeated"] {
      let done = try await ask("/write-off", key: "k")
      #expect(done.json?["status"]?.text == status, "\(done)")
    }
    #expect(try await world.get(path, headers: Self.key).json?["owed"]?.items?.isEmpty == true)
    #expect(try await ask("/explode").status == 404)
    #expect(try await ask("/net", #","more":1"#).status == 400)
    let nobody = try await world.get("/api/admin/clients/ch-9/debts", headers: Self.key)
    #expect(nobody.status == 404)
  }

  @Test("refuses: what can't be ruled, by name, and bodies that say too little")
  func refuses() async throws {
    let world = try await world()
    let head = world.store.head.position
    for (payment, action, more, status, code) in [
      ("1", "accept", "", 400, "tier_unknown"), ("2", "accept", "", 409, "not_held"),
      ("2", "write-off", "", 409, "not_held"), ("9", "write-off", "", 404, "payment_unknown"),
      ("1", "refund", "", 400, "fields_invalid"), ("1", "explode", "", 404, "not_found"),
      ("1", "accept", #","order":"weir-sandbox-none""#, 404, "order_unknown"),
      ("1", "accept", #","rate":"much""#, 400, "rate_missing"),
      ("1", "write-off", #","rate":"1""#, 400, "fields_invalid"),
    ] {
      let answer = try await rule(world, payment, action, more)
      #expect(answer.status == status && answer.code == code, "\(payment) \(action): \(answer)")
    }
    let bare = try await world.post(
      "/api/admin/payments/1/write-off", #"{"actor":"ada"}"#, key: EdgeWorld.operatorKey)
    #expect(bare.status == 400)
    let stranger = try await world.post(
      "/api/admin/payments/1/write-off", #"{"reason":"x","actor":"ada"}"#)
    #expect(stranger.status == 401)
    #expect(world.store.head.position == head)
  }
}
