import Engine
import HTTP
import JSON
import Kernel
import Log

// An account by its owner: GET /api/auth/me and /api/account/….

extension Call {
  func showMe() {
    guard let (desk, caller) = signedIn() else { return }
    let account = caller.account
    read {
      do throws(StoreError) {
        let opened = try parts.store.facts(with: .account(account.id), after: 0, limit: 1).first
        var members: [JSONMember] = [
          JSONMember("user_id", .string(account.id.text)),
          JSONMember("username", .string(account.name)),
          JSONMember("email", .string(account.email)),
          JSONMember("email_verified", .bool(account.isVerified)),
          JSONMember("pending_email", account.pendingEmail.map(JSONValue.string) ?? .null),
          JSONMember("roles", account.shownRoles),
          JSONMember("created_at", opened.map { .string($0.at.text) } ?? .null),
          JSONMember("last_login", account.lastLogin.map { .string($0.text) } ?? .null),
          JSONMember("telegram_user", account.telegramUser.map { .string($0.text) } ?? .null),
          JSONMember("channels", .integer(account.channels.count)),
          JSONMember("max_channels", .integer(Limits.channelsMost)),
          JSONMember("totp_enabled", .bool(account.codes != nil)),
          JSONMember("recovery_codes_left", .integer(account.codes?.recovery.count ?? 0)),
        ]
        if let session = caller.session {
          members.append(JSONMember("csrf_token", .string(desk.tokens.csrf(session))))
        }
        send(200, .object(members))
      } catch {
        fail(error.description)
      }
    }
  }

  func resendMine() {
    guard let (desk, caller) = signedIn(), isEmptyBody(),
      mayAsk(.mail, "mail|" + AccountText.folded(caller.account.email))
    else { return }
    let token = Tokens.mailToken()
    let new = NewMailToken(purpose: .verify, hash: Tokens.hash(token))
    submit(.issueMailToken(caller.account.id, new), desk) { position in
      desk.mailer.send(
        desk.mails.verification(
          to: caller.account.email, name: caller.account.name, token: token))
      succeed("A mail is on its way", status: 202, position: position)
    }
  }

  func changeEmail() {
    guard let (desk, caller) = signedIn(), let body = object() else { return }
    var fields = FieldReader(body)
    let email = fields.email("new_email")
    let password = fields.password("password", isNew: false)
    if let problem = fields.problem() { return refuse(problem) }
    guard let email, let password else { return }
    guard caller.account.isVerified else { return refuse(Problem(.emailUnverified)) }
    guard mayAsk(.mail, "change|\(caller.account.id)") else { return }
    checkPassword(password, "password", caller, desk) {
      let token = Tokens.mailToken()
      let new = NewMailToken(purpose: .change, hash: Tokens.hash(token), email: email)
      let account = caller.account
      submit(.issueMailToken(account.id, new), desk, field: "new_email") { position in
        desk.mailer.send(desk.mails.changeRequested(to: account.email, name: account.name))
        desk.mailer.send(desk.mails.confirmChange(to: email, name: account.name, token: token))
        send(
          202,
          .object([
            "success": .bool(true), "message": .string("Confirm the new address by its mail"),
            "pending_email": .string(email),
          ]), position: position)
      }
    }
  }

  func cancelEmailChange() {
    guard let (desk, caller) = signedIn(), isEmptyBody() else { return }
    submit(.cancelEmailChange(caller.account.id), desk) { position in
      succeed("The address stays as it is", position: position)
    }
  }

  func changePassword() {
    guard let (desk, caller) = signedIn(), let body = object() else { return }
    var fields = FieldReader(body)
    let current = fields.password("current_password", isNew: false)
    let new = fields.password("new_password", isNew: true)
    if let problem = fields.problem() { return refuse(problem) }
    guard let current, let new else { return }
    // Changing takes a confirmed address beside the password (P-106).
    guard caller.account.isVerified else { return refuse(Problem(.emailUnverified)) }
    checkPassword(current, "current_password", caller, desk) {
      guard let hash = desk.passwords.hash(new) else { return fail("argon2id failed") }
      let account = caller.account
      submit(.changePassword(account.id, password: hash, keeping: caller.session), desk) {
        position in
        desk.mailer.send(desk.mails.passwordChanged(to: account.email, name: account.name))
        succeed("Your password is changed", position: position)
      }
    }
  }

  func listSessions() {
    guard let (_, caller) = signedIn() else { return }
    let now = parts.clock()
    let sessions = caller.account.sessions.filter { $0.expires > now }.reversed()
    send(
      200,
      .object([
        "sessions": .array(
          sessions.map { session in
            .object([
              "session_id": .string(session.id.text), "opened": .string(session.opened.text),
              "expires": .string(session.expires.text),
              "last_used": .string(session.renewed.text), "device": .string(session.device),
              "address": .string(session.address),
              "is_current": .bool(session.id == caller.session),
            ])
          })
      ]))
  }

  func endSession() {
    guard let (desk, caller) = signedIn(), isEmptyBody() else { return }
    guard let session = SessionID(text: parameters["session"]) else { return refuse(.notFound) }
    ask(.closeSession(caller.account.id, session, .revoked), desk) { answer in
      if case .refused(.sessionUnknown) = answer { return refuse(.notFound) }
      if let problem = obstacle(answer) { return refuse(problem) }
      var response = HTTPResponse.empty(204)
      if session == caller.session, caller.isCookie {
        for line in desk.cookies.cleared { response.headers.add("Set-Cookie", line) }
      }
      send(response)
    }
  }

  func closeAccount() {
    guard let (desk, caller) = signedIn(), let body = object() else { return }
    var fields = FieldReader(body)
    let password = fields.password("password", isNew: false)
    let reason = fields.text("reason", most: Limits.descriptionMost, isOptional: true)
    if let problem = fields.problem() { return refuse(problem) }
    guard let password else { return }
    checkPassword(password, "password", caller, desk) {
      submit(.close(caller.account.id, reason: reason ?? "its owner closed it"), desk) { position in
        succeed("The account is closed; what is owed is paid as before", position: position)
      }
    }
  }

  /// Whether nothing was sent that would be dropped in silence; answers itself where something was.
  func isEmptyBody() -> Bool {
    guard let body = object(allowsEmpty: true) else { return false }
    guard let problem = FieldReader(body).problem() else { return true }
    refuse(problem)
    return false
  }
}
