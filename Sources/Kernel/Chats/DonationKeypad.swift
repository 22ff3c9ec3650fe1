/// A key of the donation keypad (domain 6.8).
enum DonationKey: String, Hashable {
  case zero = "0"
  case one = "1"
  case two = "2"
  case three = "3"
  case four = "4"
  case five = "5"
  case six = "6"
  case seven = "7"
  case eight = "8"
  case nine = "9"
  case point = "."
  case backspace, clear, confirm, cancel, noop
}

/// What stands in the display of a donation keypad.
///
/// It travels in the buttons, so that two people, and two keypads of one, know nothing of each
/// other (P-75, P-79).
struct DonationKeypad: Hashable {
  static let wholeDigitsMost = 4
  static let decimalsMost = 2

  /// Digits, and at most one point; empty for nothing yet.
  private(set) var typed: String

  init?(typed: String) {
    let parts = typed.split(separator: ".", omittingEmptySubsequences: false)
    guard typed.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }),
      parts.count <= 2, parts[0].utf8.count <= Self.wholeDigitsMost,
      parts.count < 2 || parts[1].utf8.count <= Self.decimalsMost
    else { return nil }
    self.typed = typed
  }

  static let empty = DonationKeypad()

  private init() { typed = "" }

  /// Presses a key of the display; why it changes nothing, where it is refused.
  mutating func press(_ key: DonationKey) -> String? {
    switch key {
    case .backspace: typed = String(typed.dropLast())
    case .clear: typed = ""
    case .point:
      if typed.contains(".") { return "There is a point already." }
      typed = (typed.isEmpty ? "0" : typed) + "."
    case .zero, .one, .two, .three, .four, .five, .six, .seven, .eight, .nine:
      guard let next = DonationKeypad(typed: (typed == "0" ? "" : typed) + key.rawValue) else {
        return typed.contains(".") ? "Two decimals at most." : "Four digits at most."
      }
      self = next
    case .confirm, .cancel, .noop: break
    }
    return nil
  }

  /// The sum, where it is one that may be given; else what is wrong with it.
  var sum: Result<Money, DonationObstacle> {
    let text = typed.hasSuffix(".") ? String(typed.dropLast()) : typed
    guard let money = Money(text, .usd), money >= Limits.donationLeast else {
      return .failure(.tooLittle)
    }
    return Limits.priceMost >= money ? .success(money) : .failure(.tooMuch)
  }
}

/// Why a sum can't be given.
enum DonationObstacle: String, Error {
  case tooLittle = "The least is 4.99 USD."
  case tooMuch = "The most is 9999.99 USD."
}
