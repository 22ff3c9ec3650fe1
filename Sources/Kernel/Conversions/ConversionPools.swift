// Conversions of many payments by one swap (C-8): what waits gathers per client and coin, so that
// every number of a swap is one client's (P-48k), until it is worth a swap.

/// A client's payments in one coin that are due to become USDT together.
public struct DuePool: Hashable, Sendable {
  public let channel: ChannelKey
  public let asset: Asset
  /// The first payment in it: no other pool has that one.
  public let oldest: PaymentID
  public let count: Int

  /// The command a run issues for it, under an id of its own.
  ///
  /// `least` is what it must be worth, nil for any.
  public func command(least: Money?) -> (CommandID, LedgerCommand) {
    let id = CommandID(composed: "pool/\(channel)/\(asset)/\(oldest)/\(count)")
    return (id, .conversion(.pool(channel, asset, least: least)))
  }
}

extension LedgerState {
  /// Pools worth `least` or more, or any where nil, by channel; of a channel the oldest first.
  public func duePools(least: Money?) -> [DuePool] {
    accumulations.compactMap { channel, state -> [DuePool]? in
      let due = state.waitingAssets.compactMap { asset in
        pool(channel, asset, least: least).map { requested in
          DuePool(
            channel: channel, asset: asset, oldest: requested.payments[0],
            count: requested.payments.count)
        }
      }
      return due.isEmpty ? nil : due
    }.sorted { $0[0].channel < $1[0].channel }.flatMap { $0 }
  }

  /// What a pool would ask for now: one atomic list of members, and the sum that is theirs (P-48j).
  ///
  /// A pool is due once it is worth enough, or brings its client's payout over the threshold.
  func pool(_ key: ChannelKey, _ asset: Asset, least: Money?) -> ConversionEvent.Requested? {
    guard let state = accumulations[key] else { return nil }
    let waiting = state.waiting(asset).prefix(Limits.poolMembersMost)
    guard let first = waiting.first else { return nil }
    let expected = waiting.reduce(Money.zero(.usdt)) { $0 + $1.amount }
    if let least, !(expected >= least), !completesThreshold(key, state, Array(waiting)) {
      return nil
    }
    let net = waiting.reduce(Money.zero(asset)) { $0 + $1.net }
    let (amount, dust) = net.swappable
    guard amount.isPositive, expected.isPositive else { return nil }
    return ConversionEvent.Requested(
      amount: amount, channel: key, conversion: ConversionID(of: first.payment),
      dust: dust.isPositive ? dust : nil, expected: expected, payments: waiting.map(\.payment))
  }

  /// Whether some group would be paid out once these are converted.
  private func completesThreshold(
    _ key: ChannelKey, _ state: AccumulationState, _ waiting: [AccumulationState.Member]
  ) -> Bool {
    waiting.contains { member in
      let group = waiting.filter { $0.group == member.group }
      guard let newest = group.last else { return false }
      let total = (state.free(member.group) + group).reduce(Money.zero(.usdt)) { $0 + $1.amount }
      return total.units * 100 >= threshold(of: key, newest: newest).units
    }
  }
}

extension AccumulationState {
  /// Members in a coin that nothing converts yet, in order.
  func waiting(_ asset: Asset) -> [Member] {
    members.filter { $0.isWaiting && $0.net.asset == asset }
  }

  /// Coins of such members, in the order of their oldest.
  var waitingAssets: [Asset] {
    var seen = Set<Asset>()
    return members.filter(\.isWaiting).map(\.net.asset).filter { seen.insert($0).inserted }
  }
}

extension AccumulationState.Member {
  fileprivate var isWaiting: Bool { !isConverted && !isConverting && !isContested }
}
