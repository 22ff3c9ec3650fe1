import JSON
import Kernel
import Log

/// What the service signs for accounts, and reads back: access and refresh tokens, and what a
/// browser shows beside its cookies.
///
/// The first key signs, all of them are honoured: two while one is being changed (AU-03).
struct Tokens: Sendable {
  /// 32 characters at least; never empty.
  let keys: [Secret]

  /// Seconds an access token is good for (C-12).
  static let accessSeconds = 900
  /// Clocks may differ by so much.
  private static let skewSeconds: Int64 = 60
  // One algorithm, fixed: what a token's header asks for is never looked at but as a whole (AU-01).
  private static let header = Base64URL.text(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))

  private func mac(_ text: String, _ key: Secret) -> [UInt8] { Cipher.hmac(text, key) }

  /// Whether one of the keys has signed a text; all of them are tried.
  private func isSigned(_ text: String, _ claimed: [UInt8]) -> Bool {
    keys.reduce(false) { Cipher.isEqual(mac(text, $1), claimed) || $0 }
  }

  // MARK: Access

  /// Who an access token is for.
  struct Access: Hashable, Sendable {
    let account: AccountID
    let session: SessionID
  }

  enum Failure: Error { case invalid, expired }

  func access(_ account: AccountState, _ session: SessionID, at now: Instant) -> String {
    let seconds = Int(now.microseconds / 1_000_000)
    let claims = JSONValue.object([
      "iss": .string("weir"), "aud": .string("weir"), "sub": .string(account.id.text),
      "username": .string(account.name), "type": .string("access"), "fresh": .bool(false),
      "sid": .string(session.text), "iat": .integer(seconds), "nbf": .integer(seconds),
      "exp": .integer(seconds + Self.accessSeconds), "jti": .string(Token.fresh()),
    ])
    let text = Self.header + "." + Base64URL.text(claims.written(.asIs))
    return text + "." + Base64URL.text(mac(text, keys[0]))
  }

  func readAccess(_ token: String, at now: Instant) throws(Failure) -> Access {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == Self.header, let claimed = Base64URL.bytes(parts[2]),
      isSigned("\(parts[0]).\(parts[1])", claimed), let body = Base64URL.bytes(parts[1]),
      case .success(let claims) = Result(catching: { () throws(JSONError) in
        try JSONValue.parse(body)
      }), claims["iss"]?.text == "weir", claims["aud"]?.text == "weir",
      claims["type"]?.text == "access",
      let account = claims["sub"]?.text.flatMap(AccountID.init(text:)),
      let session = claims["sid"]?.text.flatMap(SessionID.init(text:)),
      let issued = Self.seconds(claims, "iat"), let start = Self.seconds(claims, "nbf"),
      let end = Self.seconds(claims, "exp"), end - issued <= Int64(Self.accessSeconds)
    else { throw .invalid }
    let seconds = now.microseconds / 1_000_000
    guard start <= seconds + Self.skewSeconds else { throw .invalid }
    guard seconds < end else { throw .expired }
    return Access(account: account, session: session)
  }

  private static func seconds(_ claims: JSONValue, _ name: String) -> Int64? {
    claims[name]?.number.flatMap { Int64($0) }
  }

  // MARK: Refresh

  /// A session's refresh token of one generation: it follows from the key, and is stored nowhere.
  struct Refresh: Hashable, Sendable {
    let account: AccountID
    let session: SessionID
    let generation: Int

    fileprivate var text: String { "wr.\(account).\(session).\(generation)" }
  }

  func text(of refresh: Refresh) -> String {
    refresh.text + "." + Base64URL.text(mac("weir refresh|" + refresh.text, keys[0]))
  }

  /// Nil for what was never signed here.
  func readRefresh(_ token: String) -> Refresh? {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0] == "wr", let claimed = Base64URL.bytes(parts[4]),
      let account = AccountID(text: String(parts[1])),
      let session = SessionID(text: String(parts[2])), let generation = Int(parts[3])
    else { return nil }
    let refresh = Refresh(account: account, session: session, generation: generation)
    return isSigned("weir refresh|" + refresh.text, claimed) ? refresh : nil
  }

  // MARK: Beside cookies

  /// What a page of ours sends with a write; another site's page can't know it (AU-08).
  func csrf(_ session: SessionID) -> String { csrf(session, keys[0]) }

  func isCSRF(_ text: String, of session: SessionID) -> Bool {
    keys.reduce(false) {
      Cipher.isEqual(Array(csrf(session, $1).utf8), Array(text.utf8)) || $0
    }
  }

  private func csrf(_ session: SessionID, _ key: Secret) -> String {
    String(Base64URL.text(mac("weir csrf|\(session)", key)).prefix(32))
  }

  // MARK: Before forms

  /// A text that only we can have said.
  func sealed(_ text: String) -> String {
    text + "." + Base64URL.text(mac("weir form|" + text, keys[0]))
  }

  /// What was sealed; nil for what wasn't.
  func unsealed(_ sealed: String) -> String? {
    guard let point = sealed.lastIndex(of: "."),
      let claimed = Base64URL.bytes(sealed[sealed.index(after: point)...])
    else { return nil }
    let text = String(sealed[..<point])
    return isSigned("weir form|" + text, claimed) ? text : nil
  }

  // MARK: What is kept

  /// A name that isn't one, for tables of limits and files beside the log.
  func alias(_ text: String) -> String {
    String(HexText.of(mac("weir alias|" + text, keys[0])).prefix(32))
  }

  /// What is stored of a token that was drawn by chance.
  static func hash(_ token: String) -> String {
    HexText.of(SHA256.digest(of: Array(token.utf8)))
  }

  /// 256 bits, for a mail's link.
  static func mailToken() -> String { Base64URL.text(Cipher.chance(32)) }
}

extension AccountID {
  /// A UUID of version 4; nobody can guess it.
  static func fresh() -> AccountID {
    var bytes = Cipher.chance(16)
    bytes[6] = bytes[6] & 0x0f | 0x40
    bytes[8] = bytes[8] & 0x3f | 0x80
    let hex = Array(HexText.of(bytes))
    let parts = [hex[0..<8], hex[8..<12], hex[12..<16], hex[16..<20], hex[20..<32]]
    guard let id = AccountID(text: parts.map { String($0) }.joined(separator: "-")) else {
      preconditionFailure("a UUID that is none")
    }
    return id
  }
}

extension SessionID {
  static func fresh() -> SessionID {
    guard let id = SessionID(text: HexText.of(Cipher.chance(16))) else {
      preconditionFailure("a session's id that is none")
    }
    return id
  }
}

extension AccessKeyID {
  static func fresh() -> AccessKeyID {
    guard let id = AccessKeyID(text: HexText.of(Cipher.chance(8))) else {
      preconditionFailure("a key's id that is none")
    }
    return id
  }
}
