/// What may be asked of a transfer.
public enum TransferCommand: Hashable, Sendable {
  /// Sends what hostpay asked for a split; the same split again is the same transfer.
  case request(SplitID)
  case reserveNonce(TransferID, TransferQuote)
  /// S4, once more right before its nonce: the swap doesn't wait any more, and why.
  ///
  /// Without effect once there is a nonce, or where the split has another swap.
  case noteSwapOver(TransferID, SwapID, reason: String)
  case noteSigned(TransferID, SignedTransfer)
  /// T7: the next attempt on the same nonce, of the payment or, once it is to be cancelled, of the
  /// cancel; a bid of nil is the least that nodes take: an eighth more of both fees.
  ///
  /// Refused where the bid doesn't raise both fees of every attempt by an eighth, rounded up.
  case bump(TransferID, TransferBid?, reason: String)
  /// T8: closes the nonce by a transfer of nothing; at once where no nonce is open.
  ///
  /// The payment may still win. Refused once it has.
  case cancel(TransferID, TransferCancelCause, reason: String)
  case noteCancelSigned(TransferID, SignedTransfer)
  case confirm(TransferID, MinedTransfer, amount: Money)
  case noteReverted(TransferID, MinedTransfer)
  case noteCancelled(TransferID, MinedTransfer)
  /// The nonce was consumed in a final block by something that is none of ours.
  case noteForeignNonce(TransferID)
  case park(TransferID, reason: String)
  /// Lets go on what is parked and unsigned, or gives another nonce to one whose nonce was consumed
  /// by our revert or cancel.
  ///
  /// Refused where signed bytes may still move money.
  case release(TransferID, reason: String)
  /// One person's word for what is over a cap, bound to the digest of what they saw.
  case approve(TransferID, digest: String, by: String)
}

/// What the chain says right before a transfer is signed; fees in wei.
public struct TransferQuote: Hashable, Sendable {
  /// The account's next nonce by mined state, and with the node's pool.
  public let latestNonce: Int
  public let pendingNonce: Int
  public let gasLimit: Int
  public let maxFeePerGas: String
  public let maxPriorityFeePerGas: String
  /// What the wallet holds, of the asset to be sent and in ETH; an asset that isn't named wasn't
  /// looked at.
  public let holdings: [Money]
  /// What all our wallets hold of a conversion's coin; nil for any other transfer.
  public var deposits: WalletLook?

  public init(
    latestNonce: Int, pendingNonce: Int, gasLimit: Int, maxFeePerGas: String,
    maxPriorityFeePerGas: String, holdings: [Money] = []
  ) {
    self.holdings = holdings
    self.latestNonce = latestNonce
    self.pendingNonce = pendingNonce
    self.gasLimit = gasLimit
    self.maxFeePerGas = maxFeePerGas
    self.maxPriorityFeePerGas = maxPriorityFeePerGas
  }
}

/// What an attempt offers for gas, in decimal wei.
public struct TransferBid: Hashable, Sendable {
  /// Nil for the limit there is.
  public let gasLimit: Int?
  public let maxFeePerGas: String
  public let maxPriorityFeePerGas: String

  public init(gasLimit: Int? = nil, maxFeePerGas: String, maxPriorityFeePerGas: String) {
    self.gasLimit = gasLimit
    self.maxFeePerGas = maxFeePerGas
    self.maxPriorityFeePerGas = maxPriorityFeePerGas
  }
}

/// Signed bytes, not yet sent.
public struct SignedTransfer: Hashable, Sendable {
  public let nonce: Int
  public let attempt: Int
  /// `0x` and lower-case hex.
  public let raw: String
  public let hash: String
  public let maxFeePerGas: String
  public let maxPriorityFeePerGas: String

  public init(
    nonce: Int, attempt: Int, raw: String, hash: String, maxFeePerGas: String,
    maxPriorityFeePerGas: String
  ) {
    self.nonce = nonce
    self.attempt = attempt
    self.raw = raw
    self.hash = hash
    self.maxFeePerGas = maxFeePerGas
    self.maxPriorityFeePerGas = maxPriorityFeePerGas
  }
}

/// A transaction in a final block.
public struct MinedTransfer: Hashable, Sendable {
  public let hash: String
  public let block: Int
  public let gasUsed: Int
  /// In ETH.
  public let fee: Money

  public init(hash: String, block: Int, gasUsed: Int, fee: Money) {
    self.hash = hash
    self.block = block
    self.gasUsed = gasUsed
    self.fee = fee
  }
}
