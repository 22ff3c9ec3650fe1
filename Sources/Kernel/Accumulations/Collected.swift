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
