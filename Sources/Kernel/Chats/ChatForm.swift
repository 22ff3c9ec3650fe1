/// What an owner enters about his channel in the chat with the bot, until all of it is saved or
/// dropped (domain 6.5).
///
/// Everything is text as he typed it, no longer than its field. Whether it may be is asked when it
/// is saved, by the rules that every registration goes through.
public struct ChatForm: FieldGroup {
  public enum Page: String, Word {
    case main, open, closed, tiers, wallet

    public static let words = WordList<Page>()
  }

  public enum Field: String, Word {
    /// The open channel's id, with which everything begins.
    case channel
    case openTitle = "open_title"
    case openAbout = "open_about"
    case closedID = "closed_id"
    case closedTitle = "closed_title"
    case closedAbout = "closed_about"
    case price, days, wallet, currency, network, threshold

    public static let words = WordList<Field>()

    /// Characters.
    var most: Int {
      switch self {
      case .channel, .closedID: 20
      case .openTitle, .closedTitle: Limits.titleMost
      case .openAbout, .closedAbout: Limits.descriptionMost
      case .wallet: Limits.walletMost
      case .price, .days, .currency, .network, .threshold: 20
      }
    }
  }

  public internal(set) var closedAbout = ""
  public internal(set) var closedID = ""
  public internal(set) var closedTitle = ""
  public internal(set) var currency = ""
  /// Whether the channel is to be registered by it.
  public internal(set) var isNew = false
  public internal(set) var network = ""
  /// Nil while it is asked for.
  public internal(set) var open: OpenChannelID?
  public internal(set) var openAbout = ""
  public internal(set) var openTitle = ""
  public internal(set) var page: Page = .main
  /// In US dollars; empty where each payment goes out at once.
  public internal(set) var threshold = ""
  /// Whose price or time is typed, from 1.
  public internal(set) var tier: Int?
  public internal(set) var tiers: [FormTier] = []
  /// What the next words are for; nil where none are waited for.
  public internal(set) var typing: Field?
  /// Of the channel, as it was when it was opened.
  public internal(set) var version = 0
  public internal(set) var wallet = ""

  public static var blank: Self { Self() }

  init() {}

  public mutating func list<F: Fields>(_ fields: inout F) {
    fields.text("closedAbout", &closedAbout)
    fields.text("closedID", &closedID)
    fields.text("closedTitle", &closedTitle)
    fields.text("currency", &currency)
    fields.flag("isNew", &isNew)
    fields.text("network", &network)
    fields.text("open", &open)
    fields.text("openAbout", &openAbout)
    fields.text("openTitle", &openTitle)
    fields.text("page", &page)
    fields.text("threshold", &threshold)
    fields.integer("tier", &tier)
    fields.groups("tiers", &tiers)
    fields.text("typing", &typing)
    fields.integer("version", &version)
    fields.text("wallet", &wallet)
  }
}

/// One tier of a form; what is switched off isn't sold, and what was typed for it stays.
public struct FormTier: FieldGroup {
  public internal(set) var days = ""
  public internal(set) var isOn = false
  public internal(set) var price = ""

  public static var blank: Self { Self() }

  public mutating func list<F: Fields>(_ fields: inout F) {
    fields.text("days", &days)
    fields.flag("isOn", &isOn)
    fields.text("price", &price)
  }
}

extension ChatForm {
  /// An empty one, which asks whose it is.
  static var asking: ChatForm {
    var form = ChatForm()
    form.typing = .channel
    return form
  }

  /// One for a channel that isn't registered.
  init(new open: OpenChannelID) {
    self.open = open
    isNew = true
    tiers = Array(repeating: FormTier(), count: Limits.tiersMost)
  }

  /// A channel as it is.
  init(_ channel: ChannelState) {
    self.init(new: channel.open)
    isNew = false
    version = channel.version
    closedID = channel.closed.text
    (closedTitle, closedAbout) = (channel.offer.closed.title, channel.offer.closed.description)
    (openTitle, openAbout) = (channel.offer.open.title, channel.offer.open.description)
    for (place, tier) in channel.tiers.enumerated() where tiers.indices.contains(place) {
      tiers[place] = FormTier(days: "\(tier.days)", isOn: true, price: tier.price.amountText)
    }
    let payout = channel.payout
    wallet = payout.wallet
    (currency, network) = (payout.asset.currency, payout.asset.network)
    threshold = payout.strategy == .threshold ? payout.threshold.amountText : ""
  }

  /// Takes what was typed in; says what is against it, and then takes nothing.
  mutating func put(_ text: String, in field: Field) -> String? {
    guard !text.isEmpty else {
      return "That was empty, or a private key, which must never be entered anywhere."
    }
    // Of a character that is made of many, too, no more is kept than a field has room for.
    guard text.utf8.count <= 4 * field.most, text.count <= field.most else {
      return "At most \(field.most) characters, please."
    }
    typing = nil
    switch field {
    case .channel: typing = .channel
    case .openTitle: openTitle = text
    case .openAbout: openAbout = text
    case .closedID: closedID = text
    case .closedTitle: closedTitle = text
    case .closedAbout: closedAbout = text
    case .wallet: wallet = text
    case .currency: currency = text.uppercased()
    case .network: network = text.uppercased()
    case .threshold: threshold = text == "0" ? "" : text
    case .price, .days: put(text, inTierOf: field)
    }
    return nil
  }

  /// A price is followed by its time; with both the tier is sold.
  private mutating func put(_ text: String, inTierOf field: Field) {
    guard let number = tier, tiers.indices.contains(number - 1) else { return }
    if field == .price {
      tiers[number - 1].price = text
      typing = .days
    } else {
      tiers[number - 1].days = text
      tiers[number - 1].isOn = !tiers[number - 1].price.isEmpty
    }
  }

  mutating func toggle(_ number: Int) {
    guard tiers.indices.contains(number - 1) else { return }
    (typing, tier) = (nil, number)
    if tiers[number - 1].isOn {
      tiers[number - 1].isOn = false
    } else if tiers[number - 1].price.isEmpty || tiers[number - 1].days.isEmpty {
      typing = .price
    } else {
      tiers[number - 1].isOn = true
    }
  }
}

/// A button of the form, by its name of old (domain 6.5); the open channel's id goes with each, so
/// that the form of one channel does nothing to another's.
public enum FormButton: String, CaseIterable, Sendable {
  case openPage = "EDIT_OPEN_CHANNEL"
  case closedPage = "EDIT_PRIVATE_CHANNEL"
  case tiersPage = "EDIT_PAYMENT_TIERS"
  case walletPage = "EDIT_WALLET"
  case save = "SAVE_ALL_CHANGES"
  case cancel = "CANCEL_EDIT"
  case back = "BACK_TO_MAIN"
  case create = "CREATE_NEW_CHANNEL"
  case openTitle = "EDIT_OPEN_CHANNEL_TITLE"
  case openAbout = "EDIT_OPEN_CHANNEL_DESC"
  case closedID = "EDIT_PRIVATE_CHANNEL_ID"
  case closedTitle = "EDIT_PRIVATE_CHANNEL_TITLE"
  case closedAbout = "EDIT_PRIVATE_CHANNEL_DESC"
  case wallet = "EDIT_WALLET_ADDRESS"
  case currency = "EDIT_WALLET_CURRENCY"
  case network = "EDIT_WALLET_NETWORK"
  case threshold = "EDIT_WALLET_THRESHOLD"
  case toggle1 = "TOGGLE_TIER_1"
  case toggle2 = "TOGGLE_TIER_2"
  case toggle3 = "TOGGLE_TIER_3"
  case tier1 = "EDIT_TIER_1"
  case tier2 = "EDIT_TIER_2"
  case tier3 = "EDIT_TIER_3"

  /// What Telegram brings when it is pressed: at most 64 bytes.
  public func data(_ open: OpenChannelID) -> String { "DB|\(rawValue)|\(open)" }
}
