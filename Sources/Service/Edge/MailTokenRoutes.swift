import Engine
import HTTP
import JSON
import Kernel

// What mails lead to, and asking for them: POST /api/auth/verify-email, …/resend-verification,
// …/forgot-password, …/reset-password, …/confirm-email-change. Links lead to pages of the web app;
// nothing is changed by a GET, as programs that read mail follow links.

extension Call {
  func verifyEmail() {
    takeToken { desk, hash in
      submit(.confirmEmail(hash: hash, .verify), desk, actor: "mail") { position in
        succeed("Your e-mail address is confirmed", position: position)
      }
    }
  }

  func confirmEmailChange() {
    takeToken { desk, hash in
      let account = desk.directory.read { $0[token: hash] }
      ask(.confirmEmail(hash: hash, .change), desk, actor: "mail") { answer in
        if case .refused(.emailTaken) = answer {
          var problem = Problem(.emailTaken, "somebody else took the address meanwhile")
          problem.otherStatus = 409
          return refuse(problem)
        }
        if let problem = obstacle(answer, field: nil) { return refuse(problem) }
        guard let account, let now = desk.directory.read({ $0[account.id] }) else {
          return fail("an account is gone")
        }
        desk.mailer.send(desk.mails.changed(to: now.email, name: now.name))
        send(
          200,
          .object([
            "success": .bool(true), "message": .string("Your e-mail address is changed"),
            "email": .string(now.email),
          ]), position: answer.position)
      }
    }
  }

  /// The body's `token`, as it is stored, within the limits of guessing.
  private func takeToken(_ body: @escaping @Sendable (AccountDesk, String) -> Void) {
    guard let desk = desk(), let object = object() else { return }
    var fields = FieldReader(object)
    let token = fields.text("token", most: 100)
    if let problem = fields.problem() { return refuse(problem) }
    guard let token, mayAsk(.token) else { return }
    body(desk, Tokens.hash(token))
  }

  func resetPassword() {
    guard let desk = desk(), let body = object() else { return }
    var fields = FieldReader(body)
    let token = fields.text("token", most: 100)
    let password = fields.password("new_password", isNew: true)
    if let problem = fields.problem() { return refuse(problem) }
    guard let token, let password, mayAsk(.token) else { return }
    let hash = Tokens.hash(token)
    guard let account = desk.directory.read({ $0[token: hash] }) else {
      return refuse(Problem(.tokenUnknown, field: "token"))
    }
    hashing(desk) {
      guard let stored = desk.passwords.hash(password) else { return fail("argon2id failed") }
      submit(.resetPassword(hash: hash, password: stored), desk, actor: "mail") { position in
        desk.mailer.send(desk.mails.passwordChanged(to: account.email, name: account.name))
        succeed("Your password is changed", position: position)
      }
    }
  }

  func resendVerification() {
    mailTo { desk, account in
      guard !account.isVerified else { return nil }
      return (
        .verify, { desk.mails.verification(to: account.email, name: account.name, token: $0) }
      )
    }
  }

  func forgotPassword() {
    mailTo { desk, account in
      (.reset, { desk.mails.reset(to: account.email, name: account.name, token: $0) })
    }
  }

  /// Sends a token to the body's `email`, if it is somebody's: the answer is the same, and given
  /// before anything is looked up.
  private func mailTo(
    _ choose:
      @escaping @Sendable (AccountDesk, AccountState)
      -> (purpose: MailPurpose, mail: @Sendable (String) -> Mail)?
  ) {
    guard let desk = desk(), let body = object() else { return }
    var fields = FieldReader(body)
    let email = fields.email("email")
    if let problem = fields.problem() { return refuse(problem) }
    guard let email, mayAsk(.mail, "mail|" + AccountText.folded(email)), mayAsk(.token) else {
      return
    }
    succeed("If the address is an account's, a mail is on its way", status: 202)
    guard let account = desk.directory.read({ $0[email: email] }), !account.isClosed,
      let (purpose, mail) = choose(desk, account)
    else { return }
    let token = Tokens.mailToken()
    let new = NewMailToken(purpose: purpose, hash: Tokens.hash(token))
    ask(.issueMailToken(account.id, new), desk, actor: "mail") { answer in
      if obstacle(answer) == nil { desk.mailer.send(mail(token)) }
    }
  }
}

extension Problem {
  /// A refusal that is about a field.
  init(_ refusal: Refusal, field: String) {
    self.init(refusal)
    errors = [FieldError(field: field, problem: detail ?? "")]
  }
}
