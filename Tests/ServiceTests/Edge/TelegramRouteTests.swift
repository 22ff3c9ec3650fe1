import HTTP
import Kernel
import Log
import Synchronization
import Testing

@testable import Service

@Suite struct TelegramRouteTests {
  private static let secret = "a-webhook-secret-of-the-tests"

  private func update(_ number: Int, _ text: String) -> String {
    #"{"update_id":\#(number),"message":{"text":"\#(text)","from":{"id":5},"#
      + #""chat":{"id":5,"type":"private"}}}"#
  }

  @Test("does: an update with the secret is a fact once; without it, or another, it is refused")
  func takes() async throws {
    let world = try EdgeWorld(variables: [
      "WEIR_TELEGRAM_BOT_TOKEN": "12:a-token-of-the-tests-0123",
      "WEIR_TELEGRAM_WEBHOOK_SECRET": Self.secret,
    ])
    func send(_ body: String, _ secret: String?) async throws -> Int {
      try await world.send(
        "POST", "/webhooks/telegram",
        headers: secret.map { ["X-Telegram-Bot-Api-Secret-Token": $0] } ?? [:],
        body: Array(body.utf8)
      ).status
    }
    for forged in [nil, "", "a-webhook-secret-of-the-testz", Self.secret + "x"] {
      #expect(try await send(update(1, "/start"), forged) == 403)
    }
    for _ in 0..<2 { #expect(try await send(update(1, "/start"), Self.secret) == 200) }
    // The same number with another content is told of and not taken, and not asked for again.
    #expect(try await send(update(1, "/cancel"), Self.secret) == 200)
    #expect(try await send("{", Self.secret) == 200)
    #expect(try await send(#"{"update_id":2,"poll":{}}"#, Self.secret) == 200)
    #expect(try await send(update(3, "/cancel"), Self.secret) == 200)
    let heard = try world.store.read(after: 0, limit: 1_000).filter { $0.name == "chat.heard.v1" }
    #expect(heard.count == 2)
    #expect(world.logged.contains { $0.contains("update_not_taken") })
    #expect(!world.logged.contains { $0.contains(Self.secret) })
  }

  @Test("does: an update with the secret before is taken while it is being changed, and no older")
  func changing() async throws {
    let world = try EdgeWorld(variables: [
      "WEIR_TELEGRAM_BOT_TOKEN": "12:a-token-of-the-tests-0123",
      "WEIR_TELEGRAM_WEBHOOK_SECRET": "another-secret-of-the-tests",
      "WEIR_TELEGRAM_WEBHOOK_SECRET_PREVIOUS": Self.secret,
    ])
    #expect(world.configuration.telegram.webhookSecret?.reveal() == "another-secret-of-the-tests")
    for (number, (secret, status)) in [
      ("another-secret-of-the-tests", 200), (Self.secret, 200), ("a-secret-of-long-ago", 403),
    ].enumerated() {
      let answer = try await world.send(
        "POST", "/webhooks/telegram", headers: ["X-Telegram-Bot-Api-Secret-Token": secret],
        body: Array(update(number + 1, "/start").utf8))
      #expect(answer.status == status, "\(secret)")
    }
    let heard = try world.store.read(after: 0, limit: 1_000).filter { $0.name == "chat.heard.v1" }
    #expect(heard.count == 2)
    #expect {
      try EdgeWorld(variables: ["WEIR_TELEGRAM_WEBHOOK_SECRET_PREVIOUS": Self.secret])
    } throws: { "\($0)".contains("is the one before, and there is none now") }
  }

  @Test("does: beyond what one person may say nothing is written, and others are heard as before")
  func flood() async throws {
    let told = Mutex<[ChatUpdate]>([])
    let limits = ChatLimits(isOn: true) { said in told.withLock { $0.append(said) } }
    let world = try EdgeWorld(
      variables: [
        "WEIR_TELEGRAM_BOT_TOKEN": "12:a-token-of-the-tests-0123",
        "WEIR_TELEGRAM_WEBHOOK_SECRET": Self.secret,
      ], chatLimits: limits)
    func heard() throws -> Int {
      try world.store.read(after: 0, limit: 1_000).count { $0.name == "chat.heard.v1" }
    }
    func say(_ number: Int, _ text: String) async throws {
      let answer = try await world.send(
        "POST", "/webhooks/telegram",
        headers: ["X-Telegram-Bot-Api-Secret-Token": Self.secret],
        body: Array(update(number, text).utf8))
      #expect(answer.status == 200)
    }
    for number in 1...100 { try await say(number, "words and words") }
    #expect(try heard() == 60)
    #expect(told.withLock { $0.map(\.number) } == [61])
    let other = update(200, "/start").split(separator: "5").joined(separator: "6")
    _ = try await world.send(
      "POST", "/webhooks/telegram",
      headers: ["X-Telegram-Bot-Api-Secret-Token": Self.secret], body: Array(other.utf8))
    #expect(try heard() == 61)
  }

  @Test("refuses: updates where no webhook is configured")
  func off() async throws {
    let world = try EdgeWorld()
    let answer = try await world.send(
      "POST", "/webhooks/telegram", body: Array(update(1, "/start").utf8))
    #expect(answer.status == 404)
  }
}
