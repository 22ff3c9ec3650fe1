import Kernel

// Small readings of values that several tables share.

extension Instant {
  /// `2026-11-24`, UTC.
  var dateText: String { String(text.prefix(10)) }
  /// `16:47:11`, UTC.
  var timeText: String { String(text.dropFirst(11).prefix(8)) }
}

extension Personal {
  /// A Telegram user's number; 0 where it was erased, which no user has.
  var userNumber: Int { Int(value) ?? 0 }
}

extension Asset {
  /// The asset whose currency and network two columns held; this one where they were its own.
  func reread(_ currency: String, _ network: String) -> Asset {
    if currency == self.currency && network == self.network { return self }
    return Asset(currency: currency, network: network) ?? .none
  }
}

extension Money {
  /// Adds in place.
  static func += (left: inout Money, right: Money) { left = left + right }
  static func -= (left: inout Money, right: Money) { left = left - right }
}
