/// One update of Telegram's as the bot takes it in: who said or pressed what, and where.
public struct ChatUpdate: Hashable, Sendable {
  /// Telegram's `update_id`.
  public let number: Int
  public let user: UserID
  /// What was written, or the data of the button that was pressed; both are the other side's words.
  public let text: String
  /// The pressing, which is to be answered; nil for what was written.
  public let query: String?
  /// The message with the button.
  public let message: Int?
  /// Whether it was said to the bot alone: only there are pages to pay on shown (P-71).
  public let isPrivate: Bool
  /// The paid channel that he asks to be let into, in place of any words.
  public let joins: ClosedChannelID?

  public init(
    number: Int, user: UserID, text: String, query: String? = nil, message: Int? = nil,
    isPrivate: Bool = true, joins: ClosedChannelID? = nil
  ) {
    self.number = number
    self.user = user
    self.text = text
    self.query = query
    self.message = message
    self.isPrivate = isPrivate
    self.joins = joins
  }
}

/// What somebody wants of the bot: every word and button it knows, and nothing else.
enum ChatWish: Hashable {
  case menu
  case link(DeepLink)
  /// A link that is none of ours.
  case strangeLink
  case cancel
  /// An owner asks what his payout waits for.
  case why
  case database
  /// The tier that was chosen last, as the old platform's buttons mean it.
  case payChosen
  case choose(OpenChannelID, tier: Int)
  case pay(OpenChannelID, tier: Int)
  /// The donate button below a channel's message.
  case donate(OpenChannelID)
  /// A key of the keypad, and what stood there before.
  case key(OpenChannelID, typed: String, DonationKey)
  /// A button of the owner's form.
  case form(FormButton, OpenChannelID)
  /// Free text.
  case words(String)
  /// A button that nobody knows.
  case strangeButton

  init(_ update: ChatUpdate) {
    self = update.query == nil ? Self.said(update.text) : Self.pressed(update.text)
  }

  private static func said(_ text: String) -> ChatWish {
    guard text.hasPrefix("/") else { return .words(text) }
    let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    let command = words.first.map { $0.prefix { $0 != "@" } } ?? ""
    switch command {
    case "/start":
      guard words.count > 1 else { return .menu }
      return DeepLink(payload: String(words[1])).map { .link($0) } ?? .strangeLink
    case "/start_np_gateway_new": return .payChosen
    case "/cancel": return .cancel
    case "/why": return .why
    case "/database": return .database
    case _: return .words(text)
    }
  }

  private static func pressed(_ data: String) -> ChatWish {
    let parts = data.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    let open = parts.count > 1 ? OpenChannelID(text: parts[1]) : nil
    switch (parts[0], parts.count, open) {
    case ("CMD_START", 1, _): return .menu
    case ("CMD_DATABASE", 1, _): return .database
    case ("CMD_GATEWAY", 1, _), ("TRIGGER_PAYMENT", 1, _): return .payChosen
    case ("CMD_CANCEL", 1, _): return .cancel
    case ("CMD_WHY", 1, _): return .why
    case ("CHOOSE", 3, let open?):
      return tier(parts[2]).map { .choose(open, tier: $0) } ?? .strangeButton
    case ("TRIGGER_PAYMENT", 3, let open?):
      return tier(parts[2]).map { .pay(open, tier: $0) } ?? .strangeButton
    case ("DB", 3, _):
      let open = OpenChannelID(text: parts[2])
      guard let button = FormButton(rawValue: parts[1]), let open else { return .strangeButton }
      return .form(button, open)
    case ("donate", 4, let open?):
      guard let key = DonationKey(rawValue: parts[3]) else { return .strangeButton }
      return .key(open, typed: parts[2], key)
    case _:
      guard data.hasPrefix("donate_start_"),
        let open = OpenChannelID(text: String(data.dropFirst("donate_start_".count)))
      else { return .strangeButton }
      return .donate(open)
    }
  }

  private static func tier(_ text: String) -> Int? {
    Int(text).flatMap { (1...Limits.tiersMost).contains($0) && text.utf8.count == 1 ? $0 : nil }
  }
}
