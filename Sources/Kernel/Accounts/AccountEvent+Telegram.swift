// Which Telegram user an account's owner is (domain 6.5): he asked for a link where he is signed
// in, and opened it there.

/// An account's word that whoever opens its link in Telegram is its owner; good once, and for a
/// while.
public struct AccountLink: Hashable, Sendable {
  public let account: AccountID
  /// When it was asked for.
  public let issued: Instant

  public init(account: AccountID, issued: Instant) {
    self.account = account
    self.issued = issued
  }
}

extension AccountEvent {
  /// The account's link was opened in Telegram: that user may do there what its owner may; one
  /// before him may no more.
  public struct TelegramLinked: BlankFact {
    public static let name = "account.telegram_linked.v1"
    public internal(set) var account: AccountID = .blank
    /// When the link was asked for; links of before are void.
    public internal(set) var issued: Instant = .blank
    /// Telegram user id.
    public internal(set) var user: Personal = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("account", &account)
      fields.text("issued", &issued)
      fields.text("user", &user)
    }
  }

  /// No Telegram user may do there what the account's owner may; links of before are void.
  public struct TelegramUnlinked: BlankFact {
    public static let name = "account.telegram_unlinked.v1"
    public internal(set) var account: AccountID = .blank
    public internal(set) var unlinked: Instant = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("account", &account)
      fields.text("unlinked", &unlinked)
    }
  }
}

extension LedgerState {
  /// Somebody opened a link in Telegram; a link that is over links nobody.
  func link(_ update: ChatUpdate, _ link: AccountLink) -> Decision {
    var screen = ChatScreen(.linkOver)
    var events: [LedgerEvent] = []
    if let account = accounts[link.account], !account.isClosed,
      account.telegramSince.map({ $0 < link.issued }) ?? true
    {
      screen = ChatScreen(.linked)
      screen.title = account.name
      let linked = AccountEvent.TelegramLinked(
        account: link.account, issued: link.issued, user: Personal(update.user.text))
      events = [.account(.telegramLinked(linked))]
    }
    let heard = ChatEvent.Heard(
      screen: screen, update: update.number, user: Personal(update.user.text))
    return .accept([.chat(.heard(heard))] + events)
  }

  func unlinkTelegram(_ id: AccountID, _ now: Instant) -> Decision {
    withOpen(id) { account in
      guard account.telegramUser != nil else { return .ignore }
      return .accept([
        .account(
          .telegramUnlinked(AccountEvent.TelegramUnlinked(account: id, unlinked: now)))
      ])
    }
  }

  /// Whether a channel is that of an account whose owner is this Telegram user.
  func isLinked(_ user: UserID, to open: OpenChannelID) -> Bool {
    guard let channel = channels[open: open], let account = accounts[owning: channel.key] else {
      return false
    }
    return !account.isClosed && account.telegramUser == user
  }
}
