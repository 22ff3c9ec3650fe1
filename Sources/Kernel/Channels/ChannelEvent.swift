/// What becomes of a registered channel pair; stored in stream `channel-<key>`.
public indirect enum ChannelEvent: Hashable, Sendable {
  case registered(Registered)
  case payoutSettingsChanged(PayoutSettingsChanged)
  case offerChanged(OfferChanged)
  case payoutChangeHeld(PayoutChangeHeld)
  case payoutChangeCancelled(PayoutChangeCancelled)
  case closed(Closed)

  /// An owner registered an open and a closed channel, with tiers and a payout wallet.
  public struct Registered: BlankFact {
    public static let name = "channel.registered.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var closed = ChannelFace<ClosedChannelKind>()
    /// Text posted in the closed channel with the donation button.
    public internal(set) var donationMessage: String?
    /// The owner's Telegram id, where notices to the owner are wanted.
    public internal(set) var notify: Personal?
    public internal(set) var open = ChannelFace<OpenChannelKind>()
    public internal(set) var payout: PayoutSettings = .blank
    public internal(set) var tiers: [Tier] = []

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.group("closed", &closed)
      fields.text("donationMessage", &donationMessage)
      fields.text("notify", &notify)
      fields.group("open", &open)
      fields.group("payout", &payout)
      fields.groups("tiers", &tiers)
    }
  }

  /// The owner changed how payouts go; what is already locked keeps its wallet (C-28).
  public struct PayoutSettingsChanged: BlankFact {
    public static let name = "channel.payout_settings_changed.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var payout: PayoutSettings = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.group("payout", &payout)
    }
  }

  /// The owner changed what is offered and how it is described; what was ordered keeps its terms.
  public struct OfferChanged: BlankFact {
    public static let name = "channel.offer_changed.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var closed = ChannelFace<ClosedChannelKind>()
    public internal(set) var donationMessage: String?
    public internal(set) var notify: Personal?
    public internal(set) var open = ChannelFace<OpenChannelKind>()
    public internal(set) var tiers: [Tier] = []

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.group("closed", &closed)
      fields.text("donationMessage", &donationMessage)
      fields.text("notify", &notify)
      fields.group("open", &open)
      fields.groups("tiers", &tiers)
    }
  }

  /// The owner named another wallet: money goes there from a time on, unless it is cancelled; the
  /// newest of such changes counts (AU-19).
  public struct PayoutChangeHeld: BlankFact {
    public static let name = "channel.payout_change_held.v1"
    /// What is to arrive in the wallet.
    public internal(set) var asset: Asset = .none
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var effective: Instant = .blank
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("asset", &asset)
      fields.text("channel", &channel)
      fields.text("effective", &effective)
      fields.text("wallet", &wallet)
    }
  }

  /// The change that was held comes to nothing.
  public struct PayoutChangeCancelled: BlankFact {
    public static let name = "channel.payout_change_cancelled.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("reason", &reason)
    }
  }

  /// Nothing is sold there any more; what is owed is owed as before (C-30).
  public struct Closed: BlankFact {
    public static let name = "channel.closed.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("reason", &reason)
    }
  }
}

/// A Telegram channel as its owner describes it.
public struct ChannelFace<Kind: IDKind>: FieldGroup {
  public internal(set) var description = ""
  public internal(set) var id: ID<Kind> = .blank
  public internal(set) var title = ""
  public static var blank: Self { Self() }

  init() {}

  public init(id: ID<Kind>, title: String, description: String) {
    self.id = id
    self.title = title
    self.description = description
  }

  public mutating func list<F: Fields>(_ fields: inout F) {
    fields.text("description", &description)
    fields.text("id", &id)
    fields.text("title", &title)
  }
}

/// One offer: a price in US dollars for days of access.
public struct Tier: FieldGroup {
  public internal(set) var days = 0
  public internal(set) var price = Money.zero(.usd)
  public static var blank: Self { Self(price: .zero(.usd), days: 0) }

  public init(price: Money, days: Int) {
    self.price = price
    self.days = days
  }

  public mutating func list<F: Fields>(_ fields: inout F) {
    fields.integer("days", &days)
    fields.money("price", &price)
  }
}

/// How a channel's owner is paid.
public enum PayoutStrategy: String, Word {
  /// Each payment is swapped and forwarded at once.
  case instant
  /// Payments accumulate in USDT until the threshold is met, then go out in one batch.
  case threshold

  public static let words = WordList<PayoutStrategy>()
}

/// Where and how a channel's money goes.
public struct PayoutSettings: FieldGroup {
  /// What arrives in the wallet.
  public internal(set) var asset: Asset = .none
  public internal(set) var strategy: PayoutStrategy = .instant
  /// In US dollars; zero for instant.
  public internal(set) var threshold = Money.zero(.usd)
  public internal(set) var wallet = ""
  public static var blank: Self {
    Self(asset: .none, wallet: "", strategy: .instant, threshold: .zero(.usd))
  }

  public init(asset: Asset, wallet: String, strategy: PayoutStrategy, threshold: Money) {
    self.asset = asset
    self.wallet = wallet
    self.strategy = strategy
    self.threshold = threshold
  }

  public mutating func list<F: Fields>(_ fields: inout F) {
    fields.text("asset", &asset)
    fields.text("strategy", &strategy)
    fields.money("threshold", &threshold)
    fields.text("wallet", &wallet)
  }
}
