import Gateways
import HTTP
import JSON
import Kernel
import Sandbox
import Testing

@testable import Service

/// Ledger against the stand-ins of chain and providers, where somebody makes them differ.
@Suite struct ComparingTests {
  /// What an operator sees and does.
  private struct Desk {
    let stage: Stage

    func ask(
      _ method: String, _ path: String, _ body: JSONValue? = nil
    ) async throws -> Stage.Reply {
      try await stage.send(
        method, stage.base + "/api/admin/differences" + path, body, headers: stage.operatorKey)
    }

    /// Compares now; what stands then.
    func compare() async throws -> JSONValue {
      let asked = try await ask("POST", "/look")
      try #require(asked.status == 202, "\(asked)")
      let number = try #require(asked.body["comparison"]?.integer)
      var list = JSONValue.null
      let isDone = try await stage.eventually {
        list = try await ask("GET", "").body
        return list["comparisons"]?.integer ?? 0 >= number
      }
      try #require(isDone, "\(list)")
      return list
    }

    /// Compares until what stands is of these kinds, in the order in which they were found.
    func compare(until kinds: [String]) async throws -> [JSONValue] {
      var last = JSONValue.null
      let isSo = try await stage.eventually {
        last = try await compare()
        return last["differences"]?.items?.compactMap { $0["kind"]?.text } == kinds
      }
      try #require(isSo, "\(last)")
      return last["differences"]?.items ?? []
    }

    /// Until the wallet was counted, so that what comes now is beside it.
    func count() async throws {
      let counted = #"weir_events_total{name="ledger.wallet_counted.v1"} 2"#
      let isSo = try await stage.eventually {
        _ = try await compare()
        return stage.weir.metrics.page().contains(counted)
      }
      try #require(isSo)
    }

    func explain(_ difference: JSONValue, _ reason: String) async throws -> Stage.Reply {
      let number = try #require(difference["difference"]?.integer)
      return try await ask(
        "POST", "/\(number)/explain",
        .object(["reason": .string(reason), "actor": .string("ana")]))
    }
  }

  private static let collects = "0x52908400098527886E0F7030069857D2E4169EE7"

  private static func open(_ seconds: Int) async throws -> Desk {
    let stage = try await Stage.open([
      "RECONCILE_SECONDS": String(seconds), "RECONCILE_PATIENCE_SECONDS": "1",
      "COLLECT_WALLET": collects,
    ])
    return Desk(stage: stage)
  }

  private static func fund(_ stage: Stage, _ amount: String) async throws {
    let reply = try await stage.send(
      "POST", stage.sandbox.adminURL + "/admin/fund",
      .object([
        "address": .string(collects), "amount": .string(amount),
      ]))
    #expect(reply.status == 200, "\(reply)")
  }

  @Test("does: money, swaps and payments outside the ledger are found, aged, explained and closed")
  func byHand() async throws {
    let desk = try await Self.open(0)
    let stage = desk.stage
    try await desk.count()
    #expect(try await desk.compare()["differences"]?.items?.isEmpty == true)
    #expect(try await desk.compare()["not_compared"]?.items?.isEmpty == true)
    // What comes to the collect wallet is the same money: there it is neither short nor unseen.
    try await Self.fund(stage, "250")
    let over = try await desk.compare(until: ["wallet_over"])[0]
    #expect(over["amount"]?["amount"]?.text == "250.00" && over["difference"]?.integer == 1)
    #expect(over["subject"]?.text == "USDT-ETH" && over["since"]?.text != nil)
    let page = String(
      decoding: try await stage.http.send(
        HTTPClientRequest(method: "GET", url: stage.base + "/metrics")
      ).get().body, as: UTF8.self)
    #expect(page.contains("\nweir_differences{kind=\"wallet_over\"} 1\n"), "\(page)")
    #expect(page.contains("weir_alarms_total{kind=\"difference_found\"} 1"))
    #expect(
      try await stage.eventually {
        try await desk.compare()["differences"]?.items?[0]["age_seconds"]?.integer ?? 0 > 0
      })
    // A swap that somebody opened by hand, and a payment whose notices never come.
    try await openSwap(stage)
    _ = try await desk.compare(until: ["wallet_over", "swap_unknown"])
    try await stage.register(41, threshold: nil)
    let payment = try await stage.pay(41, "30", user: 4_101, ["deliver": .string("none")])
    let all = try await desk.compare(until: ["wallet_over", "swap_unknown", "payment_unknown"])
    #expect(all[2]["subject"]?.text == payment)
    // Its outcome is in the wallet as well.
    #expect(
      try await stage.eventually {
        try await desk.compare()["differences"]?.items?[0]["amount"]?["amount"]?.text == "280.00"
      })
    #expect(try await desk.explain(over, "a top-up, and a payment of ours").status == 200)
    #expect(try await desk.explain(over, "again").status == 404)
    #expect(try await desk.explain(all[1], "opened by hand").status == 200)
    #expect(try await desk.explain(all[1], "again").status == 200)
    #expect(try await desk.explain(all[2], "").status == 400)
    // The notice comes after all; what was explained of the wallet was its outcome.
    _ = try await stage.pay(
      41, "30", user: 4_101,
      ["payment_id": .string(payment), "statuses": .array([.string("finished")])])
    let last = try await desk.compare(until: ["wallet_short"])
    #expect(last[0]["amount"]?["amount"]?.text == "30.00")
    #expect(stage.weir.readiness.frozen?.hasPrefix("I19: wallet_short") == true)
    let known = try await desk.ask("GET", "?all=true").body["differences"]?.items ?? []
    #expect(known.compactMap { $0["explained"]?.text } == ["opened by hand"])
  }

  private func openSwap(_ stage: Stage) async throws {
    var fields: [JSONMember] = []
    for (name, value) in [
      ("fromCurrency", "usdt"), ("fromNetwork", "eth"), ("toCurrency", "xmr"),
      ("toNetwork", "xmr"), ("fromAmount", "100"), ("address", Stage.monero),
      ("refundAddress", stage.weir.performer.key.address), ("flow", "standard"),
    ] { fields.append(JSONMember(name, .string(value))) }
    let reply = try await stage.send(
      "POST", stage.sandbox.changeNOWURL + "/v2/exchange", .object(fields),
      headers: ["x-changenow-api-key": stage.configuration.changeNOW.apiKey.reveal()])
    #expect(reply.status == 200, "\(reply)")
  }

  @Test("does: by itself, beside payments on their way; and freezes when money is taken")
  func bySchedule() async throws {
    let desk = try await Self.open(1)
    let stage = desk.stage
    try await desk.count()
    try await stage.register(42, threshold: nil)
    for user in 1...3 { _ = try await stage.pay(42, "50", user: 4_200 + user) }
    #expect(try await stage.eventually { try await stage.count(42, "split.completed.v1") == 3 })
    // Whatever was found on the way is gone when all has arrived.
    _ = try await desk.compare(until: [])
    let url = try #require(stage.configuration.ethereum.rpcURL).reveal()
    let node = EthereumNode(url: url, http: stage.http)
    let key = stage.weir.performer.key
    let call = try #require(
      EthereumCall.paying(
        Money(Int128(1_000_000_000_000_000_000), .eth), from: key.address,
        to: "0xde709f2102306220921060314715629080e2fb77"))
    let stolen = try #require(
      EthereumTransaction(
        call, chainID: try await node.chainID(),
        nonce: try await node.nonce(of: key.address, at: .pending),
        maxFeePerGas: "100000000000", maxPriorityFeePerGas: "1000000000", gasLimit: 21_000))
    #expect(try await node.send(raw: stolen.signed(with: key).raw) == .accepted)
    // Nobody asks.
    #expect(
      try await stage.eventually {
        let list = try await desk.ask("GET", "").body["differences"]?.items ?? []
        return list.contains { $0["kind"]?.text == "wallet_short" }
      })
    #expect(stage.weir.readiness.frozen != nil)
  }

  @Test("does: what the provider only says that it sent isn't swapped before it is there (PP-10)")
  func deposits() async throws {
    let desk = try await Self.open(0)
    let stage = desk.stage
    try await desk.count()
    try await stage.register(43, threshold: "100")
    func fund(_ address: String, _ more: JSONMember) async throws {
      let reply = try await stage.send(
        "POST", stage.sandbox.adminURL + "/admin/fund",
        .object([
          JSONMember("address", .string(address)), JSONMember("amount", .string("2")),
          JSONMember("asset", .string("ETH-ETH")), more,
        ]))
      #expect(reply.status == 200, "\(reply)")
    }
    // From here on payments are settled to somebody else.
    let stranger = "0xde709f2102306220921060314715629080e2fb77"
    try await fund(stranger, JSONMember("first", .bool(true)))
    _ = try await stage.pay(43, "30", user: 4_301, ["outcome_currency": .string("eth")])
    let isAloud = try await stage.eventually {
      stage.weir.metrics.page().contains(/\nweir_troubles_total [1-9]/)
    }
    try #require(isAloud)
    #expect(try await stage.eventually { try await stage.count(43, "split.requested.v1") == 1 })
    #expect(try await stage.count(43, "split.estimated.v1") == 0)
    try await fund(Self.collects, JSONMember("first", .bool(false)))
    #expect(
      try await stage.eventually { try await stage.count(43, "conversion.completed.v1") == 1 })
  }
}
