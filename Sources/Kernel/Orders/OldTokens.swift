// What the old platform's links and tokens carry, where they still come in (C-7): prices in deep
// links, and the minute stamps and 48-bit ids of the signed success_url token.

/// The price in an old deep link, where `d` stands for the point: `29d99` (domain 6.2).
public enum DeepLinkPrice {
  /// A price in US dollars; anything else than digits around at most one `d` is refused, and so
  /// are more than two decimals.
  public static func price(_ text: String) -> Money? {
    guard text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: "d") }) else {
      return nil
    }
    let parts = text.split(separator: "d", omittingEmptySubsequences: false)
    guard parts.count == 1 || parts.count == 2 && (1...2).contains(parts[1].utf8.count) else {
      return nil
    }
    return Money(parts.joined(separator: "."), .usd)
  }

  /// The price as a deep link has it; nil for less than a cent, for it couldn't be told.
  public static func text(_ price: Money) -> String? {
    guard price.asset == .usd, price.units >= 0, price.units % 1_000_000 == 0 else { return nil }
    return price.amountText.split(separator: ".").joined(separator: "d")
  }
}

/// A time as the success_url token has it: minutes since 1970 in 16 bits, which wrap every 65,536
/// minutes (45.51 days; domain 5.1).
public struct MinuteStamp: Hashable, Sendable {
  public static let wrapMinutes: Int64 = 65_536
  private static let minute: Int64 = 60_000_000

  public let value: UInt16

  public init(value: UInt16) { self.value = value }

  public init(_ instant: Instant) {
    value = UInt16(truncatingIfNeeded: instant.microseconds / Self.minute)
  }

  /// The latest time with this stamp that is not after `limit`: now, and what clocks may differ by.
  ///
  /// A stamp is only as good as the window it is held against: an old one returns after a wrap.
  public func latest(notAfter limit: Instant) -> Instant {
    let minutes = limit.microseconds / Self.minute
    let behind = (minutes - Int64(value)) & (Self.wrapMinutes - 1)
    return Instant(microseconds: (minutes - behind) * Self.minute)
  }
}

/// A Telegram id in six bytes, as the success_url token has it: negative ones plus 2^48.
public enum PackedID {
  private static let modulus: Int64 = 1 << 48

  /// Nil where the id needs more than 48 bits, its sign included.
  public static func bytes(_ id: Int64) -> [UInt8]? {
    guard (-(modulus / 2)..<(modulus / 2)).contains(id) else { return nil }
    let stored = id < 0 ? id + modulus : id
    return (0..<6).map { UInt8(truncatingIfNeeded: stored >> (40 - 8 * Int64($0))) }
  }

  /// The id of exactly six bytes.
  public static func id(_ bytes: [UInt8]) -> Int64? {
    guard bytes.count == 6 else { return nil }
    let stored = bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) }
    return stored < modulus / 2 ? stored : stored - modulus
  }
}
