import Engine
import HTTP
import JSON
import Kernel
import Log

// What routes of accounts have in common.

extension Call {
  /// What accounts work with; answers itself and gives nil where nobody signs in.
  func desk() -> AccountDesk? {
    if let desk = parts.accounts { return desk }
    refuse(.accountsUnset, "set \(SettingName.accountKey.environmentName) and start again")
    return nil
  }

  /// Desk and caller of a route that only accounts may use.
  func signedIn() -> (AccountDesk, Caller)? {
    guard let desk = desk() else { return nil }
    guard let caller else {
      refuse(.signInNeeded)
      return nil
    }
    return (desk, caller)
  }

  /// The other end: what a trusted proxy says of it, else the socket's (P-89).
  var clientAddress: String {
    let proxies = parts.configuration.trustedProxies
    guard proxies.contains(request.remoteAddress),
      let hop = request.headers.all("X-Forwarded-For").last?.split(separator: ",").last?.trimmed,
      hop.utf8.count <= 45, !hop.isEmpty,
      hop.utf8.allSatisfy({ (48...58).contains($0) || (97...102).contains($0 | 32) || $0 == 46 })
    else { return request.remoteAddress }
    return hop
  }

  /// What the other end calls itself, without control characters.
  var device: String {
    let text = request.headers.only("User-Agent") ?? ""
    return String(
      String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 }).prefix(200))
  }

  /// Takes one of the caller's address; answers itself and is false where there is none left.
  func mayAsk(_ rule: RateRule, _ subject: String? = nil) -> Bool {
    guard let problem = limit(rule, subject ?? clientAddress) else { return true }
    refuse(problem)
    return false
  }

  /// Asks the ledger something of an account; `then` runs once accounts are read as of then.
  ///
  /// Ids are fresh, and the digest is of the id alone: it stands in the log for ever, and what was
  /// typed must not be guessed from it.
  func ask(
    _ command: AccountCommand, _ desk: AccountDesk, actor: String? = nil,
    then: @escaping @Sendable (Answer) -> Void
  ) {
    let id = CommandID.composed("account", Token.fresh())
    let submission = Submission(
      id: id, digest: SHA256.digest(of: Array(id.text.utf8)), command: .account(command),
      actor: actor ?? self.actor)
    parts.gate.submit(submission) { answer in
      desk.directory.after(answer.position ?? 0) { then(answer) }
    }
  }

  /// The same, where a refusal is the caller's answer, at the field it is about.
  func submit(
    _ command: AccountCommand, _ desk: AccountDesk, actor: String? = nil, field: String? = nil,
    done: @escaping @Sendable (UInt64?) -> Void
  ) {
    ask(command, desk, actor: actor) { answer in
      if let problem = obstacle(answer, field: field) { return refuse(problem) }
      done(answer.position)
    }
  }

  /// What a write that wasn't accepted is answered with, with the field it is about.
  func obstacle(_ answer: Answer, field: String?) -> Problem? {
    guard case .refused(let refusal) = answer else { return obstacle(answer) }
    var problem = Problem(refusal)
    if let field = field ?? refusal.registrationField {
      problem.errors = [Problem.FieldError(field: field, problem: problem.detail ?? "")]
    }
    return problem
  }

  /// Hashes or compares a password where that may take its time; answers itself where too many
  /// wait.
  func hashing(_ desk: AccountDesk, _ body: @escaping @Sendable () -> Void) {
    if !desk.passwords.run(body) { refuse(.busy) }
  }

  /// Runs `body` where a password is the account's; else answers that it isn't.
  func checkPassword(
    _ password: String, _ field: String, _ caller: Caller, _ desk: AccountDesk,
    _ body: @escaping @Sendable () -> Void
  ) {
    // Guessing goes by the same limits as at the door.
    let subject = desk.tokens.alias("password|\(caller.account.id)")
    if let wait = desk.limits.wait(subject, at: parts.clock()) {
      return refuse(Problem(waiting: wait))
    }
    hashing(desk) {
      guard desk.passwords.isRight(password, caller.account.password) else {
        desk.limits.fail(subject, at: parts.clock())
        var problem = Problem(.passwordWrong)
        problem.errors = [Problem.FieldError(field: field, problem: "is wrong")]
        return refuse(problem)
      }
      desk.limits.succeed(subject, at: parts.clock())
      body()
    }
  }

  func succeed(_ message: String, status: Int = 200, position: UInt64? = nil) {
    send(
      status, .object(["success": .bool(true), "message": .string(message)]), position: position)
  }
}

/// How a session's tokens come: as cookies of a browser, or in the answer.
enum SessionForm: String, Word {
  case token
  case cookie
}

extension FieldReader {
  /// A password as it was typed, by the rule for new ones where one is set.
  mutating func password(_ field: String, isNew: Bool) -> String? {
    guard let value = value(field, isOptional: false) else { return nil }
    guard let text = value.text, text.utf8.count <= Passwords.most else {
      refuse(field, "must be text of at most \(Passwords.most) bytes")
      return nil
    }
    if isNew, let obstacle = Passwords.obstacle(text) {
      refuse(field, obstacle)
      return nil
    }
    return text
  }

  mutating func name(_ field: String) -> String? {
    guard let text = text(field, most: 254) else { return nil }
    guard AccountText.isName(text) else {
      refuse(
        field, "must be \(Limits.nameLeast) to \(Limits.nameMost) letters, digits and underscores")
      return nil
    }
    return text
  }

  mutating func email(_ field: String) -> String? {
    guard let text = text(field, most: Limits.emailMost) else { return nil }
    guard AccountText.isEmail(text) else {
      refuse(field, "must be an e-mail address")
      return nil
    }
    return text
  }
}
