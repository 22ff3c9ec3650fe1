// What was too fine for a swap, a little of each payment, is the platform's (MO-07): once it has
// come to what a swap could carry it is no dust any more, and is swept into the fees.

extension GenesisEvent {
  /// Dust of one coin became the platform's income, in whole hundred-millionths; what is left of
  /// it stays dust.
  public struct DustSwept: BlankFact {
    public static let name = "ledger.dust_swept.v1"
    public internal(set) var amount: Money = .blank

    public mutating func list<F: Fields>(_ fields: inout F) { fields.money("amount", &amount) }
  }
}

func postings(of event: GenesisEvent.DustSwept) -> [Posting] {
  [Posting(.dust, event.amount), Posting(.fees, -event.amount)]
}

/// The sweep of one coin, under the id of its day: a day sweeps once, however often it is asked.
public struct DueDust: Hashable, Sendable {
  public let asset: Asset
  /// What would be swept.
  public let amount: Money

  public func command(day: Int64) -> (CommandID, LedgerCommand) {
    (CommandID(composed: "dust/\(asset)/\(day)"), .ledger(.sweepDust(asset)))
  }
}

extension LedgerState {
  /// Coins whose dust has come to what a swap carries, in the order of their places.
  public func dueDust() -> [DueDust] {
    Asset.payable.compactMap { asset in
      sweepable(asset).map { DueDust(asset: asset, amount: $0) }
    }
  }

  private func sweepable(_ asset: Asset) -> Money? {
    let whole = (-books.balance(.dust, asset)).cut(to: Limits.swapDecimals).part
    return whole.isPositive ? whole : nil
  }

  func sweepDust(_ asset: Asset) -> Decision {
    guard genesis != nil else { return .refuse(.ledgerNotOpened) }
    guard let amount = sweepable(asset) else { return .ignore }
    return .accept([.ledger(.dustSwept(GenesisEvent.DustSwept(amount: amount)))])
  }
}
