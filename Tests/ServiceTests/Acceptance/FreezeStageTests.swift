import Gateways
import JSON
import Kernel
import Synchronization
import Testing

@testable import Service

/// A service that signs nothing for a while, by a person's word or because an invariant broke.
@Suite struct FreezeStageTests {
  private func word(_ reason: String, _ actor: String = "ana") -> JSONValue {
    .object(["reason": .string(reason), "actor": .string(actor)])
  }

  private func ask(
    _ stage: Stage, _ method: String, _ path: String, _ body: JSONValue? = nil
  ) async throws -> Stage.Reply {
    try await stage.send(
      method, stage.base + "/api/admin/" + path, body, headers: stage.operatorKey)
  }

  /// Two people's word that it may go on.
  private func thaw(_ stage: Stage, _ reason: String) async throws -> Stage.Reply {
    let body = JSONValue.object(["reason": .string(reason)])
    let path = stage.base + "/api/admin/unfreeze"
    let one = try await stage.send("POST", path, body, headers: stage.approverKey(0))
    #expect(one.status == 200, "\(one)")
    return try await stage.send("POST", path, body, headers: stage.approverKey(1))
  }

  @Test("does: frozen it takes payments, pays nobody and says so; then it pays, once")
  func byHand() async throws {
    let stage = try await Stage.open()
    try await stage.register(31, threshold: nil)
    let frozen = try await ask(stage, "POST", "freeze", word("a payout nobody can explain"))
    #expect(frozen.status == 200 && frozen.body["frozen"]?.flag == true, "\(frozen)")
    _ = try await stage.pay(31, "50", user: 3_101)
    #expect(try await stage.eventually { try await stage.count(31, "payment.routed.v1") == 1 })
    try await Task.sleep(for: .seconds(3))
    #expect(try await stage.sent().isEmpty)
    #expect(try await stage.count(31, "transfer.nonce_reserved.v1") == 0)
    let health = try await stage.send("GET", stage.base + "/health")
    #expect(health.body["frozen"]?.text == "a payout nobody can explain")
    #expect(health.body["status"]?.text == "degraded")
    #expect(try await stage.send("GET", stage.base + "/ready").status == 200)
    #expect(stage.weir.metrics.page().contains(#"weir_alarms_total{kind="ledger_frozen"} 1"#))
    let status = try await ask(stage, "GET", "freeze")
    #expect(status.body["actor"]?.text == "operator:ana" && status.body["since"]?.text != nil)
    let again = try await thaw(stage, "it is explained")
    #expect(again.body["frozen"]?.flag == false, "\(again)")
    #expect(try await stage.eventually { try await stage.count(31, "split.completed.v1") == 1 })
    #expect(try await stage.sent().compactMap { $0["amount"]?.text } == ["48.50"])
  }

  @Test("does: an invariant that breaks freezes by itself, also again, until it holds")
  func byInvariant() async throws {
    let held = Held()
    let stage = try await Stage.open(audit: { held.audit($0) })
    try await stage.register(32, threshold: nil)
    #expect(try await stage.eventually { held.looks > 1 })
    held.isBroken = true
    #expect(
      try await stage.eventually { stage.weir.readiness.frozen == "I19: a test says so" })
    _ = try await stage.pay(32, "50", user: 3_201)
    let status = try await ask(stage, "GET", "freeze")
    #expect(status.body["actor"]?.text == "service", "\(status)")
    #expect(stage.weir.metrics.page().contains(#"weir_alarms_total{kind="invariant_broken"} 1"#))
    // A person's word doesn't help as long as it is broken.
    let early = try await thaw(stage, "in haste")
    #expect(early.status == 200, "\(early)")
    let now = held.looks
    #expect(try await stage.eventually { held.looks > now + 2 })
    #expect(try await ask(stage, "GET", "freeze").body["actor"]?.text == "service")
    #expect(try await stage.sent().isEmpty)
    held.isBroken = false
    let late = held.looks
    #expect(try await stage.eventually { held.looks > late + 1 })
    _ = try await thaw(stage, "the test is over")
    #expect(try await stage.eventually { try await stage.count(32, "split.completed.v1") == 1 })
    #expect(try await stage.sent().count == 1)
  }

  @Test("does: a nonce that somebody else used freezes, before a payment makes anybody look")
  func foreignNonce() async throws {
    let stage = try await Stage.open()
    let url = try #require(stage.configuration.ethereum.rpcURL).reveal()
    let node = EthereumNode(url: url, http: stage.http)
    let key = stage.weir.performer.key
    #expect(try await stage.eventually { stage.weir.readiness.isReady })
    let call = try #require(
      EthereumCall.paying(
        Money(1_000, .eth), from: key.address, to: "0x52908400098527886E0F7030069857D2E4169EE7"))
    let stranger = try #require(
      EthereumTransaction(
        call, chainID: try await node.chainID(),
        nonce: try await node.nonce(of: key.address, at: .pending),
        maxFeePerGas: "100000000000", maxPriorityFeePerGas: "1000000000", gasLimit: 21_000))
    #expect(try await node.send(raw: stranger.signed(with: key).raw) == .accepted)
    #expect(
      try await stage.eventually {
        stage.weir.readiness.frozen?.hasPrefix("CH-19: the chain knows 1 nonces") ?? false
      })
    let status = try await ask(stage, "GET", "freeze")
    #expect(status.body["actor"]?.text == "service", "\(status)")
  }

  /// What the test says of the state, and how often it was asked.
  private final class Held: Sendable {
    private let broken = Mutex(false)
    private let count = Atomic<Int>(0)
    var looks: Int { count.load(ordering: .relaxed) }
    var isBroken: Bool {
      get { broken.withLock { $0 } }
      set { broken.withLock { $0 = newValue } }
    }
    func audit(_ state: LedgerState) -> String? {
      count.add(1, ordering: .relaxed)
      return isBroken ? "I19: a test says so" : state.brokenInvariant()
    }
  }
}
