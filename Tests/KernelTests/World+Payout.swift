@testable import Kernel

/// The steps from a batch to its delivery, one function a step.
extension World {
  static let hash = "0x9fc76417374aa880d4449a1f7f31ec597f00b1f6f3dd2d66f4c9c6c445836d8b"
  static let quote = TransferQuote(
    latestNonce: 7, pendingNonce: 7, gasLimit: 65_000, maxFeePerGas: "50000000000",
    maxPriorityFeePerGas: "2000000000")

  /// A channel over its threshold, the host wallet claimed.
  static func due() -> World {
    var world = World.registered()
    world.claim()
    for tier in 1...3 { world.pay(tier, tier: tier) }
    return world
  }

  /// A batch with its split requested and the batch handed off.
  static func splitting() -> (World, BatchID, SplitID) {
    var world = World.due()
    let batch = BatchID(composed: "\(Sample.channel)-b1")
    let split = SplitID(number: 1)
    world.ask(world.opening())
    world.ask(.split(.request(.batch(batch), .fixedRate)))
    world.ask(.batch(.handOff(batch, split)))
    return (world, batch, split)
  }

  /// The same with an open swap.
  static func swapping() -> (World, BatchID, SplitID) {
    var (world, batch, split) = splitting()
    world.estimate(split)
    world.openSwap(split)
    return (world, batch, split)
  }

  /// The same with the transfer signed.
  static func sending() -> (World, BatchID, SplitID) {
    var (world, batch, split) = swapping()
    world.ask(.hostpay(.request(split)))
    world.ask(.transfer(.request(split)))
    world.ask(.transfer(.reserveNonce(split.transfer, quote)))
    world.ask(.transfer(.noteSigned(split.transfer, signed(7))))
    return (world, batch, split)
  }

  @discardableResult
  mutating func claim() -> Decision {
    ask(.wallet(.claim(address: Sample.host, chain: 1, nonce: 7)))
  }

  @discardableResult
  mutating func estimate(_ split: SplitID, to: String = "0.6241") -> Decision {
    ask(
      .split(
        .noteEstimate(
          split,
          SplitEstimate(
            fromAmount: "101.85", toAmount: to, depositFee: "0.5", withdrawalFee: "0.0001",
            rate: "r1", validUntil: nil))))
  }

  @discardableResult
  mutating func openSwap(
    _ split: SplitID, attempt: Int = 1, from: String = "101.85", payin: String = Sample.payin,
    payout: String = Sample.wallet, swap: String? = nil, validFor seconds: Int64? = nil
  ) -> Decision {
    ask(.split(.intendSwap(split)))
    return ask(
      .split(
        .noteSwap(
          split,
          OpenedSwap(
            swap: SwapID(composed: swap ?? "s\(attempt)"), attempt: attempt, fromAmount: from,
            payin: payin, payinExtra: nil, payout: payout, toAmount: nil,
            validUntil: seconds.map { now.adding(seconds: $0) }))))
  }

  static func signed(_ nonce: Int, attempt: Int = 1, hash: String = hash) -> SignedTransfer {
    SignedTransfer(
      nonce: nonce, attempt: attempt, raw: "0x02", hash: hash, maxFeePerGas: "50000000000",
      maxPriorityFeePerGas: "2000000000")
  }

  static func mined(_ hash: String = hash) -> MinedTransfer {
    MinedTransfer(hash: hash, block: 19_000_123, gasUsed: 50_000, fee: Sample.eth("0.001"))
  }

  /// From a signed transfer to paid members.
  mutating func settle(_ batch: BatchID, _ split: SplitID) {
    ask(
      .transfer(.confirm(split.transfer, Self.mined(), amount: Sample.usdt("101.85"))))
    ask(.hostpay(.noteFunded(split)))
    ask(.split(.noteFinished(split, delivered: "0.6241", payoutHash: nil)))
    ask(
      .batch(
        .complete(
          batch, split, delivered: Money("0.6241", Sample.monero)!, transaction: Self.hash)))
  }
}
