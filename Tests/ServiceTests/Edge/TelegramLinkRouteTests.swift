import HTTP
import JSON
import Kernel
import Log
import Testing

@testable import Service

@Suite struct TelegramLinkRouteTests {
  private static let secret = "a-webhook-secret-of-the-tests"
  private static let variables = [
    "WEIR_RATE_LIMITS": "off", "WEIR_TELEGRAM_BOT_TOKEN": "12:a-token-of-the-tests-0123",
    "WEIR_TELEGRAM_WEBHOOK_SECRET": secret,
  ]

  private func say(_ world: EdgeWorld, _ number: Int, _ text: String, by user: Int) async throws {
    let update =
      #"{"update_id":\#(number),"message":{"text":"\#(text)","from":{"id":\#(user)},"#
      + #""chat":{"id":\#(user),"type":"private"}}}"#
    let answer = try await world.send(
      "POST", "/webhooks/telegram", headers: ["X-Telegram-Bot-Api-Secret-Token": Self.secret],
      body: Array(update.utf8))
    #expect(answer.status == 200)
  }

  private func user(_ world: EdgeWorld, _ person: Person) async throws -> JSONValue? {
    try await world.ask("GET", "/api/auth/me", by: person.access).json?["telegram_user"]
  }

  @Test(
    "does: an owner is linked by what he says to the bot once; forged and old words link nobody")
  func links() async throws {
    let world = try EdgeWorld(variables: Self.variables)
    let mira = try await world.person("mira")
    #expect(try await user(world, mira) == .null)
    let path = "/api/account/telegram"
    #expect(
      try await world.ask("POST", path, #"{"password":"wrong-one-12"}"#, by: mira.access).code
        == "password_wrong")
    let made = try await world.ask(
      "POST", path, #"{"password":"\#(Person.password)"}"#, by: mira.access)
    let words = try #require(made.json?["say"]?.text, "\(made)")
    #expect(words.hasPrefix("/start own_") && words.dropFirst("/start ".count).utf8.count <= 64)
    // Another account's name under the same signature.
    let token = words.dropFirst("/start own_".count)
    let forged = "/start own_" + (token.first == "A" ? "B" : "A") + token.dropFirst()
    try await say(world, 1, forged, by: 5)
    try await say(world, 2, String(words.dropLast()), by: 5)
    #expect(try await user(world, mira) == .null)
    try await say(world, 3, words, by: 7)
    #expect(try await user(world, mira) == .string("7"))
    try await say(world, 4, words, by: 5)
    #expect(try await user(world, mira) == .string("7"), "it is good once")
    let off = try await world.ask("DELETE", path, by: mira.access)
    #expect(off.status == 200, "\(off)")
    #expect(try await user(world, mira) == .null)
    try await say(world, 5, words, by: 7)
    #expect(try await user(world, mira) == .null)
    let log = try world.store.read(after: 0, limit: 1_000)
    #expect(!log.contains { String(decoding: $0.body, as: UTF8.self).contains("own_") })
  }

  @Test("refuses: a link of another key, of another time, and cut or longer ones")
  func tokens() throws {
    let now = EdgeWorld.now
    let mira = try #require(AccountID(text: "3f2b8c1e-5d47-4a90-9b1c-7e6f0a2d4c58"))
    let tokens = Tokens(keys: [Secret(EdgeWorld.accountKey)])
    let words = tokens.telegramLink(mira, at: now)
    let read = tokens.readTelegramLink(words, at: now.adding(seconds: 899))
    #expect(read?.account == mira && read?.issued == now)
    #expect(tokens.readTelegramLink(words, at: now.adding(seconds: 900)) == nil)
    #expect(tokens.readTelegramLink(words, at: now.adding(seconds: -61)) == nil)
    for length in 0..<words.count {
      #expect(tokens.readTelegramLink(String(words.prefix(length)), at: now) == nil)
    }
    #expect(tokens.readTelegramLink(words + "AA", at: now) == nil)
    let other = Tokens(keys: [Secret(EdgeWorld.accountKey + "x")])
    #expect(other.readTelegramLink(words, at: now) == nil)
    let both = Tokens(keys: other.keys + tokens.keys)
    #expect(both.readTelegramLink(words, at: now)?.account == mira)
  }
}
