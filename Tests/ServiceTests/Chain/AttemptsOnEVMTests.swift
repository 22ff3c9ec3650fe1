import Gateways
import Kernel
import Model
import Support
import Testing

@testable import Service

/// T7 to T9 against a real EVM: fees that rise, cancels that race, reverts, blocks that vanish.
@Suite(.serialized) struct AttemptsOnEVMTests {
  private static let wallet = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"

  /// A line with one direct USDT payout signed, and nothing mined since.
  private func signed(_ line: EVMLine) async throws -> TransferID {
    try await line.begin(wei: EVMLine.wei, tokens: EVMLine.tokens)
    try await line.register(1, .usdt, wallet: Self.wallet)
    try await line.pay(1, payment: 501, "50", "usdterc20")
    try await line.wait(for: 1, of: "transfer.signed.v1")
    return try line.transfer()
  }

  private func received(_ line: EVMLine) async throws -> Int128 {
    try await line.node.tokenBalance(of: Self.wallet, contract: line.token)
  }

  private func checkBooks(_ line: EVMLine, sent: Int128) async throws {
    #expect(try await received(line) == sent)
    #expect(try await line.node.balance(of: line.key.address) == EVMLine.wei - line.fees())
    #expect(
      try await line.node.tokenBalance(of: line.key.address, contract: line.token)
        == EVMLine.tokens - sent)
    #expect(try await line.trace().check() == .accepted)
  }

  @Test("does: a fee spike is outbid on the same nonce, through crashes, and paid for once each")
  func spike() async throws {
    let line = try await EVMLine.open(bumpAfterBlocks: 2)
    try await line.begin(wei: EVMLine.wei, tokens: EVMLine.tokens)
    try await line.register(1, .usdt, wallet: Self.wallet)
    for payment in 0..<4 {
      try await line.pay(1, payment: 700 + payment, "50", "usdterc20")
    }
    try await line.wait(for: 4, of: "transfer.signed.v1")
    var crashes = 0
    let deadline = ContinuousClock.now + .seconds(200)
    while try line.facts("transfer.confirmed.v1").count < 4, ContinuousClock.now < deadline {
      // Dear until everything was outbid once, and a crash between every other two steps.
      if try line.facts("transfer.bump_requested.v1").count < 4 {
        try await line.chain.setBaseFee(30_000_000_000)
      }
      try await line.mine()
      if crashes < 6, Bool.random() {
        crashes += 1
        try await line.crash()
      }
      try await Task.sleep(for: .milliseconds(150))
    }
    #expect(try line.facts("transfer.confirmed.v1").count == 4)
    #expect(try line.facts("transfer.bump_requested.v1").count >= 4)
    #expect(try await line.node.nonce(of: line.key.address, at: .latest) == 4)
    #expect(try line.facts("transfer.parked.v1").isEmpty)
    try await checkBooks(line, sent: 4 * 48_500_000)
  }

  @Test("does: a cancel that is mined moves nothing, and the same payment may be sent anew")
  func cancel() async throws {
    let line = try await EVMLine.open()
    let id = try await signed(line)
    await line.submit(.transfer(.cancel(id, .operator, reason: "wrong wallet")), "cancel")
    try await line.wait(for: 1, of: "transfer.cancel_signed.v1")
    try await Task.sleep(for: .milliseconds(1_500))
    try await line.mine(until: 1, of: "transfer.cancelled.v1")
    #expect(try line.facts("split.held.v1").count == 1)
    try await checkBooks(line, sent: 0)
    await line.submit(.transfer(.release(id, reason: "it was right")), "release")
    try await line.settle(1)
    #expect(try await line.node.nonce(of: line.key.address, at: .latest) == 2)
    try await checkBooks(line, sent: 48_500_000)
  }

  @Test("does: a payment that is mined before its cancel is paid, and the cancel is forgotten")
  func cancelLate() async throws {
    let line = try await EVMLine.open()
    let id = try await signed(line)
    try await Task.sleep(for: .milliseconds(500))
    try await line.mine()
    await line.submit(.transfer(.cancel(id, .operator, reason: "too late")), "cancel")
    try await line.settle(1)
    #expect(try line.facts("transfer.cancelled.v1").isEmpty)
    try await checkBooks(line, sent: 48_500_000)
  }

  @Test("does: what a pool forgot is sent again, and the payment behind it isn't stuck")
  func forgotten() async throws {
    let line = try await EVMLine.open()
    let id = try await signed(line)
    try await line.chain.fault("eth_sendRawTransaction", "http_503", 2)
    try await line.chain.forget(
      try line.facts("transfer.signed.v1").compactMap { event in
        if case .transfer(.signed(let e)) = event { e.hash } else { nil }
      }[0])
    try await line.pay(1, payment: 502, "50", "usdterc20")
    try await line.settle(2)
    #expect(try line.facts("transfer.signed.v1").count == 2 && id == (try line.transfer()))
    try await checkBooks(line, sent: 2 * 48_500_000)
  }

  @Test(
    "does: a token paused before the signature parks it; after, it reverts; both are sent later")
  func paused() async throws {
    let line = try await EVMLine.open()
    let (pause, unpause): ([UInt8], [UInt8]) = (
      [0x84, 0x56, 0xcb, 0x59], [0x3f, 0x4b, 0xa8, 0x3a]
    )
    let id = try await signed(line)
    try await Task.sleep(for: .milliseconds(500))
    // It tips more than ours: in the block it comes first.
    try await line.ownerCalls(pause)
    try await line.mine(until: 1, of: "transfer.reverted.v1")
    try await checkBooks(line, sent: 0)
    try await line.pay(1, payment: 502, "50", "usdterc20")
    try await line.wait(for: 1, of: "transfer.parked.v1")
    try await line.ownerCalls(unpause)
    try await line.mine()
    await line.submit(.transfer(.release(id, reason: "unpaused")), "release-1")
    guard case .transfer(.parked(let e))? = try line.facts("transfer.parked.v1").first else {
      return
    }
    await line.submit(.transfer(.release(e.transfer, reason: "unpaused")), "release-2")
    try await line.settle(2)
    let generations = try line.facts("transfer.nonce_reserved.v1").map { event in
      if case .transfer(.nonceReserved(let e)) = event { e.generation } else { 0 }
    }
    #expect(generations.sorted() == [1, 1, 2])
    try await checkBooks(line, sent: 2 * 48_500_000)
  }

  @Test("does: a token that keeps a fee confirms nothing: a person is told what was moved")
  func feeOnTransfer() async throws {
    let line = try await EVMLine.open()
    let id = try await signed(line)
    let word = [UInt8](repeating: 0, count: 31)
    try await line.ownerCalls([0xc0, 0x32, 0x4c, 0x77] + word + [10] + word + [40])
    try await line.mine(until: 1, of: "transfer.parked.v1")
    guard case .transfer(.parked(let e))? = try line.facts("transfer.parked.v1").first else {
      return
    }
    #expect(e.transfer == id && e.reason == "the chain moved 48.4515 USDT-ETH")
    #expect(try line.facts("transfer.confirmed.v1").isEmpty)
    #expect(try await received(line) == 48_451_500)
  }

  @Test("does: blocks that vanish with a payment in them settle nothing, and it is sent again")
  func reorganised() async throws {
    for isLost in [true, false] {
      let line = try await EVMLine.open(bumpAfterBlocks: 3)
      _ = try await signed(line)
      for _ in 0..<3 {
        try await Task.sleep(for: .milliseconds(400))
        try await line.mine(3)
        #expect(try line.facts("transfer.confirmed.v1").isEmpty)
        try await line.chain.reorganise(3, isLost: isLost)
      }
      try await line.settle(1)
      #expect(try await line.node.nonce(of: line.key.address, at: .latest) == 1)
      try await checkBooks(line, sent: 48_500_000)
    }
  }
}
