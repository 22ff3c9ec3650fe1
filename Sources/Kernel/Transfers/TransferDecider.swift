extension LedgerState {
  func transfer(_ id: TransferID) -> TransferState? { splits.transfer(id, channels) }

  func decide(_ command: TransferCommand, at now: Instant) -> Decision {
    switch command {
    case .request(let split): return request(split)
    case .reserveNonce(let id, let quote): return reserve(id, quote, at: now)
    case .noteSwapOver(let id, let swap, let why): return noteSwapOver(id, swap, why)
    case .noteSigned(let id, let signed): return note(signed, id)
    case .bump(let id, let bid, let reason): return bump(id, bid, reason)
    case .cancel(let id, let cause, let reason): return cancel(id, cause, reason, at: now)
    case .noteCancelSigned(let id, let signed): return noteCancel(signed, id)
    case .confirm(let id, let mined, let amount): return confirm(id, mined, amount)
    case .noteReverted(let id, let mined): return revert(id, mined)
    case .noteCancelled(let id, let mined): return noteCancelled(id, mined)
    case .noteForeignNonce(let id): return noteForeignNonce(id)
    case .approve(let id, let digest, let by): return approve(id, digest: digest, by: by)
    case .park(let id, let reason):
      guard let transfer = transfer(id) else { return .refuse(.transferUnknown) }
      guard !transfer.isParked else { return .ignore }
      return .accept([parked(transfer, reason)])
    case .release(let id, let reason): return release(id, reason)
    }
  }

  private func request(_ id: SplitID) -> Decision {
    guard let split = splits[id], let hostpay = split.hostpay else {
      return .refuse(.hostpayUnknown)
    }
    guard transfer(id.transfer) == nil else { return .ignore }
    // A split that failed gave its value back; one that is held waits for a person.
    guard split.phase == .opened else { return .refuse(.splitElsewhere) }
    guard let wallet else { return .refuse(.walletUnknown) }
    let requested = TransferEvent.Requested(
      amount: hostpay.amount, chain: wallet.chain, channel: hostpay.channel, split: id,
      to: hostpay.to, transfer: id.transfer, wallet: wallet.address)
    return .accept([.transfer(.requested(requested))])
  }

  /// T2: strictly serial, bound for life; the chain ahead of the log stops the wallet.
  private func reserve(_ id: TransferID, _ quote: TransferQuote, at now: Instant) -> Decision {
    guard let transfer = transfer(id) else { return .refuse(.transferUnknown) }
    guard transfer.phase == .requested, !transfer.isParked else { return .ignore }
    guard let wallet, wallet.address == transfer.requested.wallet else {
      return .refuse(.walletUnknown)
    }
    // What was stopped for a person since the transfer was asked for isn't paid.
    guard let split = splits[transfer.requested.split], split.phase == .opened, !split.isHeld else {
      return .ignore
    }
    // A nonce that a retired wallet gave before its log was restored is only ever given again.
    let isForgotten =
      wallet.isBehindSweep(wallet.nextNonce) && quote.latestNonce == wallet.nextNonce
      && quote.pendingNonce == wallet.nextNonce
    guard wallet.retired == nil || isForgotten else { return .refuse(.walletRetired) }
    guard !wallet.isQuarantined || isForgotten else { return .refuse(.walletQuarantined) }
    if !isForgotten, let stop = guardsStop(transfer, at: now) { return stop }
    guard max(quote.latestNonce, quote.pendingNonce) <= wallet.nextNonce else {
      return .accept([
        quarantined(wallet, quote.latestNonce, "the chain knows a nonce that this log never gave"),
        parked(transfer, "the wallet is quarantined"),
      ])
    }
    // S4: from here on the deposit can't be taken back, so its swap must be there to take it.
    if let late = lateSwap(transfer, at: now) { return .accept([late]) }
    guard wallet.openNonces < Limits.openNoncesMost else { return .refuse(.tooManyOpenNonces) }
    guard wallet.holds(transfer.requested.amount, quote) else { return .refuse(.fundsMissing) }
    // PP-10: else others' coin is swapped for what the provider only says that it sent.
    if let look = quote.deposits, missingDeposit(of: split.requested.split, in: look) != nil {
      return .refuse(.fundsMissing)
    }
    let assigned = WalletEvent.NonceAssigned(
      chain: wallet.chain, nonce: wallet.nextNonce, transfer: id, wallet: wallet.address)
    let reserved = TransferEvent.NonceReserved(
      channel: transfer.requested.channel, gasLimit: quote.gasLimit,
      generation: (splits[transfer.requested.split]?.generation ?? 0) + 1,
      maxFeePerGas: quote.maxFeePerGas, maxPriorityFeePerGas: quote.maxPriorityFeePerGas,
      nonce: wallet.nextNonce, transfer: id, wallet: wallet.address)
    return .accept(
      clearing(transfer, at: now) + [
        .wallet(.nonceAssigned(assigned)), .transfer(.nonceReserved(reserved)),
      ])
  }

  /// What ends a split's swap where too little of its time is left; the split goes on to another,
  /// or a person decides where one was asked already.
  private func lateSwap(_ transfer: TransferState, at now: Instant) -> LedgerEvent? {
    let id = transfer.requested.split
    guard let split = splits[id], let swap = split.swap, let end = swap.validUntil,
      end < now.adding(seconds: Limits.swapTimeLeft)
    else { return nil }
    return leaving(swap, split, transfer, "too little of the swap's time is left to fund it")
  }

  /// A swap that was over before its deposit had a nonce.
  private func noteSwapOver(_ id: TransferID, _ over: SwapID, _ reason: String) -> Decision {
    guard let transfer = transfer(id) else { return .refuse(.transferUnknown) }
    guard transfer.phase == .requested, !transfer.isParked,
      let split = splits[transfer.requested.split], let swap = split.swap, swap.swap == over
    else { return .ignore }
    return .accept([leaving(swap, split, transfer, reason)])
  }

  private func leaving(
    _ swap: SplitEvent.SwapOpened, _ split: SplitState, _ transfer: TransferState,
    _ reason: String
  ) -> LedgerEvent {
    guard split.phase == .opened, !split.isHostpayHeld else { return parked(transfer, reason) }
    return .split(
      .swapAbandoned(
        SplitEvent.SwapAbandoned(
          attempt: swap.attempt, channel: swap.channel, reason: reason, split: swap.split)))
  }

  private func confirm(_ id: TransferID, _ mined: MinedTransfer, _ amount: Money) -> Decision {
    consumed(id, mined, byCancel: false) { transfer, nonce in
      guard amount == transfer.amount else {
        return parkedOnce(id, "the chain moved \(amount.amountText) \(amount.asset)")
      }
      let confirmed = TransferEvent.Confirmed(
        amount: amount, block: mined.block, channel: transfer.channel, fee: mined.fee,
        gasUsed: mined.gasUsed, hash: mined.hash, nonce: nonce, transfer: id)
      return .transfer(.confirmed(confirmed))
    }
  }

  /// The value is still ours; another nonce is given only on a person's word, since what a
  /// simulation let pass reverted all the same.
  private func revert(_ id: TransferID, _ mined: MinedTransfer) -> Decision {
    consumed(id, mined, byCancel: false) { transfer, nonce in
      let reverted = TransferEvent.Reverted(
        block: mined.block, channel: transfer.channel, fee: mined.fee, hash: mined.hash,
        nonce: nonce, transfer: id)
      return .transfer(.reverted(reverted))
    }
  }

  /// T9: what follows when a signed attempt of ours consumed the nonce in a final block.
  func consumed(
    _ id: TransferID, _ mined: MinedTransfer, byCancel: Bool,
    _ outcome: (TransferEvent.Requested, Int) -> LedgerEvent?
  ) -> Decision {
    guard let transfer = transfer(id) else { return .refuse(.transferUnknown) }
    guard transfer.phase == .signed, let nonce = transfer.nonce?.nonce else { return .ignore }
    guard transfer.signed(mined.hash, isCancel: byCancel) else {
      return .refuse(.notOurTransaction)
    }
    guard let event = outcome(transfer.requested, nonce) else { return .ignore }
    return .accept([event])
  }

  private func noteForeignNonce(_ id: TransferID) -> Decision {
    guard let transfer = transfer(id) else { return .refuse(.transferUnknown) }
    guard transfer.isNonceOpen, let nonce = transfer.nonce?.nonce, let wallet else {
      return .ignore
    }
    guard !transfer.isParked else { return .ignore }
    let event = quarantined(wallet, nonce, "nonce \(nonce) was consumed by a stranger")
    return .accept([event, parked(transfer, "the wallet is quarantined")])
  }

  private func parked(_ transfer: TransferState, _ reason: String) -> LedgerEvent {
    let requested = transfer.requested
    return .transfer(
      .parked(
        TransferEvent.Parked(
          channel: requested.channel, reason: reason, transfer: requested.transfer)))
  }

  private func parkedOnce(_ id: TransferID, _ reason: String) -> LedgerEvent? {
    guard let transfer = transfer(id), !transfer.isParked else { return nil }
    return parked(transfer, reason)
  }

  private func quarantined(_ wallet: WalletState, _ nonce: Int, _ reason: String) -> LedgerEvent {
    .wallet(
      .quarantined(
        WalletEvent.Quarantined(
          chain: wallet.chain, nonce: nonce, reason: reason, wallet: wallet.address)))
  }
}
