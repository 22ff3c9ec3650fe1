/// How much of one asset another is worth; both assets travel with it, so that a rate can't be
/// applied to the wrong side (P-22 to P-24).
public struct Rate: Hashable, Sendable {
  /// 18 decimals: to-units per one whole from.
  static let scale = 18

  public let from: Asset
  public let to: Asset
  /// Whole `to` per whole `from`, times 10^18.
  public let value: Int128

  /// A positive rate from exact decimal text; decimals beyond 18 are cut.
  public init?(_ text: String, from: Asset, to: Asset) {
    guard let value = DecimalText.units(text, scale: Self.scale, cutting: true), value > 0 else {
      return nil
    }
    self.init(value: value, from: from, to: to)
  }

  /// The rate at which `sold` became `bought`; nil where either is not positive, or the rate is
  /// beyond what one can be: others name these figures.
  public init?(selling sold: Money, for bought: Money) {
    guard sold.isPositive, bought.isPositive else { return nil }
    let power = Int128.ten(Self.scale + sold.asset.decimals - bought.asset.decimals)
    guard let value = bought.units.scaledIfFits(by: power, over: sold.units), value > 0 else {
      return nil
    }
    self.init(value: value, from: sold.asset, to: bought.asset)
  }

  init(value: Int128, from: Asset, to: Asset) {
    self.value = value
    self.from = from
    self.to = to
  }

  public static func oneToOne(_ from: Asset, _ to: Asset) -> Rate {
    Rate(value: Int128.ten(scale), from: from, to: to)
  }

  /// No rate: what a reader fills in; it never reaches the log.
  init(unset: ()) { self.init(value: 0, from: .none, to: .none) }

  public var text: String { DecimalText.text(value, scale: Self.scale) }

  /// `money` in the other asset, toward zero; an amount of another asset is a bug and traps.
  public func applied(to money: Money) -> Money {
    precondition(money.asset == from, "a rate from \(from) applied to \(money.asset)")
    let shift = Self.scale + from.decimals - to.decimals
    return Money(money.units.scaled(by: value, over: Int128.ten(shift)), to)
  }
}

/// The value of an estimate before the provider's fees: a figure for the books' margin only.
///
/// A type of its own, so that it can't become a swap's input (P-23; domain 3.4).
public struct MarketValue: Hashable, Sendable {
  public let text: String

  /// `fromAmount × (toAmount + withdrawalFee) ÷ (fromAmount − depositFee)`, or `toAmount` where
  /// nothing would be left to swap.
  ///
  /// All four are decimal text; nil where one is not, or the value is beyond all amounts.
  public init?(from: String, to: String, depositFee: String, withdrawalFee: String, scale: Int = 18)
  {
    guard let from = DecimalText.units(from, scale: scale, cutting: true),
      let to = DecimalText.units(to, scale: scale, cutting: true),
      let deposit = DecimalText.units(depositFee, scale: scale, cutting: true),
      let withdrawal = DecimalText.units(withdrawalFee, scale: scale, cutting: true)
    else { return nil }
    let (swapped, isUnder) = from.subtractingReportingOverflow(deposit)
    let (before, isOver) = to.addingReportingOverflow(withdrawal)
    let value = swapped > 0 && !isUnder ? from.scaledIfFits(by: before, over: swapped) : to
    guard !isOver, let value else { return nil }
    text = DecimalText.text(value, scale: scale)
  }
}

extension Int128 {
  static func ten(_ power: Int) -> Int128 {
    precondition((0...38).contains(power), "10^\(power) doesn't fit")
    return (0..<power).reduce(1) { value, _ in value * 10 }
  }
}
