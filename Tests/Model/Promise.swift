/// What must hold in every state (reliability 3.8).
public enum Promise: String, CaseIterable, Sendable {
  /// I11, and with it I21: nobody is paid twice, on whatever wallet.
  case paidOnce
  /// I12: what is recorded as paid is paid by exactly one final transaction.
  case paidForGood
  /// What is recorded as paid stands on the chain.
  case paidAtAll
  /// I8: one nonce for a batch until it is released; one batch for a nonce, ever.
  case boundForLife
  /// I13: what was released was consumed for good by something that doesn't pay.
  case releasedUnpaid

  func holds(in world: World, _ rules: Rules) -> Bool {
    switch self {
    case .paidOnce:
      return world.payments(rules) { $0.mined[...] }.allSatisfy { $0 <= 1 }
    case .paidForGood:
      let paid = world.payments(rules, of: \.settled)
      return world.recorded.allSatisfy { paid[$0] == 1 }
    case .paidAtAll:
      let paid = world.payments(rules) { $0.mined[...] }
      return world.recorded.allSatisfy { paid[$0] > 0 }
    case .boundForLife: return world.isBoundForLife(rules)
    case .releasedUnpaid:
      return world.log.allSatisfy {
        guard case .released(let batch, let wallet, let nonce) = $0 else { return true }
        let settled = world.chains[wallet].settled
        return nonce < settled.count && settled[nonce].paid != batch
      }
    }
  }
}

extension World.Chain {
  fileprivate var settled: ArraySlice<Transaction> { mined[..<final] }
}

extension World {
  /// How often the chain pays each batch.
  fileprivate func payments(
    _ rules: Rules, of which: (Chain) -> ArraySlice<Transaction>
  ) -> [Int] {
    var counts = Array(repeating: 0, count: rules.batches)
    for chain in chains {
      for transaction in which(chain) {
        if let batch = transaction.paid { counts[batch] += 1 }
      }
    }
    return counts
  }

  /// Batches that the log says were paid.
  fileprivate var recorded: [Int] {
    log.compactMap {
      switch $0 {
      case .confirmed(let batch), .adopted(let batch): batch
      case .reserved, .signed, .released, .skipped, .quarantined, .rotated, .resumed: nil
      }
    }
  }

  fileprivate func isBoundForLife(_ rules: Rules) -> Bool {
    var owners: [View.Slot: Int] = [:]
    var open: [View.Slot?] = Array(repeating: nil, count: rules.batches)
    for entry in log {
      switch entry {
      case .reserved(let batch, let wallet, let nonce):
        let slot = View.Slot(wallet: wallet, nonce: nonce)
        if let owner = owners[slot], owner != batch { return false }
        owners[slot] = batch
        // A normalized log has its releases last; each state before one was looked at by itself.
        if log.contains(.released(batch: batch, wallet: wallet, nonce: nonce)) { continue }
        if let other = open[batch], other != slot { return false }
        open[batch] = slot
      case .rotated, .resumed: open = open.map { _ in nil }
      case .signed, .confirmed, .released, .adopted, .skipped, .quarantined: break
      }
    }
    return true
  }
}
