@testable import Kernel

extension CommandBytesTests {
  /// What a conversion's nonce is asked with, and what is swept.
  static let deposits: [LedgerCommand] = {
    var seen = quote
    seen.deposits = look.wallet
    var other = seen
    other.deposits = WalletLook(address: "a", block: 2, holdings: [], mined: [])
    let transfer = SplitID(number: 2).transfer
    return [seen, other].map { .transfer(.reserveNonce(transfer, $0)) }
      + [.ledger(.sweepDust(.eth)), .ledger(.sweepDust(.usdt))]
  }()
}
