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
    /// A request to join that is granted.
    case joining
    /// A button that means nothing any more.
    case buttonUnknown = "button_unknown"
    /// Asks an owner which channel.
    case formAsk = "form_ask"
    /// The channel isn't registered: whether it is to be.
    case formOffer = "form_offer"
    /// Shown once Telegram has said that he is an administrator there.
    case formOpening = "form_opening"
    case form
    /// What was entered is looked at, and saved.
    case formSaving = "form_saving"
    /// All that was entered is dropped.
    case formClosed = "form_closed"

    public static let words = WordList<Kind>()
  }

  /// The channel in its owner's words.
  public internal(set) var about: String?
  public internal(set) var form: ChatForm?
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

  /// The same with sentences of their own.
  public func noting(_ lines: [String]) -> ChatScreen {
    var screen = self
    screen.lines = lines
    return screen
  }

  public mutating func list<F: Fields>(_ fields: inout F) {
    fields.text("about", &about)
    fields.group("form", &form)
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
