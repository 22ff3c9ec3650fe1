// What the gateways saw when they looked, and nothing they made of it.

/// What the chain and the providers say at one time; what couldn't be asked isn't in it.
public struct OutsideLook: Hashable, Sendable {
  public let at: Instant
  public var wallet: WalletLook?
  /// Of transfers that the ledger has settled.
  public var transfers: [TransferLook]
  public var swaps: [SwapLook]
  public var payments: [PaymentLook]

  public init(
    at: Instant, wallet: WalletLook? = nil, transfers: [TransferLook] = [],
    swaps: [SwapLook] = [], payments: [PaymentLook] = []
  ) {
    self.at = at
    self.wallet = wallet
    self.transfers = transfers
    self.swaps = swaps
    self.payments = payments
  }
}

/// What the host wallet held after a block.
public struct WalletLook: Hashable, Sendable {
  /// Something that was mined for a nonce that was still open when it was looked at.
  public struct Mined: Hashable, Sendable {
    public let transfer: TransferID
    /// What it took out of the wallet: value and fee.
    public let spent: [Money]

    public init(transfer: TransferID, spent: [Money]) {
      self.transfer = transfer
      self.spent = spent
    }
  }

  public let address: String
  public let block: Int
  public let holdings: [Money]
  /// The same by wallet, where there are several, for people.
  public let parts: [Part]
  /// In that block or before it.
  public let mined: [Mined]

  /// What one wallet holds of an asset.
  public struct Part: Hashable, Sendable {
    public let wallet: String
    public let held: Money

    public init(wallet: String, held: Money) {
      self.wallet = wallet
      self.held = held
    }
  }

  public init(
    address: String, block: Int, holdings: [Money], mined: [Mined], parts: [Part] = []
  ) {
    self.parts = parts
    self.address = address
    self.block = block
    self.holdings = holdings
    self.mined = mined
  }
}

/// A settled transfer, and what the chain says of its transaction.
public struct TransferLook: Hashable, Sendable {
  public let transfer: TransferID
  public let hash: String
  /// What the ledger has settled.
  public let amount: Money
  /// What the chain moved; nil where it has no such transaction, or one that failed.
  public let moved: Money?

  public init(transfer: TransferID, hash: String, amount: Money, moved: Money?) {
    self.transfer = transfer
    self.hash = hash
    self.amount = amount
    self.moved = moved
  }
}

public struct SwapLook: Hashable, Sendable {
  public let swap: SwapID
  /// The provider's word; nil where it doesn't know it any more.
  public let status: String?

  public init(swap: SwapID, status: String?) {
    self.swap = swap
    self.status = status
  }
}

public struct PaymentLook: Hashable, Sendable {
  public let payment: PaymentID
  /// The provider's word; nil where it doesn't know it any more.
  public let status: String?
  /// What it says arrived, in its own words.
  public let outcome: String

  public init(payment: PaymentID, status: String?, outcome: String) {
    self.payment = payment
    self.status = status
    self.outcome = outcome
  }
}

/// What the ledger wants to know of the outside.
public struct OutsideQuestion: Sendable {
  /// A nonce that is open: what was signed for it may be mined already.
  public struct Open: Sendable {
    public let requested: TransferEvent.Requested
    public let attempts: [Attempt]
  }

  /// Something signed: the payment, or what takes its nonce and moves nothing.
  public struct Attempt: Sendable {
    public let hash: String
    public let isCancel: Bool
  }

  public let wallet: String?
  public let assets: [Asset]
  public let open: [Open]
  /// Of differences that stand, however old.
  public let swaps: [SwapID]
  public let payments: [PaymentID]
}

extension CommandBytes {
  mutating func put(_ look: OutsideLook) {
    put(look.at)
    put(look.wallet) { $0.put($1) }
    put(look.transfers) {
      $0.put($1.transfer)
      $0.put($1.hash)
      $0.put($1.amount)
      $0.put($1.moved) { $0.put($1) }
    }
    put(look.swaps) {
      $0.put($1.swap)
      $0.put($1.status)
    }
    put(look.payments) {
      $0.put($1.payment)
      $0.put($1.status)
      $0.put($1.outcome)
    }
  }

  mutating func put(_ wallet: WalletLook) {
    put(wallet.address)
    put(wallet.block)
    put(wallet.holdings) { $0.put($1) }
    put(wallet.parts) {
      $0.put($1.wallet)
      $0.put($1.held)
    }
    put(wallet.mined) {
      $0.put($1.transfer)
      $0.put($1.spent) { $0.put($1) }
    }
  }

  mutating func put(_ first: OutsideWeighed) {
    put(first.at)
    put(first.differing) {
      $0.put($1.kind)
      $0.put($1.subject)
    }
    put(first.counts) {
      $0.put($1.held)
      $0.put(Money($1.income, $1.held.asset))
      $0.put(Money($1.spent, $1.held.asset))
    }
  }
}
