import Sagas

@testable import Kernel

/// One split's facts, as they can be told apart: the small world that the tables are tried in.
enum SplitWorld {
  static let split = SplitID(number: 1)
  static let channel = ChannelKey(text: "ch-100")!
  static let swap = SwapID(text: "s1")!
  static let wallet = "4AdUndXHHZ6cfufTMvppY6JwXNouMBzSkbLYfpAV"
  static let terms = SagaTerms(flow: .fixedRate)

  /// Everything that the sagas ask for when they see these facts.
  static func play(_ events: [LedgerEvent]) -> [LedgerCommand] {
    var processes = Processes(terms: terms)
    return events.flatMap { processes.take($0) }
  }

  static func isTransfer(_ command: LedgerCommand) -> Bool {
    if case .transfer(.request) = command { return true }
    return false
  }
  static let amount = Money(101_850_000, .usdt)

  static func requested(_ purpose: SplitPurpose, _ route: SplitRoute = .swap) -> LedgerEvent {
    .split(
      .requested(
        SplitEvent.Requested(
          asset: Asset(text: "XMR-XMR")!, channel: channel, flow: .fixedRate, purpose: purpose,
          route: route, source: amount, split: split, wallet: wallet)))
  }

  static let estimated = LedgerEvent.split(
    .estimated(
      SplitEvent.Estimated(
        channel: channel, depositFee: "0", marketValue: "1", rate: "r", split: split,
        toAmount: "1", validUntil: nil, withdrawalFee: "0")))
  static let intended = LedgerEvent.split(
    .swapIntended(
      SplitEvent.SwapIntended(
        amount: amount, attempt: 1, channel: channel, flow: .fixedRate, rate: "r", split: split,
        to: Asset(text: "XMR-XMR")!, wallet: wallet)))
  static let opened = LedgerEvent.split(
    .swapOpened(
      SplitEvent.SwapOpened(
        amount: amount, attempt: 1, channel: channel, payin: "0xaa", payinExtra: nil,
        split: split, swap: swap, toAmount: "1", validUntil: nil)))
  static let abandoned = LedgerEvent.split(
    .swapAbandoned(
      SplitEvent.SwapAbandoned(attempt: 1, channel: channel, reason: "late", split: split)))
  static let observed = LedgerEvent.split(
    .swapObserved(
      SplitEvent.SwapObserved(channel: channel, split: split, status: "sending", swap: swap)))
  static func completed(_ purpose: SplitPurpose) -> LedgerEvent {
    .split(
      .completed(
        SplitEvent.Completed(
          channel: channel, delivered: Money(1, Asset(text: "XMR-XMR")!), payoutHash: nil,
          purpose: purpose, source: amount, split: split, swap: swap, transaction: "0xt")))
  }
  static func failed(_ purpose: SplitPurpose) -> LedgerEvent {
    .split(
      .failed(
        SplitEvent.Failed(channel: channel, purpose: purpose, reason: "no pair", split: split)))
  }
  static let held = LedgerEvent.split(
    .held(SplitEvent.Held(channel: channel, reason: "odd", split: split)))
  static func hostpay(_ swap: SwapID? = swap) -> LedgerEvent {
    .hostpay(
      .requested(
        HostpayEvent.Requested(
          amount: amount, channel: channel, split: split, swap: swap, to: "0xaa")))
  }
  static func checked(_ status: String) -> LedgerEvent {
    .hostpay(.checked(HostpayEvent.Checked(channel: channel, split: split, status: status)))
  }
  static func funded(_ swap: SwapID? = swap) -> LedgerEvent {
    .hostpay(
      .funded(
        HostpayEvent.Funded(
          channel: channel, split: split, swap: swap, transaction: "0xt",
          transfer: split.transfer)))
  }
  static let transferRequested = LedgerEvent.transfer(
    .requested(
      TransferEvent.Requested(
        amount: amount, chain: 1, channel: channel, split: split, to: "0xaa",
        transfer: split.transfer, wallet: "0xbb")))
  static let confirmed = LedgerEvent.transfer(
    .confirmed(
      TransferEvent.Confirmed(
        amount: amount, block: 1, channel: channel, fee: Money(1, .eth), gasUsed: 1,
        hash: "0xt", nonce: 0, transfer: split.transfer)))
  static let parked = LedgerEvent.transfer(
    .parked(
      TransferEvent.Parked(channel: channel, reason: "odd", transfer: split.transfer)))

  static func refunded(_ purpose: SplitPurpose) -> LedgerEvent {
    .split(
      .refunded(
        SplitEvent.Refunded(
          channel: channel, purpose: purpose, refunded: Money(1, .usdt), source: amount,
          split: split, swap: swap, transaction: "0xback")))
  }
  static let regressed = LedgerEvent.split(
    .swapRegressed(
      SplitEvent.SwapRegressed(
        channel: channel, from: "sending", split: split, status: "waiting", swap: swap)))
  static let asked = LedgerEvent.split(
    .asked(SplitEvent.Asked(channel: channel, reason: "why", split: split)))
  static func released(_ next: SplitStep) -> LedgerEvent {
    .split(
      .released(SplitEvent.Released(channel: channel, next: next, reason: "why", split: split)))
  }
  static func retried(_ next: SplitStep) -> LedgerEvent {
    .split(
      .retried(SplitEvent.Retried(channel: channel, next: next, reason: "why", split: split)))
  }
  static let reserved = LedgerEvent.transfer(
    .nonceReserved(
      TransferEvent.NonceReserved(
        channel: channel, gasLimit: 65_000, generation: 1, maxFeePerGas: "8",
        maxPriorityFeePerGas: "1", nonce: 7, transfer: split.transfer, wallet: "0xbb")))
  static func signed(_ attempt: Int, isCancel: Bool = false) -> LedgerEvent {
    guard isCancel else {
      return .transfer(
        .signed(
          TransferEvent.Signed(
            attempt: attempt, channel: channel, hash: "0xt\(attempt)", maxFeePerGas: "8",
            maxPriorityFeePerGas: "1", nonce: 7, raw: "0x02", transfer: split.transfer)))
    }
    return .transfer(
      .cancelSigned(
        TransferEvent.CancelSigned(
          attempt: attempt, channel: channel, hash: "0xc\(attempt)", maxFeePerGas: "8",
          maxPriorityFeePerGas: "1", nonce: 7, raw: "0x02", transfer: split.transfer)))
  }
  static func bump(_ attempt: Int, cancels: Bool = false) -> LedgerEvent {
    .transfer(
      .bumpRequested(
        TransferEvent.BumpRequested(
          attempt: attempt, cancels: cancels, channel: channel, gasLimit: 65_000,
          maxFeePerGas: "9", maxPriorityFeePerGas: "2", nonce: 7, reason: "x",
          transfer: split.transfer)))
  }
  static func cancel(nonce: Int?) -> LedgerEvent {
    .transfer(
      .cancelRequested(
        TransferEvent.CancelRequested(
          cause: .operator, channel: channel, nonce: nonce, reason: "x",
          transfer: split.transfer)))
  }
  static let cancelled = LedgerEvent.transfer(
    .cancelled(
      TransferEvent.Cancelled(
        block: 1, channel: channel, fee: Money(1, .eth), hash: "0xc2", nonce: 7,
        transfer: split.transfer)))
  static let reverted = LedgerEvent.transfer(
    .reverted(
      TransferEvent.Reverted(
        block: 1, channel: channel, fee: Money(1, .eth), hash: "0xt1", nonce: 7,
        transfer: split.transfer)))
  static let released = LedgerEvent.transfer(
    .released(TransferEvent.Released(channel: channel, reason: "x", transfer: split.transfer)))

  static let batch = BatchID(text: "ch-100-b1")!
  static let all: [LedgerEvent] = [
    requested(.batch(batch)), estimated, intended, opened, abandoned, observed,
    completed(.batch(batch)), held, hostpay(), checked("waiting"), checked("expired"), funded(),
    transferRequested, confirmed, parked, asked, released(.watch), retried(.estimate),
    refunded(.batch(batch)), regressed, cancelled, released,
  ]
}
