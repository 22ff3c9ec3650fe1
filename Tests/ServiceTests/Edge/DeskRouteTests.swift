import HTTP
import JSON
import Kernel
import Log
import Testing

@testable import Service

@Suite struct DeskRouteTests {
  private static let channel = "-1001234567890"
  private static let key: HTTPHeaders = ["Authorization": "Bearer \(EdgeWorld.operatorKey)"]

  /// Two channels, and a finished payment of 25 USD for the first.
  private func world() async throws -> EdgeWorld {
    let world = try EdgeWorld()
    try await world.register()
    try await world.register(open: "-1001111111111", closed: "-1002222222222")
    let body = Bodies.notice(payment: 100, order: "PGP-6270000001|\(Self.channel)", price: "25")
    #expect(try await world.notify(body).status == 200)
    return world
  }

  private func get(_ world: EdgeWorld, _ path: String) async throws -> EdgeAnswer {
    try await world.get(path, headers: Self.key)
  }

  private func names(_ answer: EdgeAnswer) -> [String] {
    (answer.json?["events"]?.items ?? []).compactMap { $0["name"]?.text }
  }

  @Test("refuses: everybody but operators on each of the desk's routes")
  func closed() async throws {
    let world = try await world()
    for path in [
      "alarms", "events", "events/1", "trial-balance", "projections", "projections/sagas",
    ] {
      for headers: HTTPHeaders in [
        [:], ["Authorization": "Bearer \(EdgeWorld.serviceKey)"],
      ] {
        let answer = try await world.get("/api/admin/\(path)", headers: headers)
        #expect(answer.status == 401, "\(path): \(answer)")
      }
    }
  }

  @Test("does: facts are listed in order, in pages, of one channel, one stream or one name")
  func lists() async throws {
    let world = try await world()
    let all = try await get(world, "/api/admin/events")
    let count = names(all).count
    #expect(count == Int(world.store.head.position))
    var after: Int? = 0
    var paged: [String] = []
    while let place = after {
      let page = try await get(world, "/api/admin/events?limit=2&after=\(place)")
      paged += names(page)
      after = page.json?["next"]?.integer
      #expect(after.map { $0 > place } ?? true)
    }
    #expect(paged == names(all))
    let first = try await get(world, "/api/admin/events?until=2")
    #expect(names(first) == Array(names(all).prefix(2)))
    let own = try await get(world, "/api/admin/events?channel=\(Self.channel)&name=channel.")
    #expect(names(own) == ["channel.registered.v1"])
    let stream = try await get(world, "/api/admin/events?stream=payment-100&name=payment.finished")
    #expect(names(stream) == ["payment.finished.v1"])
    for query in [
      "limit=0", "after=-1", "until=x", "stream=x", "stream=a-b&channel=-1001111111111",
    ] {
      let answer = try await get(world, "/api/admin/events?\(query)")
      #expect(answer.status == 400, "\(query): \(answer)")
    }
  }

  @Test("does: one fact is shown with its double entry and what was written with it")
  func shows() async throws {
    let world = try await world()
    let listed = try await get(world, "/api/admin/events?name=payment.finished")
    let position = try #require(listed.json?["events"]?.items?.first?["position"]?.integer)
    let shown = try await get(world, "/api/admin/events/\(position)")
    #expect(shown.json?["name"]?.text == "payment.finished.v1", "\(shown)")
    #expect(shown.json?["body"]?["payment"]?.text == "100")
    #expect(shown.json?["hash"]?.text?.count == 64)
    let accounts = (shown.json?["postings"]?.items ?? []).compactMap { $0["account"]?.text }
    #expect(accounts == ["custody", "fees", "clearing"], "\(shown)")
    let together = (shown.json?["together"]?.items ?? []).compactMap { $0["name"]?.text }
    #expect(together.contains("accumulation.locked.v1"), "\(together)")
    for wrong in ["0", "x", "99999", "18446744073709551615"] {
      #expect(try await get(world, "/api/admin/events/\(wrong)").status == 404, "\(wrong)")
    }
  }

  @Test("refuses: another channel's facts, as though there were none")
  func foreign() async throws {
    let world = try await world()
    let listed = try await get(world, "/api/admin/events?name=payment.finished")
    let position = try #require(listed.json?["events"]?.items?.first?["position"]?.integer)
    let own = try await world.get("/api/channels/\(Self.channel)/events/\(position)")
    #expect(own.status == 200 && own.json?["position"]?.integer == position, "\(own)")
    let other = try await world.get("/api/channels/-1001111111111/events/\(position)")
    let none = try await world.get("/api/channels/-1001111111111/events/99999")
    #expect(other.status == 404 && other.text == none.text, "\(other)")
  }

  @Test("does: the trial balance is balanced at every position, and the newest is the table's")
  func balances() async throws {
    let world = try await world()
    let head = world.store.head.position
    for position in 0...head {
      let answer = try await get(world, "/api/admin/trial-balance?asof=\(position)")
      #expect(answer.json?["balanced"] == .bool(true), "\(position): \(answer)")
      #expect(answer.json?["position"]?.integer == Int(position))
    }
    let now = try await get(world, "/api/admin/trial-balance?position=\(head)")
    let rows = try await get(
      world, "/api/admin/projections/trial_balance?position=\(head)")
    func figures(_ list: JSONValue?) -> [[String?]] {
      (list?.items ?? []).map { row in
        ["account", "asset", "debit", "credit", "balance"].map { row[$0]?.text }
      }
    }
    let summed = figures(now.json?["accounts"])
    #expect(!summed.isEmpty)
    #expect(summed == figures(rows.json?["rows"]), "\(rows)")
    let ahead = try await get(world, "/api/admin/trial-balance?asof=\(head + 1)")
    #expect(ahead.code == "position_ahead", "\(ahead)")
  }

  @Test("does: facts that need a person are listed newest first, whatever lies between them")
  func alarms() async throws {
    let world = try await world()
    #expect(try await get(world, "/api/admin/alarms").json?["alarms"]?.items?.isEmpty == true)
    for reason in ["first", "second"] {
      try await world.ask(.ledger(.freeze(reason: reason)))
      for who in ["ana", "ben"] {
        try await world.ask(.ledger(.unfreeze(reason: reason, by: who)))
      }
    }
    let found = try await get(world, "/api/admin/alarms")
    let alarms = found.json?["alarms"]?.items ?? []
    #expect(alarms.map { $0["reason"]?.text } == ["second", "first"], "\(found)")
    #expect(alarms.allSatisfy { $0["kind"]?.text == "ledger_frozen" })
    let one = try await get(world, "/api/admin/alarms?limit=1")
    let next = try #require(one.json?["next"]?.integer)
    let rest = try await get(world, "/api/admin/alarms?before=\(next)")
    #expect(rest.json?["alarms"]?.items?.first?["reason"]?.text == "first", "\(rest)")
    #expect(rest.json?["next"] == .null)
  }

  @Test("does: tables tell their place and rows; one that isn't meant to be shown isn't there")
  func tables() async throws {
    let world = try await world()
    let head = world.store.head.position
    let rows = try await get(world, "/api/admin/projections/client_views?position=\(head)")
    #expect(rows.json?["rows"]?.items?.count == 2, "\(rows)")
    let page = try await get(world, "/api/admin/projections/client_views?limit=1")
    #expect(page.json?["next"]?.integer == 1, "\(page)")
    let listed = try await get(world, "/api/admin/projections")
    let views = listed.json?["tables"]?.items?.first { $0["table"]?.text == "client_views" }
    #expect(views?["rows"]?.integer == 2, "\(listed)")
    #expect(views?["lag"]?.integer == 0 && views?["stale"] == .bool(false), "\(listed)")
    for name in ["table_places", "sqlite_master", "client_views%20", "x"] {
      #expect(try await get(world, "/api/admin/projections/\(name)").status == 404, "\(name)")
    }
  }

  @Test("does: whoever holds an order's id sees how it stands, and nothing of who pays")
  func pays() async throws {
    let world = try await world()
    let placed = try await world.post(
      "/api/orders", #"{"channel":"\#(Self.channel)","tier":1,"user_id":6270000001}"#)
    let order = try #require(placed.json?["order_id"]?.text, "\(placed)")
    let shown = try await world.get("/api/pay/\(order)")
    #expect(shown.status == 200 && shown.json?["paid"] == .bool(false), "\(shown)")
    #expect(shown.json?["invoice_url"]?.text != nil, "\(shown)")
    #expect(!shown.text.contains("6270000001"))
    #expect(try await world.get("/api/pay/weir-sandbox-none").status == 404)
  }
}
