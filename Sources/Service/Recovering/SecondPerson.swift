public import Kernel
public import Log

// The second person of what one alone may not decide, shown by what only that person has.

extension Configuration {
  /// Why somebody isn't the second person, in words; nil where they are.
  ///
  /// An approver of the settings is known by the key in the file. An account with the role
  /// approver, which can't sign in while the service is down, is known by its password on the
  /// file's first line and, where it has one-time codes, the code of the moment on the second; the
  /// log says what is right. Only where the settings know neither keys nor accounts does the name
  /// alone stand.
  public func obstacle(
    toSecond name: String, keyAt path: String?, in log: any EventSource, at now: Instant
  ) throws(StoreError) -> String? {
    guard !approvers.isEmpty || !accountKeys.isEmpty else { return nil }
    let approver = approvers.first { $0.name.lowercased() == name.lowercased() }
    let account = approver == nil ? try approvingAccount(name, in: log) : nil
    guard approver != nil || account != nil else {
      return "--second names no approver, neither of the settings nor an account with that role"
    }
    guard let path else {
      return "--second-key must name the file with "
        + (approver.map { "\($0.name)'s key" }
          ?? "\(name)'s password, and the code of now below it")
    }
    let lines: [String]
    do throws(FileText.Failure) {
      lines = try FileText.read(path).text.split(whereSeparator: \.isNewline).map(String.init)
    } catch {
      return "\(path): \(error.words)"
    }
    if let approver {
      return lines.count == 1 && approver.key.matches(lines[0].trimmed)
        ? nil : "\(path): not the key of \(approver.name)"
    }
    return account.flatMap { obstacle(to: $0, saying: lines, at: now) }.map { "\(path): \($0)" }
  }

  private func obstacle(to account: AccountState, saying lines: [String], at now: Instant)
    -> String?
  {
    guard Passwords().isRight(lines.first ?? "", account.password) else {
      return "not the password of \(account.name)"
    }
    guard let codes = account.codes else { return nil }
    let secret = OneTimeCodes(keys: accountKeys)
      .secret(account.id, key: codes.key, nonce: codes.nonce)
    guard lines.count == 2, let secret,
      let step = OneTimeCodes.step(of: lines[1].trimmed, secret, at: now), step > account.lastStep
    else { return "the second line is not \(account.name)'s one-time code of now" }
    return nil
  }

  private func approvingAccount(_ name: String, in log: any EventSource) throws(StoreError)
    -> AccountState?
  {
    guard !accountKeys.isEmpty else { return nil }
    var accounts = Accounts()
    var position: UInt64 = 0
    while position < log.head.position {
      position = try log.replay(after: position, limit: 4_096, wanting: [.account]) {
        if case .account(let event) = $0.event { accounts.take(event) }
      }
    }
    guard let account = accounts[name: name], !account.isClosed,
      account.roles.contains(.approver)
    else { return nil }
    return account
  }
}
