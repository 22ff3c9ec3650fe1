@testable import Kernel

/// The steps of further attempts on one nonce.
extension World {
  static let bumped = ("56250000000", "2250000000")

  /// Signs what the last bump asked for; answers the decision.
  @discardableResult
  mutating func signBump(_ id: TransferID, hash: String) -> Decision {
    guard case .transfer(.bumpRequested(let e))? = log.last else { return .ignore }
    let signed = SignedTransfer(
      nonce: e.nonce, attempt: e.attempt, raw: "0x02", hash: hash, maxFeePerGas: e.maxFeePerGas,
      maxPriorityFeePerGas: e.maxPriorityFeePerGas)
    return ask(
      .transfer(e.cancels ? .noteCancelSigned(id, signed) : .noteSigned(id, signed)))
  }

  @discardableResult
  mutating func bump(_ id: TransferID, _ bid: TransferBid? = nil) -> Decision {
    ask(.transfer(.bump(id, bid, reason: "no receipt")))
  }

  @discardableResult
  mutating func cancel(_ id: TransferID, _ cause: TransferCancelCause = .operator) -> Decision {
    ask(.transfer(.cancel(id, cause, reason: "not wanted")))
  }

  /// An instant payment's direct transfer, asked for.
  static func direct() -> (World, SplitID) {
    var world = World.registered(
      Sample.payout(.instant, asset: .usdt, wallet: Sample.payin))
    world.claim()
    world.pay(1)
    let split = SplitID(number: 1)
    world.ask(.split(.request(.payment(Sample.payment(1)), .fixedRate)))
    world.ask(.hostpay(.request(split)))
    world.ask(.transfer(.request(split)))
    return (world, split)
  }

  mutating func send(_ id: TransferID, nonce: Int, hash: String) {
    let quote = TransferQuote(
      latestNonce: nonce, pendingNonce: nonce, gasLimit: 65_000, maxFeePerGas: "50000000000",
      maxPriorityFeePerGas: "2000000000")
    ask(.transfer(.reserveNonce(id, quote)))
    ask(.transfer(.noteSigned(id, World.signed(nonce, hash: hash))))
  }
}
