/// One obligation to send on chain, bound to one nonce for life; stream `transfer-<id>`.
///
/// The steps are T0 to T9 of the transfer protocol (reliability 3.4).
public indirect enum TransferEvent: Hashable, Sendable {
  case requested(Requested)
  case nonceReserved(NonceReserved)
  case signed(Signed)
  case bumpRequested(BumpRequested)
  case cancelRequested(CancelRequested)
  case cancelSigned(CancelSigned)
  case confirmed(Confirmed)
  case reverted(Reverted)
  case cancelled(Cancelled)
  case parked(Parked)
  case released(Released)
  case guarded(TransferGuardEvent)

  /// T0: the obligation; intent of the preparation (balances, simulation, gas, chain nonce).
  public struct Requested: BlankFact {
    public static let name = "transfer.requested.v1"
    public internal(set) var amount: Money = .blank
    public internal(set) var chain = 0
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var split: SplitID = .blank
    public internal(set) var to = ""
    public internal(set) var transfer: TransferID = .blank
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.money("amount", &amount)
      fields.integer("chain", &chain)
      fields.text("channel", &channel)
      fields.text("split", &split)
      fields.text("to", &to)
      fields.text("transfer", &transfer)
      fields.text("wallet", &wallet)
    }

    /// The same obligation, to be paid by the wallet that signs since it was asked for.
    public mutating func move(to wallet: String) { self.wallet = wallet }
  }

  /// T2: the nonce this transfer keeps until it is consumed; intent of the first signature, with
  /// gas and fees in wei.
  public struct NonceReserved: BlankFact {
    public static let name = "transfer.nonce_reserved.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var gasLimit = 0
    /// From 1; a next one only after the nonce was consumed by our reverted transaction or cancel.
    public internal(set) var generation = 0
    public internal(set) var maxFeePerGas = ""
    public internal(set) var maxPriorityFeePerGas = ""
    public internal(set) var nonce = 0
    public internal(set) var transfer: TransferID = .blank
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.integer("gasLimit", &gasLimit)
      fields.integer("generation", &generation)
      fields.text("maxFeePerGas", &maxFeePerGas)
      fields.text("maxPriorityFeePerGas", &maxPriorityFeePerGas)
      fields.integer("nonce", &nonce)
      fields.text("transfer", &transfer)
      fields.text("wallet", &wallet)
    }
  }

  /// T4: the bytes that may be broadcast, durable before any of them leaves.
  public struct Signed: BlankFact {
    public static let name = "transfer.signed.v1"
    /// From 1 within the generation.
    public internal(set) var attempt = 0
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var hash = ""
    public internal(set) var maxFeePerGas = ""
    public internal(set) var maxPriorityFeePerGas = ""
    public internal(set) var nonce = 0
    /// The signed transaction in hex, `0x02…`.
    public internal(set) var raw = ""
    public internal(set) var transfer: TransferID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("attempt", &attempt)
      fields.text("channel", &channel)
      fields.text("hash", &hash)
      fields.text("maxFeePerGas", &maxFeePerGas)
      fields.text("maxPriorityFeePerGas", &maxPriorityFeePerGas)
      fields.integer("nonce", &nonce)
      fields.text("raw", &raw)
      fields.text("transfer", &transfer)
    }
  }

  /// T7, T8: what the next attempt on the same nonce offers; intent of its signature, so that a
  /// crash before it gives the same bytes again.
  public struct BumpRequested: BlankFact {
    public static let name = "transfer.bump_requested.v1"
    /// The attempt that is to be signed.
    public internal(set) var attempt = 0
    /// True where the nonce is to be closed and not the payment sent.
    public internal(set) var cancels = false
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var gasLimit = 0
    public internal(set) var maxFeePerGas = ""
    public internal(set) var maxPriorityFeePerGas = ""
    public internal(set) var nonce = 0
    public internal(set) var reason = ""
    public internal(set) var transfer: TransferID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("attempt", &attempt)
      fields.flag("cancels", &cancels)
      fields.text("channel", &channel)
      fields.integer("gasLimit", &gasLimit)
      fields.text("maxFeePerGas", &maxFeePerGas)
      fields.text("maxPriorityFeePerGas", &maxPriorityFeePerGas)
      fields.integer("nonce", &nonce)
      fields.text("reason", &reason)
      fields.text("transfer", &transfer)
    }
  }

  /// T8: the payment is not wanted any more: from here on only cancels are signed for its nonce,
  /// and whichever transaction is final decides.
  public struct CancelRequested: BlankFact {
    public static let name = "transfer.cancel_requested.v1"
    public internal(set) var cause: TransferCancelCause = .blank
    public internal(set) var channel: ChannelKey = .blank
    /// The nonce to close; nil where none is open and nothing can be sent: it is done at once.
    public internal(set) var nonce: Int?
    public internal(set) var reason = ""
    public internal(set) var transfer: TransferID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("cause", &cause)
      fields.text("channel", &channel)
      fields.integer("nonce", &nonce)
      fields.text("reason", &reason)
      fields.text("transfer", &transfer)
    }
  }

  /// T8: a transaction of no value to the wallet itself, on the transfer's nonce; durable before
  /// any byte of it leaves.
  public struct CancelSigned: BlankFact {
    public static let name = "transfer.cancel_signed.v1"
    /// Counted with the payment's attempts.
    public internal(set) var attempt = 0
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var hash = ""
    public internal(set) var maxFeePerGas = ""
    public internal(set) var maxPriorityFeePerGas = ""
    public internal(set) var nonce = 0
    public internal(set) var raw = ""
    public internal(set) var transfer: TransferID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("attempt", &attempt)
      fields.text("channel", &channel)
      fields.text("hash", &hash)
      fields.text("maxFeePerGas", &maxFeePerGas)
      fields.text("maxPriorityFeePerGas", &maxPriorityFeePerGas)
      fields.integer("nonce", &nonce)
      fields.text("raw", &raw)
      fields.text("transfer", &transfer)
    }
  }

  /// T9: final on chain, and it moved exactly what was owed.
  public struct Confirmed: BlankFact {
    public static let name = "transfer.confirmed.v1"
    /// What the chain says was moved: the value, or the token's Transfer log.
    public internal(set) var amount: Money = .blank
    public internal(set) var block = 0
    public internal(set) var channel: ChannelKey = .blank
    /// Gas paid, in ETH.
    public internal(set) var fee = Money.zero(.eth)
    public internal(set) var gasUsed = 0
    public internal(set) var hash = ""
    public internal(set) var nonce = 0
    public internal(set) var transfer: TransferID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.money("amount", &amount)
      fields.integer("block", &block)
      fields.text("channel", &channel)
      fields.money("fee", &fee)
      fields.integer("gasUsed", &gasUsed)
      fields.text("hash", &hash)
      fields.integer("nonce", &nonce)
      fields.text("transfer", &transfer)
    }
  }

  /// T9: final, and it reverted: the nonce is consumed, the value is still ours.
  public struct Reverted: BlankFact {
    public static let name = "transfer.reverted.v1"
    public internal(set) var block = 0
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var fee = Money.zero(.eth)
    public internal(set) var hash = ""
    public internal(set) var nonce = 0
    public internal(set) var transfer: TransferID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("block", &block)
      fields.text("channel", &channel)
      fields.money("fee", &fee)
      fields.text("hash", &hash)
      fields.integer("nonce", &nonce)
      fields.text("transfer", &transfer)
    }
  }

  /// T9: final, and our zero-value cancel took the nonce: nothing was sent.
  public struct Cancelled: BlankFact {
    public static let name = "transfer.cancelled.v1"
    public internal(set) var block = 0
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var fee = Money.zero(.eth)
    public internal(set) var hash = ""
    public internal(set) var nonce = 0
    public internal(set) var transfer: TransferID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("block", &block)
      fields.text("channel", &channel)
      fields.money("fee", &fee)
      fields.text("hash", &hash)
      fields.integer("nonce", &nonce)
      fields.text("transfer", &transfer)
    }
  }

  /// Stopped for a person; a nonce once reserved stays this transfer's.
  public struct Parked: BlankFact {
    public static let name = "transfer.parked.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var reason = ""
    public internal(set) var transfer: TransferID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("reason", &reason)
      fields.text("transfer", &transfer)
    }
  }

  /// A person let it go on: unparked while nothing was signed, or its nonce is closed and it may
  /// get another one (T9).
  public struct Released: BlankFact {
    public static let name = "transfer.released.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var reason = ""
    public internal(set) var transfer: TransferID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("reason", &reason)
      fields.text("transfer", &transfer)
    }
  }
}

/// Why a transfer's nonce is to be closed, which says what becomes of its split.
public enum TransferCancelCause: String, Word {
  /// A person's word.
  case `operator`
  /// The swap it funds ran out before anything was mined (S6): the split goes on to another one.
  case swapExpired = "swap_expired"
  /// No node will ever mine what was signed.
  case neverMinable = "never_minable"

  public static let words = WordList<TransferCancelCause>()
}
