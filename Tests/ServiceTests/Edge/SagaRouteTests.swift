import HTTP
import JSON
import Kernel
import Log
import Support
import Testing

@testable import Service

@Suite struct SagaRouteTests {
  private static let channel = "-1001234567890"
  private static let key: HTTPHeaders = ["Authorization": "Bearer \(EdgeWorld.operatorKey)"]

  /// A batch whose split waits for a person before its swap.
  private func held() async throws -> (world: EdgeWorld, split: String) {
    let world = try EdgeWorld()
    try await world.register()
    for (index, price) in ["25", "50", "30"].enumerated() {
      let body = Bodies.notice(
        payment: 100 + index, order: "PGP-6270000001|\(Self.channel)", price: price)
      #expect(try await world.notify(body).status == 200)
    }
    let run = try await world.post("/api/admin/batches/run", "{}", key: EdgeWorld.operatorKey)
    let batch = try #require(run.json?["batches"]?.items?.first?["batch_id"]?.text)
    let id = BatchID(text: batch)!
    try await world.ask(.split(.request(.batch(id), .standard)))
    let split = "WE01000000000001"
    try await world.ask(.split(.hold(SplitID(text: split)!, reason: "odd")))
    return (world, split)
  }

  private func act(
    _ world: EdgeWorld, _ split: String, _ action: String,
    _ body: String = #"{"reason":"the provider says so","actor":"ada"}"#, key: String? = nil
  ) async throws -> EdgeAnswer {
    try await world.post(
      "/api/admin/sagas/\(split)/\(action)", body, key: EdgeWorld.operatorKey, idempotency: key)
  }

  @Test("refuses: everybody but operators, and everybody where there is no operator's key")
  func closed() async throws {
    let (world, split) = try await held()
    let head = world.store.head.position
    let body = #"{"reason":"x","actor":"ada"}"#
    for key in [EdgeWorld.serviceKey, EdgeWorld.operatorKey + "0", "", nil] {
      let answer = try await world.post("/api/admin/sagas/\(split)/retry", body, key: key)
      #expect(answer.status == 401 && answer.code == "operator_key_needed", "\(answer)")
      #expect(try await world.post("/api/admin/batches/run", "{}", key: key).status == 401)
    }
    #expect(try await world.get("/api/admin/sagas").status == 401)
    #expect(world.store.head.position == head)
    let open = try EdgeWorld { $0.operatorKeys = [] }
    for key in [EdgeWorld.operatorKey, "", nil] {
      let answer = try await open.post("/api/admin/batches/run", "{}", key: key)
      #expect(answer.status == 403 && answer.code == "operator_key_unset", "\(answer)")
    }
    // An operator is no channel's owner.
    let orders = try await world.post("/api/orders", "{}", key: EdgeWorld.operatorKey)
    #expect(orders.status == 401 && orders.code == "unauthorized")
  }

  @Test("does: what waits for a person is listed as stuck, with what it waits for")
  func lists() async throws {
    let (world, split) = try await held()
    let head = world.store.head.position
    let stuck = try await world.get(
      "/api/admin/sagas?stuck=true&position=\(head)", headers: Self.key)
    let rows = try #require(stuck.json?["sagas"]?.items, "\(stuck)")
    #expect(rows.map { $0["id"]?.text } == [split])
    #expect(rows.first?["waits_for"]?.text?.hasPrefix("a person") == true)
    #expect(rows.first?["reason"]?.text == "odd")
    let all = try await world.get("/api/admin/sagas", headers: Self.key)
    #expect(all.json?["sagas"]?.items?.count == 2, "\(all)")
    for (query, count) in [
      ("kind=batch", 1), ("kind=transfer", 0), ("channel=ch\(Self.channel)", 2), ("channel=x", 0),
      ("limit=1", 1), ("limit=1&after=2", 0), ("all=true", 2),
    ] {
      let answer = try await world.get("/api/admin/sagas?\(query)", headers: Self.key)
      #expect(answer.json?["sagas"]?.items?.count == count, "\(query): \(answer)")
    }
    for query in ["stuck=yes", "stuck=true&all=true", "limit=0", "kind=", "kind=a&kind=b"] {
      let answer = try await world.get("/api/admin/sagas?\(query)", headers: Self.key)
      #expect(answer.status == 400, "\(query): \(answer)")
    }
  }

  @Test("does: one is shown with its steps, its events, and why what may not be done may not")
  func shows() async throws {
    let (world, split) = try await held()
    let head = world.store.head.position
    for (id, wanted) in [
      // A person's hold of what is held stops the attempts that would be made by themselves.
      (split, ["ask", "hold", "release", "retry"]),
      ("ch\(Self.channel)-b1", ["ask", "hold", "release", "retry"]),
      ("\(split).fund", ["ask", "hold", "retry"]),
    ] {
      let shown = try await world.get(
        "/api/admin/sagas/\(id)?position=\(head)", headers: Self.key)
      #expect(shown.status == 200, "\(id): \(shown)")
      let actions = shown.json?["actions"]?.items ?? []
      let allowed = actions.filter { $0["allowed"] == .bool(true) }.compactMap {
        $0["action"]?.text
      }
      #expect(allowed == wanted, "\(id): \(shown)")
      #expect(actions.allSatisfy { ($0["why"]?.text == nil) == ($0["allowed"] == .bool(true)) })
      let names = (shown.json?["events"]?.items ?? []).compactMap { $0["name"]?.text }
      #expect(names.contains("split.held.v1"), "\(id): \(names)")
    }
    for id in ["WE01000000000009", "cv-1", "nothing", "a%20b"] {
      #expect(try await world.get("/api/admin/sagas/\(id)", headers: Self.key).status == 404)
    }
  }

  @Test("does: a dry run tells what would be appended, and appends nothing")
  func dry() async throws {
    let (world, split) = try await held()
    let head = world.store.head.position
    let body = #"{"reason":"x","actor":"ada","dry_run":true}"#
    let answer = try await act(world, split, "retry", body)
    #expect(answer.status == 200 && answer.json?["status"]?.text == "would", "\(answer)")
    #expect(answer.json?["events"]?.items?.first?["name"]?.text == "split.retried.v1")
    let hold = try await act(world, split, "hold", body)
    #expect(hold.json?["events"]?.items?.first?["name"]?.text == "ledger.attempts_stopped.v1")
    #expect(world.store.head.position == head)
    let done = try await act(world, split, "retry")
    #expect(done.json?["status"]?.text == "done")
    let refused = try await act(world, split, "retry", body)
    #expect(refused.status == 409 && refused.code == "not_held", "\(refused)")
  }

  @Test("does: an action is done once, however often it is asked, and says who and why")
  func once() async throws {
    let (world, split) = try await held()
    let statuses = try await withThrowingTaskGroup(of: String?.self) { group in
      for _ in 0..<10 {
        group.addTask { try await act(world, split, "retry", key: "k1").json?["status"]?.text }
      }
      return try await group.reduce(into: [String?]()) { $0.append($1) }
    }
    #expect(statuses.count { $0 == "done" } == 1, "\(statuses)")
    #expect(statuses.count { $0 == "repeated" } == 9, "\(statuses)")
    let facts = try world.store.read(after: 0, limit: 1_000).filter {
      $0.name == "split.retried.v1"
    }
    #expect(facts.map(\.actor) == ["operator:ada"])
    let fact = try #require(facts.first)
    guard case .split(.retried(let retried)) = try fact.event() else { return }
    #expect(retried.reason == "the provider says so")
    // Without the key it is another request, and nothing waits for a person any more.
    #expect(try await act(world, split, "retry").code == "not_held")
    // The same key for another action is refused by name.
    #expect(try await act(world, split, "ask", key: "k1").status == 422)
  }

  @Test("does: a retried batch goes on as the next one, and its split isn't touched")
  func batch() async throws {
    let (world, split) = try await held()
    let id = BatchID(text: "ch\(Self.channel)-b1")!
    try await world.ask(.split(.fail(SplitID(text: split)!, reason: "no pair")))
    try await world.ask(.batch(.fail(id, reason: "no pair")))
    let answer = try await act(world, id.text, "retry")
    #expect(
      answer.json?["events"]?.items?.compactMap { $0["name"]?.text }
        == ["batch.retried.v1", "batch.opened.v1", "accumulation.reserved.v1"], "\(answer)")
    let again = try await act(world, id.text, "retry")
    #expect(again.status == 409 && again.code == "not_failed", "\(again)")
  }

  /// The held split released, and its transfer signed.
  private func signed() async throws -> (world: EdgeWorld, transfer: String) {
    let (world, split) = try await held()
    let id = SplitID(text: split)!
    #expect(try await act(world, split, "release").status == 200)
    let quote = TransferQuote(
      latestNonce: 7, pendingNonce: 7, gasLimit: 65_000, maxFeePerGas: "5000000000",
      maxPriorityFeePerGas: "2000000000")
    let bytes = SignedTransfer(
      nonce: 7, attempt: 1, raw: "0x02", hash: "0xhash", maxFeePerGas: "5000000000",
      maxPriorityFeePerGas: "2000000000")
    for command: LedgerCommand in [
      .wallet(
        .claim(
          address: "0xde709f2102306220921060314715629080e2fb77", chain: 1, nonce: 7)),
      .hostpay(.request(id)), .transfer(.request(id)),
      .transfer(.reserveNonce(id.transfer, quote)), .transfer(.noteSigned(id.transfer, bytes)),
    ] {
      try await world.ask(command)
    }
    return (world, id.transfer.text)
  }

  @Test("does: a transfer is bumped and cancelled on its nonce, and released only off it")
  func transfers() async throws {
    let (world, transfer) = try await signed()
    func names(_ answer: EdgeAnswer) -> [String] {
      answer.json?["events"]?.items?.compactMap { $0["name"]?.text } ?? []
    }
    let split = "WE01000000000001"
    for action in ["retry", "hold"] {
      let answer = try await act(world, split, action)
      #expect(answer.status == 409, "\(action): \(answer)")
    }
    #expect(try await act(world, split, "bump").status == 404)
    let listed = try await world.get(
      "/api/admin/sagas?kind=transfer&position=\(world.store.head.position)", headers: Self.key)
    #expect(listed.json?["sagas"]?.items?.first?["state"]?.text == "signed", "\(listed)")
    let bumped = try await act(world, transfer, "bump")
    #expect(names(bumped) == ["transfer.bump_requested.v1"], "\(bumped)")
    #expect(try await act(world, transfer, "bump").json?["status"]?.text == "unchanged")
    let cancelled = try await act(world, transfer, "cancel")
    #expect(names(cancelled) == ["transfer.cancel_requested.v1"], "\(cancelled)")
    #expect(try await act(world, transfer, "cancel").json?["status"]?.text == "unchanged")
    #expect(try await act(world, transfer, "release").json?["status"]?.text == "unchanged")
    let facts = try world.store.read(after: 0, limit: 1_000)
      .filter { $0.name.hasPrefix("transfer.") && $0.actor == "operator:ada" }
    #expect(facts.count == 2)
  }

  @Test("refuses: bodies without reason or actor, actions and things there are not")
  func refuses() async throws {
    let (world, split) = try await held()
    let head = world.store.head.position
    for body in [
      "{}", #"{"reason":"x"}"#, #"{"actor":"ada"}"#, #"{"reason":"","actor":"ada"}"#,
      #"{"reason":"x","actor":"a b"}"#, #"{"reason":"x","actor":"ada","more":1}"#,
      #"{"reason":"x","actor":"ada","dry_run":"yes"}"#, "[]", "x",
    ] {
      let answer = try await act(world, split, "retry", body)
      #expect(answer.status == 400, "\(body): \(answer)")
    }
    for path in ["\(split)/explode", "WE01000000000009/retry", "cv-7/retry", "nothing/retry"] {
      let parts = path.split(separator: "/").map(String.init)
      let answer = try await act(world, parts[0], parts[1])
      #expect(answer.status == 404, "\(path): \(answer)")
    }
    #expect(world.store.head.position == head)
  }
}
