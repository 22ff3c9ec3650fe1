// What a swap's estimate is held against before it is taken (MO-16): a wrong figure of the
// provider's would give a client's money away.

/// What USDT bought of each coin when it was swapped last; the ledger's own second source.
struct SwapRates: Sendable {
  /// By the coin's place: USDT for a whole one, times 10^18.
  private var values: [Int: Int128] = [:]

  /// What so much of a coin cost when it was bought last; nil where it never was.
  func worth(_ money: Money) -> Money? {
    values[Int(money.asset.index)].map { value in
      let power = Int128.ten(Rate.scale + money.asset.decimals - Asset.usdt.decimals)
      return Money(money.units.scaledIfFits(by: value, over: power) ?? .max, .usdt)
    }
  }

  /// A delivery tells at which rate it was.
  mutating func note(_ event: SplitEvent.Completed) {
    guard event.source.asset == .usdt, !event.delivered.asset.isTether,
      let rate = Rate(selling: event.delivered, for: event.source)
    else { return }
    values[Int(event.delivered.asset.index)] = rate.value
  }

  mutating func list(_ fields: inout StateFields) {
    fields.map("swapRates", &values, blank: (0, 0)) {
      $2.number("asset", &$0)
      $2.number("value", &$1)
    }
  }
}

extension LedgerState {
  /// Why an estimated amount can't be what is sent is worth, in words; nil where it may be, or
  /// nothing is known to hold it against.
  ///
  /// A conversion is held against what its members were credited, a payout in a coin against what
  /// that coin cost when it was bought last. Half and twice of it pass.
  func absurdity(of text: String, for split: SplitState) -> String? {
    let requested = split.requested
    guard let estimated = Money(truncating: text, requested.asset) else {
      return "an estimate beyond all amounts"
    }
    var sent: Money?
    var worth: Money?
    if let id = requested.purpose.conversion {
      (sent, worth) = (payments[id]?.requested.expected, estimated)
    } else if requested.source.asset == .usdt {
      (sent, worth) = (requested.source, swapRates.worth(estimated))
    }
    guard let sent, let worth, sent.asset == worth.asset, sent.isPositive,
      !worth.isWithinTwofold(of: sent)
    else { return nil }
    return "an estimate of \(estimated.amountText) \(estimated.asset), worth "
      + "\(worth.amountText) \(worth.asset), for \(sent.amountText) \(sent.asset)"
  }
}

extension SplitState {
  /// Whether a swap promises about what was estimated, or nothing.
  func isLikeEstimate(_ promised: String?) -> Bool {
    guard let promised, let estimate else { return true }
    guard let now = Money(truncating: promised, requested.asset),
      let before = Money(truncating: estimate.toAmount, requested.asset)
    else { return false }
    return now.isWithinTwofold(of: before)
  }
}

extension Money {
  /// Whether it is between half and twice another amount of the same asset, both included.
  fileprivate func isWithinTwofold(of other: Money) -> Bool {
    units >= 0 && other.units - units <= units && units - other.units <= other.units
  }
}
