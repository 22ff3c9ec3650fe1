import Engine
import HTTP
import JSON
import Kernel

// One-time codes and API keys of an account: /api/account/totp… and /api/account/keys….

extension Call {
  /// Draws a secret for one-time codes; it counts once a code of it was shown.
  func prepareCodes() {
    guard let (desk, caller) = signedIn(), let body = object() else { return }
    var fields = FieldReader(body)
    let password = fields.password("password", isNew: false)
    if let problem = fields.problem() { return refuse(problem) }
    guard let password else { return }
    guard caller.account.isVerified else { return refuse(Problem(.emailUnverified)) }
    guard caller.account.codes == nil else { return refuse(Problem(.codesAlreadyOn)) }
    checkPassword(password, "password", caller, desk) {
      let nonce = HexText.of(Cipher.chance(16))
      guard let key = desk.codes.keys.first,
        let secret = desk.codes.secret(
          caller.account.id, key: OneTimeCodes.name(of: key), nonce: nonce)
      else { return fail("no key for accounts") }
      let text = Base32.text(secret)
      let name = caller.account.name
      send(
        200,
        .object([
          "secret": .string(text),
          "uri": .string(
            "otpauth://totp/Weir:\(name)?secret=\(text)&issuer=Weir&algorithm=SHA1&digits=6"
              + "&period=30"), "enrolment": .string(nonce),
        ]))
    }
  }

  func enableCodes() {
    guard let (desk, caller) = signedIn(), let body = object() else { return }
    var fields = FieldReader(body)
    let nonce = fields.text("enrolment", most: 64)
    let code = fields.text("code", most: 6)
    if let problem = fields.problem() { return refuse(problem) }
    guard let nonce, let code, mayAsk(.token, "totp|\(caller.account.id)") else { return }
    guard nonce.utf8.count == 32, nonce.allSatisfy(\.isHexDigit), let key = desk.codes.keys.first,
      let secret = desk.codes.secret(
        caller.account.id, key: OneTimeCodes.name(of: key), nonce: nonce),
      let step = OneTimeCodes.step(of: code, secret, at: parts.clock())
    else { return refuseCode() }
    let recovery = OneTimeCodes.recoveryCodes()
    let new = NewCodes(
      key: OneTimeCodes.name(of: key), nonce: nonce,
      recovery: recovery.map(OneTimeCodes.recoveryHash), step: step)
    submit(.enableCodes(caller.account.id, new), desk) { position in
      send(
        200, .object(["recovery_codes": .array(recovery.map { .string($0) })]),
        position: position)
    }
  }

  private func refuseCode() {
    var problem = Problem(.codeInvalid)
    problem.otherStatus = 400
    problem.errors = [Problem.FieldError(field: "code", problem: "is wrong")]
    refuse(problem)
  }

  func disableCodes() {
    guard let (desk, caller) = signedIn(), let body = object() else { return }
    var fields = FieldReader(body)
    let password = fields.password("password", isNew: false)
    let code = fields.text("code", most: 40)
    if let problem = fields.problem() { return refuse(problem) }
    guard let password, let code, mayAsk(.token, "totp|\(caller.account.id)") else { return }
    checkPassword(password, "password", caller, desk) {
      guard secondFactor(of: caller.account, code, desk) != nil else { return refuseCode() }
      submit(.disableCodes(caller.account.id), desk) { position in
        succeed("Signing in takes the password alone again", position: position)
      }
    }
  }

  func listKeys() {
    guard let (_, caller) = signedIn() else { return }
    let now = parts.clock()
    let keys = caller.account.keys.filter { $0.expires > now }
    send(
      200,
      .object([
        "keys": .array(
          keys.map { key in
            .object([
              "key_id": .string(key.key.text), "label": .string(key.label.value),
              "scopes": .array(key.scopes.map { .string($0.text) }),
              "issued": .string(key.issued.text), "expires": .string(key.expires.text),
            ])
          }), "scopes": .array(KeyScope.allCases.map { .string($0.text) }),
      ]))
  }

  func issueKey() {
    guard let (desk, caller) = signedIn(), let body = object() else { return }
    var fields = FieldReader(body)
    let label = fields.text("label", most: Limits.titleMost)
    let scopes = fields.words("scopes", KeyScope.self, mayBeEmpty: false)
    let days = fields.integer("days", 1...Limits.keyDaysMost)
    if let problem = fields.problem() { return refuse(problem) }
    guard let label, let scopes, let days else { return }
    let secret = HexText.of(Cipher.chance(32))
    let new = NewAccessKey(
      key: .fresh(), hash: Tokens.hash(secret), label: label, scopes: scopes, days: days)
    submit(.issueKey(caller.account.id, new), desk) { position in
      let issued = desk.directory.read { $0[key: new.key] }?.keys.first { $0.key == new.key }
      guard let issued else { return fail("a key is gone") }
      send(
        201,
        .object([
          "key_id": .string(new.key.text), "key": .string("wk_\(new.key)_\(secret)"),
          "scopes": .array(scopes.map { .string($0.text) }),
          "expires": .string(issued.expires.text),
        ]), position: position)
    }
  }

  func revokeKey() {
    guard let (desk, caller) = signedIn(), isEmptyBody() else { return }
    guard let key = AccessKeyID(text: parameters["key"]) else { return refuse(.notFound) }
    ask(.revokeKey(caller.account.id, key), desk) { answer in
      if case .refused(.keyUnknown) = answer { return refuse(.notFound) }
      if let problem = obstacle(answer) { return refuse(problem) }
      send(.empty(204))
    }
  }
}

extension FieldReader {
  /// A list of words of a closed set, each once.
  mutating func words<W: Word>(_ field: String, _ kind: W.Type, mayBeEmpty: Bool) -> [W]? {
    guard let value = value(field, isOptional: false) else { return nil }
    let found = value.items?.map { $0.text.flatMap { W(text: $0) } }
    guard let found, !found.contains(nil), Set(found).count == found.count,
      mayBeEmpty || !found.isEmpty
    else {
      refuse(field, "must be a list of " + W.allCases.map(\.rawValue).joined(separator: ", "))
      return nil
    }
    return found.compactMap { $0 }
  }
}
