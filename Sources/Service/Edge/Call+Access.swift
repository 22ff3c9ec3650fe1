import HTTP
import JSON
import Kernel

// Who may use a route, and what others are told.

extension Call {
  /// Why whoever asks may not use a route; nil where they may.
  func denial(_ access: EdgeRoute.Access) -> Problem? {
    if let problem = denial(of: principal, access) { return problem }
    if case .open = access { return nil }
    guard case .account(let caller) = principal, let desk = parts.accounts else { return nil }
    if caller.isCookie, !isSafe, let session = caller.session {
      let token = request.headers.only("X-CSRF-Token") ?? ""
      guard desk.tokens.isCSRF(token, of: session) else { return Problem(.csrfTokenInvalid) }
    }
    return limit(.account, caller.account.id.text)
  }

  private var isSafe: Bool { ["GET", "HEAD", "OPTIONS"].contains(request.method) }

  /// Takes one of a subject's; the problem where there is none left.
  func limit(_ rule: RateRule, _ subject: String) -> Problem? {
    guard let desk = parts.accounts,
      let wait = desk.limits.take(rule, desk.tokens.alias(subject), at: parts.clock())
    else { return nil }
    return Problem(waiting: wait)
  }

  private func denial(of principal: Principal, _ access: EdgeRoute.Access) -> Problem? {
    switch access {
    case .open, .signed, .secret: return nil
    case .reads:
      if case .account(let caller) = principal { return denial(caller, scope: .read) }
      if isRefusedAccount(principal) { return problem(of: principal) }
      return parts.configuration.opensReads || has(parts.configuration.serviceKeys)
        ? nil : Problem(.unauthorized)
    case .writes: return has(parts.configuration.serviceKeys) ? nil : Problem(.unauthorized)
    case .owns:
      if case .account(let caller) = principal {
        return denial(caller, scope: isSafe ? .read : .write)
      }
      if isRefusedAccount(principal) { return problem(of: principal) }
      return has(parts.configuration.serviceKeys) ? nil : Problem(.unauthorized)
    case .account:
      guard case .account(let caller) = principal else { return problem(of: principal) }
      return denial(caller, scope: isSafe ? .read : .write)
    case .session:
      guard case .account(let caller) = principal else { return problem(of: principal) }
      return caller.session == nil ? Problem(.signInNeeded, "not with an API key") : nil
    case .audits:
      return keyedApprover == nil ? denial(of: principal, AccountRole.allCases) : nil
    case .approves: return approver == nil ? denialOfApproving(principal) : nil
    case .operates: return denial(of: principal, [.operator])
    case .grants: return denial(of: principal, [])
    }
  }

  private func denial(_ caller: Caller, scope: KeyScope) -> Problem? {
    caller.scopes.contains(scope) ? nil : Problem(.scopeMissing, "the key lacks \(scope.text)")
  }

  /// The operators' key, or an account with one of the roles.
  private func denial(of principal: Principal, _ roles: [AccountRole]) -> Problem? {
    if case .account(let caller) = principal {
      return caller.roles.contains(where: roles.contains) ? nil : Problem(.roleMissing)
    }
    if isRefusedAccount(principal) { return problem(of: principal) }
    let keys = parts.configuration.operatorKeys
    if has(keys) { return nil }
    return keys.isEmpty
      ? Problem(
        .operatorKeyUnset, "set \(SettingName.operatorKey.environmentName) and start again")
      : Problem(.operatorKeyNeeded)
  }

  private func denialOfApproving(_ principal: Principal) -> Problem {
    if caller != nil { return Problem(.roleMissing, "it takes the role approver") }
    if isRefusedAccount(principal) { return problem(of: principal) }
    let name = SettingName.approverKeys.environmentName
    guard parts.accounts != nil || !parts.configuration.approvers.isEmpty else {
      return Problem(
        .approversUnset,
        "set \(name), or \(SettingName.accountKey.environmentName) for accounts, and start again")
    }
    return Problem(
      .approverNeeded,
      "sign in with the role approver, or use a key of \(name); the operators' key is nobody's")
  }

  /// A token of accounts that is good for nothing is told so, whatever else would be taken.
  private func isRefusedAccount(_ principal: Principal) -> Bool {
    guard case .refused(let code) = principal else { return false }
    return code != .unauthorized
  }

  private func problem(of principal: Principal) -> Problem {
    guard parts.accounts != nil else {
      return Problem(
        .accountsUnset, "set \(SettingName.accountKey.environmentName) and start again")
    }
    if case .refused(let code) = principal, code != .unauthorized { return Problem(code) }
    return Problem(.signInNeeded)
  }

  private func has(_ keys: [Secret]) -> Bool {
    guard case .key(let given) = principal else { return false }
    // Every key is compared, so that time doesn't tell which one came near.
    return keys.reduce(false) { $1.matches(given) || $0 }
  }

  /// The person who approves: the owner of an approver's key, or an account with the role.
  ///
  /// There is one directory of people. A key names a person; an account whose name or e-mail
  /// address that is, however its letters are written, is the same person, under the key's name:
  /// nobody has two words by having a key and an account. Nil for everybody else, the operators'
  /// key among them: who holds that one can make accounts approvers, and each is a fact.
  var approver: String? {
    guard let caller else { return keyedApprover }
    guard caller.roles.contains(.approver) else { return nil }
    let names = [caller.account.name, caller.account.email].map(AccountText.folded)
    let same = parts.configuration.approvers.first { names.contains(AccountText.folded($0.name)) }
    return same?.name ?? caller.account.name
  }

  private var keyedApprover: String? {
    // Every key is compared here too.
    parts.configuration.approvers.reduce(nil) { has([$1.key]) ? $1.name : $0 }
  }

  /// The account that asks; nil for keys of the configuration, and for nobody.
  var caller: Caller? {
    guard case .account(let caller) = principal else { return nil }
    return caller
  }

  /// Whether a channel may be seen: everybody the route lets in may, but of accounts only its owner
  /// and those with a role.
  func maySee(_ channel: ChannelKey) -> Bool {
    guard let caller else { return true }
    return caller.readsAll || caller.owns(channel)
  }

  /// Who asked, as events have it.
  var actor: String { caller.map { "account:\($0.account.id)" } ?? "service" }
}

extension Problem {
  init(waiting seconds: Int) {
    self.init(.tooManyRequests, "try again in \(seconds) seconds")
    retryAfter = seconds
  }
}
