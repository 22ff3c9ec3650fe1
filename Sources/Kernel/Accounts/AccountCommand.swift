/// What may be asked of accounts.
///
/// Ids, hashes and device names come in with the command: deciding draws nothing by chance.
public enum AccountCommand: Hashable, Sendable {
  case open(NewAccount)
  case openSession(AccountID, NewSession)
  /// A session's refresh token came back: the next one is to be good instead.
  case renewSession(AccountID, SessionID, generation: Int)
  case closeSession(AccountID, SessionID, SessionEnd)
  case issueMailToken(AccountID, NewMailToken)
  case cancelEmailChange(AccountID)
  /// A token of one of these purposes came back from the address it was sent to.
  case confirmEmail(hash: String, MailPurpose)
  case resetPassword(hash: String, password: String)
  /// All sessions end but the one that is kept.
  case changePassword(AccountID, password: String, keeping: SessionID?)
  case enableCodes(AccountID, NewCodes)
  case disableCodes(AccountID)
  case issueKey(AccountID, NewAccessKey)
  case revokeKey(AccountID, AccessKeyID)
  case changeRoles(AccountID, [AccountRole], reason: String)
  case registerChannel(AccountID, ChannelRegistration)
  case unlinkTelegram(AccountID)
  case close(AccountID, reason: String)
}

/// A sign-up: the account, the token that goes to its address, and its first session.
public struct NewAccount: Hashable, Sendable {
  public let account: AccountID
  public let name: String
  public let email: String
  /// An argon2id text.
  public let password: String
  /// Of the token that is to confirm the address.
  public let tokenHash: String
  public let session: NewSession

  public init(
    account: AccountID, name: String, email: String, password: String, tokenHash: String,
    session: NewSession
  ) {
    self.account = account
    self.name = name
    self.email = email
    self.password = password
    self.tokenHash = tokenHash
    self.session = session
  }
}

/// Who signs in from where, and what shows it beside the password.
public struct NewSession: Hashable, Sendable {
  public let session: SessionID
  public let address: String
  public let device: String
  /// Of the one-time code that was right.
  public let step: Int?
  /// Of the recovery code that stands in for one.
  public let recoveryHash: String?

  public init(
    session: SessionID, address: String, device: String, step: Int? = nil,
    recoveryHash: String? = nil
  ) {
    self.session = session
    self.address = address
    self.device = device
    self.step = step
    self.recoveryHash = recoveryHash
  }
}

/// A token for the mail; what counts of it is its hash.
public struct NewMailToken: Hashable, Sendable {
  public let purpose: MailPurpose
  public let hash: String
  /// The address that is to become the account's; nil for its own.
  public let email: String?

  public init(purpose: MailPurpose, hash: String, email: String? = nil) {
    self.purpose = purpose
    self.hash = hash
    self.email = email
  }
}

/// What one-time codes of an account follow from, and the codes that stand in for them.
public struct NewCodes: Hashable, Sendable {
  public let key: String
  public let nonce: String
  public let recovery: [String]
  public let step: Int

  public init(key: String, nonce: String, recovery: [String], step: Int) {
    self.key = key
    self.nonce = nonce
    self.recovery = recovery
    self.step = step
  }
}

/// A key for programs; what counts of it is its hash.
public struct NewAccessKey: Hashable, Sendable {
  public let key: AccessKeyID
  public let hash: String
  public let label: String
  public let scopes: [KeyScope]
  public let days: Int

  public init(key: AccessKeyID, hash: String, label: String, scopes: [KeyScope], days: Int) {
    self.key = key
    self.hash = hash
    self.label = label
    self.scopes = scopes
    self.days = days
  }
}
