extension LedgerState {
  func decide(_ command: AccountCommand, at now: Instant) -> Decision {
    switch command {
    case .open(let new): return open(new, now)
    case .openSession(let id, let new): return openSession(id, new, now)
    case .renewSession(let id, let session, let generation):
      return renew(id, session, generation, now)
    case .closeSession(let id, let session, let reason):
      guard let account = accounts[id] else { return .refuse(.accountUnknown) }
      guard account.session(session) != nil else { return .refuse(.sessionUnknown) }
      return .accept([account.closing(session, reason)])
    case .issueMailToken(let id, let new): return issue(new, id, now)
    case .cancelEmailChange(let id):
      return withOpen(id) { account in
        guard account.pendingEmail != nil else { return .refuse(.nothingPending) }
        return .accept([
          .account(
            .mailTokenCancelled(AccountEvent.MailTokenCancelled(account: id, purpose: .change)))
        ])
      }
    case .confirmEmail(let hash, let purpose): return confirm(hash, purpose, now)
    case .resetPassword(let hash, let password): return reset(hash, password, now)
    case .changePassword(let id, let password, let kept):
      return withOpen(id) { account in
        guard !password.isEmpty else { return .refuse(.textMissing) }
        return .accept(account.settingPassword(password, .changed, keeping: kept))
      }
    case .enableCodes(let id, let new): return enable(new, id)
    case .disableCodes(let id):
      return withOpen(id) { account in
        guard account.codes != nil else { return .ignore }
        return .accept([.account(.codesDisabled(AccountEvent.CodesDisabled(account: id)))])
      }
    case .issueKey(let id, let new): return issue(new, id, now)
    case .revokeKey(let id, let key):
      guard let account = accounts[id], account.keys.contains(where: { $0.key == key }) else {
        return .refuse(.keyUnknown)
      }
      return .accept([account.revoking(key)])
    case .changeRoles(let id, let roles, let reason): return change(id, roles, reason)
    case .registerChannel(let id, let form): return register(form, id, now)
    case .unlinkTelegram(let id): return unlinkTelegram(id, now)
    case .close(let id, let reason): return close(id, reason)
    }
  }

  func withOpen(_ id: AccountID, _ decide: (AccountState) -> Decision) -> Decision {
    guard let account = accounts[id] else { return .refuse(.accountUnknown) }
    guard !account.isClosed else { return .refuse(.accountClosed) }
    return decide(account)
  }

  // Names and addresses are looked up where all facts are made, one after the other: of two
  // sign-ups with one name the second is refused, however close they come (P-80).
  private func open(_ new: NewAccount, _ now: Instant) -> Decision {
    guard AccountText.isName(new.name) else { return .refuse(.nameMalformed) }
    guard AccountText.isEmail(new.email) else { return .refuse(.emailMalformed) }
    guard !new.password.isEmpty, !new.tokenHash.isEmpty else { return .refuse(.textMissing) }
    guard accounts[new.account] == nil, accounts[name: new.name] == nil else {
      return .refuse(.nameTaken)
    }
    guard accounts[email: new.email] == nil else { return .refuse(.emailTaken) }
    let opened = AccountEvent.Opened(
      account: new.account, email: Personal(new.email), name: Personal(new.name),
      password: Personal(new.password))
    let token = NewMailToken(purpose: .verify, hash: new.tokenHash)
    return .accept([
      .account(.opened(opened)), token.issued(to: new.account, new.email, now),
      new.session.opened(by: new.account, now),
    ])
  }

  private func openSession(_ id: AccountID, _ new: NewSession, _ now: Instant) -> Decision {
    withOpen(id) { account in
      guard account.session(new.session) == nil else { return .ignore }
      var events: [LedgerEvent] = []
      if let codes = account.codes {
        if let hash = new.recoveryHash {
          guard codes.recovery.contains(hash) else { return .refuse(.codeUsed) }
          let used = AccountEvent.RecoveryCodeUsed(account: id, hash: hash)
          events.append(.account(.recoveryCodeUsed(used)))
        } else {
          guard let step = new.step else { return .refuse(.codeMissing) }
          guard step > account.lastStep else { return .refuse(.codeUsed) }
        }
      }
      let live = account.sessions.filter { $0.expires > now }
      for session in live.dropLast(Limits.sessionsMost - 1) {
        events.append(account.closing(session.id, .crowded))
      }
      events.append(new.opened(by: id, now))
      return .accept(events)
    }
  }

  private func renew(
    _ id: AccountID, _ session: SessionID, _ generation: Int, _ now: Instant
  ) -> Decision {
    withOpen(id) { account in
      guard let found = account.session(session), found.expires > now else {
        return .refuse(.sessionUnknown)
      }
      // Two windows of one browser ask at once, or an answer got lost: the same token again.
      if generation == found.generation - 1,
        now <= found.renewed.adding(seconds: Limits.renewalGraceSeconds)
      {
        return .ignore
      }
      guard generation == found.generation else { return .refuse(.sessionReused) }
      return .accept([
        .account(
          .sessionRenewed(
            AccountEvent.SessionRenewed(
              account: id, expires: now.adding(days: Limits.sessionDays),
              generation: generation + 1, renewed: now, session: session)))
      ])
    }
  }

  private func issue(_ new: NewMailToken, _ id: AccountID, _ now: Instant) -> Decision {
    withOpen(id) { account in
      switch new.purpose {
      case .verify:
        guard !account.isVerified else { return .refuse(.alreadyVerified) }
        return .accept([new.issued(to: id, account.email, now)])
      case .reset: return .accept([new.issued(to: id, account.email, now)])
      case .change:
        guard account.isVerified else { return .refuse(.emailUnverified) }
        guard let email = new.email, AccountText.isEmail(email) else {
          return .refuse(.emailMalformed)
        }
        guard AccountText.folded(email) != AccountText.folded(account.email) else {
          return .refuse(.emailSame)
        }
        guard accounts[email: email] == nil else { return .refuse(.emailTaken) }
        return .accept([new.issued(to: id, email, now)])
      }
    }
  }

  /// The account that a token which is still good belongs to.
  private func owner(of hash: String, _ purpose: MailPurpose, _ now: Instant)
    -> (AccountState, MailToken)?
  {
    guard let account = accounts[token: hash], !account.isClosed,
      let token = account.token(purpose), token.hash == hash, token.expires > now
    else { return nil }
    return (account, token)
  }

  private func confirm(_ hash: String, _ purpose: MailPurpose, _ now: Instant) -> Decision {
    guard purpose != .reset, let (account, token) = owner(of: hash, purpose, now) else {
      return .refuse(.tokenUnknown)
    }
    // Somebody else may have taken the address since it was asked for (P-98).
    if let other = accounts[email: token.email], other.id != account.id {
      return .refuse(.emailTaken)
    }
    return .accept([
      .account(
        .emailConfirmed(
          AccountEvent.EmailConfirmed(
            account: account.id, email: Personal(token.email), hash: hash)))
    ])
  }

  private func reset(_ hash: String, _ password: String, _ now: Instant) -> Decision {
    guard !password.isEmpty else { return .refuse(.textMissing) }
    guard let (account, _) = owner(of: hash, .reset, now) else { return .refuse(.tokenUnknown) }
    // Whoever had the password may have made keys with it.
    return .accept(
      account.settingPassword(password, .reset, keeping: nil)
        + account.keys.map { account.revoking($0.key) })
  }
}

extension NewSession {
  fileprivate func opened(by id: AccountID, _ now: Instant) -> LedgerEvent {
    .account(
      .sessionOpened(
        AccountEvent.SessionOpened(
          account: id, address: Personal(address), device: Personal(device),
          expires: now.adding(days: Limits.sessionDays), opened: now, session: session,
          step: step)))
  }
}

extension NewMailToken {
  fileprivate func issued(to id: AccountID, _ email: String, _ now: Instant) -> LedgerEvent {
    .account(
      .mailTokenIssued(
        AccountEvent.MailTokenIssued(
          account: id, email: Personal(email), expires: now.adding(seconds: purpose.seconds),
          hash: hash, issued: now, purpose: purpose)))
  }
}

extension AccountState {
  func closing(_ session: SessionID, _ reason: SessionEnd) -> LedgerEvent {
    .account(
      .sessionClosed(
        AccountEvent.SessionClosed(account: id, reason: reason, session: session)))
  }

  func revoking(_ key: AccessKeyID) -> LedgerEvent {
    .account(.keyRevoked(AccountEvent.KeyRevoked(account: id, key: key)))
  }

  fileprivate func settingPassword(
    _ text: String, _ reason: PasswordReason, keeping kept: SessionID?
  ) -> [LedgerEvent] {
    [
      .account(
        .passwordChanged(
          AccountEvent.PasswordChanged(account: id, password: Personal(text), reason: reason)))
    ] + sessions.filter { $0.id != kept }.map { closing($0.id, .password) }
  }
}
