import Foundation
import Gateways
import Kernel
import Model
import Support
import Testing

@testable import Service

/// Many payouts through everything at once: crashes, lost answers, forgotten bytes, blocks that
/// vanish, and gas that is dear for a while.
@Suite struct StormOnEVMTests {
  private static let isLong = ProcessInfo.processInfo.environment["WEIR_TEST_LONG"] != nil
  private static let wallets = (
    usdt: "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
    eth: "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"
  )

  private func trouble(_ line: EVMLine) async throws {
    switch Int.random(in: 0..<10) {
    case 0, 1: try await line.crash()
    case 2: try await line.chain.fault("eth_sendRawTransaction", "drop_reply", 2)
    case 3: try await line.chain.fault("eth_getTransactionReceipt", "rpc_error", 2)
    case 4:
      try await line.chain.fault("eth_getBlockByNumber", "http_503", 2)
      try await line.chain.fault("eth_feeHistory", "slow_reply", 1)
    case 5, 6:
      try await line.chain.reorganise(Int.random(in: 1...3), isLost: Bool.random())
    case 7: try await line.chain.setBaseFee(30_000_000_000)
    default:
      let hashes = try line.facts("transfer.signed.v1").compactMap { event in
        if case .transfer(.signed(let e)) = event { e.hash } else { nil }
      }
      if let hash = hashes.randomElement() { try await line.chain.forget(hash) }
    }
  }

  @Test("does: each payout is sent exactly once, and the books are the chain's to the wei")
  func storm() async throws {
    let count = Self.isLong ? 100 : 12
    let line = try await EVMLine.open(bumpAfterBlocks: 2)
    try await line.begin(wei: EVMLine.wei, tokens: 10 * EVMLine.tokens)
    try await line.register(1, .usdt, wallet: Self.wallets.usdt)
    try await line.register(2, .eth, wallet: Self.wallets.eth)
    try await line.mine(6)
    for payment in 0..<count {
      if payment % 2 == 0 {
        try await line.pay(1, payment: 1_000 + payment, "50", "usdterc20")
      } else {
        try await line.pay(2, payment: 1_000 + payment, "0.025", "eth")
      }
      try await Task.sleep(for: .milliseconds(Int.random(in: 20...200)))
      try? await trouble(line)
      try? await line.mine()
    }
    let deadline = ContinuousClock.now + .seconds(400)
    while try line.facts("transfer.confirmed.v1").count < count, ContinuousClock.now < deadline {
      if Int.random(in: 0..<8) == 0 { try? await trouble(line) }
      try? await line.mine()
      try await Task.sleep(for: .milliseconds(100))
    }
    let half = Int128(count / 2)
    #expect(try line.facts("transfer.confirmed.v1").count == count)
    #expect(try line.facts("transfer.parked.v1").isEmpty)
    #expect(try await line.node.nonce(of: line.key.address, at: .latest) == count)
    let (usdt, eth) = (48_500_000 * half, 24_250_000_000_000_000 * half)
    #expect(
      try await line.node.tokenBalance(of: Self.wallets.usdt, contract: line.token) == usdt)
    #expect(try await line.node.balance(of: Self.wallets.eth) == eth)
    #expect(
      try await line.node.tokenBalance(of: line.key.address, contract: line.token)
        == 10 * EVMLine.tokens - usdt)
    #expect(try await line.node.balance(of: line.key.address) == EVMLine.wei - eth - line.fees())
    #expect(try await line.trace().check() == .accepted)
  }
}
