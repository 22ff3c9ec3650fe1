/// The host wallet's own line of nonces; stored in stream `wallet-<chain>-<address>`.
public indirect enum WalletEvent: Hashable, Sendable {
  case claimed(Claimed)
  case nonceAssigned(NonceAssigned)
  case quarantined(Quarantined)
  case rotation(RotationEvent)

  /// This log is the one that signs for the wallet, from `nonce` on.
  public struct Claimed: BlankFact {
    public static let name = "wallet.claimed.v1"
    public internal(set) var chain = 0
    /// The chain's account nonce when the wallet was claimed.
    public internal(set) var nonce = 0
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("chain", &chain)
      fields.integer("nonce", &nonce)
      fields.text("wallet", &wallet)
    }
  }

  /// A nonce was given to a transfer; the wallet stream's version is the fence against giving it
  /// twice, and `transfer.nonce_reserved` in the same append is the transfer's side of it.
  public struct NonceAssigned: BlankFact {
    public static let name = "wallet.nonce_assigned.v1"
    public internal(set) var chain = 0
    public internal(set) var nonce = 0
    public internal(set) var transfer: TransferID = .blank
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("chain", &chain)
      fields.integer("nonce", &nonce)
      fields.text("transfer", &transfer)
      fields.text("wallet", &wallet)
    }
  }

  /// Somebody else used the wallet's key, or seems to: nothing is signed until a person decides.
  public struct Quarantined: BlankFact {
    public static let name = "wallet.quarantined.v1"
    public internal(set) var chain = 0
    public internal(set) var nonce = 0
    public internal(set) var reason = ""
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("chain", &chain)
      fields.integer("nonce", &nonce)
      fields.text("reason", &reason)
      fields.text("wallet", &wallet)
    }
  }
}
