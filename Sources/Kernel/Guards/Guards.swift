/// What stands between an obligation and the wallet's key, beside the obligation's own rules.
struct Guards: Sendable {
  /// Nil where signing goes on.
  var frozen: GenesisEvent.Frozen?

  mutating func list(_ fields: inout StateFields) {
    fields.fact("frozen", &frozen)
  }
}

extension LedgerState {
  /// Why nothing is signed; nil where signing goes on.
  public var frozen: String? { guards.frozen?.reason }

  func freeze(_ reason: String) -> Decision {
    guard genesis != nil else { return .refuse(.ledgerNotOpened) }
    if let obstacle = obstacle(to: reason) { return .refuse(obstacle) }
    guard guards.frozen == nil else { return .ignore }
    return .accept([.ledger(.frozen(GenesisEvent.Frozen(reason: reason)))])
  }

  func unfreeze(_ reason: String) -> Decision {
    guard genesis != nil else { return .refuse(.ledgerNotOpened) }
    if let obstacle = obstacle(to: reason) { return .refuse(obstacle) }
    guard guards.frozen != nil else { return .ignore }
    return .accept([.ledger(.unfrozen(GenesisEvent.Unfrozen(reason: reason)))])
  }

  /// A person's words: some, and not too many.
  private func obstacle(to reason: String) -> Refusal? {
    guard !reason.isEmpty else { return .textMissing }
    return reason.count > Limits.descriptionMost ? .textTooLong : nil
  }

  /// What the guards say to a transfer that asks for its nonce; nil where they let it pass.
  func guardsStop(_ transfer: TransferState) -> Decision? {
    guards.frozen == nil ? nil : .refuse(.ledgerFrozen)
  }
}
