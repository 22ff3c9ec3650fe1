import Gateways
import Kernel
import Projections

/// What signed bytes pay: all attempts of one transfer must pay the same (I9).
struct Attempt: Equatable {
  let chain: Int
  let nonce: Int
  let to: String
  let value: Int128
  let data: [UInt8]

  init?(raw: String) {
    guard let signed = try? EthereumTransaction.decode(raw: raw) else { return nil }
    let transaction = signed.transaction
    (chain, nonce, to) = (transaction.chainID, transaction.nonce, transaction.to.lowercased())
    (value, data) = (transaction.value, transaction.data)
  }

  /// True of one that moves nothing, and only takes the nonce.
  var isCancel: Bool { value == 0 && data.isEmpty }
}

extension LedgerEvent {
  /// The process a fact moves, as the board names it.
  var step: (StepKind, String)? {
    switch self {
    case .conversion(let e): (.conversion, e.id.text)
    case .batch(let e): (.batch, e.id.text)
    case .split(let e): (.split, e.id.text)
    case .hostpay(let e): (.hostpay, e.id.text)
    case .transfer(let e): (.transfer, e.id.text)
    case .ledger, .channel, .order, .payment, .accumulation, .wallet, .account, .invite,
      .membership, .chat:
      nil
    }
  }
}
