// What becomes of an owner's form in the chat (domain 6.5).

/// Why a form is over.
public enum FormEnd: String, Word {
  case saved
  /// Telegram says that he is no administrator there.
  case notOwner = "not_owner"

  public static let words = WordList<FormEnd>()
}

extension ChatEvent {
  /// Telegram says that he is an administrator of the channel: its form is his.
  public struct FormProven: BlankFact {
    public static let name = "chat.form_proven.v1"
    public internal(set) var open: OpenChannelID = .blank
    /// Telegram's number of the update that asked.
    public internal(set) var update = 0
    /// Telegram user id.
    public internal(set) var user: Personal = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("open", &open)
      fields.integer("update", &update)
      fields.text("user", &user)
    }
  }

  /// What was entered is saved, or was no business of his.
  public struct FormEnded: BlankFact {
    public static let name = "chat.form_ended.v1"
    public internal(set) var open: OpenChannelID = .blank
    public internal(set) var reason: FormEnd = .saved
    public internal(set) var update = 0
    /// Telegram user id.
    public internal(set) var user: Personal = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("open", &open)
      fields.text("reason", &reason)
      fields.integer("update", &update)
      fields.text("user", &user)
    }
  }
}
