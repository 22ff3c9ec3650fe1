import Engine
import Kernel
import Sagas

/// The outside of a bench: answers every call at once, and as providers and the chain would.
struct World: Sendable {
  static let wallet = "0x00000000000000000000000000000000000000b1"

  private var swaps = 0
  private var polls: [SwapID: Int] = [:]
  /// What each open swap is for.
  private var intents: [SplitID: SplitEvent.SwapIntended] = [:]
  private var mined = 0

  mutating func answer(_ effect: Effect, at now: Instant) -> JobOutcome {
    switch effect {
    case .createInvoice(let e):
      let number = e.order.text.suffix(10)
      return .report([
        .order(
          .noteInvoice(
            e.order, invoice: known(InvoiceID(text: "inv-\(number)")),
            url: "https://nowpayments.io/payment/?iid=\(number)"))
      ])
    case .findRate(let e):
      let rate = known(Rate("2000", from: e.outcome.asset, to: .usdt))
      return .report([
        .payment(.noteRate(e.payment, rate, source: "changenow estimate", Traffic.policy))
      ])
    case .estimate(let e):
      return .report([.split(.noteEstimate(e.split, estimate(e, at: now)))])
    case .openSwap(let e): return open(e, at: now)
    case .checkSwap(let e):
      return .report([.hostpay(.noteCheck(e.split, e.swap, status: "waiting"))])
    case .watchSwap(let split, let swap): return watch(split, swap)
    case .prepareTransfer(let e, _):
      let quote = TransferQuote(
        latestNonce: mined, pendingNonce: mined, gasLimit: 70_000, maxFeePerGas: "24000000000",
        maxPriorityFeePerGas: "1000000000")
      return .report([.transfer(.reserveNonce(e.transfer, quote))])
    case .signTransfer(let e, let nonce): return sign(e, nonce)
    case .settleTransfer(let transfer): return settle(transfer)
    case .createInvite, .deliverInvite, .removeMember, .answerChat, .showPage,
      .deliverNotice, .post, .pollPayment:
      preconditionFailure("there is no bot")
    case .signReplacement: preconditionFailure("nothing waits long enough for another attempt")
    }
  }

  private func estimate(_ e: SplitEvent.Requested, at now: Instant) -> SplitEstimate {
    SplitEstimate(
      fromAmount: e.source.amountText, toAmount: price(e.source, e.asset), depositFee: "0",
      withdrawalFee: "0.0001", rate: "rate-\(e.split)", validUntil: now.adding(seconds: 1_200))
  }

  private mutating func open(_ e: SplitEvent.SwapIntended, at now: Instant) -> JobOutcome {
    swaps += 1
    intents[e.split] = e
    let opened = OpenedSwap(
      swap: known(SwapID(text: "cn\(10_000_000 + swaps)")), attempt: e.attempt,
      fromAmount: e.amount.amountText, payin: "0x" + String(repeating: "c0", count: 20),
      payinExtra: nil, payout: e.wallet, toAmount: price(e.amount, e.to),
      validUntil: now.adding(seconds: 1_200))
    return .report([.split(.noteSwap(e.split, opened))])
  }

  /// Three statuses, then the end.
  private mutating func watch(_ split: SplitID, _ swap: SwapID) -> JobOutcome {
    let statuses = ["confirming", "exchanging", "sending"]
    let poll = polls[swap, default: 0]
    guard poll < statuses.count, let intent = intents[split] else {
      polls[swap] = nil
      guard let intent = intents.removeValue(forKey: split) else {
        return .transient("no such swap", retryAfterSeconds: nil)
      }
      return .report([
        .split(
          .noteFinished(
            split, delivered: price(intent.amount, intent.to), payoutHash: "0xpayout\(swap)"))
      ])
    }
    polls[swap] = poll + 1
    return .again(
      [.split(.noteStatus(intent.split, swap, status: statuses[poll]))], afterSeconds: 0)
  }

  private func sign(
    _ e: TransferEvent.Requested, _ nonce: TransferEvent.NonceReserved
  ) -> JobOutcome {
    let number = String(nonce.nonce, radix: 16)
    let digits = String(repeating: "0", count: max(0, 64 - number.utf8.count)) + number
    return .report([
      .transfer(
        .noteSigned(
          e.transfer,
          SignedTransfer(
            nonce: nonce.nonce, attempt: 1,
            raw: "0x02" + String(repeating: digits, count: 5), hash: "0x" + digits,
            maxFeePerGas: nonce.maxFeePerGas, maxPriorityFeePerGas: nonce.maxPriorityFeePerGas)))
    ])
  }

  private mutating func settle(_ transfer: OpenTransfer) -> JobOutcome {
    guard let attempt = transfer.attempts.last else {
      return .transient("nothing signed", retryAfterSeconds: nil)
    }
    let e = transfer.requested
    mined = max(mined, transfer.nonce + 1)
    let final = MinedTransfer(
      hash: attempt.hash, block: 20_000_000 + mined, gasUsed: 65_000,
      fee: Money(65_000 * 24_000_000_000, .eth))
    return .report([.transfer(.confirm(e.transfer, final, amount: e.amount))])
  }

  /// What an amount becomes in another asset: ETH at 2,000 USDT, anything else at 100, less a bit.
  private func price(_ amount: Money, _ asset: Asset) -> String {
    let rate =
      switch (amount.asset == .eth, asset == .usdt) {
      case (true, true): "1980"
      case (true, false): asset == .eth ? "0.99" : "19.8"
      case (false, true): "0.99"
      case (false, false): asset == .eth ? "0.000495" : "0.0099"
      }
    return known(Rate(rate, from: amount.asset, to: asset)).applied(to: amount).amountText
  }
}
