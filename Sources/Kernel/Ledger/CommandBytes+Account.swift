// What each command of accounts says, in the order of its values.

extension AccountCommand {
  func write(to bytes: inout CommandBytes) {
    switch self {
    case .open(let new):
      bytes.put("account.open" as StaticString)
      bytes.put(new)
    case .openSession(let account, let new):
      bytes.put("account.openSession" as StaticString)
      bytes.put(account)
      bytes.put(new)
    case .renewSession(let account, let session, let generation):
      bytes.put("account.renewSession" as StaticString)
      bytes.put(account)
      bytes.put(session)
      bytes.put(generation)
    case .closeSession(let account, let session, let reason):
      bytes.put("account.closeSession" as StaticString)
      bytes.put(account)
      bytes.put(session)
      bytes.put(reason)
    case .issueMailToken(let account, let new):
      bytes.put("account.issueMailToken" as StaticString)
      bytes.put(account)
      bytes.put(new.purpose)
      bytes.put(new.hash)
      bytes.put(new.email)
    case .cancelEmailChange(let account):
      bytes.put("account.cancelEmailChange" as StaticString)
      bytes.put(account)
    case .confirmEmail(let hash, let purpose):
      bytes.put("account.confirmEmail" as StaticString)
      bytes.put(hash)
      bytes.put(purpose)
    case .resetPassword(let hash, let password):
      bytes.put("account.resetPassword" as StaticString)
      bytes.put(hash)
      bytes.put(password)
    case .changePassword(let account, let password, let kept):
      bytes.put("account.changePassword" as StaticString)
      bytes.put(account)
      bytes.put(password)
      bytes.put(kept) { $0.put($1) }
    case .enableCodes, .disableCodes, .issueKey, .revokeKey, .changeRoles, .registerChannel,
      .unlinkTelegram, .close:
      writeRights(to: &bytes)
    }
  }

  private func writeRights(to bytes: inout CommandBytes) {
    switch self {
    case .enableCodes(let account, let new):
      bytes.put("account.enableCodes" as StaticString)
      bytes.put(account)
      bytes.put(new.key)
      bytes.put(new.nonce)
      bytes.put(new.recovery) { $0.put($1) }
      bytes.put(new.step)
    case .disableCodes(let account):
      bytes.put("account.disableCodes" as StaticString)
      bytes.put(account)
    case .issueKey(let account, let new):
      bytes.put("account.issueKey" as StaticString)
      bytes.put(account)
      bytes.put(new.key)
      bytes.put(new.hash)
      bytes.put(new.label)
      bytes.put(new.scopes) { $0.put($1) }
      bytes.put(new.days)
    case .revokeKey(let account, let key):
      bytes.put("account.revokeKey" as StaticString)
      bytes.put(account)
      bytes.put(key)
    case .changeRoles(let account, let roles, let reason):
      bytes.put("account.changeRoles" as StaticString)
      bytes.put(account)
      bytes.put(roles) { $0.put($1) }
      bytes.put(reason)
    case .unlinkTelegram(let account):
      bytes.put("account.unlinkTelegram" as StaticString)
      bytes.put(account)
    case .registerChannel(let account, let form):
      bytes.put("account.registerChannel" as StaticString)
      bytes.put(account)
      bytes.put(form)
    case .close(let account, let reason):
      bytes.put("account.close" as StaticString)
      bytes.put(account)
      bytes.put(reason)
    case .open, .openSession, .renewSession, .closeSession, .issueMailToken, .cancelEmailChange,
      .confirmEmail, .resetPassword, .changePassword:
      break
    }
  }
}

extension CommandBytes {
  fileprivate mutating func put(_ new: NewAccount) {
    put(new.account)
    put(new.name)
    put(new.email)
    put(new.password)
    put(new.tokenHash)
    put(new.session)
  }

  fileprivate mutating func put(_ new: NewSession) {
    put(new.session)
    put(new.address)
    put(new.device)
    put(new.step) { $0.put($1) }
    put(new.recoveryHash)
  }
}
