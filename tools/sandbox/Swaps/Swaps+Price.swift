import Gateways
import JSON
import Kernel

/// What the provider asks and gives.
extension Swaps {
  static let leastCents = 200
  /// Only of fixed rates.
  static let mostCents = 5_000_000
  private static let depositFeeCents = 40
  private static let withdrawalFeeCents = 10
  /// What a fixed rate costs, in hundredths of a percent.
  private static let fixedSpread: Int128 = 50
  /// By how much a floating rate has moved when it is paid.
  private static let slip: Int128 = 10

  static func least(_ asset: Asset) -> Money {
    Prices.cut(Prices.worth(cents: leastCents, in: asset))
  }

  static func most(_ asset: Asset, _ flow: SwapFlow) -> Money? {
    flow == .standard ? nil : Prices.cut(Prices.worth(cents: mostCents, in: asset))
  }

  static func depositFee(_ asset: Asset) -> Money {
    Prices.cut(Prices.worth(cents: depositFeeCents, in: asset))
  }

  static func withdrawalFee(_ asset: Asset) -> Money {
    Prices.cut(Prices.worth(cents: withdrawalFeeCents, in: asset))
  }

  /// What `from` buys, fees taken off; nil where nothing is left.
  func price(_ from: Money, to: Asset, _ flow: SwapFlow) -> Money? {
    let net = Money(from.units - Self.depositFee(from.asset).units, from.asset)
    guard net.isPositive, let gross = Prices.convert(net, to: to) else { return nil }
    var units = gross.units - Self.withdrawalFee(to).units
    if flow == .fixedRate { units -= units / 10_000 * Self.fixedSpread }
    let bought = Prices.cut(Money(units, to))
    return bought.isPositive ? bought : nil
  }

  static func slipped(_ money: Money) -> Money? {
    let slipped = Prices.cut(Money(money.units - money.units / 10_000 * slip, money.asset))
    return slipped.isPositive ? slipped : nil
  }

  // MARK: Fixed rates

  /// The id of a fixed rate: its end, and a proof of what it is for.
  ///
  /// So nothing need be kept of estimates, and a rate for other amounts or pairs is none.
  func rateID(_ from: Money, to: Money, until: Int) -> String {
    let subject = "\(from.asset)/\(from.units)/\(to.asset)/\(to.units)/\(until)"
    let end = String(until, radix: 16)
    return end + made.digits("rate \(subject)", until, count: 32 - end.count)
  }

  func isCurrent(rateID: String, _ from: Money, to: Money, at time: Int) -> Bool {
    let length = String(time, radix: 16).count
    guard let until = Int(rateID.prefix(length), radix: 16), until >= time else { return false }
    return rateID == self.rateID(from, to: to, until: until)
  }
}
