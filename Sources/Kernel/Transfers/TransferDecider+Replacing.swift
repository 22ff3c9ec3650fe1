// The nonce's attempts: the first signature, bumps (T7), cancels (T8), and what follows a closed
// nonce. Whatever is signed for a nonce, one of it is mined at most.
extension LedgerState {
  /// T4: what was signed must be what was asked: its nonce, its place, its fees.
  func note(_ signed: SignedTransfer, _ id: TransferID) -> Decision {
    guard let transfer = transfer(id) else { return .refuse(.transferUnknown) }
    guard let offer = transfer.offer, !offer.isCancel else { return .ignore }
    if let obstacle = obstacle(to: signed, offer, transfer) { return .refuse(obstacle) }
    let event = TransferEvent.Signed(
      attempt: signed.attempt, channel: transfer.requested.channel, hash: signed.hash,
      maxFeePerGas: signed.maxFeePerGas, maxPriorityFeePerGas: signed.maxPriorityFeePerGas,
      nonce: signed.nonce, raw: signed.raw, transfer: id)
    return .accept([.transfer(.signed(event))])
  }

  func noteCancel(_ signed: SignedTransfer, _ id: TransferID) -> Decision {
    guard let transfer = transfer(id) else { return .refuse(.transferUnknown) }
    guard let offer = transfer.offer, offer.isCancel else { return .ignore }
    if let obstacle = obstacle(to: signed, offer, transfer) { return .refuse(obstacle) }
    let event = TransferEvent.CancelSigned(
      attempt: signed.attempt, channel: transfer.requested.channel, hash: signed.hash,
      maxFeePerGas: signed.maxFeePerGas, maxPriorityFeePerGas: signed.maxPriorityFeePerGas,
      nonce: signed.nonce, raw: signed.raw, transfer: id)
    return .accept([.transfer(.cancelSigned(event))])
  }

  private func obstacle(
    to signed: SignedTransfer, _ offer: TransferState.Offer, _ transfer: TransferState
  ) -> Refusal? {
    guard let wallet else { return .walletUnknown }
    guard frozen == nil || wallet.isBehindSweep(signed.nonce) else { return .ledgerFrozen }
    guard wallet.mayFinish else { return .walletQuarantined }
    guard signed.nonce == offer.nonce, signed.attempt == offer.attempt,
      signed.maxFeePerGas == offer.maxFeePerGas,
      signed.maxPriorityFeePerGas == offer.maxPriorityFeePerGas,
      !transfer.attempts.contains(where: { $0.hash == signed.hash })
    else { return .transferElsewhere }
    return nil
  }

  /// T7: one intent at a time, its fees above everything that was ever signed for the nonce.
  func bump(_ id: TransferID, _ bid: TransferBid?, _ reason: String) -> Decision {
    guard let transfer = transfer(id) else { return .refuse(.transferUnknown) }
    guard transfer.isNonceOpen, transfer.bump == nil, let nonce = transfer.nonce else {
      return .ignore
    }
    // Its first signature is due anyway.
    guard transfer.phase == .signed || transfer.cancel != nil && bid != nil else { return .ignore }
    if let obstacle = Self.obstacle(to: reason) { return .refuse(obstacle) }
    guard wallet?.mayFinish == true else { return .refuse(.walletQuarantined) }
    let least = transfer.leastBid
    guard let fee = bid.map({ GasPrice.wei($0.maxFeePerGas) }) ?? least.fee,
      let tip = bid.map({ GasPrice.wei($0.maxPriorityFeePerGas) }) ?? least.tip,
      fee >= least.fee, tip >= least.tip, fee >= tip
    else { return .refuse(.feesTooLow) }
    let limit = bid?.gasLimit ?? nonce.gasLimit
    guard limit > 0, WalletState.gas(limit, String(fee)) <= Limits.replacementGasMost else {
      return .refuse(.feesTooHigh)
    }
    let event = TransferEvent.BumpRequested(
      attempt: transfer.attempts.count + 1, cancels: transfer.cancel != nil,
      channel: transfer.requested.channel, gasLimit: limit, maxFeePerGas: String(fee),
      maxPriorityFeePerGas: String(tip), nonce: nonce.nonce, reason: reason, transfer: id)
    return .accept([.transfer(.bumpRequested(event))])
  }

  /// T8: where no nonce is open nothing can be sent, and the split is told at once.
  func cancel(
    _ id: TransferID, _ cause: TransferCancelCause, _ reason: String, at now: Instant
  ) -> Decision {
    guard let transfer = transfer(id) else { return .refuse(.transferUnknown) }
    if let obstacle = Self.obstacle(to: reason) { return .refuse(obstacle) }
    func requested(_ nonce: Int?) -> LedgerEvent {
      .transfer(
        .cancelRequested(
          TransferEvent.CancelRequested(
            cause: cause, channel: transfer.requested.channel, nonce: nonce, reason: reason,
            transfer: id)))
    }
    switch transfer.phase {
    case .confirmed: return .refuse(.moneyMayHaveLeft)
    case .cancelled: return .ignore
    case .requested, .reverted:
      // The outside's reasons are about signed bytes that wait.
      guard cause == .operator else { return .ignore }
      return .accept([requested(nil)] + takenBack(transfer, cause, reason))
    case .reserved, .signed:
      guard transfer.cancel == nil, let nonce = transfer.nonce?.nonce else { return .ignore }
      guard cause != .swapExpired || isSwapOver(transfer.requested.split, at: now) else {
        return .ignore
      }
      guard wallet?.mayFinish == true else { return .refuse(.walletQuarantined) }
      return .accept([requested(nonce)])
    }
  }

  private func isSwapOver(_ id: SplitID, at now: Instant) -> Bool {
    splits[id]?.swap?.validUntil.map { $0 <= now } ?? false
  }

  /// T9: the cancel won: nothing was sent, and nothing can be.
  func noteCancelled(_ id: TransferID, _ mined: MinedTransfer) -> Decision {
    let decision = consumed(id, mined, byCancel: true) { transfer, nonce in
      let cancelled = TransferEvent.Cancelled(
        block: mined.block, channel: transfer.channel, fee: mined.fee, hash: mined.hash,
        nonce: nonce, transfer: id)
      return .transfer(.cancelled(cancelled))
    }
    guard case .accept(let events) = decision, let transfer = transfer(id),
      let cancel = transfer.cancel
    else { return decision }
    return .accept(events + takenBack(transfer, cancel.cause, cancel.reason))
  }

  /// What becomes of the split whose transfer will never be sent: another swap where only its own
  /// ran out; else its value goes back to where it was reserved from, or, where there is no such
  /// place, a person decides.
  private func takenBack(
    _ transfer: TransferState, _ cause: TransferCancelCause, _ reason: String
  ) -> [LedgerEvent] {
    let id = transfer.requested.split
    guard let split = splits[id], split.isOpen else { return [] }
    let channel = split.requested.channel
    if cause == .swapExpired, split.phase == .opened, !transfer.isParked, !split.isHostpayHeld,
      let swap = split.swap
    {
      return [
        .split(
          .swapAbandoned(
            SplitEvent.SwapAbandoned(
              attempt: swap.attempt, channel: channel, reason: reason, split: id)))
      ]
    }
    let words = "the transfer was cancelled: \(reason)"
    guard split.requested.purpose.payment == nil else {
      guard split.phase != .held else { return [] }
      return [.split(.held(SplitEvent.Held(channel: channel, reason: words, split: id)))]
    }
    return [
      .split(
        .failed(
          SplitEvent.Failed(
            channel: channel, purpose: split.requested.purpose, reason: words, split: id)))
    ]
  }

  /// Lets a transfer go on where signed bytes can move nothing: none are, or their nonce is closed.
  func release(_ id: TransferID, _ reason: String) -> Decision {
    guard let transfer = transfer(id) else { return .refuse(.transferUnknown) }
    if let obstacle = Self.obstacle(to: reason) { return .refuse(obstacle) }
    switch transfer.phase {
    case .confirmed: return .refuse(.moneyMayHaveLeft)
    case .signed: return transfer.isParked ? .refuse(.moneyMayHaveLeft) : .ignore
    case .requested, .reserved: guard transfer.isParked else { return .ignore }
    case .reverted, .cancelled:
      guard let split = splits[transfer.requested.split], split.isOpen else {
        return .refuse(.splitElsewhere)
      }
    }
    let released = TransferEvent.Released(
      channel: transfer.requested.channel, reason: reason, transfer: id)
    return .accept([.transfer(.released(released))])
  }
}

/// Fees of gas, in wei.
enum GasPrice {
  /// Nil for what is no whole number, negative, or beyond all fees.
  static func wei(_ text: String) -> Int128? {
    guard let price = DecimalText.units(text, scale: 0), price >= 0, price <= Int128.ten(30) else {
      return nil
    }
    return price
  }

  /// An eighth more, rounded up, and one wei at least: nodes ask for a tenth (CH-08).
  static func raised(_ price: Int128) -> Int128 { max(price + 1, price + (price + 7) / 8) }
}

extension TransferState {
  /// What is to be signed next.
  struct Offer {
    let nonce: Int
    let attempt: Int
    let isCancel: Bool
    let maxFeePerGas: String
    let maxPriorityFeePerGas: String
  }

  /// Nil where no signature is due: what is parked before its first one waits for a person.
  var offer: Offer? {
    guard isNonceOpen else { return nil }
    if let bump {
      return Offer(
        nonce: bump.nonce, attempt: bump.attempt, isCancel: bump.cancels,
        maxFeePerGas: bump.maxFeePerGas, maxPriorityFeePerGas: bump.maxPriorityFeePerGas)
    }
    guard phase == .reserved, cancel == nil, !isParked, let nonce else { return nil }
    return Offer(
      nonce: nonce.nonce, attempt: 1, isCancel: false, maxFeePerGas: nonce.maxFeePerGas,
      maxPriorityFeePerGas: nonce.maxPriorityFeePerGas)
  }

  /// What the next attempt must offer at least, above each that was signed.
  fileprivate var leastBid: (fee: Int128, tip: Int128) {
    func least(_ price: KeyPath<Attempt, String>) -> Int128 {
      // What can't be read can't be outbid.
      attempts.map { GasPrice.wei($0[keyPath: price]) ?? Int128.ten(31) }.max()
        .map { GasPrice.raised($0) } ?? 0
    }
    return (least(\.maxFeePerGas), least(\.maxPriorityFeePerGas))
  }
}
