import Gateways
import HTTP
import Kernel
package import Log

/// What a split wants of a swap.
struct OwedSwap: Sendable {
  let split: SplitID
  let source: Money
  let asset: Asset
  let wallet: String
}

/// A transaction that was signed for a log and that the log has forgotten, as the witness has it.
package struct Forgotten: Sendable {
  package let entry: SignedWitness.Entry
  let transaction: EthereumTransaction
  /// What it moves and to whom; nil where it moves nothing, or something that nobody is owed.
  let payment: (money: Money, to: String)?
  /// The swap whose deposit it is; nil where it pays a client.
  var swap: FoundSwap?

  var nonce: Int { entry.nonce }

  var bid: TransferBid {
    TransferBid(
      gasLimit: transaction.gasLimit, maxFeePerGas: String(transaction.maxFeePerGas),
      maxPriorityFeePerGas: String(transaction.maxPriorityFeePerGas))
  }

  var signed: SignedTransfer {
    SignedTransfer(
      nonce: entry.nonce, attempt: entry.attempt, raw: entry.raw, hash: entry.hash,
      maxFeePerGas: String(transaction.maxFeePerGas),
      maxPriorityFeePerGas: String(transaction.maxPriorityFeePerGas))
  }

  /// Nil where the witness's bytes are not what stands beside them, or were not signed by the
  /// wallet.
  init?(_ entry: SignedWitness.Entry, contract: (Asset) -> String?) {
    guard let read = try? EthereumTransaction.decode(raw: entry.raw), read.hash == entry.hash,
      read.sender.lowercased() == entry.wallet.lowercased(),
      read.transaction.nonce == entry.nonce, read.transaction.chainID == entry.chain
    else { return nil }
    self.entry = entry
    transaction = read.transaction
    payment = Self.payment(read.transaction, contract)
  }

  private static func payment(
    _ transaction: EthereumTransaction, _ contract: (Asset) -> String?
  ) -> (money: Money, to: String)? {
    if transaction.data.isEmpty {
      guard transaction.value > 0 else { return nil }
      return (Money(transaction.value, .eth), transaction.to)
    }
    let token = Asset.payable.first {
      contract($0)?.lowercased() == transaction.to.lowercased()
    }
    guard let token, let moved = ERC20.readTransfer(transaction.data) else { return nil }
    return (Money(moved.amount, token), moved.to)
  }

  /// Whether it is the deposit of a swap that a split asks for.
  func pays(_ owed: OwedSwap) -> Bool {
    guard let payment, let swap, payment.money == owed.source else { return false }
    return swap.to == owed.asset && swap.isPaid(to: owed.wallet)
  }

  func pays(_ request: TransferEvent.Requested) -> Bool {
    guard let payment else { return false }
    return payment.money == request.amount && payment.to.lowercased() == request.to.lowercased()
      && entry.wallet.lowercased() == request.wallet.lowercased()
  }
}
