import JSON

/// Text for Telegram's HTML: owners' words are no markup (P-79c).
public enum TelegramText {
  public static func escaped(_ text: String) -> String {
    var out = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      default: out.unicodeScalars.append(character)
      }
    }
    return out
  }
}

/// Buttons below a message, in rows.
public struct TelegramButtons: Hashable, Sendable {
  /// What pressing a button does.
  public enum Press: Hashable, Sendable {
    /// The bot is told of it; 1 to 64 bytes.
    case data(String)
    case url(String)
    /// A page inside of Telegram; in private chats only (P-71).
    case page(String)
  }

  public struct Button: Hashable, Sendable {
    public let label: String
    public let press: Press

    public init(_ label: String, _ press: Press) {
      self.label = label
      self.press = press
    }
  }

  public var rows: [[Button]]

  public static let none = TelegramButtons([])

  public init(_ rows: [[Button]]) { self.rows = rows }

  var json: JSONValue {
    .object([
      "inline_keyboard": .array(
        rows.map { row in
          .array(row.map { .object([JSONMember("text", .string($0.label)), $0.press.member]) })
        })
    ])
  }
}

extension TelegramButtons.Press {
  fileprivate var member: JSONMember {
    switch self {
    case .data(let data): JSONMember("callback_data", .string(data))
    case .url(let url): JSONMember("url", .string(url))
    case .page(let url): JSONMember("web_app", .object(["url": .string(url)]))
    }
  }
}
