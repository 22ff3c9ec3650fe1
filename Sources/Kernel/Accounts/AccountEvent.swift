/// What becomes of a channel owner's login; stored in stream `account-<id>`.
///
/// No secret is in any of them: passwords are argon2id texts, tokens and keys are SHA-256 of what
/// was drawn by chance, refresh tokens and one-time codes follow from a key that is never stored.
public indirect enum AccountEvent: Hashable, Sendable {
  case opened(Opened)
  case mailTokenIssued(MailTokenIssued)
  case mailTokenCancelled(MailTokenCancelled)
  case emailConfirmed(EmailConfirmed)
  case passwordChanged(PasswordChanged)
  case sessionOpened(SessionOpened)
  case sessionRenewed(SessionRenewed)
  case sessionClosed(SessionClosed)
  case codesEnabled(CodesEnabled)
  case codesDisabled(CodesDisabled)
  case recoveryCodeUsed(RecoveryCodeUsed)
  case keyIssued(KeyIssued)
  case keyRevoked(KeyRevoked)
  case rolesChanged(RolesChanged)
  case channelAdded(ChannelAdded)
  case telegramLinked(TelegramLinked)
  case telegramUnlinked(TelegramUnlinked)
  case closed(Closed)

  /// Somebody signed up.
  public struct Opened: BlankFact {
    public static let name = "account.opened.v1"
    public internal(set) var account: AccountID = .blank
    public internal(set) var email: Personal = .blank
    /// As it was typed; no two differ by capital letters alone.
    public internal(set) var name: Personal = .blank
    /// An argon2id text with its salt and cost.
    public internal(set) var password: Personal = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("account", &account)
      fields.text("email", &email)
      fields.text("name", &name)
      fields.text("password", &password)
    }
  }

  /// A token was drawn, to be sent by mail; the one before it for the same purpose is void.
  public struct MailTokenIssued: BlankFact {
    public static let name = "account.mail_token_issued.v1"
    public internal(set) var account: AccountID = .blank
    /// Where it is sent; for a change, what becomes the account's address.
    public internal(set) var email: Personal = .blank
    public internal(set) var expires: Instant = .blank
    public internal(set) var hash = ""
    public internal(set) var issued: Instant = .blank
    public internal(set) var purpose: MailPurpose = .verify

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("account", &account)
      fields.text("email", &email)
      fields.text("expires", &expires)
      fields.text("hash", &hash)
      fields.text("issued", &issued)
      fields.text("purpose", &purpose)
    }
  }

  /// The owner took back what a token was for.
  public struct MailTokenCancelled: BlankFact {
    public static let name = "account.mail_token_cancelled.v1"
    public internal(set) var account: AccountID = .blank
    public internal(set) var purpose: MailPurpose = .verify

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("account", &account)
      fields.text("purpose", &purpose)
    }
  }

  /// A token came back from an address: it is the owner's, and the account's from now on.
  public struct EmailConfirmed: BlankFact {
    public static let name = "account.email_confirmed.v1"
    public internal(set) var account: AccountID = .blank
    public internal(set) var email: Personal = .blank
    /// Of the token, which is void now.
    public internal(set) var hash = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("account", &account)
      fields.text("email", &email)
      fields.text("hash", &hash)
    }
  }

  /// The password is another one; tokens that were to reset it are void.
  public struct PasswordChanged: BlankFact {
    public static let name = "account.password_changed.v1"
    public internal(set) var account: AccountID = .blank
    public internal(set) var password: Personal = .blank
    public internal(set) var reason: PasswordReason = .changed

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("account", &account)
      fields.text("password", &password)
      fields.text("reason", &reason)
    }
  }

  /// Somebody signed in.
  public struct SessionOpened: BlankFact {
    public static let name = "account.session_opened.v1"
    public internal(set) var account: AccountID = .blank
    /// Of the other end.
    public internal(set) var address: Personal = .blank
    /// What the other end calls itself.
    public internal(set) var device: Personal = .blank
    public internal(set) var expires: Instant = .blank
    public internal(set) var opened: Instant = .blank
    public internal(set) var session: SessionID = .blank
    /// Of the one-time code; it and all before it are used up.
    public internal(set) var step: Int?

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("account", &account)
      fields.text("address", &address)
      fields.text("device", &device)
      fields.text("expires", &expires)
      fields.text("opened", &opened)
      fields.text("session", &session)
      fields.integer("step", &step)
    }
  }

  /// A session's refresh token was replaced by the next one.
  public struct SessionRenewed: BlankFact {
    public static let name = "account.session_renewed.v1"
    public internal(set) var account: AccountID = .blank
    public internal(set) var expires: Instant = .blank
    /// Of the token that is good from now on.
    public internal(set) var generation = 0
    public internal(set) var renewed: Instant = .blank
    public internal(set) var session: SessionID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("account", &account)
      fields.text("expires", &expires)
      fields.integer("generation", &generation)
      fields.text("renewed", &renewed)
      fields.text("session", &session)
    }
  }

  /// A session ended before its time.
  public struct SessionClosed: BlankFact {
    public static let name = "account.session_closed.v1"
    public internal(set) var account: AccountID = .blank
    public internal(set) var reason: SessionEnd = .logout
    public internal(set) var session: SessionID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("account", &account)
      fields.text("reason", &reason)
      fields.text("session", &session)
    }
  }
}
