import Kernel

/// I23, reckoned apart from the guards: what was sent within a transfer, a client's day and the
/// wallet's day stays within the caps in force, or two people said that it may be more.
struct CapsRecord {
  private var inForce: GenesisEvent.CapsSet?
  private var approvers: [TransferID: Set<String>] = [:]
  /// What got its nonce on which day, and was not taken back.
  private var sent: [TransferID: (day: Int64, channel: ChannelKey, amount: Money)] = [:]

  /// Takes the next fact; what is over a cap, in words.
  mutating func take(
    _ recorded: Recorded, of transfers: [TransferID: TransferEvent.Requested]
  ) -> String? {
    switch recorded.event {
    case .ledger(.capsSet(let e)): inForce = e
    case .transfer(.guarded(.approved(let e))):
      approvers[e.transfer, default: []].insert(e.approver.lowercased())
    case .transfer(.guarded(.cleared(let e))):
      let day = recorded.at.microseconds / Instant.perDay
      sent[e.transfer] = (day, e.channel, e.amount)
      return excess(e.transfer, day)
    case .transfer(.nonceReserved(let e)) where inForce != nil && sent[e.transfer] == nil:
      return "\(e.transfer) has a nonce and counts toward no day"
    case .transfer(.reverted(let e)): sent[e.transfer] = nil
    case .transfer(.cancelled(let e)): sent[e.transfer] = nil
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch, .split, .hostpay,
      .transfer, .wallet, .account, .invite, .membership, .chat:
      break
    }
    return nil
  }

  private func excess(_ id: TransferID, _ day: Int64) -> String? {
    guard let caps = inForce, let new = sent[id], approvers[id, default: []].count < 2 else {
      return nil
    }
    func over(_ caps: [Money], _ counts: (ChannelKey) -> Bool, _ what: String) -> String? {
      guard let cap = caps.first(where: { $0.asset == new.amount.asset }) else { return nil }
      let sum = sent.values.reduce(0 as Int128) { sum, other in
        let isCounted =
          other.day == day && other.amount.asset == cap.asset && counts(other.channel)
        return isCounted ? sum + other.amount.units : sum
      }
      return sum > cap.units ? "\(id): \(sum) \(what) where \(cap.units) may be sent" : nil
    }
    if let cap = caps.transfer.first(where: { $0.asset == new.amount.asset }), !(cap >= new.amount)
    {
      return "\(id): \(new.amount.amountText) at once"
    }
    return over(caps.clientDay, { $0 == new.channel }, "to a client on a day")
      ?? over(caps.walletDay, { _ in true }, "out of the wallet on a day")
  }
}
