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

  @Test("does: what was taken and couldn't be noted is taken again, and books nothing twice")
  func again() async throws {
    let stage = try await open()
    _ = try await sql(stage, "ALTER FUNCTION weir.take_inbox RENAME TO taken")
    for number in 1...3 {
      #expect(try await say(stage, stage.places[number % 2], number, "/start").status == 200)
    }
    let tries = #"weir_inbox_total{outcome="taken"}"#
    // Three rows, each time anew.
    #expect(
      try await stage.eventually {
        let line = stage.weir.metrics.page().split(separator: "\n").first { $0.hasPrefix(tries) }
        return (line?.split(separator: " ").last.flatMap { Int($0) } ?? 0) > 6
      })
    #expect(try heard(stage) == 3)
    #expect(try await sql(stage, "SELECT count(*) FROM weir.inbox_taken") == "0")
    _ = try await sql(stage, "ALTER FUNCTION weir.taken RENAME TO take_inbox")
    #expect(
      try await stage.eventually {
        try await sql(stage, "SELECT count(*) FROM weir.inbox_taken") == "3"
      })
    #expect(try heard(stage) == 3)
  }

  @Test("refuses: by 503, what isn't known to be kept; it is taken all the same if it was")
  func unknown() async throws {
    let stage = try await open()
    _ = try await sql(
      stage,
      """
      ALTER FUNCTION weir.put_inbox RENAME TO put;
      CREATE FUNCTION weir.put_inbox(text[], timestamptz[], text, bytea[]) RETURNS bigint
      LANGUAGE plpgsql AS $$ BEGIN
        RAISE WARNING 'canceling wait for synchronous replication';
        RETURN weir.put($1, $2, $3, $4);
      END $$
      """)
    let answer = try await say(stage, stage.places[0], 1, "/start")
    #expect(answer.status == 503 && answer.body["code"]?.text == "standing_by", "\(answer)")
    _ = try await sql(
      stage, "DROP FUNCTION weir.put_inbox; ALTER FUNCTION weir.put RENAME TO put_inbox")
    #expect(try await say(stage, stage.places[1], 1, "/start").status == 200)
    #expect(
      try await stage.eventually {
        try await sql(
          stage, "SELECT count(*) FROM weir.inbox_taken HAVING count(*) = max(number)")
          != "" && stage.weir.readiness.inbox?.waiting == 0
      })
    #expect(try heard(stage) == 1)
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

  @Test("does: what a node couldn't open is taken by the next that has the secret, and once")
  func unopened() async throws {
    let stage = try await open()
    let update =
      #"{"update_id":7,"message":{"text":"/start","from":{"id":5},"#
      + #""chat":{"id":5,"type":"private"}}}"#
    let webhook = KeptWebhook(
      kind: .telegram, at: Weir.clock(), from: "127.0.0.9", body: Array(update.utf8),
      signature: nil)
    let sealed = HexText.of(try #require(webhook.sealed(stage.configuration)))
    _ = try await sql(
      stage,
      "BEGIN; UPDATE weir.inbox_lane SET number = 1; INSERT INTO weir.inbox VALUES "
        + "(1, 'telegram', now(), now(), 'x', '\\x\(sealed)'); "
        + "INSERT INTO weir.inbox_taken VALUES (1, 0, 'unopened', now()); COMMIT")
    #expect(try heard(stage) == 0)
    stage.weir.stop()
    for _ in 0..<2 {
      let configuration = stage.configuration
      let node = try await offPool {
        try Weir.start(
          configuration,
          logger: Logger(secrets: configuration.secrets, clock: Weir.clock, sink: { _ in }))
      }
      defer { node.stop() }
      let isHeard = try await stage.eventually {
        try node.store.read(after: 0, limit: 1_000).count { $0.name == "chat.heard.v1" } == 1
          && node.metrics.page().contains(#"weir_inbox_total{outcome="taken"} 1"#)
      }
      #expect(isHeard)
      #expect(try node.store.read(after: 0, limit: 1_000).count { $0.name == "chat.heard.v1" } == 1)
    }
  }
}
