/// What is known of a transfer.
struct TransferState: Sendable {
  enum Phase: Hashable, Sendable {
    case requested
    case reserved
    case signed
    case confirmed(hash: String)
    case reverted
    case cancelled
  }
  var requested: TransferEvent.Requested
  var phase = Phase.requested
  var nonce: TransferEvent.NonceReserved?
  /// Hashes of every signed attempt of the nonce.
  var hashes: [String] = []
  var isParked = false
}

extension LedgerState {
  private func transfer(_ id: TransferID) -> TransferState? { splits.transfer(id, channels) }

  func decide(_ command: TransferCommand, at now: Instant) -> Decision {
    switch command {
    case .request(let split): return request(split)
    case .reserveNonce(let id, let quote): return reserve(id, quote, at: now)
    case .noteSigned(let id, let signed): return note(signed, id)
    case .confirm(let id, let mined, let amount): return confirm(id, mined, amount)
    case .noteReverted(let id, let mined):
      return consumed(id, mined) { transfer, nonce in
        let reverted = TransferEvent.Reverted(
          block: mined.block, channel: transfer.channel, fee: mined.fee, hash: mined.hash,
          nonce: nonce, transfer: id)
        return .transfer(.reverted(reverted))
      }
    case .noteCancelled(let id, let mined):
      return consumed(id, mined) { transfer, nonce in
        let cancelled = TransferEvent.Cancelled(
          block: mined.block, channel: transfer.channel, fee: mined.fee, hash: mined.hash,
          nonce: nonce, transfer: id)
        return .transfer(.cancelled(cancelled))
      }
    case .noteForeignNonce(let id): return noteForeignNonce(id)
    case .approve(let id, let digest, let by): return approve(id, digest: digest, by: by)
    case .park(let id, let reason):
      guard let transfer = transfer(id) else { return .refuse(.transferUnknown) }
      guard !transfer.isParked else { return .ignore }
      return .accept([parked(transfer, reason)])
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
    guard !wallet.isQuarantined else { return .refuse(.walletQuarantined) }
    if let stop = guardsStop(transfer, at: now) { return stop }
    guard max(quote.latestNonce, quote.pendingNonce) <= wallet.nextNonce else {
      return .accept([
        quarantined(wallet, quote.latestNonce, "the chain knows a nonce that this log never gave"),
        parked(transfer, "the wallet is quarantined"),
      ])
    }
    // S4: from here on the deposit can't be taken back, so its swap must be there to take it.
    if let late = lateSwap(transfer.requested.split, at: now) { return .accept([late]) }
    guard wallet.openNonces < Limits.openNoncesMost else { return .refuse(.tooManyOpenNonces) }
    guard wallet.holds(transfer.requested.amount, quote) else { return .refuse(.fundsMissing) }
    let assigned = WalletEvent.NonceAssigned(
      chain: wallet.chain, nonce: wallet.nextNonce, transfer: id, wallet: wallet.address)
    let reserved = TransferEvent.NonceReserved(
      channel: transfer.requested.channel, gasLimit: quote.gasLimit, generation: 1,
      maxFeePerGas: quote.maxFeePerGas, maxPriorityFeePerGas: quote.maxPriorityFeePerGas,
      nonce: wallet.nextNonce, transfer: id, wallet: wallet.address)
    return .accept(
      clearing(transfer, at: now) + [
        .wallet(.nonceAssigned(assigned)), .transfer(.nonceReserved(reserved)),
      ])
  }

  /// What ends a split's swap where too little of its time is left; the split goes on to another.
  private func lateSwap(_ id: SplitID, at now: Instant) -> LedgerEvent? {
    guard let split = splits[id], let swap = split.swap, let end = swap.validUntil,
      end < now.adding(seconds: Limits.swapTimeLeft)
    else { return nil }
    return .split(
      .swapAbandoned(
        SplitEvent.SwapAbandoned(
          attempt: swap.attempt, channel: swap.channel,
          reason: "too little of the swap's time is left to fund it", split: id)))
  }

  private func note(_ signed: SignedTransfer, _ id: TransferID) -> Decision {
    guard let transfer = transfer(id) else { return .refuse(.transferUnknown) }
    guard transfer.phase == .reserved, let nonce = transfer.nonce?.nonce else { return .ignore }
    guard frozen == nil else { return .refuse(.ledgerFrozen) }
    guard signed.nonce == nonce, signed.attempt == transfer.hashes.count + 1 else {
      return .refuse(.transferElsewhere)
    }
    let event = TransferEvent.Signed(
      attempt: signed.attempt, channel: transfer.requested.channel, hash: signed.hash,
      maxFeePerGas: signed.maxFeePerGas, maxPriorityFeePerGas: signed.maxPriorityFeePerGas,
      nonce: nonce, raw: signed.raw, transfer: id)
    return .accept([.transfer(.signed(event))])
  }

  private func confirm(_ id: TransferID, _ mined: MinedTransfer, _ amount: Money) -> Decision {
    consumed(id, mined) { transfer, nonce in
      guard amount == transfer.amount else {
        return parked(self.transfer(id), "the chain moved \(amount.amountText) \(amount.asset)")
      }
      let confirmed = TransferEvent.Confirmed(
        amount: amount, block: mined.block, channel: transfer.channel, fee: mined.fee,
        gasUsed: mined.gasUsed, hash: mined.hash, nonce: nonce, transfer: id)
      return .transfer(.confirmed(confirmed))
    }
  }

  /// T9: what follows when a signed attempt of ours consumed the nonce in a final block.
  private func consumed(
    _ id: TransferID, _ mined: MinedTransfer,
    _ outcome: (TransferEvent.Requested, Int) -> LedgerEvent?
  ) -> Decision {
    guard let transfer = transfer(id) else { return .refuse(.transferUnknown) }
    guard transfer.phase == .signed, let nonce = transfer.nonce?.nonce else { return .ignore }
    guard transfer.hashes.contains(mined.hash) else { return .refuse(.notOurTransaction) }
    guard let event = outcome(transfer.requested, nonce) else { return .ignore }
    return .accept([event])
  }

  private func noteForeignNonce(_ id: TransferID) -> Decision {
    guard let transfer = transfer(id) else { return .refuse(.transferUnknown) }
    guard transfer.phase == .signed, let nonce = transfer.nonce?.nonce, let wallet else {
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

  private func parked(_ transfer: TransferState?, _ reason: String) -> LedgerEvent? {
    guard let transfer, !transfer.isParked else { return nil }
    return parked(transfer, reason) as LedgerEvent
  }

  private func quarantined(_ wallet: WalletState, _ nonce: Int, _ reason: String) -> LedgerEvent {
    .wallet(
      .quarantined(
        WalletEvent.Quarantined(
          chain: wallet.chain, nonce: nonce, reason: reason, wallet: wallet.address)))
  }

  mutating func evolve(_ event: TransferEvent) {
    switch event {
    case .requested(let e): splits.request(e)
    case .nonceReserved(let e):
      splits.change(e.transfer) { transfer in
        transfer.nonce = e
        transfer.phase = .reserved
        wallet?.promise(transfer.requested.amount, e, 1)
      }
    case .signed(let e):
      splits.change(e.transfer) { transfer in
        transfer.hashes.append(e.hash)
        transfer.phase = .signed
      }
    case .confirmed(let e): close(e.transfer, .confirmed(hash: e.hash))
    case .reverted(let e): close(e.transfer, .reverted)
    case .cancelled(let e): close(e.transfer, .cancelled)
    case .parked(let e): splits.park(e.transfer)
    case .guarded: break
    }
  }

  private mutating func close(_ id: TransferID, _ phase: TransferState.Phase) {
    precondition(transfer(id)?.phase == .signed, "I8: \(id) closed twice, or before it was signed")
    splits.change(id) { transfer in
      transfer.phase = phase
      wallet?.openNonces -= 1
      if let nonce = transfer.nonce { wallet?.promise(transfer.requested.amount, nonce, -1) }
    }
  }
}

extension TransferState {
  static let blank = TransferState(requested: TransferEvent.Requested())

  mutating func list(_ fields: inout StateFields) {
    fields.fact("requested", &requested)
    phase.list(&fields)
    fields.fact("nonce", &nonce)
    fields.list("hashes", &hashes, blank: "") { $1.text("hash", &$0) }
    fields.flag("isParked", &isParked)
  }
}

extension TransferState.Phase {
  fileprivate mutating func list(_ fields: inout StateFields) {
    var (place, hash) =
      switch self {
      case .requested: (0, "")
      case .reserved: (1, "")
      case .signed: (2, "")
      case .confirmed(let hash): (3, hash)
      case .reverted: (4, "")
      case .cancelled: (5, "")
      }
    fields.number("phase", &place)
    fields.text("hash", &hash)
    let all: [Self] = [
      .requested, .reserved, .signed, .confirmed(hash: hash), .reverted, .cancelled,
    ]
    guard all.indices.contains(place) else { return fields.refuse() }
    self = all[place]
  }
}
