/// What one payment of a pool had of the USDT that one swap brought for all.
public struct ConversionShare: FieldGroup {
  /// What its value was locked at: its weight (P-48i).
  public internal(set) var locked = Money.zero(.usdt)
  public internal(set) var payment: PaymentID = .blank
  public internal(set) var share = Money.zero(.usdt)
  public static var blank: Self { Self() }

  init() {}

  init(payment: PaymentID, locked: Money, share: Money) {
    self.payment = payment
    self.locked = locked
    self.share = share
  }

  public mutating func list<F: Fields>(_ fields: inout F) {
    fields.money("locked", &locked)
    fields.text("payment", &payment)
    fields.money("share", &share)
  }
}

extension ConversionEvent {
  /// Who had how much of a pooled conversion: pro rata, and with the remainder to the last, the
  /// shares are what was received (domain 3.7).
  ///
  /// Stands before the completion, in the same append. What the client is owed stays what was
  /// locked (C-8). A payment that was taken back meanwhile has none; its part is the platform's.
  public struct Shared: BlankFact {
    public static let name = "conversion.shared.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var conversion: ConversionID = .blank
    /// Of payments that went.
    public internal(set) var rest = Money.zero(.usdt)
    public internal(set) var shares: [ConversionShare] = []

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("conversion", &conversion)
      fields.money("rest", &rest)
      fields.groups("shares", &shares)
    }
  }
}

/// Parts of a whole.
enum ProRata {
  /// Each weight's part of the whole, rounded down; the last takes what rounding left where the
  /// weights add up to `sum`, else it is the rest, with what belongs to weights that aren't there.
  ///
  /// Nothing is lost: parts and rest are the whole. Whole and weights are of one asset and not
  /// negative, and their sum is at most `sum`, which is positive; anything else traps.
  static func parts(of whole: Money, by weights: [Money], sum: Money) -> (
    parts: [Money], rest: Money
  ) {
    precondition(sum.isPositive && whole.units >= 0, "nothing to share by")
    var parts = weights.map { weight in
      precondition(weight.units >= 0, "a negative weight")
      let product = weight.units.multipliedFullWidth(by: whole.units)
      return Money(sum.units.dividingFullWidth(product).quotient, whole.asset)
    }
    let given = parts.reduce(Money.zero(whole.asset)) { $0 + $1 }
    let weighed = weights.reduce(Money.zero(sum.asset)) { $0 + $1 }
    precondition(sum >= weighed, "weights beyond their sum")
    guard weighed == sum, let last = parts.indices.last else { return (parts, whole - given) }
    parts[last] = parts[last] + (whole - given)
    return (parts, .zero(whole.asset))
  }
}
