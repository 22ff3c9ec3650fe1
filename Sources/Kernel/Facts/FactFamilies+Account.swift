// The account's facts, handed to whoever asks, named and placed; one line a fact.

extension AccountEvent {
  var fact: any Fact {
    switch self {
    case .opened(let fact): fact
    case .mailTokenIssued(let fact): fact
    case .mailTokenCancelled(let fact): fact
    case .emailConfirmed(let fact): fact
    case .passwordChanged(let fact): fact
    case .sessionOpened(let fact): fact
    case .sessionRenewed(let fact): fact
    case .sessionClosed(let fact): fact
    case .codesEnabled(let fact): fact
    case .codesDisabled(let fact): fact
    case .recoveryCodeUsed(let fact): fact
    case .keyIssued(let fact): fact
    case .keyRevoked(let fact): fact
    case .rolesChanged(let fact): fact
    case .channelAdded(let fact): fact
    case .telegramLinked(let fact): fact
    case .telegramUnlinked(let fact): fact
    case .closed(let fact): fact
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .opened(var fact):
      fact.list(&fields)
      self = .opened(fact)
    case .mailTokenIssued(var fact):
      fact.list(&fields)
      self = .mailTokenIssued(fact)
    case .mailTokenCancelled(var fact):
      fact.list(&fields)
      self = .mailTokenCancelled(fact)
    case .emailConfirmed(var fact):
      fact.list(&fields)
      self = .emailConfirmed(fact)
    case .passwordChanged(var fact):
      fact.list(&fields)
      self = .passwordChanged(fact)
    case .sessionOpened(var fact):
      fact.list(&fields)
      self = .sessionOpened(fact)
    case .sessionRenewed(var fact):
      fact.list(&fields)
      self = .sessionRenewed(fact)
    case .sessionClosed(var fact):
      fact.list(&fields)
      self = .sessionClosed(fact)
    case .codesEnabled(var fact):
      fact.list(&fields)
      self = .codesEnabled(fact)
    case .codesDisabled(var fact):
      fact.list(&fields)
      self = .codesDisabled(fact)
    case .recoveryCodeUsed(var fact):
      fact.list(&fields)
      self = .recoveryCodeUsed(fact)
    case .keyIssued(var fact):
      fact.list(&fields)
      self = .keyIssued(fact)
    case .keyRevoked(var fact):
      fact.list(&fields)
      self = .keyRevoked(fact)
    case .rolesChanged(var fact):
      fact.list(&fields)
      self = .rolesChanged(fact)
    case .channelAdded(var fact):
      fact.list(&fields)
      self = .channelAdded(fact)
    case .telegramLinked(var fact):
      fact.list(&fields)
      self = .telegramLinked(fact)
    case .telegramUnlinked(var fact):
      fact.list(&fields)
      self = .telegramUnlinked(fact)
    case .closed(var fact):
      fact.list(&fields)
      self = .closed(fact)
    }
  }

  var name: String {
    switch self {
    case .opened: Opened.name
    case .mailTokenIssued: MailTokenIssued.name
    case .mailTokenCancelled: MailTokenCancelled.name
    case .emailConfirmed: EmailConfirmed.name
    case .passwordChanged: PasswordChanged.name
    case .sessionOpened: SessionOpened.name
    case .sessionRenewed: SessionRenewed.name
    case .sessionClosed: SessionClosed.name
    case .codesEnabled: CodesEnabled.name
    case .codesDisabled: CodesDisabled.name
    case .recoveryCodeUsed: RecoveryCodeUsed.name
    case .keyIssued: KeyIssued.name
    case .keyRevoked: KeyRevoked.name
    case .rolesChanged: RolesChanged.name
    case .channelAdded: ChannelAdded.name
    case .telegramLinked: TelegramLinked.name
    case .telegramUnlinked: TelegramUnlinked.name
    case .closed: Closed.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .opened(let fact): writer.write(fact)
    case .mailTokenIssued(let fact): writer.write(fact)
    case .mailTokenCancelled(let fact): writer.write(fact)
    case .emailConfirmed(let fact): writer.write(fact)
    case .passwordChanged(let fact): writer.write(fact)
    case .sessionOpened(let fact): writer.write(fact)
    case .sessionRenewed(let fact): writer.write(fact)
    case .sessionClosed(let fact): writer.write(fact)
    case .codesEnabled(let fact): writer.write(fact)
    case .codesDisabled(let fact): writer.write(fact)
    case .recoveryCodeUsed(let fact): writer.write(fact)
    case .keyIssued(let fact): writer.write(fact)
    case .keyRevoked(let fact): writer.write(fact)
    case .rolesChanged(let fact): writer.write(fact)
    case .channelAdded(let fact): writer.write(fact)
    case .telegramLinked(let fact): writer.write(fact)
    case .telegramUnlinked(let fact): writer.write(fact)
    case .closed(let fact): writer.write(fact)
    }
  }

  /// Whose it is.
  public var id: AccountID {
    switch self {
    case .opened(let e): e.account
    case .mailTokenIssued(let e): e.account
    case .mailTokenCancelled(let e): e.account
    case .emailConfirmed(let e): e.account
    case .passwordChanged(let e): e.account
    case .sessionOpened(let e): e.account
    case .sessionRenewed(let e): e.account
    case .sessionClosed(let e): e.account
    case .codesEnabled(let e): e.account
    case .codesDisabled(let e): e.account
    case .recoveryCodeUsed(let e): e.account
    case .keyIssued(let e): e.account
    case .keyRevoked(let e): e.account
    case .rolesChanged(let e): e.account
    case .channelAdded(let e): e.account
    case .telegramLinked(let e): e.account
    case .telegramUnlinked(let e): e.account
    case .closed(let e): e.account
    }
  }

  func tell(_ place: inout PlaceText) {
    place.stream("account", id)
    place.account(id)
    if case .channelAdded(let e) = self { place.channel(e.channel) }
  }
}
