/// One obligation to send on chain, bound to one nonce for life; stream `transfer-<id>`.
///
/// The steps are T0 to T9 of the transfer protocol (reliability 3.4).
public indirect enum TransferEvent: Hashable, Sendable {
  case requested(Requested)
  case nonceReserved(NonceReserved)
  case signed(Signed)
  case confirmed(Confirmed)
  case reverted(Reverted)
  case cancelled(Cancelled)
  case parked(Parked)
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
  }

  /// T2: the nonce this transfer keeps; intent of the signature, with gas and fees in wei.
  public struct NonceReserved: BlankFact {
    public static let name = "transfer.nonce_reserved.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var gasLimit = 0
    /// From 1; a next one only after the nonce was consumed by our reverted transaction.
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
}
