import Gateways
import JSON
import Kernel
import Testing

@testable import Service

/// CH-17 and CH-18: one of two nodes lags, lies or is gone, and nothing is paid or settled by it.
@Suite(.serialized) struct TwoNodesTests {
  private static let wallet = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"

  private func begun() async throws -> (EVMLine, NodeProxy) {
    let line = try await EVMLine.open(isDouble: true)
    let proxy = try #require(line.proxy)
    try await line.begin(wei: EVMLine.wei, tokens: EVMLine.tokens)
    try await line.register(1, .usdt, wallet: Self.wallet)
    return (line, proxy)
  }

  private func checkPaid(_ line: EVMLine, _ count: Int) async throws {
    #expect(
      try await line.node.tokenBalance(of: Self.wallet, contract: line.token)
        == 48_500_000 * Int128(count))
    #expect(try await line.node.nonce(of: line.key.address, at: .latest) == count)
    #expect(try line.facts("wallet.quarantined.v1").isEmpty)
  }

  /// Mines well beyond finality, and looks that nothing is settled by it.
  private func expectUnsettled(_ line: EVMLine) async throws {
    for _ in 0..<8 {
      try await line.mine()
      try await Task.sleep(for: .milliseconds(300))
    }
    #expect(try line.facts("transfer.confirmed.v1").isEmpty)
    #expect(try line.facts("transfer.reverted.v1").isEmpty)
  }

  @Test("does: a node without the receipt holds the settlement up until it has it")
  func lagging() async throws {
    let (line, proxy) = try await begun()
    proxy.answers { method, _ in
      switch method {
      case "eth_getTransactionReceipt": .says(.null)
      case "eth_getTransactionCount": .says(.string("0x0"))
      default: .honest
      }
    }
    try await line.pay(1, payment: 501, "50", "usdterc20")
    try await line.wait(for: 1, of: "transfer.signed.v1")
    try await Task.sleep(for: .milliseconds(500))
    try await expectUnsettled(line)
    // Nor is a nonce given twice, although that node has seen none.
    try await line.pay(1, payment: 502, "50", "usdterc20")
    try await line.wait(for: 2, of: "transfer.signed.v1")
    let nonces = try line.facts("transfer.signed.v1").map { event in
      if case .transfer(.signed(let e)) = event { e.nonce } else { -1 }
    }
    #expect(nonces == [0, 1])
    proxy.answers { _, _ in .honest }
    try await line.settle(2)
    try await checkPaid(line, 2)
  }

  @Test("does: a node that makes up receipts, of success or of failure, settles nothing")
  func lying() async throws {
    let (line, proxy) = try await begun()
    proxy.answers { method, parameters in
      guard method == "eth_getTransactionReceipt", let hash = parameters.first?.text else {
        return .honest
      }
      return .says(
        .object([
          "transactionHash": .string(hash), "blockHash": .string("0xfa1e"),
          "blockNumber": .string("0x1"), "status": .string("0x0"), "gasUsed": .string("0x5208"),
          "effectiveGasPrice": .string("0x1"), "logs": .array([]),
        ]))
    }
    try await line.pay(1, payment: 501, "50", "usdterc20")
    try await line.wait(for: 1, of: "transfer.signed.v1")
    try await Task.sleep(for: .milliseconds(500))
    try await expectUnsettled(line)
    proxy.answers { _, _ in .honest }
    try await line.settle(1)
    try await checkPaid(line, 1)
  }

  @Test("does: while one node is silent, sending goes on and nothing is settled")
  func silent() async throws {
    let (line, proxy) = try await begun()
    proxy.answers { _, _ in .silent }
    try await line.pay(1, payment: 501, "50", "usdterc20")
    try await line.wait(for: 1, of: "transfer.signed.v1")
    try await Task.sleep(for: .milliseconds(500))
    try await expectUnsettled(line)
    #expect(
      try await line.node.tokenBalance(of: Self.wallet, contract: line.token) == 48_500_000)
    proxy.answers { _, _ in .honest }
    try await line.settle(1)
    try await checkPaid(line, 1)
  }

  @Test("refuses: to sign anything while a node is on another chain")
  func otherChain() async throws {
    let (line, proxy) = try await begun()
    proxy.answers { method, _ in method == "eth_chainId" ? .says(.string("0x1")) : .honest }
    try await line.pay(1, payment: 501, "50", "usdterc20")
    try await line.wait(for: 1, of: "transfer.requested.v1")
    try await Task.sleep(for: .seconds(2))
    #expect(try line.facts("transfer.nonce_reserved.v1").isEmpty)
    proxy.answers { _, _ in .honest }
  }

  @Test("does: a node that claims our nonce is used stops the wallet, and nothing is sent")
  func usedNonce() async throws {
    let (line, proxy) = try await begun()
    proxy.answers { method, _ in
      method == "eth_getTransactionCount" ? .says(.string("0x9")) : .honest
    }
    try await line.pay(1, payment: 501, "50", "usdterc20")
    try await line.wait(for: 1, of: "wallet.quarantined.v1")
    #expect(try line.facts("transfer.signed.v1").isEmpty)
    #expect(try await line.node.nonce(of: line.key.address, at: .latest) == 0)
  }
}
