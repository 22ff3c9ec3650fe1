import Foundation
import Gateways
import HTTP
import JSON
import Kernel
import Log
import PostgresLog
import Support
import Testing

@testable import Service

/// Webhooks at nodes that stand by, over sockets, on a real database.
@Suite(.serialized) struct InboxStageTests {
  private static let secret = "a-webhook-secret-of-the-tests"

  private func open() async throws -> Stage {
    try await Stage.open(
      [
        "TELEGRAM_BOT_TOKEN": "12:a-token-of-the-tests-0123",
        "TELEGRAM_WEBHOOK_SECRET": Self.secret,
      ], in: .threeNodes)
  }

  private func sql(_ stage: Stage, _ text: String) async throws -> String {
    let database = try #require(stage.database)
    return try await offPool {
      let done = try PostgresServer.shared.get().psql(database, text)
      #expect(done.code == 0, "\(done)")
      return done.out.split(separator: "\n").joined(separator: "\n")
    }
  }

  private func notify(
    _ stage: Stage, _ place: String, _ body: String, signature: String? = nil
  ) async throws -> Stage.Reply {
    let bytes = Array(body.utf8)
    let signed = NOWPaymentsNotice.signature(
      of: bytes, secret: stage.configuration.nowPayments.ipnSecrets[0].reveal())
    return try await stage.send(
      "POST", place + "/webhooks/nowpayments", bytes: bytes,
      headers: ["x-nowpayments-sig": signature ?? signed ?? ""])
  }

  private func say(
    _ stage: Stage, _ place: String, _ number: Int, _ text: String, secret: String = Self.secret
  ) async throws -> Stage.Reply {
    let body =
      #"{"update_id":\#(number),"message":{"text":"\#(text)","from":{"id":5},"#
      + #""chat":{"id":5,"type":"private"}}}"#
    return try await stage.send(
      "POST", place + "/webhooks/telegram", bytes: Array(body.utf8),
      headers: ["X-Telegram-Bot-Api-Secret-Token": secret])
  }

  private func heard(_ stage: Stage) throws -> Int {
    try stage.weir.store.read(after: 0, limit: 1_000).count { $0.name == "chat.heard.v1" }
  }

  @Test("does: an update at two nodes is heard once; a forged one is refused by all, and not kept")
  func updates() async throws {
    let stage = try await open()
    for place in stage.places {
      #expect(try await say(stage, place, 1, "/start", secret: Self.secret + "x").status == 403)
      #expect(try await notify(stage, place, "{}", signature: "00").status == 403)
      // Nothing the bot has ears for isn't kept either.
      let poll = try await stage.send(
        "POST", place + "/webhooks/telegram", bytes: Array(#"{"update_id":9,"poll":{}}"#.utf8),
        headers: ["X-Telegram-Bot-Api-Secret-Token": Self.secret])
      #expect(poll.status == 200)
    }
    #expect(try await sql(stage, "SELECT number FROM weir.inbox_lane") == "0")
    for place in stage.places.dropLast() {
      let kept = try await say(stage, place, 1, "/start")
      #expect(kept.status == 200 && kept.body["status"]?.text == "kept", "\(kept)")
    }
    #expect(try await say(stage, stage.places[2], 1, "/start").status == 200)
    #expect(
      try await stage.eventually {
        try await sql(stage, "SELECT count(*) FROM weir.inbox_taken") == "2"
      })
    #expect(try heard(stage) == 1)
    #expect(
      try await sql(stage, "SELECT DISTINCT outcome FROM weir.inbox_taken") == "200 taken")
    #expect(try await sql(stage, "SELECT kind, node <> '' FROM weir.inbox LIMIT 1") == "telegram|t")
    // What is said isn't in the database for whoever reads it.
    let plain = "SELECT count(*) FROM weir.inbox WHERE position('start'::bytea IN sealed) > 0"
    #expect(try await sql(stage, plain) == "0")
  }

  @Test("keeps: a notice that the route refuses with its outcome, and shows it in the book")
  func refused() async throws {
    let stage = try await open()
    let malformed = #"{"payment_id":1}"#
    #expect(try await notify(stage, stage.places[0], malformed).status == 200)
    #expect(
      try await stage.eventually {
        try await sql(stage, "SELECT outcome FROM weir.inbox_taken") == "400 notice_malformed"
      })
    let book = try await stage.send(
      "GET", stage.base + "/api/admin/notices", headers: stage.operatorKey)
    let entry = try #require(book.body["notices"]?.items?.first)
    #expect(entry["outcome"]?.text == "malformed")
    #expect(stage.weir.readiness.inbox?.waiting == 0)
    let page = try await stage.send("GET", stage.places[0] + "/health")
    #expect(page.body["inbox"]?["waiting"]?.integer == 0, "\(page.body)")
  }

  @Test("tells: what waits longer than a minute, and what nobody's secret opens, once each")
  func alarms() async throws {
    let stage = try await open()
    _ = try await sql(
      stage,
      "BEGIN; UPDATE weir.inbox_lane SET number = 1; INSERT INTO weir.inbox VALUES "
        + "(1, 'telegram', now(), now() - interval '2 minutes', 'x', '\\x0123'); COMMIT")
    #expect(
      try await stage.eventually {
        try await sql(stage, "SELECT outcome FROM weir.inbox_taken") == "unopened"
      })
    let page = stage.weir.metrics.page()
    #expect(page.contains(#"weir_alarms_total{kind="inbox_late"} 1"#))
    #expect(page.contains(#"weir_alarms_total{kind="inbox_unopened"} 1"#))
    // What comes behind it is taken as ever.
    #expect(try await say(stage, stage.places[0], 1, "/start").status == 200)
    #expect(try await stage.eventually { try heard(stage) == 1 })
    #expect(stage.weir.metrics.page().contains("\nweir_inbox_waiting 0\n"))
  }
}

@Suite struct KeptWebhookTests {
  private func configuration(_ secret: String) throws -> Configuration {
    try Configuration.load(
      .sandbox, data: ScratchFolder().path, listen: HTTPAddress(host: "127.0.0.1", port: 0),
      file: nil,
      variables: [
        "WEIR_NOWPAYMENTS_IPN_SECRET": secret,
        "WEIR_TELEGRAM_BOT_TOKEN": "12:a-token-of-the-tests-0123",
        "WEIR_TELEGRAM_WEBHOOK_SECRET": "a-webhook-secret-of-the-tests",
      ])
  }

  private func webhook(_ kind: KeptWebhook.Kind) -> KeptWebhook {
    KeptWebhook(
      kind: kind, at: EdgeWorld.now, from: "127.0.0.9", body: Array(#"{"a":"ü"}"#.utf8),
      signature: kind == .nowPayments ? "00ff" : nil)
  }

  @Test("does: opens what was sealed with the same secret", arguments: [true, false])
  func opens(_ isNotice: Bool) throws {
    let configuration = try configuration("an-ipn-secret-of-the-tests-1")
    let kept = webhook(isNotice ? .nowPayments : .telegram)
    let sealed = try #require(kept.sealed(configuration))
    #expect(try #require(kept.sealed(configuration)) != sealed)
    #expect(KeptWebhook(kept.kind, at: kept.at, sealed: sealed, configuration) == kept)
    let header = kept.request(configuration).headers
    #expect(header.only("x-nowpayments-sig") == (isNotice ? "00ff" : nil))
    #expect(
      header.only("x-telegram-bot-api-secret-token")
        == (isNotice ? nil : "a-webhook-secret-of-the-tests"))
  }

  @Test("refuses: another secret's, another kind's, and anything that was altered")
  func refuses() throws {
    let configuration = try configuration("an-ipn-secret-of-the-tests-1")
    let kept = webhook(.nowPayments)
    let sealed = try #require(kept.sealed(configuration))
    func opens(_ bytes: [UInt8], _ kind: KeptWebhook.Kind, _ with: Configuration) -> Bool {
      KeptWebhook(kind, at: kept.at, sealed: bytes, with) != nil
    }
    #expect(opens(sealed, .nowPayments, configuration))
    #expect(!opens(sealed, .telegram, configuration))
    #expect(!opens(sealed, .nowPayments, try self.configuration("an-ipn-secret-of-the-tests-2")))
    for place in sealed.indices {
      var altered = sealed
      altered[place] ^= 1
      #expect(!opens(altered, .nowPayments, configuration), "byte \(place)")
    }
    for count in [0, 1, 27, 28, sealed.count - 1] {
      #expect(!opens(Array(sealed.prefix(count)), .nowPayments, configuration))
    }
  }

  @Test("does: a private key that somebody pasted is nowhere in what is kept; other words are")
  func keys() throws {
    func kept(_ text: String) throws -> TelegramUpdate {
      let body = Array(
        (#"{"update_id":7,"message":{"text":"\#(text)","from":{"id":5,"first_name":"A"},"#
          + #""chat":{"id":5,"type":"private"}}}"#).utf8)
      let update = try #require(TelegramUpdate(try JSONValue.parse(body)))
      let bytes = try #require(BotIntake.kept(update, body))
      if text != "/start" {
        #expect(!String(decoding: bytes, as: UTF8.self).contains(text))
      }
      return try #require(TelegramUpdate(try JSONValue.parse(bytes)))
    }
    #expect(try kept("/start").said?.text == "/start")
    let key = String(repeating: "4c", count: 32)
    #expect(try kept(key).said == ChatUpdate(number: 7, user: UserID(text: "5")!, text: ""))
  }
}
