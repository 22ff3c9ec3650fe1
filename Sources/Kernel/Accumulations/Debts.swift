// What a client owes since a payment was taken back that had been paid out (MO-12): a person nets
// it against what waits for the client, as often as something does, or writes it off.

extension LedgerState {
  /// What a client owes, an asset after the other; empty where nothing.
  public func debts(of channel: ChannelKey) -> [Money] { books.debts(of: channel) }

  /// The oldest first, of what is USDT by now and in no batch.
  func net(_ key: ChannelKey, _ reason: String) -> Decision {
    if let obstacle = Self.obstacle(to: reason) { return .refuse(obstacle) }
    guard channels[key] != nil else { return .refuse(.channelUnknown) }
    var left = books.balance(.receivable(key), .usdt)
    guard left.isPositive else { return .refuse(.nothingOwed) }
    var events: [LedgerEvent] = []
    let free = accumulations[key]?.members.filter(\.isFree) ?? []
    for member in free where left.isPositive {
      let amount = left >= member.amount ? member.amount : left
      left = left - amount
      let netted = AccumulationEvent.Netted(
        amount: amount, channel: key, payment: member.payment, reason: reason)
      events.append(.accumulation(.netted(netted)))
    }
    return events.isEmpty ? .refuse(.nothingWaits) : .accept(events)
  }

  func forgive(_ key: ChannelKey, _ reason: String) -> Decision {
    if let obstacle = Self.obstacle(to: reason) { return .refuse(obstacle) }
    guard channels[key] != nil else { return .refuse(.channelUnknown) }
    let debts = books.debts(of: key)
    guard !debts.isEmpty else { return .refuse(.nothingOwed) }
    return .accept(
      debts.map { debt in
        .accumulation(
          .forgiven(AccumulationEvent.Forgiven(amount: debt, channel: key, reason: reason)))
      })
  }
}
