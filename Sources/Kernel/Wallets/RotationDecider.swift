// Another wallet takes over (reliability 3.6, repair 3): the old one gives no nonce any more, its
// open ones are followed to their end, what it holds is swept, and only then does the new one sign.
extension LedgerState {
  func decide(_ command: RotationCommand) -> Decision {
    guard let wallet else { return .refuse(.walletUnknown) }
    if case .retire(let successor, let second, let reason) = command {
      return retire(wallet, successor, second, reason)
    }
    guard let retired = wallet.retired else { return .refuse(.walletNotRetired) }
    switch command {
    case .retire: preconditionFailure("decided above")
    case .noteSweepSigned(let sweep): return note(sweep, wallet, retired)
    case .noteSwept(let mined, let amount): return noteSwept(mined, amount, wallet, retired)
    case .noteNonceLost(let nonce, let hash, let block, let fee, let reason):
      return noteLost(nonce, hash, block, fee, reason, wallet)
    case .finish(let nonce, let left): return finish(nonce, left, wallet, retired)
    }
  }

  private func retire(
    _ wallet: WalletState, _ successor: String, _ second: String, _ reason: String
  ) -> Decision {
    guard !reason.isEmpty, !second.isEmpty, !successor.isEmpty else { return .refuse(.textMissing) }
    guard reason.count <= Limits.descriptionMost, second.count <= Limits.titleMost else {
      return .refuse(.textTooLong)
    }
    guard !isOurs(successor) else { return .refuse(.walletClaimedElsewhere) }
    if let retired = wallet.retired {
      guard retired.successor.lowercased() != successor.lowercased() else { return .ignore }
      guard wallet.sweeps.isEmpty, wallet.sweptNonces.isEmpty else { return .refuse(.sweepOpen) }
    }
    return .accept([
      .wallet(
        .rotation(
          .retired(
            RotationEvent.Retired(
              chain: wallet.chain, nonce: wallet.nextNonce, reason: reason, second: second,
              successor: successor, wallet: wallet.address))))
    ])
  }

  /// True of the wallet this log signs for, and of those that it signed for before.
  func isOurs(_ address: String) -> Bool {
    let asked = address.lowercased()
    return wallet?.address.lowercased() == asked
      || formerWallets.contains { $0.lowercased() == asked }
  }

  private func note(
    _ sweep: SignedSweep, _ wallet: WalletState, _ retired: RotationEvent.Retired
  ) -> Decision {
    let signed = sweep.signed
    guard !wallet.sweeps.contains(where: { $0.hash == signed.hash }) else { return .ignore }
    guard sweep.amount.isPositive else { return .refuse(.amountNotPositive) }
    let live = wallet.sweeps.first?.nonce
    let attempt = live == signed.nonce ? wallet.sweeps.count + 1 : 1
    guard signed.attempt == attempt, signed.nonce >= live ?? 0,
      !wallet.sweptNonces.contains(signed.nonce),
      signed.nonce >= wallet.nextNonce || openTransfer(ofNonce: signed.nonce) != nil
    else { return .refuse(.transferElsewhere) }
    return .accept([
      .wallet(
        .rotation(
          .sweepSigned(
            RotationEvent.SweepSigned(
              amount: sweep.amount, attempt: signed.attempt, chain: wallet.chain,
              hash: signed.hash, maxFeePerGas: signed.maxFeePerGas,
              maxPriorityFeePerGas: signed.maxPriorityFeePerGas, nonce: signed.nonce,
              raw: signed.raw, successor: retired.successor, wallet: wallet.address))))
    ])
  }

  private func noteSwept(
    _ mined: MinedTransfer, _ amount: Money, _ wallet: WalletState,
    _ retired: RotationEvent.Retired
  ) -> Decision {
    guard let sweep = wallet.sweeps.first(where: { $0.hash == mined.hash }) else {
      return .refuse(.notOurTransaction)
    }
    guard amount.asset == sweep.amount.asset else { return .refuse(.notOurTransaction) }
    var events: [LedgerEvent] = []
    if let transfer = openTransfer(ofNonce: sweep.nonce) {
      events = lost(
        transfer, sweep.nonce, mined.hash, mined.block, nil, "the wallet's sweep took its nonce",
        wallet)
    }
    events.append(
      .wallet(
        .rotation(
          .swept(
            RotationEvent.Swept(
              amount: amount, block: mined.block, chain: wallet.chain, fee: mined.fee,
              hash: mined.hash, nonce: sweep.nonce, successor: retired.successor,
              wallet: wallet.address)))))
    return .accept(events)
  }

  private func noteLost(
    _ nonce: Int, _ hash: String, _ block: Int, _ fee: Money?, _ reason: String,
    _ wallet: WalletState
  ) -> Decision {
    guard !reason.isEmpty else { return .refuse(.textMissing) }
    guard reason.count <= Limits.descriptionMost else { return .refuse(.textTooLong) }
    let transfer = openTransfer(ofNonce: nonce)
    guard transfer != nil || nonce >= wallet.nextNonce else { return .ignore }
    guard transfer != nil || nonce == wallet.nextNonce else { return .refuse(.noncesUnexplained) }
    guard transfer?.attempts.contains(where: { $0.hash == hash }) != true,
      !wallet.sweeps.contains(where: { $0.hash == hash })
    else { return .refuse(.notOurTransaction) }
    return .accept(lost(transfer, nonce, hash, block, fee, reason, wallet))
  }

  private func lost(
    _ transfer: TransferState?, _ nonce: Int, _ hash: String, _ block: Int, _ fee: Money?,
    _ reason: String, _ wallet: WalletState
  ) -> [LedgerEvent] {
    var events: [LedgerEvent] = []
    if let transfer, !transfer.isParked {
      events.append(
        .transfer(
          .parked(
            TransferEvent.Parked(
              channel: transfer.requested.channel,
              reason: "its nonce \(nonce) was consumed by \(hash)",
              transfer: transfer.requested.transfer))))
    }
    let lost = RotationEvent.NonceLost(
      block: block, chain: wallet.chain, fee: fee, hash: hash, nonce: nonce, reason: reason,
      transfer: transfer?.requested.transfer, wallet: wallet.address)
    return events + [.wallet(.rotation(.nonceLost(lost)))]
  }

  private func finish(
    _ nonce: Int, _ left: [Money], _ wallet: WalletState, _ retired: RotationEvent.Retired
  ) -> Decision {
    guard wallet.openNonces == 0 else { return .refuse(.nonceOpen) }
    // A sweep whose nonce something else took is none any more.
    if let live = wallet.sweeps.first, live.nonce >= wallet.nextNonce {
      return .refuse(.sweepOpen)
    }
    guard wallet.sweptNonces.allSatisfy({ $0 < wallet.nextNonce }) else {
      return .refuse(.noncesUnexplained)
    }
    let rotated = RotationEvent.Rotated(
      chain: wallet.chain, left: left, nonce: wallet.nextNonce, successor: retired.successor,
      wallet: wallet.address)
    let claimed = WalletEvent.Claimed(
      chain: wallet.chain, nonce: nonce, wallet: retired.successor)
    return .accept([.wallet(.rotation(.rotated(rotated))), .wallet(.claimed(claimed))])
  }

  private func openTransfer(ofNonce nonce: Int) -> TransferState? {
    var found: TransferState?
    // One at most (I8).
    splits.eachTransfer { transfer in
      if transfer.isNonceOpen, transfer.nonce?.nonce == nonce { found = transfer }
    }
    return found
  }

  mutating func evolve(_ event: RotationEvent) {
    switch event {
    case .retired(let e): wallet?.retired = e
    case .sweepSigned(let e):
      if wallet?.sweeps.first?.nonce != e.nonce { wallet?.sweeps = [] }
      wallet?.sweeps.append(e)
    case .swept(let e):
      differences.note(block: e.block)
      wallet?.sweeps = []
      wallet?.sweptNonces.append(e.nonce)
      wallet?.passSwept()
    case .nonceLost(let e):
      differences.note(block: e.block)
      if let transfer = e.transfer { loseNonce(of: transfer) }
      guard e.nonce == wallet?.nextNonce else { return }
      wallet?.nextNonce += 1
      wallet?.passSwept()
    case .rotated(let e): formerWallets.append(e.wallet)
    }
  }

  /// What waits for a nonce gets one of the wallet that signs now.
  mutating func moveRequests(to wallet: String) {
    splits.changeTransfers { transfer in
      guard !transfer.isNonceOpen else { return }
      transfer.requested.wallet = wallet
    }
  }
}

extension WalletState {
  /// True of a nonce below a sweep of the retired wallet: whatever consumed it did so before, and
  /// what is signed for it again can't be mined.
  func isBehindSweep(_ nonce: Int) -> Bool {
    retired != nil && nonce < max(sweeps.first?.nonce ?? 0, (sweptNonces.max() ?? -1) + 1)
  }

  /// Whether what has a nonce may be signed for it: two people who retire a wallet that somebody
  /// else uses have said that its open nonces are to be ended.
  var mayFinish: Bool { !isQuarantined || retired != nil }

  /// The first nonce that nothing of this log has, sweeps among them.
  public var knownNonce: Int {
    let swept = (sweptNonces.max() ?? -1) + 1
    return max(nextNonce, swept, sweeps.first.map { $0.nonce + 1 } ?? 0)
  }

  mutating func passSwept() { while sweptNonces.contains(nextNonce) { nextNonce += 1 } }
}

/// A nonce that was given and isn't consumed.
public struct OpenNonce: Hashable, Sendable {
  /// One signed transaction of it; fees in decimal wei.
  public struct Attempt: Hashable, Sendable {
    public let hash: String
    public let maxFeePerGas: String
    public let maxPriorityFeePerGas: String
  }
  public let nonce: Int
  public let transfer: TransferID
  /// In the order in which they were signed.
  public let attempts: [Attempt]
}

extension LedgerState {
  /// The open nonces of the wallet, the lowest first.
  public func openNonces() -> [OpenNonce] {
    var open: [OpenNonce] = []
    splits.eachTransfer { transfer in
      guard transfer.isNonceOpen, let nonce = transfer.nonce else { return }
      open.append(
        OpenNonce(
          nonce: nonce.nonce, transfer: transfer.requested.transfer,
          attempts: transfer.attempts.map {
            OpenNonce.Attempt(
              hash: $0.hash, maxFeePerGas: $0.maxFeePerGas,
              maxPriorityFeePerGas: $0.maxPriorityFeePerGas)
          }))
    }
    return open.sorted { $0.nonce < $1.nonce }
  }
}
