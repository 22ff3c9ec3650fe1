import JSON
import Kernel
import Support
import Testing

@testable import Service

@Suite struct TokenTests {
  private static let now = EdgeWorld.now
  private static let tokens = Tokens(keys: [Secret("first-key-0123456789-0123456789-01")])
  private static let header = Base64URL.text(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))

  /// A token of these claims, signed as ours are.
  private static func sign(_ claims: String, header: String = header, key: String? = nil) -> String
  {
    let text = header + "." + Base64URL.text(Array(claims.utf8))
    let key = key ?? tokens.keys[0].reveal()
    return text + "." + Base64URL.text(Cipher.hmac(text, Secret(key)))
  }

  private static func claims(
    _ changes: [String: JSONValue] = [:], without gone: String? = nil
  ) -> String {
    let seconds = Int(now.microseconds / 1_000_000)
    var all: [String: JSONValue] = [
      "iss": .string("weir"), "aud": .string("weir"), "type": .string("access"),
      "sub": .string("3f2b8c1e-5d47-4a90-9b1c-7e6f0a2d4c58"),
      "sid": .string("0f1e2d3c4b5a69788796a5b4c3d2e1f0"), "iat": .integer(seconds),
      "nbf": .integer(seconds), "exp": .integer(seconds + 900),
    ]
    all.merge(changes) { $1 }
    if let gone { all[gone] = nil }
    let value = JSONValue.object(all.sorted { $0.key < $1.key }.map { JSONMember($0, $1) })
    return String(decoding: value.written(.asIs), as: UTF8.self)
  }

  private static func failure(_ token: String, later seconds: Int64 = 0) -> Tokens.Failure? {
    do throws(Tokens.Failure) {
      _ = try tokens.readAccess(token, at: now.adding(seconds: seconds))
      return nil
    } catch {
      return error
    }
  }

  @Test("refuses: another algorithm, another key, a claim that is missing, changed or too long")
  func claims() {
    #expect(Self.failure(Self.sign(Self.claims())) == nil)
    let seconds = Int(Self.now.microseconds / 1_000_000)
    for header in [
      #"{"alg":"none","typ":"JWT"}"#, #"{"alg":"HS384","typ":"JWT"}"#, #"{"typ":"JWT"}"#,
      #"{"alg":"HS256","typ":"JWT","kid":"../../dev/null"}"#, #"{"alg":"RS256","typ":"JWT"}"#,
    ] {
      let text = Base64URL.text(Array(header.utf8))
      #expect(Self.failure(Self.sign(Self.claims(), header: text)) == .invalid, "\(header)")
    }
    #expect(Self.failure(Self.sign(Self.claims(), key: "another-key")) == .invalid)
    for name in ["iss", "aud", "type", "sub", "sid", "iat", "nbf", "exp"] {
      #expect(Self.failure(Self.sign(Self.claims(without: name))) == .invalid, "\(name)")
    }
    let changed: [[String: JSONValue]] = [
      ["iss": .string("other")], ["aud": .string("other")], ["type": .string("refresh")],
      ["exp": .integer(seconds + 901)], ["exp": .integer(.max)], ["nbf": .integer(seconds + 61)],
      ["sub": .string("x")], ["exp": .string("\(seconds + 900)")],
    ]
    for change in changed {
      #expect(Self.failure(Self.sign(Self.claims(change))) == .invalid, "\(change)")
    }
  }

  @Test("refuses: an access token after its time, and one of which any byte is another")
  func bytes() {
    let token = Self.sign(Self.claims())
    #expect(Self.failure(token, later: 899) == nil)
    #expect(Self.failure(token, later: 900) == .expired)
    let letters = Array(token)
    for index in letters.indices {
      var other = letters
      other[index] = other[index] == "A" ? "B" : "A"
      #expect(Self.failure(String(other)) == .invalid, "byte \(index)")
      other.remove(at: index)
      #expect(Self.failure(String(other)) == .invalid, "without byte \(index)")
    }
    for text in ["", ".", "..", "...", token + ".", "." + token, token + "=", token + " "] {
      #expect(Self.failure(text) == .invalid, "\(text)")
    }
  }

  @Test("does: what the key before has signed is honoured until it is dropped")
  func rotation() throws {
    let (old, new) = (Secret("old-key-0123456789"), Secret("new-key-0123456789"))
    let refresh = Tokens.Refresh(
      account: .fresh(), session: .fresh(), generation: 3)
    let token = Tokens(keys: [old]).text(of: refresh)
    #expect(Tokens(keys: [new, old]).readRefresh(token) == refresh)
    #expect(Tokens(keys: [new]).readRefresh(token) == nil)
    let session = refresh.session
    let csrf = Tokens(keys: [old]).csrf(session)
    #expect(Tokens(keys: [new, old]).isCSRF(csrf, of: session))
    #expect(!Tokens(keys: [new]).isCSRF(csrf, of: session))
    #expect(!Tokens(keys: [old]).isCSRF(csrf, of: .fresh()))
  }

  @Test("does: a password's hash is another each time, and knows the one password alone")
  func passwords() throws {
    let passwords = Passwords(memoryKiB: 64, passes: 1)
    let (one, two) = (try #require(passwords.hash("Abc")), try #require(passwords.hash("Abc")))
    #expect(one != two && one.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$"))
    #expect(passwords.isRight("Abc", one) && passwords.isRight("Abc", two))
    for other in ["abc", "Abc ", "", "Abc\0", "Ab"] { #expect(!passwords.isRight(other, one)) }
    #expect(!passwords.isRight("Abc", nil) && !passwords.isRight("Abc", "nonsense"))
    let standard = Passwords()
    #expect(standard.memory == 65_536 && standard.passes == 3)
  }

  @Test("does: failures slow a subject down more and more, across a restart; others go on")
  func throttle() throws {
    let folder = ScratchFolder()
    let now = EdgeWorld.now
    let limits = RateLimits(path: folder.file("failures"))
    for _ in 0..<5 { limits.fail("a", at: now) }
    #expect(limits.wait("a", at: now) == nil)
    limits.fail("a", at: now)
    #expect(limits.wait("a", at: now) == 15)
    limits.fail("a", at: now)
    #expect(limits.wait("a", at: now) == 30)
    #expect(limits.wait("b", at: now) == nil)
    let after = RateLimits(path: folder.file("failures"))
    #expect(after.wait("a", at: now) == 30)
    #expect(after.wait("a", at: now.adding(seconds: 30)) == nil)
    after.fail("a", at: now.adding(seconds: 30))
    #expect(after.wait("a", at: now.adding(seconds: 30)) == 60)
    after.succeed("a", at: now)
    #expect(RateLimits(path: folder.file("failures")).wait("a", at: now) == nil)
    for _ in 0..<60 { after.fail("c", at: now) }
    #expect(after.wait("c", at: now) == 900)
  }

  @Test("does: a limit lets so many through at once, and again as many spread over its time")
  func buckets() {
    let limits = RateLimits(path: nil)
    let now = EdgeWorld.now
    for _ in 0..<5 { #expect(limits.take(.signup, "a", at: now) == nil) }
    #expect(limits.take(.signup, "a", at: now) == 180)
    #expect(limits.take(.signup, "b", at: now) == nil)
    #expect(limits.take(.login, "a", at: now) == nil)
    #expect(limits.take(.signup, "a", at: now.adding(seconds: 179)) == 1)
    #expect(limits.take(.signup, "a", at: now.adding(seconds: 180)) == nil)
    #expect(RateLimits(path: nil, isOn: false).take(.mail, "a", at: now) == nil)
  }
}
