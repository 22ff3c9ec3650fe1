import HTTP
import JSON
import Kernel
import Testing

@testable import Service

@Suite struct RightsRouteTests {
  @Test("does: one-time codes are the RFC's own")
  func vectors() {
    let secret = Array("12345678901234567890".utf8)
    let known = [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")]
    for (seconds, code) in known {
      #expect(OneTimeCodes.code(secret, step: seconds / 30) == code)
    }
    #expect(Base32.text(Array("foobar".utf8)) == "MZXW6YTBOI")
    #expect(Base32.text(Array("fooba".utf8)) == "MZXW6YTB")
  }

  @Test("does: with codes on, the password alone opens nothing, and a code opens once")
  func codes() async throws {
    let world = try EdgeWorld(variables: ["WEIR_RATE_LIMITS": "off"])
    let mira = try await world.person("mira")
    let prepared = try await world.ask(
      "POST", "/api/account/totp", #"{"password":"\#(Person.password)"}"#, by: mira.access)
    let nonce = try #require(prepared.json?["enrolment"]?.text)
    let id = try #require(AccountID(text: mira.id))
    let key = Secret(EdgeWorld.accountKey)
    let secret = try #require(
      OneTimeCodes(keys: [key]).secret(id, key: OneTimeCodes.name(of: key), nonce: nonce))
    #expect(prepared.json?["secret"]?.text == Base32.text(secret))
    func code(_ later: Int = 0) -> String {
      OneTimeCodes.code(secret, step: OneTimeCodes.step(at: EdgeWorld.now) + later)
    }
    let wrong = try await world.ask(
      "POST", "/api/account/totp/confirm", #"{"enrolment":"\#(nonce)","code":"\#(code(9))"}"#,
      by: mira.access)
    #expect(wrong.status == 400 && wrong.code == "code_invalid")
    let on = try await world.ask(
      "POST", "/api/account/totp/confirm", #"{"enrolment":"\#(nonce)","code":"\#(code(-1))"}"#,
      by: mira.access)
    let recovery = on.json?["recovery_codes"]?.items?.compactMap(\.text) ?? []
    #expect(on.status == 200 && Set(recovery).count == 10, "\(on)")
    #expect(try await world.logIn("mira").code == "code_needed")
    #expect(try await world.logIn("mira", code: code(7)).code == "code_invalid")
    #expect(try await world.logIn("mira", code: code(-1)).code == "code_invalid")
    #expect(try await world.logIn("mira", code: code()).status == 200)
    #expect(try await world.logIn("mira", code: code()).code == "code_invalid")
    #expect(try await world.logIn("mira", code: recovery[3].uppercased()).status == 200)
    #expect(try await world.logIn("mira", code: recovery[3]).code == "code_invalid")
    let me = try await world.ask("GET", "/api/auth/me", by: mira.access)
    #expect(me.json?["recovery_codes_left"] == .integer(9))
    let off = try await world.ask(
      "POST", "/api/account/totp/disable",
      #"{"password":"\#(Person.password)","code":"\#(recovery[4])"}"#, by: mira.access)
    #expect(off.status == 200, "\(off)")
    #expect(try await world.logIn("mira").status == 200)
  }

  @Test("does: an API key may what its scopes say, until it ends; never the account itself")
  func keys() async throws {
    let world = try EdgeWorld()
    let mira = try await world.person("mira")
    try await world.register("-1001234567890", "-1009876543210", by: mira)
    func issue(_ scopes: String) async throws -> String {
      let answer = try await world.ask(
        "POST", "/api/account/keys", #"{"label":"books","scopes":[\#(scopes)],"days":7}"#,
        by: mira.access)
      return try #require(answer.json?["key"]?.text, "\(answer)")
    }
    let reads = try await issue(#""read""#)
    #expect(try await world.ask("GET", "/api/channels", by: reads).json?["count"] == .integer(1))
    let body = Bodies.registration(open: "-1001111111111", closed: "-1002222222222")
    let refused = try await world.ask("POST", "/api/channels/register", body, by: reads)
    #expect(refused.status == 403 && refused.code == "scope_missing")
    for path in ["/api/account/keys", "/api/account/sessions"] {
      #expect(try await world.ask("GET", path, by: reads).status == 401)
    }
    let writes = try await issue(#""write""#)
    #expect(try await world.ask("GET", "/api/channels", by: writes).code == "scope_missing")
    #expect(try await world.ask("POST", "/api/channels/register", body, by: writes).status == 201)
    for spoilt in [reads + "0", String(reads.dropLast()), "wk_" + reads, "wk_x_y", "wk_"] {
      #expect(try await world.ask("GET", "/api/channels", by: spoilt).status == 401)
    }
    let listed = try await world.ask("GET", "/api/account/keys", by: mira.access)
    let id = try #require(listed.json?["keys"]?.items?.first?["key_id"]?.text)
    #expect(!listed.text.contains(reads))
    #expect(
      try await world.ask("DELETE", "/api/account/keys/\(id)", by: mira.access).status == 204)
    #expect(
      try await world.ask("DELETE", "/api/account/keys/\(id)", by: mira.access).status == 404)
    #expect(try await world.ask("GET", "/api/channels", by: reads).status == 401)
    world.wait(seconds: 7 * 86_400)
    #expect(try await world.ask("GET", "/api/auth/me", by: writes).status == 401)
  }
}
