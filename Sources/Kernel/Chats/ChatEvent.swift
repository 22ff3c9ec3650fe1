/// What is said between people and the bot; stored in stream `chat-<update>`, and what is said of
/// the bot itself in `chat-bot`.
public indirect enum ChatEvent: Hashable, Sendable {
  case switchedOn(SwitchedOn)
  case switchedOff(SwitchedOff)
  case heard(Heard)
  case answered(Answered)
  case failed(Failed)

  /// A bot lets subscribers in from here on: those who were granted access before are not invited
  /// by it.
  public struct SwitchedOn: BlankFact {
    public static let name = "chat.switched_on.v1"
    /// Telegram's number of the bot.
    public internal(set) var bot = ""

    public mutating func list<F: Fields>(_ fields: inout F) { fields.text("bot", &bot) }
  }

  /// Nobody is let in or removed from here on.
  public struct SwitchedOff: BlankFact {
    public static let name = "chat.switched_off.v1"
    public internal(set) var bot = ""

    public mutating func list<F: Fields>(_ fields: inout F) { fields.text("bot", &bot) }
  }

  /// Somebody wrote to the bot or pressed a button; intent of the answer.
  public struct Heard: BlankFact {
    public static let name = "chat.heard.v1"
    /// The message with the button; it becomes the answer where the chat is private.
    public internal(set) var message: Int?
    /// What is to be paid, where that was asked.
    public internal(set) var order: OrderID?
    /// Until when who asks again is shown the same order.
    public internal(set) var payUntil: Instant?
    /// Telegram's id of the pressing, which must be answered.
    public internal(set) var query: String?
    public internal(set) var screen: ChatScreen = .blank
    /// Telegram's number of the update.
    public internal(set) var update = 0
    /// Telegram user id.
    public internal(set) var user: Personal = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("message", &message)
      fields.text("order", &order)
      fields.text("payUntil", &payUntil)
      fields.text("query", &query)
      fields.group("screen", &screen)
      fields.integer("update", &update)
      fields.text("user", &user)
    }
  }

  /// The answer was shown; of an order, its page to pay on.
  public struct Answered: BlankFact {
    public static let name = "chat.answered.v1"
    /// Telegram's number of the message that was sent or changed; nil where only the pressing was
    /// answered.
    public internal(set) var message: Int?
    public internal(set) var order: OrderID?
    public internal(set) var update = 0

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("message", &message)
      fields.text("order", &order)
      fields.integer("update", &update)
    }
  }

  /// The answer can't be shown, as to somebody who has blocked the bot.
  public struct Failed: BlankFact {
    public static let name = "chat.failed.v1"
    public internal(set) var order: OrderID?
    public internal(set) var reason = ""
    public internal(set) var update = 0

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("order", &order)
      fields.text("reason", &reason)
      fields.integer("update", &update)
    }
  }
}

/// What the bot shows, by its parts; the words around them are the messenger's.
public struct ChatScreen: FieldGroup {
  public enum Kind: String, Word {
    case menu
    /// A channel and its tiers, each a button.
    case offer
    /// One tier, and the button to pay for it.
    case chosen
    /// The page to pay on is being made; it is shown when it is there.
    case preparing
    /// The page to pay on.
    case payment
    case cancelled
    /// A keypad for a donation, and what stands in its display.
    case donation
    /// A donation is made with the bot alone: the way there.
    case donationLink = "donation_link"
    /// What an owner's payouts wait for.
    case waiting
    case channelUnknown = "channel_unknown"
    case nothingChosen = "nothing_chosen"
    case notUnderstood = "not_understood"
    /// A button that means nothing any more.
    case buttonUnknown = "button_unknown"

    public static let words = WordList<Kind>()
  }

  /// The channel in its owner's words.
  public internal(set) var about: String?
  public internal(set) var kind: Kind = .menu
  /// Sentences of their own.
  public internal(set) var lines: [String] = []
  public internal(set) var open: OpenChannelID?
  /// Of `tiers`, from 1.
  public internal(set) var tier: Int?
  public internal(set) var tiers: [Tier] = []
  public internal(set) var title: String?
  /// What stands in the display.
  public internal(set) var typed: String?
  /// The page to pay on.
  public internal(set) var url: String?

  public static var blank: Self { Self() }

  init() {}

  init(_ kind: Kind) { self.kind = kind }

  public mutating func list<F: Fields>(_ fields: inout F) {
    fields.text("about", &about)
    fields.text("kind", &kind)
    fields.texts("lines", &lines)
    fields.text("open", &open)
    fields.integer("tier", &tier)
    fields.groups("tiers", &tiers)
    fields.text("title", &title)
    fields.text("typed", &typed)
    fields.text("url", &url)
  }
}
