import Gateways
import Kernel
import Log
import Model
import Support
import Testing

@testable import Service

/// The transfer path T0 to T9 against a real EVM behind JSON-RPC.
@Suite struct TransferOnEVMTests {
  @Test("does: pays ETH and USDT once each, books equal to the chain to the wei")
  func pays() async throws {
    let line = try await EVMLine.open()
    try await line.begin(wei: EVMLine.wei, tokens: EVMLine.tokens)
    let ethWallet = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"
    let usdtWallet = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
    let before = try await line.node.balance(of: usdtWallet)
    try await line.register(1, .usdt, wallet: usdtWallet)
    try await line.register(2, .eth, wallet: ethWallet)
    try await line.pay(1, payment: 501, "50", "usdterc20")
    try await line.pay(2, payment: 502, "0.025", "eth")
    try await line.settle(2)
    #expect(try await line.node.tokenBalance(of: usdtWallet, contract: line.token) == 48_500_000)
    #expect(try await line.node.balance(of: usdtWallet) == before)
    #expect(try await line.node.balance(of: ethWallet) == 24_250_000_000_000_000)
    let left = try await line.node.balance(of: line.key.address)
    #expect(left == EVMLine.wei - 24_250_000_000_000_000 - (try line.fees()))
    #expect(
      try await line.node.tokenBalance(of: line.key.address, contract: line.token)
        == EVMLine.tokens - 48_500_000)
    #expect(try await line.node.nonce(of: line.key.address, at: .latest) == 2)
    #expect(try await line.trace().check() == .accepted)
    try await checkSeen(line, ethWallet)
  }

  /// What consumed a nonce is found again on chain, with the very bytes that were signed for it.
  private func checkSeen(_ line: EVMLine, _ wallet: String) async throws {
    let (head, own) = (try await line.node.blockNumber(.latest), line.key.address)
    let signed = try line.facts("transfer.signed.v1")
    #expect(signed.count == 2)
    for case .transfer(.signed(let e)) in signed {
      let seen = try #require(try await line.node.consumer(of: e.nonce, by: own, upTo: head))
      #expect(seen.hash == e.hash && seen.raw == e.raw, "\(seen)")
    }
    #expect(try await line.node.consumer(of: 2, by: own, upTo: head) == nil)
    // What a sweep of ETH leaves behind is what gas it is given and doesn't take.
    let plain = EthereumCall(from: own, to: wallet, value: 1)
    #expect(try await line.node.gasEstimate(plain) == 21_000)
  }

  @Test("does: crashes, lost answers and a node that refuses end in one transfer for each payment")
  func storms() async throws {
    let line = try await EVMLine.open()
    try await line.begin(wei: EVMLine.wei, tokens: EVMLine.tokens)
    let wallet = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"
    try await line.register(1, .usdt, wallet: wallet)
    for payment in 0..<8 {
      if payment % 2 == 0 { try await line.chain.fault("eth_sendRawTransaction", "drop_reply", 1) }
      if payment % 3 == 0 {
        try await line.chain.fault("eth_getTransactionReceipt", "rpc_error", 1)
      }
      try await line.pay(1, payment: 600 + payment, "50", "usdterc20")
      try await Task.sleep(for: .milliseconds(150))
      if payment % 2 == 1 { try await line.crash() }
      try await line.mine()
    }
    try await line.settle(8)
    #expect(
      try await line.node.tokenBalance(of: wallet, contract: line.token) == 8 * 48_500_000)
    #expect(try await line.node.nonce(of: line.key.address, at: .latest) == 8)
    #expect(try line.facts("transfer.signed.v1").count == 8)
    #expect(try line.facts("transfer.parked.v1").isEmpty)
    let left = try await line.node.balance(of: line.key.address)
    #expect(left == EVMLine.wei - (try line.fees()))
    #expect(try await line.trace().check() == .accepted)
  }
}
