extension AccountEvent {
  /// Signing in takes a one-time code from now on (RFC 6238).
  public struct CodesEnabled: BlankFact {
    public static let name = "account.codes_enabled.v1"
    public internal(set) var account: AccountID = .blank
    /// Which of the service's keys the codes' secret follows from.
    public internal(set) var key = ""
    /// What it follows from beside that key.
    public internal(set) var nonce = ""
    /// SHA-256 of the codes that each stand in once for a one-time code.
    public internal(set) var recovery: [String] = []
    /// Of the code that showed the secret was taken in; it is used up.
    public internal(set) var step = 0

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("account", &account)
      fields.text("key", &key)
      fields.text("nonce", &nonce)
      fields.texts("recovery", &recovery)
      fields.integer("step", &step)
    }
  }

  /// Signing in takes the password alone again.
  public struct CodesDisabled: BlankFact {
    public static let name = "account.codes_disabled.v1"
    public internal(set) var account: AccountID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) { fields.text("account", &account) }
  }

  /// A recovery code stood in for a one-time code, and is used up.
  public struct RecoveryCodeUsed: BlankFact {
    public static let name = "account.recovery_code_used.v1"
    public internal(set) var account: AccountID = .blank
    public internal(set) var hash = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("account", &account)
      fields.text("hash", &hash)
    }
  }

  /// A key for programs was drawn.
  public struct KeyIssued: BlankFact {
    public static let name = "account.key_issued.v1"
    public internal(set) var account: AccountID = .blank
    public internal(set) var expires: Instant = .blank
    public internal(set) var hash = ""
    public internal(set) var issued: Instant = .blank
    public internal(set) var key: AccessKeyID = .blank
    public internal(set) var label: Personal = .blank
    public internal(set) var scopes: [KeyScope] = []

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("account", &account)
      fields.text("expires", &expires)
      fields.text("hash", &hash)
      fields.text("issued", &issued)
      fields.text("key", &key)
      fields.text("label", &label)
      fields.texts("scopes", &scopes)
    }
  }

  /// A key is good for nothing any more.
  public struct KeyRevoked: BlankFact {
    public static let name = "account.key_revoked.v1"
    public internal(set) var account: AccountID = .blank
    public internal(set) var key: AccessKeyID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("account", &account)
      fields.text("key", &key)
    }
  }

  /// The account's roles, beside owning channels, are these from now on.
  public struct RolesChanged: BlankFact {
    public static let name = "account.roles_changed.v1"
    public internal(set) var account: AccountID = .blank
    public internal(set) var reason = ""
    public internal(set) var roles: [AccountRole] = []

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("account", &account)
      fields.text("reason", &reason)
      fields.texts("roles", &roles)
    }
  }

  /// A channel is the account's from now on.
  public struct ChannelAdded: BlankFact {
    public static let name = "account.channel_added.v1"
    public internal(set) var account: AccountID = .blank
    public internal(set) var channel: ChannelKey = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("account", &account)
      fields.text("channel", &channel)
    }
  }

  /// Nobody signs in any more; what is owed to its channels is owed as before (C-30).
  public struct Closed: BlankFact {
    public static let name = "account.closed.v1"
    public internal(set) var account: AccountID = .blank
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("account", &account)
      fields.text("reason", &reason)
    }
  }
}
