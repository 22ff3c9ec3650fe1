/// What may be asked of a channel.
public enum ChannelCommand: Hashable, Sendable {
  case register(ChannelRegistration)
  case changePayoutSettings(ChannelKey, PayoutSettings)
  /// The owner's form for a pair as it was at a version; its two ids stay.
  case edit(ChannelKey, ChannelRegistration, version: Int)
  /// What was held takes effect, where it is that change and its time has come.
  case endHold(ChannelKey, effective: Instant)
  case cancelPayoutChange(ChannelKey, reason: String)
  case close(ChannelKey, version: Int, reason: String)
  /// What the client owes is taken off what waits for it.
  case net(ChannelKey, reason: String)
  /// What the client owes is the platform's loss.
  case forgive(ChannelKey, reason: String)
}

/// A channel pair as its owner enters it (domain 7.7).
public struct ChannelRegistration: Hashable, Sendable {
  public let open: ChannelFace<OpenChannelKind>
  public let closed: ChannelFace<ClosedChannelKind>
  public let tiers: [Tier]
  public let payout: PayoutSettings
  public let donationMessage: String?
  public let notify: Personal?

  public init(
    open: ChannelFace<OpenChannelKind>, closed: ChannelFace<ClosedChannelKind>, tiers: [Tier],
    payout: PayoutSettings, donationMessage: String?, notify: Personal?
  ) {
    self.open = open
    self.closed = closed
    self.tiers = tiers
    self.payout = payout
    self.donationMessage = donationMessage
    self.notify = notify
  }
}

extension LedgerState {
  public func channel(_ key: ChannelKey) -> ChannelState? { channels[key] }
  public func channel(open id: OpenChannelID) -> ChannelState? { channels[open: id] }

  func decide(_ command: ChannelCommand, at now: Instant) -> Decision {
    switch command {
    case .register(let form): return register(form)
    case .changePayoutSettings(let key, let payout):
      guard let channel = channels[key] else { return .refuse(.channelUnknown) }
      guard channel.payout != payout else { return .ignore }
      if let obstacle = obstacle(to: payout) { return .refuse(obstacle) }
      let events = changing(channel, to: payout, now)
      return events.isEmpty ? .ignore : .accept(events)
    case .edit(let key, let form, let version): return edit(key, form, version, now)
    case .endHold(let key, let effective): return endHold(key, effective, now)
    case .cancelPayoutChange(let key, let reason): return cancelPayoutChange(key, reason)
    case .net(let key, let reason): return net(key, reason)
    case .forgive(let key, let reason): return forgive(key, reason)
    case .close(let key, let version, let reason):
      guard let channel = channels[key] else { return .refuse(.channelUnknown) }
      guard !channel.isClosed else { return .ignore }
      guard channel.version == version else { return .refuse(.versionDiffers) }
      guard !reason.isEmpty else { return .refuse(.textMissing) }
      guard reason.count <= Limits.descriptionMost else { return .refuse(.textTooLong) }
      return .accept([.channel(.closed(ChannelEvent.Closed(channel: key, reason: reason)))])
    }
  }

  func register(_ form: ChannelRegistration) -> Decision {
    if let obstacle = obstacle(to: form) { return .refuse(obstacle) }
    let key = ChannelKey(registering: form.open.id)
    return .accept([
      .channel(
        .registered(
          ChannelEvent.Registered(
            channel: key, closed: form.closed, donationMessage: form.donationMessage,
            notify: form.notify, open: form.open, payout: form.payout, tiers: form.tiers)))
    ])
  }

  private func edit(
    _ key: ChannelKey, _ form: ChannelRegistration, _ version: Int, _ now: Instant
  ) -> Decision {
    guard let channel = channels[key] else { return .refuse(.channelUnknown) }
    guard !channel.isClosed else { return .refuse(.channelClosed) }
    guard channel.version == version else { return .refuse(.versionDiffers) }
    guard form.open.id == channel.open, form.closed.id == channel.closed else {
      return .refuse(.channelIdsStay)
    }
    if let obstacle = obstacle(toOffer: form) ?? obstacle(to: form.payout) {
      return .refuse(obstacle)
    }
    var events: [LedgerEvent] = []
    let offer = ChannelOffer(
      closed: form.closed, donationMessage: form.donationMessage, notify: form.notify,
      open: form.open, tiers: form.tiers)
    if offer != channel.offer {
      let change = ChannelEvent.OfferChanged(
        channel: key, closed: form.closed, donationMessage: form.donationMessage,
        notify: form.notify, open: form.open, tiers: form.tiers)
      events.append(.channel(.offerChanged(change)))
    }
    events += changing(channel, to: form.payout, now)
    return events.isEmpty ? .ignore : .accept(events)
  }

  private func obstacle(to form: ChannelRegistration) -> Refusal? {
    if let obstacle = obstacle(toOffer: form) ?? obstacle(to: form.payout) { return obstacle }
    if form.open.id.text == form.closed.id.text { return .sameChannelTwice }
    let openAsClosed = ClosedChannelID(text: form.open.id.text).flatMap { channels[closed: $0] }
    let closedAsOpen = OpenChannelID(text: form.closed.id.text).flatMap { channels[open: $0] }
    if channels[open: form.open.id] != nil || openAsClosed != nil { return .openChannelTaken }
    if channels[closed: form.closed.id] != nil || closedAsOpen != nil {
      return .closedChannelTaken
    }
    return nil
  }

  private func obstacle(toOffer form: ChannelRegistration) -> Refusal? {
    let titles = [form.open.title, form.closed.title]
    let descriptions = [form.open.description, form.closed.description]
    if titles.contains("") || descriptions.contains("") { return .textMissing }
    if titles.contains(where: { $0.count > Limits.titleMost })
      || descriptions.contains(where: { $0.count > Limits.descriptionMost })
      || form.donationMessage?.count ?? 0 > Limits.donationMessageMost
    {
      return .textTooLong
    }
    if form.tiers.isEmpty { return .noTiers }
    if form.tiers.count > Limits.tiersMost { return .tooManyTiers }
    for tier in form.tiers {
      guard tier.price.asset == .usd, tier.price.isPositive, Limits.priceMost >= tier.price else {
        return .priceOutOfRange
      }
      guard (1...Limits.tierDaysMost).contains(tier.days) else { return .daysOutOfRange }
    }
    return nil
  }

  func obstacle(to payout: PayoutSettings) -> Refusal? {
    guard payout.asset != .none, payout.asset != .usd else { return .payoutPairUnknown }
    let wallet = payout.wallet.utf8
    guard (10...Limits.walletMost).contains(wallet.count),
      wallet.allSatisfy({ $0 > 32 && $0 < 127 }),
      !isOurs(payout.wallet)
    else { return .walletMalformed }
    guard payout.threshold.asset == .usd else { return .thresholdTooLow }
    switch payout.strategy {
    case .instant: return payout.threshold.units == 0 ? nil : .thresholdTooLow
    case .threshold:
      return payout.threshold >= Limits.thresholdLeast ? nil : .thresholdTooLow
    }
  }

  mutating func evolve(_ event: ChannelEvent) { channels.take(event) }
}
