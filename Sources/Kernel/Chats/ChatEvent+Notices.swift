// What the bot says unasked: notices to people, and posts in channels.

extension ChatEvent {
  /// Somebody is to be told something; intent of the message.
  public struct NoticeRequested: BlankFact {
    public static let name = "chat.notice_requested.v1"

    public enum Kind: String, Word {
      /// A channel's owner: somebody has paid.
      case payment
      /// A subscriber: access ends soon.
      case reminder
      /// A channel's owner: nothing is posted there any more.
      case posting
      /// Operators.
      case alarm
      /// A channel's owner: payouts go, or are to go, to another wallet.
      case wallet
      /// Whoever saved a form: what came of it.
      case form
      /// Whoever reads there: what is owed to everybody.
      case liabilities
    }

    /// Telegram's number of the chat, mostly a person's.
    public internal(set) var chat: Personal = .blank
    public internal(set) var kind: Kind = .payment
    public internal(set) var lines: [String] = []
    /// Which one it is: the same is told once.
    public internal(set) var notice = ""
    /// The channel whose tier may be bought again.
    public internal(set) var open: OpenChannelID?
    public internal(set) var tier: Int?
    public internal(set) var title = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("chat", &chat)
      fields.text("kind", &kind)
      fields.texts("lines", &lines)
      fields.text("notice", &notice)
      fields.text("open", &open)
      fields.integer("tier", &tier)
      fields.text("title", &title)
    }
  }

  public struct NoticeDelivered: BlankFact {
    public static let name = "chat.notice_delivered.v1"
    public internal(set) var message = 0
    public internal(set) var notice = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("message", &message)
      fields.text("notice", &notice)
    }
  }

  /// Nobody could be told, and nothing hangs on it.
  public struct NoticeFailed: BlankFact {
    public static let name = "chat.notice_failed.v1"
    public internal(set) var notice = ""
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("notice", &notice)
      fields.text("reason", &reason)
    }
  }

  /// A channel is to show what is sold, or ask for donations; intent of the post, and of the
  /// removal of the one before.
  public struct PostRequested: BlankFact {
    public static let name = "chat.post_requested.v1"
    /// From when on it may be asked for by hand again; nil where nobody asked.
    public internal(set) var again: Instant?
    /// The channel it is posted in.
    public internal(set) var chat = ""
    /// Which post of that channel, from 1.
    public internal(set) var number = 0
    /// The message before; nil where there is none.
    public internal(set) var old: Int?
    public internal(set) var open: OpenChannelID = .blank
    public internal(set) var place: PostPlace = .open
    public internal(set) var screen: ChatScreen = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("again", &again)
      fields.text("chat", &chat)
      fields.integer("number", &number)
      fields.integer("old", &old)
      fields.text("open", &open)
      fields.text("place", &place)
      fields.group("screen", &screen)
    }
  }

  public struct Posted: BlankFact {
    public static let name = "chat.posted.v1"
    public internal(set) var message = 0
    public internal(set) var number = 0
    public internal(set) var open: OpenChannelID = .blank
    public internal(set) var place: PostPlace = .open

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("message", &message)
      fields.integer("number", &number)
      fields.text("open", &open)
      fields.text("place", &place)
    }
  }

  /// It can't be posted; after five in a row nothing is posted there until somebody asks.
  public struct PostFailed: BlankFact {
    public static let name = "chat.post_failed.v1"
    public internal(set) var isLast = false
    public internal(set) var number = 0
    public internal(set) var open: OpenChannelID = .blank
    public internal(set) var place: PostPlace = .open
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.flag("isLast", &isLast)
      fields.integer("number", &number)
      fields.text("open", &open)
      fields.text("place", &place)
      fields.text("reason", &reason)
    }
  }
}

/// Where a post stands.
public enum PostPlace: String, Word {
  /// The offer, in the open channel.
  case open
  /// The donation message, in the paid one.
  case closed
}
