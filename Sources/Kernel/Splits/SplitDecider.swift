/// What may be asked of a split.
public enum SplitCommand: Hashable, Sendable {
  case request(SplitPurpose, SwapFlow)
  case noteEstimate(SplitID, SplitEstimate)
  case intendSwap(SplitID)
  case noteSwap(SplitID, OpenedSwap)
  /// The swap can't be opened or funded any more; nothing was signed for it.
  case abandonSwap(SplitID, attempt: Int, reason: String)
  case noteStatus(SplitID, SwapID, status: String)
  /// The provider finished: what it delivered, as decimal text, and whether its payout isn't on a
  /// chain that we can look at.
  case noteFinished(
    SplitID, delivered: String, payoutHash: String?, isUnseen: Bool = false)
  /// The provider sent the deposit back: how much, as decimal text, and by which transaction.
  case noteRefunded(SplitID, SwapID, amount: String, transaction: String)
  /// A direct transfer is final: it delivered what it moved.
  case completeDirect(SplitID)
  case hold(SplitID, reason: String)
  case fail(SplitID, reason: String)
  /// What a person asks for.
  case operate(SplitID, SplitAction, reason: String)
}

/// A provider's estimate, amounts as decimal text.
public struct SplitEstimate: Hashable, Sendable {
  public let fromAmount: String
  public let toAmount: String
  public let depositFee: String
  public let withdrawalFee: String
  public let rate: String?
  public let validUntil: Instant?

  public init(
    fromAmount: String, toAmount: String, depositFee: String, withdrawalFee: String, rate: String?,
    validUntil: Instant?
  ) {
    self.fromAmount = fromAmount
    self.toAmount = toAmount
    self.depositFee = depositFee
    self.withdrawalFee = withdrawalFee
    self.rate = rate
    self.validUntil = validUntil
  }
}

/// A swap as the provider opened it.
public struct OpenedSwap: Hashable, Sendable {
  public let swap: SwapID
  public let attempt: Int
  public let fromAmount: String
  public let payin: String
  public let payinExtra: String?
  public let payout: String
  public let toAmount: String?
  public let validUntil: Instant?

  public init(
    swap: SwapID, attempt: Int, fromAmount: String, payin: String, payinExtra: String?,
    payout: String, toAmount: String?, validUntil: Instant?
  ) {
    self.swap = swap
    self.attempt = attempt
    self.fromAmount = fromAmount
    self.payin = payin
    self.payinExtra = payinExtra
    self.payout = payout
    self.toAmount = toAmount
    self.validUntil = validUntil
  }
}

extension LedgerState {
  func decide(_ command: SplitCommand) -> Decision {
    switch command {
    case .request(let purpose, let flow): return request(purpose, flow)
    case .noteEstimate(let id, let estimate): return note(estimate, id)
    case .intendSwap(let id): return intendSwap(id)
    case .noteSwap(let id, let swap): return note(swap, id)
    case .abandonSwap(let id, let attempt, let reason): return abandon(id, attempt, reason)
    case .noteStatus(let id, let swap, let status): return note(status, swap, id)
    case .noteFinished(let id, let text, let hash, let isUnseen):
      return finish(id, text, hash, isUnseen: isUnseen)
    case .noteRefunded(let id, let swap, let amount, let transaction):
      return refund(id, swap, amount, transaction)
    case .completeDirect(let id): return completeDirect(id)
    case .hold(let id, let reason):
      guard let split = splits[id] else { return .refuse(.splitUnknown) }
      guard split.isOpen, split.phase != .held else { return .ignore }
      return .accept([held(split, reason)])
    case .fail(let id, let reason):
      guard let split = splits[id] else { return .refuse(.splitUnknown) }
      guard split.isOpen else { return .ignore }
      guard !split.mayHaveSent else { return .refuse(.moneyMayHaveLeft) }
      // An instant payment has no balance to go back to: a person decides.
      guard split.requested.purpose.payment == nil else { return .accept([held(split, reason)]) }
      let failed = SplitEvent.Failed(
        channel: split.requested.channel, purpose: split.requested.purpose, reason: reason,
        split: id)
      return .accept([.split(.failed(failed))])
    case .operate(let id, let action, let reason): return operate(id, action, reason)
    }
  }

  private func request(_ purpose: SplitPurpose, _ flow: SwapFlow) -> Decision {
    guard split(of: purpose) == nil else { return .ignore }
    guard let target = target(of: purpose) else { return .refuse(.splitUnknown) }
    guard target.source.isPositive else { return .refuse(.amountNotPositive) }
    let requested = SplitEvent.Requested(
      asset: target.asset, channel: target.channel, flow: flow, purpose: purpose,
      route: target.asset == target.source.asset ? .direct : .swap, source: target.source,
      split: SplitID(number: splits.count + 1), wallet: target.wallet)
    guard let payment = purpose.payment, contests[payment] != nil else {
      return .accept([.split(.requested(requested))])
    }
    // What was spoken against before it had a split waits like one that has.
    let held = SplitEvent.Held(
      channel: target.channel, reason: "payment \(payment) is spoken against",
      split: requested.split)
    return .accept([.split(.requested(requested)), .split(.held(held))])
  }

  private struct Target {
    let channel: ChannelKey
    let source: Money
    let asset: Asset
    let wallet: String
  }

  private func target(of purpose: SplitPurpose) -> Target? {
    if let id = purpose.batch, let batch = batches[id] {
      let opened = batch.opened
      guard batch.isOpen else { return nil }
      return Target(
        channel: opened.channel, source: opened.total, asset: opened.asset, wallet: opened.wallet)
    }
    if let id = purpose.conversion, let conversion = payments[id], let wallet {
      let requested = conversion.requested
      guard conversion.isOpen else { return nil }
      return Target(
        channel: requested.channel, source: requested.amount, asset: .usdt, wallet: wallet.address)
    }
    if let id = purpose.payment, let routed = payments.instant(id) {
      return Target(
        channel: routed.channel, source: routed.value, asset: routed.payout.asset,
        wallet: routed.payout.wallet)
    }
    return nil
  }

  private func note(_ estimate: SplitEstimate, _ id: SplitID) -> Decision {
    guard let split = splits[id] else { return .refuse(.splitUnknown) }
    guard split.phase == .estimating else { return .ignore }
    let value = MarketValue(
      from: estimate.fromAmount, to: estimate.toAmount, depositFee: estimate.depositFee,
      withdrawalFee: estimate.withdrawalFee)
    guard let value else { return .accept([held(split, "estimate with a broken amount")]) }
    if !split.isRateAccepted, let why = absurdity(of: estimate.toAmount, for: split) {
      return .accept([held(split, why)])
    }
    let estimated = SplitEvent.Estimated(
      channel: split.requested.channel, depositFee: estimate.depositFee, marketValue: value.text,
      rate: estimate.rate, split: id, toAmount: estimate.toAmount,
      validUntil: estimate.validUntil, withdrawalFee: estimate.withdrawalFee)
    return .accept([.split(.estimated(estimated))])
  }

  private func intendSwap(_ id: SplitID) -> Decision {
    guard let split = splits[id] else { return .refuse(.splitUnknown) }
    guard split.phase == .estimated else { return .ignore }
    let vain = split.attempt - split.attemptsBefore
    guard vain < Limits.swapAttemptsMost else {
      return .accept([held(split, "opened \(vain) swaps in vain")])
    }
    let intended = SplitEvent.SwapIntended(
      amount: split.requested.source, attempt: split.attempt + 1,
      channel: split.requested.channel, flow: split.requested.flow, rate: split.estimate?.rate,
      split: id, to: split.requested.asset, wallet: split.requested.wallet)
    return .accept([.split(.swapIntended(intended))])
  }

  private func note(_ swap: OpenedSwap, _ id: SplitID) -> Decision {
    guard let split = splits[id] else { return .refuse(.splitUnknown) }
    // The first swap recorded for an attempt wins; another is never funded (SW-02).
    guard split.phase == .opening, split.attempt == swap.attempt else { return .ignore }
    let requested = split.requested
    guard Money(swap.fromAmount, requested.source.asset) == requested.source,
      swap.payout.lowercased() == requested.wallet.lowercased(), !swap.payin.isEmpty,
      swap.payin.lowercased() != requested.wallet.lowercased(),
      !isOurs(swap.payin),
      !Asset.isContract(swap.payin),
      // A deposit of ours can't carry a memo (SW-16).
      swap.payinExtra == nil,
      split.isLikeEstimate(swap.toAmount),
      splits.split(of: swap.swap) ?? id == id
    else { return .accept([held(split, "swap \(swap.swap) differs from what was asked")]) }
    let opened = SplitEvent.SwapOpened(
      amount: requested.source, attempt: swap.attempt, channel: requested.channel,
      payin: swap.payin, payinExtra: swap.payinExtra, split: id, swap: swap.swap,
      toAmount: swap.toAmount, validUntil: swap.validUntil)
    return .accept([.split(.swapOpened(opened))])
  }

  private func abandon(_ id: SplitID, _ attempt: Int, _ reason: String) -> Decision {
    guard let split = splits[id] else { return .refuse(.splitUnknown) }
    guard split.isOpen, split.attempt == attempt,
      split.phase == .opening || split.phase == .opened && split.requested.route == .swap
    else { return .ignore }
    guard !split.mayHaveSent else { return .refuse(.moneyMayHaveLeft) }
    let abandoned = SplitEvent.SwapAbandoned(
      attempt: attempt, channel: split.requested.channel, reason: reason, split: id)
    return .accept([.split(.swapAbandoned(abandoned))])
  }

  private func completeDirect(_ id: SplitID) -> Decision {
    guard let split = splits[id] else { return .refuse(.splitUnknown) }
    guard split.isOpen else { return .ignore }
    guard split.requested.route == .direct, let funding = split.funding else {
      return .refuse(.splitElsewhere)
    }
    return .accept([.split(.completed(completed(split, split.requested.source, nil, funding)))])
  }

  func completed(
    _ split: SplitState, _ delivered: Money, _ hash: String?, _ funding: String
  ) -> SplitEvent.Completed {
    SplitEvent.Completed(
      channel: split.requested.channel, delivered: delivered, payoutHash: hash,
      purpose: split.requested.purpose, source: split.requested.source,
      split: split.requested.split, swap: split.swap?.swap, transaction: funding)
  }

  func held(_ split: SplitState, _ reason: String) -> LedgerEvent {
    let requested = split.requested
    return .split(
      .held(SplitEvent.Held(channel: requested.channel, reason: reason, split: requested.split)))
  }
}
