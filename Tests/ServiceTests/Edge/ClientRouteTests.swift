import HTTP
import JSON
import Kernel
import Log
import Testing

@testable import Service

@Suite struct ClientRouteTests {
  private static let channel = "-1001234567890"

  /// A channel with threshold 100 that was paid 25, 50 and 30.
  private func story(
    _ variables: [String: String] = [:], prices: [String] = ["25", "50", "30"]
  ) async throws -> EdgeWorld {
    let world = try EdgeWorld(variables: variables)
    try await world.register()
    for (index, price) in prices.enumerated() {
      let body = Bodies.notice(
        payment: 100 + index, order: "PGP-6270000001|\(Self.channel)", price: price)
      let answer = try await world.notify(body)
      precondition(answer.status == 200, "\(answer)")
    }
    return world
  }

  @Test("does: the balance is the net of what was paid, as of any position and time")
  func balance() async throws {
    let world = try await story()
    let now = try await world.get("/api/channels/\(Self.channel)/balance")
    #expect(now.status == 200, "\(now)")
    let line = now.json?["balances"]?.items?.first
    #expect(line?["asset"]?.text == "USDT-ETH")
    #expect(line?["owed"]?.text == "101.85")
    #expect(line?["waiting"]?.text == "101.85")
    #expect(line?["paid"]?.text == "0.00")
    let locks = try world.store.read(after: 0, limit: 1_000)
      .filter { $0.name == "accumulation.locked.v1" }.map(\.position)
    for (position, owed) in zip(locks, ["24.25", "72.75", "101.85"]) {
      let then = try await world.get("/api/channels/\(Self.channel)/balance?asof=\(position)")
      #expect(then.json?["balances"]?.items?.first?["owed"]?.text == owed)
      #expect(then.json?["as_of"]?.integer == Int(position))
    }
    let before = try await world.get(
      "/api/channels/\(Self.channel)/balance?asof=2026-11-24T16:47:10Z")
    #expect(before.json?["balances"]?.items?.isEmpty == true)
    let after = try await world.get(
      "/api/channels/\(Self.channel)/balance?asof=2026-11-24T18:47:11%2B02:00")
    #expect(after.json?["balances"] == now.json?["balances"])
    // The ledger's books and the fold of the facts say the same.
    let folded = try await world.get(
      "/api/channels/\(Self.channel)/balance?asof=\(world.store.head.position)")
    #expect(folded.text == now.text)
  }

  @Test("does: the timeline runs in order with a running balance, and pages join without a seam")
  func timeline() async throws {
    let world = try await story()
    let whole = try await world.get("/api/channels/\(Self.channel)/timeline?limit=1000")
    let entries = try #require(whole.json?["entries"]?.items)
    #expect(entries.first?["name"]?.text == "channel.registered.v1")
    #expect(entries.last?["balance"]?.items?.first?["amount"]?.text == "101.85")
    let positions = entries.compactMap { $0["position"]?.integer }
    #expect(positions == positions.sorted())
    var joined: [JSONValue] = []
    var after: Int? = 0
    while let from = after {
      let page = try await world.get(
        "/api/channels/ch\(Self.channel)/timeline?limit=4&after=\(from)")
      joined += page.json?["entries"]?.items ?? []
      after = page.json?["next"]?.integer
    }
    #expect(joined == entries)
    // From anywhere, in any order, with the marks that other pages left and without.
    for (index, position) in positions.enumerated().reversed() {
      let page = try await world.get(
        "/api/channels/\(Self.channel)/timeline?limit=3&after=\(position)")
      #expect(page.json?["entries"]?.items == Array(entries.dropFirst(index + 1).prefix(3)))
    }
    let half = try await world.get("/api/channels/\(Self.channel)/timeline?asof=\(positions[2])")
    #expect(half.json?["entries"]?.items == Array(entries.prefix(3)))
  }

  @Test("does: a leap into a long history shows what whoever walked there saw")
  func leaps() async throws {
    let world = try await story(prices: (0..<80).map { String(25 + $0 % 7) })
    let path = "/api/channels/\(Self.channel)/timeline"
    let entries = try #require(try await world.get("\(path)?limit=1000").json?["entries"]?.items)
    let positions = entries.compactMap { $0["position"]?.integer }
    #expect(positions.count > 3 * TimelineMarks.spacing)
    // Across the whole of it and back, so that marks are met from before and behind, and missed.
    var index = 0
    for _ in positions.indices {
      index = (index + 97) % positions.count
      let page = try await world.get("\(path)?limit=2&after=\(positions[index])")
      #expect(page.json?["entries"]?.items == Array(entries.dropFirst(index + 1).prefix(2)))
    }
  }

  @Test("refuses: channels nobody registered, and times and pages that are none")
  func refuses() async throws {
    let world = try await story()
    for id in ["-1009999999999", "ch", "a%2Fb", "%F0%9F%98%80", "-1009876543210"] {
      let answer = try await world.get("/api/channels/\(id)/timeline")
      #expect(answer.status == 404, "\(id): \(answer)")
    }
    for query in [
      "asof=", "asof=now", "asof=1e3", "asof=-1", "asof=99999", "asof=2026-13-01T00:00:00Z",
      "asof=2026-11-24T16:47:11", "asof=1&asof=2", "limit=0", "limit=1001", "limit=x", "after=-1",
      "asof=99999999999999999999",
    ] {
      let answer = try await world.get("/api/channels/\(Self.channel)/timeline?\(query)")
      #expect(answer.status == 400, "\(query): \(answer)")
    }
  }

  @Test("does: reads need the key where they aren't open")
  func closed() async throws {
    let world = try await story(["WEIR_OPEN_READS": "off"])
    let bearer: HTTPHeaders = ["Authorization": "bearer \(EdgeWorld.serviceKey)"]
    for path in [
      "/api/channels/\(Self.channel)/timeline", "/api/channels/\(Self.channel)/balance",
      "/api/batches", "/api/orders/x",
    ] {
      #expect(try await world.get(path).status == 401)
      #expect(try await world.get(path, headers: bearer).status != 401)
    }
    for path in ["/health", "/ready", "/metrics"] {
      #expect(try await world.get(path).status == 200)
    }
  }

  @Test("does: a batch run opens what is due, once, and the table shows it at its position")
  func batches() async throws {
    let world = try await story()
    let before = world.store.head
    let dry = try await world.post(
      "/api/admin/batches/run", #"{"dry_run":true}"#, key: EdgeWorld.operatorKey)
    #expect(dry.json?["batches"]?.items?.first?["total_usdt"]?.text == "101.85", "\(dry)")
    #expect(world.store.head == before)
    let run = try await world.post(
      "/api/admin/batches/run", "", key: EdgeWorld.operatorKey, type: nil)
    #expect(run.status == 200, "\(run)")
    #expect(run.json?["batches_processed"]?.integer == 1)
    let batch = run.json?["batches"]?.items?.first
    #expect(batch?["total_usdt"]?.text == "101.85")
    #expect(batch?["payment_count"]?.integer == 3)
    let again = try await world.post(
      "/api/admin/batches/run", "{}", key: EdgeWorld.operatorKey)
    #expect(again.json?["batches_processed"]?.integer == 0)
    #expect(again.json?["message"]?.text == "no batches")
    let head = world.store.head.position
    let listed = try await world.get("/api/batches?position=\(head)&channel=\(Self.channel)")
    let rows = listed.json?["batches"]?.items
    #expect(rows?.count == 1, "\(listed)")
    #expect(rows?.first?["status"]?.text == "pending")
    #expect(rows?.first?["total_usdt"]?.text == "101.85")
    for (query, count) in [
      ("status=pending", 1), ("status=completed", 0), ("after=1", 0), ("channel=ch1", 0),
    ] {
      let answer = try await world.get("/api/batches?\(query)")
      #expect(answer.json?["batches"]?.items?.count == count, "\(query): \(answer)")
    }
    let odd = try await world.get("/api/batches?position=1", headers: ["Weir-Position": "-1"])
    #expect(odd.status == 400, "\(odd)")
    for query in ["status=lost", "limit=0", "channel=a%20b", "position=x", "position=\(head + 1)"] {
      #expect(try await world.get("/api/batches?\(query)").status == 400, "\(query)")
    }
  }
}
