// What must hold of the state at any moment (reliability 3.8), looked at as a whole: each fact is
// checked when it is taken in, and this finds what no fact explains, such as a state that was read
// back wrong.

extension LedgerState {
  /// The first invariant that is broken, with its number; nil where all hold.
  ///
  /// Goes through every client and every open transfer, some 30 ns each: not for every group.
  public func brokenInvariant() -> String? {
    books.brokenInvariant() ?? brokenWallet()
  }

  /// I8: what the wallet counts as open is what is open.
  private func brokenWallet() -> String? {
    guard let wallet else { return nil }
    var counted = WalletState.blank
    splits.eachTransfer { transfer in
      guard transfer.isNonceOpen, let nonce = transfer.nonce, nonce.wallet == wallet.address else {
        return
      }
      counted.openNonces += 1
      counted.promise(transfer.requested.amount)
      counted.promise(Money(transfer.promisedGas, .eth))
    }
    guard counted.openNonces == wallet.openNonces else {
      return "I8: the wallet counts \(wallet.openNonces) open nonces, and there are "
        + "\(counted.openNonces)"
    }
    for place in 0..<Asset.count {
      guard let asset = Asset(place: place) else { continue }
      let (owed, was) = (counted.promised[asset] ?? 0, wallet.promised[asset] ?? 0)
      if owed != was { return "I8: the wallet has promised \(was) of \(asset), and owes \(owed)" }
    }
    return nil
  }
}
