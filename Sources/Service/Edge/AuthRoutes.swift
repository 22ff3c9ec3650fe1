import Engine
import HTTP
import JSON
import Kernel

// Signing up and in, going on, signing out: POST /api/auth/….

extension Call {
  func signUp() {
    guard let desk = desk(), let body = object() else { return }
    var fields = FieldReader(body)
    let name = fields.name("username")
    let email = fields.email("email")
    let password = fields.password("password", isNew: true)
    let form = fields.word("session", standard: SessionForm.token)
    if let problem = fields.problem() { return refuse(problem) }
    guard let name, let email, let password, mayAsk(.signup), isHuman(.signup, desk) else { return }
    hashing(desk) {
      guard let hash = desk.passwords.hash(password) else { return fail("argon2id failed") }
      let token = Tokens.mailToken()
      let new = NewAccount(
        account: .fresh(), name: name, email: email, password: hash,
        tokenHash: Tokens.hash(token), session: newSession())
      submit(.open(new), desk, actor: "account:\(new.account)", field: nil) { position in
        desk.mailer.send(desk.mails.verification(to: email, name: name, token: token))
        sendSession(201, new.account, new.session.session, form, desk, position)
      }
    }
  }

  private func newSession(step: Int? = nil, recoveryHash: String? = nil) -> NewSession {
    NewSession(
      session: .fresh(), address: clientAddress, device: device, step: step,
      recoveryHash: recoveryHash)
  }

  /// By name or address; whoever isn't there is told what a wrong password is, as late.
  func logIn() {
    guard let desk = desk(), let body = object() else { return }
    var fields = FieldReader(body)
    let name = fields.text("username", most: Limits.emailMost)
    let password = fields.password("password", isNew: false)
    let code = fields.text("code", most: 40, isOptional: true)
    let form = fields.word("session", standard: SessionForm.token)
    if let problem = fields.problem() { return refuse(problem) }
    guard let name, let password, mayAsk(.login) else { return }
    let subject = desk.tokens.alias("login|" + AccountText.folded(name))
    if let wait = desk.limits.wait(subject, at: parts.clock()) {
      return refuse(Problem(waiting: wait))
    }
    guard mayAsk(.loginName, "login|" + AccountText.folded(name)) else { return }
    let account = desk.directory.read { $0[name: name] ?? $0[email: name] }
    hashing(desk) {
      guard desk.passwords.isRight(password, account?.password), let account, !account.isClosed
      else {
        desk.limits.fail(subject, at: parts.clock())
        return refuse(.credentialsInvalid)
      }
      guard let proof = secondFactor(of: account, code, desk) else {
        if code != nil { desk.limits.fail(subject, at: parts.clock()) }
        return refuse(code == nil ? .codeNeeded : .codeInvalid)
      }
      desk.limits.succeed(subject, at: parts.clock())
      let new = newSession(step: proof.step, recoveryHash: proof.recoveryHash)
      ask(.openSession(account.id, new), desk, actor: "account:\(account.id)") { answer in
        if case .refused(.codeUsed) = answer { return refuse(.codeInvalid) }
        if let problem = obstacle(answer) { return refuse(problem) }
        sendSession(200, account.id, new.session, form, desk, answer.position)
      }
    }
  }

  /// What stands beside the password; nil where something must and it isn't there or is wrong.
  func secondFactor(of account: AccountState, _ code: String?, _ desk: AccountDesk)
    -> (step: Int?, recoveryHash: String?)?
  {
    guard let codes = account.codes else { return (nil, nil) }
    guard let code else { return nil }
    if code.utf8.count == 6 {
      guard
        let secret = desk.codes.secret(account.id, key: codes.key, nonce: codes.nonce),
        let step = OneTimeCodes.step(of: code, secret, at: parts.clock()), step > account.lastStep
      else { return nil }
      return (step, nil)
    }
    let hash = OneTimeCodes.recoveryHash(code)
    return codes.recovery.contains(hash) ? (nil, hash) : nil
  }

  /// A refresh token for the next one, and a new access token; an old one that comes again ends the
  /// session (AU-04).
  func refreshSession() {
    guard let desk = desk(), let body = object(allowsEmpty: true) else { return }
    var fields = FieldReader(body)
    let given = fields.text("refresh_token", most: 400, isOptional: true)
    if let problem = fields.problem() { return refuse(problem) }
    let cookie = desk.cookies.value(desk.cookies.refresh, request.headers)
    guard let text = given ?? cookie, let token = desk.tokens.readRefresh(text) else {
      return refuseToken(desk, isCookie: given == nil && cookie != nil)
    }
    let form: SessionForm = given == nil ? .cookie : .token
    if form == .cookie {
      let shown = request.headers.only("X-CSRF-Token") ?? ""
      guard desk.tokens.isCSRF(shown, of: token.session) else { return refuse(.csrfTokenInvalid) }
    }
    let actor = "account:\(token.account)"
    let command = AccountCommand.renewSession(
      token.account, token.session, generation: token.generation)
    ask(command, desk, actor: actor) { answer in
      switch answer {
      case .accepted, .replayed, .ignored:
        sendSession(
          200, token.account, token.session, form, desk, answer.position,
          generation: token.generation + 1)
      case .refused(.sessionReused):
        ask(.closeSession(token.account, token.session, .reused), desk, actor: actor) { _ in
          refuseToken(desk, isCookie: form == .cookie)
        }
      case .refused: refuseToken(desk, isCookie: form == .cookie)
      case .keyReused, .full, .stopping: refuse(obstacle(answer) ?? Problem(.stopping))
      }
    }
  }

  private func refuseToken(_ desk: AccountDesk, isCookie: Bool) {
    var response = Problem(.tokenInvalid).response
    if isCookie { for line in desk.cookies.cleared { response.headers.add("Set-Cookie", line) } }
    send(response)
  }

  func logOut() {
    guard let (desk, caller) = signedIn(), let session = caller.session else { return }
    ask(.closeSession(caller.account.id, session, .logout), desk) { answer in
      if case .refused(.sessionUnknown) = answer {
      } else if let problem = obstacle(answer) {
        return refuse(problem)
      }
      var response = HTTPResponse.empty(204)
      for line in desk.cookies.cleared { response.headers.add("Set-Cookie", line) }
      send(response)
    }
  }

  /// The tokens of a session, as the caller wants to keep them.
  private func sendSession(
    _ status: Int, _ id: AccountID, _ session: SessionID, _ form: SessionForm,
    _ desk: AccountDesk, _ position: UInt64?, generation: Int = 0
  ) {
    guard let account = desk.directory.read({ $0[id] }) else { return fail("an account is gone") }
    let access = desk.tokens.access(account, session, at: parts.clock())
    let refresh = desk.tokens.text(
      of: Tokens.Refresh(account: id, session: session, generation: generation))
    let csrf = desk.tokens.csrf(session)
    var members: [JSONMember] = [
      JSONMember("user_id", .string(id.text)), JSONMember("username", .string(account.name)),
      JSONMember("email", .string(account.email)),
      JSONMember("email_verified", .bool(account.isVerified)),
      JSONMember("verification_required", .bool(!account.isVerified)),
      JSONMember("roles", account.shownRoles), JSONMember("token_type", .string("Bearer")),
      JSONMember("expires_in", .integer(Tokens.accessSeconds)),
      JSONMember("csrf_token", .string(csrf)),
    ]
    if form == .token {
      members.append(JSONMember("access_token", .string(access)))
      members.append(JSONMember("refresh_token", .string(refresh)))
    }
    var response = HTTPResponse.json(JSONValue.object(members).written(.asIs), status: status)
    if let position { response.headers.add("Weir-Position", String(position)) }
    if form == .cookie {
      let (cookies, month) = (desk.cookies, Limits.sessionDays * 86_400)
      for line in [
        cookies.set(cookies.access, access, seconds: Tokens.accessSeconds, isHidden: true),
        cookies.set(cookies.refresh, refresh, seconds: month, isHidden: true),
        cookies.set(cookies.csrf, csrf, seconds: month, isHidden: false),
      ] { response.headers.add("Set-Cookie", line) }
    }
    send(response)
  }
}

extension AccountState {
  /// Everybody owns channels; what else the account may do stands behind it.
  var shownRoles: JSONValue {
    .array([.string("owner")] + roles.map { .string($0.text) })
  }
}
