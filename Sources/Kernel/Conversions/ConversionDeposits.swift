// A payment is booked on the provider's word; its coin is swapped only once it is there (PP-10).
//
// Coins have no names: what is looked for is all that the books say came in and wasn't sent on. As
// long as something of it is missing, no conversion of that coin is paid for, whosever it is.

extension LedgerState {
  /// What to look at before a split's coin is sent to a swap; nil for any but a conversion's.
  public func depositQuestion(of id: SplitID) -> OutsideQuestion? {
    guard let split = splits[id], split.requested.purpose.conversion != nil else { return nil }
    let all = outsideQuestion()
    return OutsideQuestion(
      wallet: all.wallet, assets: [split.requested.source.asset], open: all.open, swaps: [],
      payments: [])
  }

  /// How much of a conversion's coin the books have and the wallets, as they were seen, don't; nil
  /// where all of it is there.
  ///
  /// A look that says nothing, as one from before the books' last block, has seen nothing.
  public func missingDeposit(of id: SplitID, in look: WalletLook) -> Money? {
    guard let split = splits[id], split.requested.purpose.conversion != nil else { return nil }
    let source = split.requested.source
    guard let count = counts(look).first(where: { $0.held.asset == source.asset }) else {
      return source
    }
    let float = differences.float(source.asset) ?? 0
    let missing = Money(float - count.unexplained, source.asset)
    return missing.isPositive ? missing : nil
  }
}
