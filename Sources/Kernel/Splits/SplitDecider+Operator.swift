/// What a person may do about a split, in the words of the command line.
public enum SplitAction: String, Word {
  /// Look at the outside now.
  case ask
  /// Stop it for a person, while there is no nonce yet.
  case hold
  /// Let a split go on that was stopped before anything was asked of the chain, at whatever rate it
  /// is estimated then, or after it paid.
  case release
  /// Begin anew, where evidence says that nothing was paid and nothing can be any more.
  case retry

  public static let words = WordList<SplitAction>()
}

extension LedgerState {
  func operate(_ id: SplitID, _ action: SplitAction, _ reason: String) -> Decision {
    if let obstacle = Self.obstacle(to: reason) { return .refuse(obstacle) }
    guard let split = splits[id] else { return .refuse(.splitUnknown) }
    guard split.isOpen else {
      return action == .retry ? replace(split, reason) : .refuse(.alreadyEnded)
    }
    let channel = split.requested.channel
    switch action {
    case .ask:
      let asked = SplitEvent.Asked(channel: channel, reason: reason, split: id)
      return .accept([.split(.asked(asked))])
    case .hold:
      let stopped = stoppingAttempts(of: split, reason)
      guard !split.isHeld else { return stopped.map { .accept([$0]) } ?? .ignore }
      // A hold stops no transaction: what has a nonce is the transfer's to cancel.
      if let obstacle = payment(of: id) { return .refuse(obstacle) }
      let held = SplitEvent.Held(channel: channel, reason: reason, split: id)
      return .accept([.split(.held(held))] + [stopped].compactMap { $0 })
    case .release:
      guard split.isHeld else { return .refuse(.notHeld) }
      guard split.funding != nil || !split.mayHaveSent else { return .refuse(.moneyMayHaveLeft) }
      let next = split.funding == nil ? split.beginning : .watch
      let released = SplitEvent.Released(channel: channel, next: next, reason: reason, split: id)
      return .accept([.split(.released(released))])
    case .retry:
      guard split.isHeld else { return .refuse(.notHeld) }
      if let obstacle = payment(of: id) { return .refuse(obstacle) }
      let retried = SplitEvent.Retried(
        channel: channel, next: split.beginning, reason: reason, split: id)
      return .accept([.split(.retried(retried))])
    }
  }

  /// Why a split may have been paid, or may yet be; nil where it can't (T9: a nonce that is closed
  /// by a revert or a cancel moved nothing, and nothing signed for it can be mined any more).
  private func payment(of id: SplitID) -> Refusal? {
    guard splits[id]?.funding == nil else { return .moneyMayHaveLeft }
    guard let transfer = splits.transfer(id.transfer, channels) else { return nil }
    switch transfer.phase {
    case .requested, .reverted, .cancelled: return nil
    case .reserved, .signed: return .nonceOpen
    case .confirmed: return .moneyMayHaveLeft
    }
  }

  /// Why a person's reason can't be a fact.
  static func obstacle(to reason: String) -> Refusal? {
    if reason.isEmpty { return .textMissing }
    return reason.count > Limits.descriptionMost ? .textTooLong : nil
  }

  mutating func evolve(_ event: SplitEvent.Released) {
    if event.next == .watch {
      splits.change(event.split) { split in
        split.phase = .funded
        split.isHostpayHeld = false
        split.isOutcomeAccepted = split.status == "finished"
      }
    } else {
      beginAnew(event.split)
      splits.change(event.split) { $0.isRateAccepted = true }
    }
  }

  /// Back to the beginning: attempts are counted on, and what was tried before is let go.
  mutating func beginAnew(_ id: SplitID) {
    if let transfer = splits.dropTransfer(id.transfer) {
      precondition(
        transfer.nonce == nil || transfer.isClosedUnmoved,
        "\(id) begins anew with a nonce that may yet pay it")
    }
    splits.change(id) { split in
      split.swap = nil
      split.hostpay = nil
      split.mayHaveSent = false
      split.isHostpayHeld = false
      split.attemptsBefore = split.attempt
      split.isRateAccepted = false
      split.phase = split.requested.route == .direct ? .opened : .estimating
    }
  }
}

extension SplitState {
  /// Whether a person is waited for.
  var isHeld: Bool { phase == .held || isHostpayHeld && funding == nil }
  /// Where a split begins.
  var beginning: SplitStep { requested.route == .direct ? .fund : .estimate }
}

extension TransferState {
  /// Whether the nonce was consumed for good by something that moved nothing.
  var isClosedUnmoved: Bool {
    switch phase {
    case .reverted, .cancelled: true
    case .requested, .reserved, .signed, .confirmed: false
    }
  }
}
