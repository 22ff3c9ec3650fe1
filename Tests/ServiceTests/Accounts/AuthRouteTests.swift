import HTTP
import JSON
import Kernel
import Log
import Support
import Testing

@testable import Service

@Suite struct AuthRouteTests {
  @Test("does: signs up, confirms by mail, signs in, goes on, signs out")
  func story() async throws {
    let world = try EdgeWorld()
    var mira = try await world.person("mira", isVerified: false)
    var me = try await world.ask("GET", "/api/auth/me", by: mira.access)
    #expect(me.json?["email_verified"]?.flag == false)
    let token = try #require(world.mails.token("verify-email", to: mira.email))
    for status in [200, 400] {
      let answer = try await world.post(
        "/api/auth/verify-email", #"{"token":"\#(token)"}"#, key: nil)
      #expect(answer.status == status)
    }
    me = try await world.ask("GET", "/api/auth/me", by: mira.access)
    #expect(me.json?["email_verified"]?.flag == true)
    #expect(me.json?["username"]?.text == "mira" && me.json?["roles"]?.items?.count == 1)
    #expect(me.json?["created_at"]?.text == EdgeWorld.now.text)
    let again = try await world.logIn("MIRA@example.org")
    #expect(again.status == 200, "\(again)")
    mira.access = try #require(again.json?["access_token"]?.text)
    mira.refresh = try #require(again.json?["refresh_token"]?.text)
    let sessions = try await world.ask("GET", "/api/account/sessions", by: mira.access)
    #expect(sessions.json?["sessions"]?.items?.map { $0["is_current"]?.flag } == [true, false])
    world.wait(seconds: 901)
    #expect(try await world.ask("GET", "/api/auth/me", by: mira.access).code == "token_expired")
    let next = try await world.post(
      "/api/auth/refresh", #"{"refresh_token":"\#(mira.refresh)"}"#, key: nil)
    #expect(next.status == 200, "\(next)")
    mira.access = try #require(next.json?["access_token"]?.text)
    #expect(try await world.ask("POST", "/api/auth/logout", by: mira.access).status == 204)
    #expect(try await world.ask("GET", "/api/auth/me", by: mira.access).code == "token_invalid")
    let refresh = try #require(next.json?["refresh_token"]?.text)
    let over = try await world.post(
      "/api/auth/refresh", #"{"refresh_token":"\#(refresh)"}"#, key: nil)
    #expect(over.code == "token_invalid")
  }

  @Test("refuses: a name and an address that are taken, by field, however close two come")
  func taken() async throws {
    let world = try EdgeWorld(variables: ["WEIR_RATE_LIMITS": "off"])
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for index in 0..<12 {
        group.addTask {
          let name = index % 2 == 0 ? "mira" : "MIRA"
          return try await world.post(
            "/api/auth/signup",
            #"{"username":"\#(name)","email":"m\#(index)@example.org","password":"Abcdefg1"}"#,
            key: nil
          ).status
        }
      }
      return try await group.reduce(into: [Int]()) { $0.append($1) }
    }
    #expect(statuses.filter { $0 == 201 }.count == 1)
    #expect(statuses.filter { $0 == 400 }.count == 11)
    let name = try await world.post(
      "/api/auth/signup",
      #"{"username":"Mira","email":"other@example.org","password":"Abcdefg1"}"#, key: nil)
    #expect(name.code == "name_taken" && name.errors == ["username"])
  }

  @Test("refuses: weak passwords, strange names and fields, each at its place")
  func malformed() async throws {
    let world = try EdgeWorld(variables: ["WEIR_RATE_LIMITS": "off"])
    let cases: [(String, String)] = [
      (#""username":"ab","email":"a@example.org","password":"Abcdefg1""#, "username"),
      (#""username":"abc","email":"a@example","password":"Abcdefg1""#, "email"),
      (#""username":"abc","email":"a@example.org","password":"abcdefg1""#, "password"),
      (#""username":"abc","email":"a@example.org","password":"ABCDEFG1""#, "password"),
      (#""username":"abc","email":"a@example.org","password":"Abcdefgh""#, "password"),
      (#""username":"abc","email":"a@example.org","password":"Abcdef1""#, "password"),
      (#""username":"abc","email":"a@example.org","password":7"#, "password"),
      (
        #""username":"abc","email":"a@example.org","password":"Abcdefg1","role":"operator""#, "role"
      ),
      (#""username":"abc","email":"a@example.org","password":"Abcdefg1","session":"x""#, "session"),
    ]
    for (body, field) in cases {
      let answer = try await world.post("/api/auth/signup", "{\(body)}", key: nil)
      #expect(answer.status == 400 && answer.errors == [field], "\(body): \(answer)")
    }
  }

  @Test("does: whoever isn't there is answered as whoever has another password")
  func alike() async throws {
    let world = try EdgeWorld()
    _ = try await world.person("mira")
    let unknown = try await world.logIn("nobody", "Wrong-horse-1")
    let wrong = try await world.logIn("mira", "Wrong-horse-1")
    #expect(unknown.status == 401 && unknown.code == "credentials_invalid")
    #expect(unknown.text == wrong.text)
    for path in ["forgot-password", "resend-verification"] {
      let there = try await world.post(
        "/api/auth/\(path)", #"{"email":"mira@example.org"}"#, key: nil)
      let other = try await world.post(
        "/api/auth/\(path)", #"{"email":"nobody@example.org"}"#, key: nil)
      #expect(there.status == 202 && there.text == other.text)
    }
  }

  @Test("refuses: a refresh token that comes again later, and ends the session of both")
  func reuse() async throws {
    let world = try EdgeWorld()
    let mira = try await world.person("mira")
    func refresh(_ token: String) async throws -> EdgeAnswer {
      try await world.post("/api/auth/refresh", #"{"refresh_token":"\#(token)"}"#, key: nil)
    }
    let first = try await refresh(mira.refresh)
    let second = try await refresh(mira.refresh)
    let next = try #require(first.json?["refresh_token"]?.text)
    #expect(second.json?["refresh_token"]?.text == next, "a lost answer")
    world.wait(seconds: 60)
    let access = try #require(first.json?["access_token"]?.text)
    #expect(try await world.ask("GET", "/api/auth/me", by: access).status == 200)
    #expect(try await refresh(mira.refresh).code == "token_invalid")
    #expect(try await world.ask("GET", "/api/auth/me", by: access).code == "token_invalid")
    #expect(try await refresh(next).code == "token_invalid")
    for token in ["", "x", next + "x", String(next.dropLast()), "wr.a.b.1.c", mira.access] {
      let answer = try await refresh(token)
      #expect([400, 401].contains(answer.status), "\(token): \(answer)")
    }
  }

  @Test("does: cookies hold the tokens of a browser, and its writes need the token beside them")
  func cookies() async throws {
    let world = try EdgeWorld()
    _ = try await world.person("mira")
    let answer = try await world.logIn("mira", form: "cookie")
    #expect(answer.json?["access_token"] == nil && answer.json?["refresh_token"] == nil)
    let set = answer.headers.all("Set-Cookie")
    #expect(
      set.count == 3
        && set.allSatisfy { $0.contains("SameSite=Strict; ") || $0.hasSuffix("SameSite=Strict") })
    #expect(set.filter { $0.contains("HttpOnly") }.count == 2)
    let jar = set.map { String($0.prefix { $0 != ";" }) }.joined(separator: "; ")
    let csrf = try #require(answer.json?["csrf_token"]?.text)
    #expect(jar.contains("weir_csrf=\(csrf)"))
    let me = try await world.get("/api/auth/me", headers: ["Cookie": jar])
    #expect(me.status == 200 && me.json?["csrf_token"]?.text == csrf)
    for headers: HTTPHeaders in [
      ["Cookie": jar],
      // Another last letter, whichever it has.
      ["Cookie": jar, "X-CSRF-Token": String(csrf.dropLast()) + (csrf.hasSuffix("_") ? "-" : "_")],
      ["Cookie": jar, "X-CSRF-Token": ""],
    ] {
      for path in ["/api/auth/logout", "/api/auth/refresh", "/api/account/cancel-email-change"] {
        let refused = try await world.send("POST", path, headers: headers)
        #expect(refused.code == "csrf_token_invalid", "\(path): \(refused)")
      }
    }
    let good: HTTPHeaders = ["Cookie": jar, "X-CSRF-Token": csrf]
    let renewed = try await world.send("POST", "/api/auth/refresh", headers: good)
    #expect(renewed.status == 200 && renewed.headers.all("Set-Cookie").count == 3, "\(renewed)")
    let out = try await world.send("POST", "/api/auth/logout", headers: good)
    #expect(out.status == 204)
    #expect(out.headers.all("Set-Cookie").allSatisfy { $0.contains("Max-Age=0") })
    #expect(try await world.get("/api/auth/me", headers: ["Cookie": jar]).status == 401)
  }

  @Test("does: a new password by mail ends what was signed in, once")
  func reset() async throws {
    let world = try EdgeWorld()
    let mira = try await world.person("mira")
    _ = try await world.post(
      "/api/auth/forgot-password", #"{"email":"Mira@example.org"}"#, key: nil)
    try await eventually { world.mails.token("reset-password", to: mira.email) != nil }
    let token = try #require(world.mails.token("reset-password", to: mira.email))
    let body = #"{"token":"\#(token)","new_password":"Battery-staple-2"}"#
    #expect(try await world.post("/api/auth/reset-password", body, key: nil).status == 200)
    #expect(try await world.post("/api/auth/reset-password", body, key: nil).status == 400)
    #expect(try await world.ask("GET", "/api/auth/me", by: mira.access).status == 401)
    #expect(try await world.logIn("mira").status == 401)
    #expect(try await world.logIn("mira", "Battery-staple-2").status == 200)
    #expect(world.mails.all.last?.kind == "password-changed")
  }

  @Test("does: an address changes once the new one is confirmed; both are told")
  func changeEmail() async throws {
    let world = try EdgeWorld()
    let mira = try await world.person("mira")
    let wrong = try await world.ask(
      "POST", "/api/account/change-email",
      #"{"new_email":"new@example.org","password":"Wrong-horse-1"}"#, by: mira.access)
    #expect(wrong.code == "password_wrong" && wrong.errors == ["password"])
    let asked = try await world.ask(
      "POST", "/api/account/change-email",
      #"{"new_email":"new@example.org","password":"\#(Person.password)"}"#, by: mira.access)
    #expect(asked.status == 202, "\(asked)")
    #expect(world.mails.all.contains { $0.kind == "email-change-requested" && $0.to == mira.email })
    let token = try #require(world.mails.token("confirm-email-change", to: "new@example.org"))
    // Somebody takes it meanwhile.
    _ = try await world.post(
      "/api/auth/signup",
      #"{"username":"omar","email":"new@example.org","password":"Abcdefg1"}"#, key: nil)
    let late = try await world.post(
      "/api/auth/confirm-email-change", #"{"token":"\#(token)"}"#, key: nil)
    #expect(late.status == 409 && late.code == "email_taken")
    #expect(
      try await world.ask("POST", "/api/account/cancel-email-change", by: mira.access).status
        == 200)
    let unverified = try await world.logIn("omar", "Abcdefg1")
    let refused = try await world.ask(
      "POST", "/api/account/change-password",
      #"{"current_password":"Abcdefg1","new_password":"Abcdefg2"}"#,
      by: unverified.json?["access_token"]?.text)
    #expect(refused.status == 403 && refused.code == "email_unverified")
  }

  @Test("does: nothing that was secret stands in the log or in the service's lines")
  func secrets() async throws {
    let world = try EdgeWorld()
    let mira = try await world.person("mira")
    _ = try await world.post(
      "/api/auth/forgot-password", #"{"email":"mira@example.org"}"#, key: nil)
    try await eventually { world.mails.token("reset-password", to: mira.email) != nil }
    let key = try await world.ask(
      "POST", "/api/account/keys", #"{"label":"books","scopes":["read"],"days":7}"#,
      by: mira.access)
    let secret = try #require(key.json?["key"]?.text?.split(separator: "_").last)
    let hidden =
      [
        Person.password, mira.access, mira.refresh, String(secret),
        world.mails.token("verify-email", to: mira.email) ?? "none",
        world.mails.token("reset-password", to: mira.email) ?? "none", EdgeWorld.accountKey,
      ]
    let stored = try world.store.read(after: 0, limit: 1_000)
      .map { String(decoding: $0.body, as: UTF8.self) + $0.actor }
    #expect(stored.count >= 6)
    for text in stored + world.logged {
      for secret in hidden { #expect(!text.contains(secret)) }
    }
  }
}

/// Looks again until something is so, for as long as a slow machine may take.
func eventually(_ isSo: @Sendable () async throws -> Bool) async throws {
  for _ in 0..<2_000 {
    if try await isSo() { return }
    try await Task.sleep(for: .milliseconds(10))
  }
  Issue.record("it never came to be")
}
