// Where a channel's money goes changes after a hold, in which the owner hears of it and may cancel
// it: whoever took over an account or a chat moves no money at once (AU-19).

extension LedgerState {
  /// What a change of payout settings comes to: how payouts go changes at once, and where they go
  /// when the hold is over.
  func changing(
    _ channel: ChannelState, to payout: PayoutSettings, _ now: Instant
  ) -> [LedgerEvent] {
    var events: [LedgerEvent] = []
    let atOnce = PayoutSettings(
      asset: channel.payout.asset, wallet: channel.payout.wallet, strategy: payout.strategy,
      threshold: payout.threshold)
    if atOnce != channel.payout {
      let change = ChannelEvent.PayoutSettingsChanged(channel: channel.key, payout: atOnce)
      events.append(.channel(.payoutSettingsChanged(change)))
    }
    // What wasn't touched is no wish to go back: a form sends all its fields.
    guard payout.wallet != channel.payout.wallet || payout.asset != channel.payout.asset,
      channel.held?.leads(to: payout) != true
    else { return events }
    let held = ChannelEvent.PayoutChangeHeld(
      asset: payout.asset, channel: channel.key,
      effective: now.adding(seconds: Limits.payoutHoldSeconds), wallet: payout.wallet)
    events.append(.channel(.payoutChangeHeld(held)))
    return events + walletNotice(channel, held, .held)
  }

  /// The changes that wait, in the order in which their channels came.
  public var heldPayoutChanges: [ChannelEvent.PayoutChangeHeld] { channels.held }

  func endHold(_ key: ChannelKey, _ effective: Instant, _ now: Instant) -> Decision {
    guard let channel = channels[key], let held = channel.held, held.effective == effective,
      effective <= now
    else { return .ignore }
    let payout = PayoutSettings(
      asset: held.asset, wallet: held.wallet, strategy: channel.payout.strategy,
      threshold: channel.payout.threshold)
    if let obstacle = obstacle(to: payout) {
      return .accept(cancelling(channel, held, obstacle.text))
    }
    let change = ChannelEvent.PayoutSettingsChanged(channel: key, payout: payout)
    return .accept(
      [.channel(.payoutSettingsChanged(change))] + walletNotice(channel, held, .ended))
  }

  func cancelPayoutChange(_ key: ChannelKey, _ reason: String) -> Decision {
    guard let channel = channels[key] else { return .refuse(.channelUnknown) }
    guard !reason.isEmpty else { return .refuse(.textMissing) }
    guard reason.count <= Limits.descriptionMost else { return .refuse(.textTooLong) }
    guard let held = channel.held else { return .refuse(.nothingPending) }
    return .accept(cancelling(channel, held, reason))
  }

  private func cancelling(
    _ channel: ChannelState, _ held: ChannelEvent.PayoutChangeHeld, _ reason: String
  ) -> [LedgerEvent] {
    let cancelled = ChannelEvent.PayoutChangeCancelled(channel: channel.key, reason: reason)
    return [.channel(.payoutChangeCancelled(cancelled))] + walletNotice(channel, held, .cancelled)
  }

  private enum HoldStage: String {
    case held, ended, cancelled
  }

  /// Whoever was told of the channel before the change is told of it.
  private func walletNotice(
    _ channel: ChannelState, _ held: ChannelEvent.PayoutChangeHeld, _ stage: HoldStage
  ) -> [LedgerEvent] {
    guard chats.bot != nil, let owner = channel.offer.notify else { return [] }
    let place = "\(held.asset) to \(ChannelState.shortWallet(held.wallet))"
    let line =
      switch stage {
      case .held: "From \(held.effective.text) on it is paid out in \(place)."
      case .ended: "It is paid out in \(place) from now on."
      case .cancelled: "The change was cancelled: it is not paid out in \(place)."
      }
    let notice = ChatEvent.NoticeRequested(
      chat: owner, kind: .wallet, lines: [line],
      notice: "wallet-\(channel.key)-\(held.effective.microseconds)-\(stage.rawValue)",
      title: channel.offer.open.title)
    return [.chat(.noticeRequested(notice))]
  }
}

extension ChannelEvent.PayoutChangeHeld {
  /// Whether payouts that go so go where this change wants them.
  public func leads(to payout: PayoutSettings) -> Bool {
    asset == payout.asset && wallet == payout.wallet
  }
}

extension ChannelState {
  /// A wallet as a line of a chat has room for it (domain 4.13).
  static func shortWallet(_ wallet: String) -> String {
    wallet.count > 48 ? "\(wallet.prefix(20))…\(wallet.suffix(20))" : wallet
  }
}
