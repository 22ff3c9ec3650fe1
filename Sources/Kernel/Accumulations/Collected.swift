/// What a channel has collected and was not paid yet, and what it waits for.
public struct Collected: Sendable {
  /// Locked for the wallet that counts now and in no batch; what is being converted among it.
  public fileprivate(set) var waiting = Money.zero(.usdt)
  /// Of that, what is being converted and counts toward no batch yet.
  public fileprivate(set) var converting = Money.zero(.usdt)
  /// Locked for wallets that were the channel's before, and in no batch.
  public fileprivate(set) var elsewhere = Money.zero(.usdt)
  /// In batches that are on their way.
  public fileprivate(set) var reserved = Money.zero(.usdt)
  public fileprivate(set) var payments = 0
  /// Those on their way, the oldest first.
  public fileprivate(set) var batches: [BatchID] = []
  /// Whether the last batch failed at the very sum that waits: a person decides.
  public fileprivate(set) var waitsAfterFailure = false
}

extension Collected {
  /// One more payment that is locked just now.
  mutating func add(_ locked: Money) {
    payments += 1
    waiting = waiting + locked
  }
}

extension LedgerState {
  /// What a channel has collected; all zero for one that nobody paid for.
  public func collected(by key: ChannelKey) -> Collected {
    var collected = Collected()
    guard let state = accumulations[key], let payout = channels[key]?.payout else {
      return collected
    }
    var counted = Money.zero(.usdt)
    for member in state.members {
      if let batch = member.batch {
        collected.reserved = collected.reserved + member.amount
        if !collected.batches.contains(batch) { collected.batches.append(batch) }
        continue
      }
      guard member.group.wallet == payout.wallet, member.group.asset == payout.asset else {
        collected.elsewhere = collected.elsewhere + member.amount
        continue
      }
      collected.payments += 1
      collected.waiting = collected.waiting + member.amount
      if member.isConverted {
        counted = counted + member.amount
        if state.failedTotals[member.group] != nil { collected.waitsAfterFailure = true }
      } else {
        collected.converting = collected.converting + member.amount
      }
    }
    if collected.waitsAfterFailure {
      let failed = state.failedTotals.values.contains(counted)
      collected.waitsAfterFailure = failed
    }
    return collected
  }
}

/// How far a channel is toward its threshold.
public struct PayoutProgress: Hashable, Sendable {
  public let waiting: Money
  public let threshold: Money
  /// Hundredths of a percent, cut; USDT against US dollars one to one (domain 3.8).
  public let hundredths: Int128

  private static let barParts = 10

  /// With two decimals: `48.50`.
  public var percent: String {
    let rest = hundredths % 100
    return "\(hundredths / 100)." + (rest < 10 ? "0\(rest)" : "\(rest)")
  }

  /// For a message: a bar of ten parts, and `$48.50 / $100.00 (48.50 %)`.
  public var text: String {
    let full = Int(min(hundredths / (10_000 / Int128(Self.barParts)), Int128(Self.barParts)))
    let bar =
      String(repeating: "▰", count: full) + String(repeating: "▱", count: Self.barParts - full)
    return "\(bar) $\(waiting.shortText) / $\(threshold.shortText) (\(percent) %)"
  }
}

extension Money {
  /// Two decimals, and more where there are more.
  public var shortText: String {
    var text = amountText[...]
    while text.hasSuffix("0"), text.drop(while: { $0 != "." }).count > 3 { text = text.dropLast() }
    return String(text)
  }
}

extension ChannelState {
  /// Nil for one that is paid at once.
  public func progress(_ collected: Collected) -> PayoutProgress? {
    guard payout.strategy == .threshold else { return nil }
    let hundredths = collected.waiting.units * 100 * 10_000 / max(1, payout.threshold.units)
    return PayoutProgress(
      waiting: collected.waiting, threshold: payout.threshold, hundredths: hundredths)
  }
}

extension Collected {
  /// Why nothing is paid yet, in sentences, the most basic first.
  public func reasons(
    _ payout: PayoutSettings, isFrozen: Bool
  ) -> [(reason: String, text: String)] {
    var reasons: [(String, String)] = []
    if isFrozen, (waiting + elsewhere + reserved).isPositive {
      reasons.append(("ledger_frozen", "All payouts are stopped for the moment."))
    }
    if let batch = batches.first {
      reasons.append(("batch_open", "\(reserved.amountText) USDT are on their way in \(batch)."))
    }
    if converting.isPositive {
      reasons.append(("converting", "\(converting.amountText) USDT are still being converted."))
    }
    if waitsAfterFailure {
      reasons.append(("after_failure", "The last payout failed; an operator looks at it."))
    }
    guard payout.strategy == .threshold, waiting.isPositive else { return reasons }
    let missing = payout.threshold.units - waiting.units * 100
    if missing > 0 {
      let text =
        "\(Money(missing, .usd).amountText) USD are missing to the threshold of "
        + "\(payout.threshold.amountText) USD."
      reasons.append(("below_threshold", text))
    } else if !converting.isPositive, !waitsAfterFailure {
      reasons.append(("due", "It goes out with the next run."))
    }
    return reasons
  }
}
