import JSON
import Kernel
import Testing

@testable import Service

/// A batch that was paid, step by step, as the sagas would have it.
extension EdgeWorld {
  static let host = "0xde709f2102306220921060314715629080e2fb77"
  static let payoutHash = "0x" + String(repeating: "9f", count: 32)

  /// 101.85 USDT of three payments, sent and final on chain.
  func settledPayout() async throws -> (split: SplitID, hash: String) {
    try await register()
    for (index, price) in ["25", "50", "30"].enumerated() {
      let body = Bodies.notice(
        payment: 100 + index, order: "PGP-6270000001|-1001234567890", price: price)
      try #require(try await notify(body).status == 200)
    }
    let run = try await post("/api/admin/batches/run", "{}", key: EdgeWorld.operatorKey)
    let text = try #require(run.json?["batches"]?.items?.first?["batch_id"]?.text)
    let batch = try #require(BatchID(text: text))
    let split = try #require(SplitID(text: "WE01000000000001"))
    try await ask(.wallet(.claim(address: Self.host, chain: 1, nonce: 7)))
    try await ask(.split(.request(.batch(batch), .standard)))
    try await ask(.batch(.handOff(batch, split)))
    try await ask(.hostpay(.request(split)))
    try await send(split)
    return (split, Self.payoutHash)
  }

  private func send(_ split: SplitID) async throws {
    let id = split.transfer
    try await ask(.transfer(.request(split)))
    let quote = TransferQuote(
      latestNonce: 7, pendingNonce: 7, gasLimit: 65_000, maxFeePerGas: "50000000000",
      maxPriorityFeePerGas: "2000000000")
    try await ask(.transfer(.reserveNonce(id, quote)))
    let signed = SignedTransfer(
      nonce: 7, attempt: 1, raw: "0x02", hash: Self.payoutHash, maxFeePerGas: "50000000000",
      maxPriorityFeePerGas: "2000000000")
    try await ask(.transfer(.noteSigned(id, signed)))
    let mined = MinedTransfer(
      hash: Self.payoutHash, block: 19_000_123, gasUsed: 50_000,
      fee: Money(1_000_000_000_000_000, .eth))
    try await ask(.transfer(.confirm(id, mined, amount: Money(101_850_000, .usdt))))
    try await ask(.hostpay(.noteFunded(split)))
  }

  /// Two looks that see the same.
  func compare(_ look: OutsideLook) async throws {
    let first = await withCheckedContinuation { continuation in
      gate.inspect { continuation.resume(returning: $0.weigh(look)) }
    }
    try await ask(.ledger(.compare(look, after: first)))
  }
}
