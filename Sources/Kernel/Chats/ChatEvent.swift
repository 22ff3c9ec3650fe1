/// What is said between people and the bot; stored in stream `chat-<update>`, and what is said of
/// the bot itself in `chat-bot`.
public indirect enum ChatEvent: Hashable, Sendable {
  case switchedOn(SwitchedOn)
  case switchedOff(SwitchedOff)
  case heard(Heard)
  case answered(Answered)
  case failed(Failed)
  case noticeRequested(NoticeRequested)
  case noticeDelivered(NoticeDelivered)
  case noticeFailed(NoticeFailed)
  case postRequested(PostRequested)
  case posted(Posted)
  case postFailed(PostFailed)
  case formProven(FormProven)
  case formEnded(FormEnded)

  /// A bot lets subscribers in from here on: those who were granted access before are not invited
  /// by it.
  public struct SwitchedOn: BlankFact {
    public static let name = "chat.switched_on.v1"
    /// The chat that is told of alarms; nil where none is.
    public internal(set) var alarms: Personal?
    /// Telegram's number of the bot.
    public internal(set) var bot = ""
    /// Whether it posts what is sold into the channels.
    public internal(set) var isPosting = false

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("alarms", &alarms)
      fields.text("bot", &bot)
      fields.flag("isPosting", &isPosting)
    }
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
    /// The paid channel that somebody who may asks to be let into.
    public internal(set) var closed: ClosedChannelID?
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
      fields.text("closed", &closed)
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
