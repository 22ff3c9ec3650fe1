/// What is known of an account.
public struct AccountState: Sendable {
  public internal(set) var id: AccountID
  public internal(set) var name: String
  public internal(set) var email: String
  /// An argon2id text.
  public internal(set) var password: String
  public internal(set) var isVerified = false
  public internal(set) var isClosed = false
  public internal(set) var roles: [AccountRole] = []
  /// In the order in which they came, closed ones among them.
  public internal(set) var channels: [ChannelKey] = []
  /// The oldest first; those that have expired may be among them.
  public internal(set) var sessions: [SessionState] = []
  /// One for each purpose at most.
  public internal(set) var tokens: [MailToken] = []
  /// Nil where signing in takes the password alone.
  public internal(set) var codes: AccountEvent.CodesEnabled?
  /// Of the newest one-time code that was used; zero before the first.
  public internal(set) var lastStep = 0
  public internal(set) var keys: [AccountEvent.KeyIssued] = []
  public internal(set) var lastLogin: Instant?
  /// Who may do in Telegram what the owner may; nil where nobody may.
  public internal(set) var telegramUser: UserID?
  /// Links that were asked for by then are void.
  public internal(set) var telegramSince: Instant?

  fileprivate static let blank = AccountState(id: .blank, name: "", email: "", password: "")

  /// The address that is to become the account's; nil where none is.
  public var pendingEmail: String? { token(.change)?.email }

  public func session(_ id: SessionID) -> SessionState? { sessions.first { $0.id == id } }

  func token(_ purpose: MailPurpose) -> MailToken? { tokens.first { $0.purpose == purpose } }

  mutating func change(_ id: SessionID, _ edit: (inout SessionState) -> Void) {
    if let index = sessions.firstIndex(where: { $0.id == id }) { edit(&sessions[index]) }
  }
}

/// A sign-in that hasn't ended.
public struct SessionState: Hashable, Sendable {
  public internal(set) var id: SessionID
  public internal(set) var address: String
  public internal(set) var device: String
  public internal(set) var opened: Instant
  public internal(set) var expires: Instant
  /// Of the refresh token that is good.
  public internal(set) var generation = 0
  public internal(set) var renewed: Instant

  fileprivate static let blank = SessionState(
    id: .blank, address: "", device: "", opened: start, expires: start, renewed: start)
  private static let start = Instant(microseconds: 0)
}

/// A token that was sent by mail and not used yet.
public struct MailToken: Hashable, Sendable {
  public internal(set) var purpose: MailPurpose
  public internal(set) var hash: String
  public internal(set) var email: String
  public internal(set) var expires: Instant

  fileprivate static let blank = MailToken(
    purpose: .verify, hash: "", email: "", expires: Instant(microseconds: 0))
}

/// Every account, numbered as they came, and found by whatever names one.
///
/// A fold of the accounts' facts alone: the loop has one, and whoever asks who is asking another.
public struct Accounts: Sendable {
  private var all: [AccountState] = []
  private var numbers: [AccountID: Int] = [:]
  private var ofName: [String: Int] = [:]
  private var ofEmail: [String: Int] = [:]
  private var ofToken: [String: Int] = [:]
  private var ofKey: [AccessKeyID: Int] = [:]
  private var ofChannel: [ChannelKey: Int] = [:]
  private var ofTelegram: [UserID: [Int]] = [:]

  public init() {}

  public var count: Int { all.count }

  public subscript(id: AccountID) -> AccountState? { numbers[id].map { all[$0] } }
  /// However its letters are written.
  public subscript(name name: String) -> AccountState? {
    ofName[AccountText.folded(name)].map { all[$0] }
  }
  public subscript(email email: String) -> AccountState? {
    ofEmail[AccountText.folded(email)].map { all[$0] }
  }
  public subscript(token hash: String) -> AccountState? { ofToken[hash].map { all[$0] } }
  public subscript(key id: AccessKeyID) -> AccountState? { ofKey[id].map { all[$0] } }
  public subscript(owning channel: ChannelKey) -> AccountState? {
    ofChannel[channel].map { all[$0] }
  }
  /// The first open one whose owner is that Telegram user.
  subscript(telegram user: UserID) -> AccountState? {
    (ofTelegram[user] ?? []).lazy.map { all[$0] }.first { !$0.isClosed }
  }

  /// Up to `limit` accounts after so many of them, in the order in which they came.
  public func page(after place: Int, limit: Int) -> [AccountState] {
    guard place >= 0, place < all.count else { return [] }
    return Array(all[place..<min(all.count, place + limit)])
  }

  /// Takes one fact in; facts come in the order of the log.
  public mutating func take(_ event: AccountEvent) {
    if case .opened(let e) = event {
      return add(
        AccountState(
          id: e.account, name: e.name.value, email: e.email.value, password: e.password.value))
    }
    guard let number = numbers[event.id] else {
      preconditionFailure("account \(event.id) was never opened")
    }
    forget(number)
    all[number].take(event)
    note(number)
  }

  private mutating func add(_ account: AccountState) {
    precondition(numbers[account.id] == nil, "account \(account.id) opened twice")
    all.append(account)
    numbers[account.id] = all.count - 1
    note(all.count - 1)
  }

  // What a fact may change of what finds an account: its address, tokens, keys, channels and the
  // user in Telegram.

  private mutating func forget(_ number: Int) {
    ofEmail[AccountText.folded(all[number].email)] = nil
    for token in all[number].tokens { ofToken[token.hash] = nil }
    for key in all[number].keys { ofKey[key.key] = nil }
    if let user = all[number].telegramUser { ofTelegram[user]?.removeAll { $0 == number } }
  }

  private mutating func note(_ number: Int) {
    ofName[AccountText.folded(all[number].name)] = number
    ofEmail[AccountText.folded(all[number].email)] = number
    for token in all[number].tokens { ofToken[token.hash] = number }
    for key in all[number].keys { ofKey[key.key] = number }
    for channel in all[number].channels { ofChannel[channel] = number }
    if let user = all[number].telegramUser {
      ofTelegram[user, default: []].append(number)
      // As a state that is read back has them.
      ofTelegram[user]?.sort()
    }
  }

  mutating func list(_ fields: inout StateFields) {
    var listed = all
    fields.list("accounts", &listed, blank: .blank) { $0.list(&$1) }
    guard fields.isReading else { return }
    self = Accounts()
    for account in listed {
      guard numbers[account.id] == nil else { return fields.refuse() }
      add(account)
    }
  }
}

extension AccountState {
  fileprivate mutating func list(_ fields: inout StateFields) {
    fields.text("id", &id)
    fields.text("name", &name)
    fields.text("email", &email)
    fields.text("password", &password)
    fields.flag("isVerified", &isVerified)
    fields.flag("isClosed", &isClosed)
    fields.list("roles", &roles, blank: .operator) { $1.text("role", &$0) }
    fields.list("channels", &channels, blank: .blank) { $1.text("channel", &$0) }
    fields.list("sessions", &sessions, blank: .blank) { session, fields in
      fields.text("id", &session.id)
      fields.text("address", &session.address)
      fields.text("device", &session.device)
      fields.text("opened", &session.opened)
      fields.text("expires", &session.expires)
      fields.number("generation", &session.generation)
      fields.text("renewed", &session.renewed)
    }
    fields.list("tokens", &tokens, blank: .blank) { token, fields in
      fields.text("purpose", &token.purpose)
      fields.text("hash", &token.hash)
      fields.text("email", &token.email)
      fields.text("expires", &token.expires)
    }
    fields.fact("codes", &codes)
    fields.number("lastStep", &lastStep)
    fields.list("keys", &keys, blank: AccountEvent.KeyIssued()) { $1.fact("key", &$0) }
    fields.optional("lastLogin", &lastLogin, blank: Instant(microseconds: 0)) {
      $1.text("instant", &$0)
    }
    fields.text("telegramUser", &telegramUser)
    fields.optional("telegramSince", &telegramSince, blank: Instant(microseconds: 0)) {
      $1.text("instant", &$0)
    }
  }

  fileprivate mutating func take(_ event: AccountEvent) {
    switch event {
    case .opened: break
    case .mailTokenIssued(let e):
      tokens.removeAll { $0.purpose == e.purpose }
      tokens.append(
        MailToken(purpose: e.purpose, hash: e.hash, email: e.email.value, expires: e.expires))
    case .mailTokenCancelled(let e): tokens.removeAll { $0.purpose == e.purpose }
    case .emailConfirmed(let e):
      tokens.removeAll { $0.hash == e.hash }
      if email != e.email.value { tokens.removeAll { $0.purpose == .reset } }
      email = e.email.value
      isVerified = true
    case .passwordChanged(let e):
      password = e.password.value
      tokens.removeAll { $0.purpose == .reset }
    case .sessionOpened(let e):
      sessions.removeAll { $0.expires <= e.opened }
      sessions.append(
        SessionState(
          id: e.session, address: e.address.value, device: e.device.value, opened: e.opened,
          expires: e.expires, renewed: e.opened))
      lastLogin = e.opened
      lastStep = max(lastStep, e.step ?? 0)
    case .sessionRenewed(let e):
      change(e.session) {
        $0.generation = e.generation
        $0.renewed = e.renewed
        $0.expires = e.expires
      }
    case .sessionClosed(let e): sessions.removeAll { $0.id == e.session }
    case .codesEnabled(let e):
      codes = e
      lastStep = max(lastStep, e.step)
    case .codesDisabled: codes = nil
    case .recoveryCodeUsed(let e): codes?.recovery.removeAll { $0 == e.hash }
    case .keyIssued(let e): keys.append(e)
    case .keyRevoked(let e): keys.removeAll { $0.key == e.key }
    case .rolesChanged(let e): roles = e.roles
    case .channelAdded(let e): channels.append(e.channel)
    case .telegramLinked(let e):
      telegramUser = UserID(text: e.user.value)
      telegramSince = e.issued
    case .telegramUnlinked(let e):
      telegramUser = nil
      telegramSince = e.unlinked
    case .closed: isClosed = true
    }
  }
}
