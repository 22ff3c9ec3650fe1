/// What a link to the bot names: a channel, and a tier of it, by number; never a price (P-17).
///
/// Links of the old platform carry price and days instead; those only choose the tier that is
/// stored with the very same ones, so that whoever forges a link gets a list of what is sold.
public struct DeepLink: Hashable, Sendable {
  public enum Aim: Hashable, Sendable {
    /// From 1.
    case tier(Int)
    /// An old link's words.
    case terms(price: Money, days: Int)
    case donation
  }

  public let open: OpenChannelID
  public let aim: Aim

  public init(_ open: OpenChannelID, _ aim: Aim) {
    self.open = open
    self.aim = aim
  }

  /// Days of an old link that names none (domain 6.2).
  private static let oldDays = 30

  /// The text behind `?start=`; nil for one that was never a link of ours.
  public init?(payload: String) {
    let text = payload.filter { $0 != "=" }
    guard text.utf8.count <= 96, let first = text.firstIndex(of: "_"),
      let bytes = Base64URL.bytes(text[..<first]),
      let open = OpenChannelID(text: String(decoding: bytes, as: UTF8.self))
    else { return nil }
    let rest = text[text.index(after: first)...]
    if rest == "DONATE" {
      self.init(open, .donation)
    } else if rest.hasPrefix("T"), let tier = Self.number(rest.dropFirst(), most: 9) {
      self.init(open, .tier(tier))
    } else if let last = rest.lastIndex(of: "_") {
      guard let price = DeepLinkPrice.price(String(rest[..<last])),
        let days = Self.number(rest[rest.index(after: last)...], most: 99_999)
      else { return nil }
      self.init(open, .terms(price: price, days: days))
    } else {
      guard let price = DeepLinkPrice.price(String(rest)) else { return nil }
      self.init(open, .terms(price: price, days: Self.oldDays))
    }
  }

  /// What stands behind `?start=` in a link that is made now; at most 64 characters.
  public var payload: String {
    let channel = Base64URL.text(Array(open.text.utf8))
    switch aim {
    case .tier(let number): return "\(channel)_T\(number)"
    case .donation: return "\(channel)_DONATE"
    case .terms(let price, let days):
      return "\(channel)_\(DeepLinkPrice.text(price) ?? "")_\(days)"
    }
  }

  private static func number(_ text: Substring, most: Int) -> Int? {
    guard text.utf8.count <= 5, text.utf8.allSatisfy({ (48...57).contains($0) }),
      let number = Int(text), (1...most).contains(number)
    else { return nil }
    return number
  }
}

/// Base64 in the letters that addresses may have, without padding (RFC 4648 section 5).
public enum Base64URL {
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  public static func text(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      let word = part.enumerated().reduce(0) { $0 | Int($1.element) << (16 - 8 * $1.offset) }
      for place in 0...part.count { out.append(letters[word >> (18 - 6 * place) & 63]) }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Nil for anything but the one spelling of some bytes.
  public static func bytes(_ text: Substring) -> [UInt8]? {
    var (out, word, bits): ([UInt8], Int, Int) = ([], 0, 0)
    for letter in text.utf8 {
      guard let value = letters.firstIndex(of: letter) else { return nil }
      word = (word << 6 | value) & 0xffff
      bits += 6
      if bits >= 8 {
        bits -= 8
        out.append(UInt8(truncatingIfNeeded: word >> bits))
      }
    }
    guard bits < 6, word & (1 << bits - 1) == 0 else { return nil }
    return out
  }
}
