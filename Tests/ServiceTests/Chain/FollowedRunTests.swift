import Gateways
import Kernel
import Log
import Model
import Support
import Testing

@testable import Service

/// The model of reliability 3.7 bound to this code: it accepts what a real run did on a real EVM,
/// and refuses the same run with anything taken away.
@Suite struct FollowedRunTests {
  private typealias Told = (facts: [LedgerEvent], nonce: Int, receipts: [String: Bool])

  /// Three payouts with lost answers and a crash between; what log and chain tell of them.
  private static func run() async throws -> Told {
    let line = try await EVMLine.open()
    try await line.begin(wei: EVMLine.wei, tokens: EVMLine.tokens)
    try await line.register(1, .usdt, wallet: "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC")
    try await line.chain.fault("eth_sendRawTransaction", "drop_reply", 2)
    for payment in 0..<3 { try await line.pay(1, payment: 700 + payment, "50", "usdterc20") }
    try await line.crash()
    try await line.settle(3)
    #expect(try await line.trace().check() == .accepted)
    let facts = try line.store.read(after: 0, limit: .max).map { try $0.event() }
    var receipts: [String: Bool] = [:]
    for fact in facts {
      guard case .transfer(.signed(let e)) = fact else { continue }
      receipts[e.hash] = try await line.node.receipt(e.hash)?.isSuccess
    }
    #expect(receipts.count == 3)
    let nonce = try await line.node.nonce(of: line.key.address, at: .latest)
    return (facts, nonce, receipts)
  }

  /// Why the model refuses it; empty where it doesn't.
  private func refusal(_ told: Told, _ change: (inout [LedgerEvent]) -> Void) async -> String {
    var facts = told.facts
    change(&facts)
    do {
      let trace = try await Trace(of: facts, nonce: told.nonce) { told.receipts[$0] }
      let verdict = trace.check()
      return verdict == .accepted ? "" : "\(verdict)"
    } catch {
      return "\(error)"
    }
  }

  @Test("refuses: a real run whose log lost, doubled or swapped a step, or whose chain differs")
  func broken() async throws {
    let told = try await Self.run()
    #expect(await refusal(told) { _ in } == "")
    let steps = [
      "transfer.requested.v1", "wallet.nonce_assigned.v1", "transfer.nonce_reserved.v1",
      "transfer.signed.v1",
    ]
    for (index, fact) in told.facts.enumerated() where steps.contains(fact.name) {
      #expect(await refusal(told) { $0.remove(at: index) } != "", "without \(fact)")
      // A need may be asked for again.
      guard fact.name != "transfer.requested.v1" else { continue }
      #expect(await refusal(told) { $0.insert(fact, at: index) } != "", "twice \(fact)")
    }
    let confirmed = told.facts.indices.filter { told.facts[$0].name == "transfer.confirmed.v1" }
    let signed = told.facts.indices.filter { told.facts[$0].name == "transfer.signed.v1" }
    for index in confirmed {
      let twice = await refusal(told) { $0.append($0[index]) }
      #expect(twice.contains("the batch is paid"), "\(twice)")
    }
    let early = await refusal(told) { $0.swapAt(signed[0], confirmed[0]) }
    #expect(early.contains("no such fault is left"), "\(early)")
    var other = told
    other.nonce += 1
    let strange = await refusal(other) { _ in }
    #expect(strange.contains("no such fault is left"), "\(strange)")
    other = told
    other.receipts[try #require(told.receipts.keys.first)] = false
    #expect(await refusal(other) { _ in }.contains("the chain holds no such"))
  }
}
