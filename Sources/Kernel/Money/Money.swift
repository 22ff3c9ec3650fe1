/// An exact, signed quantity of one asset, counted in that asset's smallest unit.
///
/// `Money` never rounds in silence: whatever divides hands back the remainder with the share.
public struct Money: Hashable, Sendable {
  // Two words and not one Int128: Swift 6.3.1 without optimisation reads the latter, passed inside
  // an optional, as if it stood on a boundary of 16 bytes, which it doesn't, and the process ends.
  private let high: Int64
  private let low: UInt64
  public let asset: Asset

  public init(_ units: Int128, _ asset: Asset) {
    high = Int64(truncatingIfNeeded: units >> 64)
    low = UInt64(truncatingIfNeeded: units)
    self.asset = asset
  }

  /// Whole smallest units: wei for ETH, millionths for USDT.
  public var units: Int128 { Int128(high) << 64 | Int128(low) }

  public static func zero(_ asset: Asset) -> Money { Money(0, asset) }
  public static var blank: Money { Money(0, .none) }
  public var isPositive: Bool { units > 0 }

  /// Adds two amounts of one asset; mixing assets, or overflowing, is a bug and traps.
  public static func + (left: Money, right: Money) -> Money {
    precondition(left.asset == right.asset, "added \(right.asset) to \(left.asset)")
    return Money(left.units + right.units, left.asset)
  }

  public static func - (left: Money, right: Money) -> Money { left + -right }
  public static prefix func - (money: Money) -> Money { Money(-money.units, money.asset) }

  /// Compares two amounts of one asset; comparing assets is a bug and traps (P-20).
  public static func >= (left: Money, right: Money) -> Bool {
    precondition(left.asset == right.asset, "compared \(left.asset) with \(right.asset)")
    return left.units >= right.units
  }

  /// Splits off `share`, rounded toward zero, so that `part + rest == self`.
  public func taking(_ share: BasisPoints) -> (part: Money, rest: Money) {
    let part = units * Int128(share.value) / 10_000
    return (Money(part, asset), Money(units - part, asset))
  }

  /// Cuts off what is finer than so many decimals, toward zero, so that `part + rest == self`.
  public func cut(to decimals: Int) -> (part: Money, rest: Money) {
    guard asset.decimals > decimals else { return (self, .zero(asset)) }
    let rest = units % Int128.ten(asset.decimals - decimals)
    return (Money(units - rest, asset), Money(rest, asset))
  }

  /// What of an amount can go through a swap, and the rest; all of it where nothing would be left,
  /// for the provider to refuse.
  public var swappable: (part: Money, rest: Money) {
    let (part, rest) = cut(to: Limits.swapDecimals)
    return part.isPositive ? (part, rest) : (self, .zero(asset))
  }

  /// Divides by weights, each share rounded toward zero, the last one taking the remainder.
  ///
  /// The shares add up to `self`. Weights are at least one, none negative, and not all zero:
  /// anything else is a bug and traps (domain 3.7).
  public func shared(by weights: [Int128]) -> [Money] {
    let total = weights.reduce(0, +)
    precondition(total > 0 && weights.allSatisfy { $0 >= 0 }, "shares need positive weights")
    var rest = units
    var shares: [Money] = []
    for weight in weights.dropLast() {
      let share = units.scaled(by: weight, over: total)
      shares.append(Money(share, asset))
      rest -= share
    }
    shares.append(Money(rest, asset))
    return shares
  }
}

/// A share in hundredths of a percent, from 0 to 10,000; three percent is 300.
public struct BasisPoints: Hashable, Sendable {
  public let value: Int

  public init?(_ value: Int) {
    guard (0...10_000).contains(value) else { return nil }
    self.value = value
  }

  private init(unchecked value: Int) { self.value = value }
  public static let zero = BasisPoints(unchecked: 0)
  /// The platform fee where configuration names none (C-3).
  public static let standardFee = BasisPoints(unchecked: 300)
  /// The least part of the price that must arrive, where configuration names none (domain 3.9).
  public static let standardTolerance = BasisPoints(unchecked: 5_000)
}

extension Int128 {
  /// `self × factor ÷ divisor`, toward zero, with a product of any width; traps where the result
  /// doesn't fit.
  func scaled(by factor: Int128, over divisor: Int128) -> Int128 {
    guard let value = scaledIfFits(by: factor, over: divisor) else {
      preconditionFailure("scaled over zero, or beyond Int128")
    }
    return value
  }

  /// The same; nil where the result doesn't fit, for figures that somebody else made.
  func scaledIfFits(by factor: Int128, over divisor: Int128) -> Int128? {
    let isNegative = ((self < 0) != (factor < 0)) != (divisor < 0)
    let (high, low) = magnitude.multipliedFullWidth(by: factor.magnitude)
    guard high < divisor.magnitude else { return nil }
    let quotient = divisor.magnitude.dividingFullWidth((high, low)).quotient
    return Int128(exactly: quotient).map { isNegative ? -$0 : $0 }
  }
}
