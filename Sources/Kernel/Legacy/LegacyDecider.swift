extension LedgerState {
  /// What a row of the old system becomes here, and what of it doesn't fit; changes nothing.
  public func reading(of row: LegacyRow) -> LegacyReading {
    var reader = LegacyReader(row)
    let events: [LedgerEvent] =
      switch row.table {
      case .users: account(&reader)
      case .channels: channel(&reader)
      case .accumulations: accumulation(&reader)
      case .subscriptions: subscription(&reader)
      case .batches: batch(&reader)
      case .requests: request(&reader)
      case .swaps: swap(&reader)
      case .transfers: transfer(&reader)
      }
    return LegacyReading(
      events: reader.misfits.isEmpty ? events : [], misfits: reader.misfits,
      changes: reader.changes)
  }

  func takeOver(_ row: LegacyRow) -> Decision {
    guard genesis != nil else { return .refuse(.ledgerNotOpened) }
    let reading = reading(of: row)
    guard reading.misfits.isEmpty else { return .refuse(.rowMisfits) }
    return reading.events.isEmpty ? .ignore : .accept(reading.events)
  }

  mutating func evolve(_ event: LegacyEvent) {
    switch event {
    case .accumulated(let e):
      payments.settle(elsewhere: e.payment, isCredited: true)
      guard !e.isPaid else { return }
      // What the client's subscribers paid, for what may plausibly be sent to him.
      guards.price(e.channel, e.received)
      if e.isConverted { differences.noteHeld(e.locked) }
    case .subscribed(let e):
      if let payment = e.payment, e.isSettled {
        payments.settle(elsewhere: payment, isCredited: false)
      }
      let number = channels.number(of: e.channel)
      let end = access.end(of: e.user, in: number)
      if e.isActive, end.map({ $0 < e.expires }) ?? true {
        access.set(e.user, in: number, to: e.expires)
      }
    case .batched, .requested, .swapped, .sent: break
    }
  }

  /// The channel that an id of the old system means: it wrote the open one, and the closed one.
  func channel(_ reader: inout LegacyReader, _ column: String) -> ChannelState? {
    let text = reader.needed(column)
    guard !text.isEmpty else { return nil }
    if let id = OpenChannelID(text: text), let found = channels[open: id] { return found }
    if let id = ClosedChannelID(text: text), let found = channels[closed: id] { return found }
    reader.refuse(column, "\(LegacyReader.shown(text)) is no channel that was taken over")
    return nil
  }

  private func account(_ reader: inout LegacyReader) -> [LedgerEvent] {
    let id = reader.needed("user_id", AccountID.self)
    let (name, email) = (reader.needed("username"), reader.needed("email"))
    if accounts[id] != nil { reader.refuse("user_id", "is an account already") }
    if !AccountText.isName(name) {
      reader.refuse("username", Refusal.nameMalformed.text)
    } else if accounts[name: name] != nil {
      reader.refuse("username", Refusal.nameTaken.text)
    }
    if !AccountText.isEmail(email) {
      reader.refuse("email", Refusal.emailMalformed.text)
    } else if accounts[email: email] != nil {
      reader.refuse("email", Refusal.emailTaken.text)
    }
    if reader.text("password_hash") != nil {
      reader.change("password_hash", "bcrypt isn't taken over: the owner sets a new one by mail")
    }
    var events: [LedgerEvent] = [
      .account(
        .opened(
          AccountEvent.Opened(
            account: id, email: Personal(email), name: Personal(name), password: Personal(""))))
    ]
    if reader.flag("email_verified") ?? false {
      let confirmed = AccountEvent.EmailConfirmed(
        account: id, email: Personal(email), hash: "legacy")
      events.append(.account(.emailConfirmed(confirmed)))
    }
    if !(reader.flag("is_active") ?? true) {
      let closed = AccountEvent.Closed(account: id, reason: "inactive in the old system")
      events.append(.account(.closed(closed)))
    }
    return events
  }

  private func channel(_ reader: inout LegacyReader) -> [LedgerEvent] {
    let owner = reader.value("client_id", AccountID.self) ?? .legacySystem
    if accounts[owner] == nil {
      reader.refuse("client_id", "\(owner) is no account that was taken over")
    }
    let open: ChannelFace<OpenChannelKind> = reader.face("open")
    let closed: ChannelFace<ClosedChannelKind> = reader.face("closed")
    let form = ChannelRegistration(
      open: open, closed: closed, tiers: reader.tiers(), payout: reader.payout(),
      donationMessage: reader.text("closed_channel_donation_message"),
      notify: reader.flag("notification_status") ?? false
        ? reader.text("notification_id").map { Personal($0) } : nil)
    guard reader.misfits.isEmpty else { return [] }
    switch register(form) {
    case .accept(let events):
      let added = AccountEvent.ChannelAdded(
        account: owner, channel: ChannelKey(registering: open.id))
      return events + [.account(.channelAdded(added))]
    case .ignore: return []
    case .refuse(let refusal):
      reader.refuse(refusal.legacyColumn, refusal.text)
      return []
    }
  }
}

extension AccountID {
  /// Owns the channels that had no owner in the old system; nobody signs in as it.
  public static let legacySystem = AccountID(composed: "00000000-0000-0000-0000-000000000000")
}

extension LegacyReader {
  /// Titles and descriptions could be empty; here a channel goes by something.
  fileprivate mutating func face<Kind: IDKind>(_ which: String) -> ChannelFace<Kind> {
    let id = needed("\(which)_channel_id", ID<Kind>.self)
    func told(_ text: String?, _ part: String, _ reader: inout LegacyReader) -> String {
      if let text { return text }
      reader.change("\(which)_channel_\(part)", "was empty; it is the channel's id now")
      return id.text
    }
    let title = told(text("\(which)_channel_title"), "title", &self)
    let words = told(text("\(which)_channel_description"), "description", &self)
    return ChannelFace(id: id, title: title, description: words)
  }

  fileprivate mutating func tiers() -> [Tier] {
    var tiers: [Tier] = []
    for number in 1...Limits.tiersMost {
      let (price, days) = ("sub_\(number)_price", "sub_\(number)_time")
      guard number == 1 || text(price) != nil || text(days) != nil else { continue }
      if tiers.count < number - 1 {
        change(price, "is tier \(tiers.count + 1) now: the one before it isn't offered")
      }
      let paid = money(price, .usd)
      let time = integer(days)
      if time == nil { refuse(days, "is empty") }
      tiers.append(Tier(price: paid, days: time ?? 0))
    }
    return tiers
  }

  fileprivate mutating func payout() -> PayoutSettings {
    let asset = asset("client_payout_currency", "client_payout_network")
    let strategy = value("payout_strategy", PayoutStrategy.self) ?? .instant
    let threshold =
      text("payout_threshold_usd") == nil ? Money.zero(.usd) : money("payout_threshold_usd", .usd)
    return PayoutSettings(
      asset: asset, wallet: needed("client_wallet_address"), strategy: strategy,
      threshold: threshold)
  }
}

extension Refusal {
  /// The column of a channel that it is about.
  fileprivate var legacyColumn: String {
    switch self {
    case .openChannelTaken: "open_channel_id"
    case .closedChannelTaken, .sameChannelTwice: "closed_channel_id"
    case .thresholdTooLow: "payout_threshold_usd"
    case .payoutPairUnknown: "client_payout_currency"
    case .walletMalformed: "client_wallet_address"
    case .priceOutOfRange: "sub_1_price"
    case .daysOutOfRange: "sub_1_time"
    case _: "open_channel_title"
    }
  }
}
