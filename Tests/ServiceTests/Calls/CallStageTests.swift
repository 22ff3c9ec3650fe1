import Foundation
import Gateways
import HTTP
import JSON
import Kernel
import Log
import PostgresLog
import Sagas
import Sandbox
import Support
import Testing

@testable import Service

/// Three nodes, and calls that the two which stand by make, over sockets and a real database.
@Suite(.serialized) struct CallStageTests {
  private static let secret = "a-webhook-secret-of-the-tests"

  private func open(_ more: [String: String] = [:]) async throws -> Stage {
    let settings = [
      "TELEGRAM_BOT_TOKEN": "12:a-token-of-the-tests-0123",
      "TELEGRAM_WEBHOOK_SECRET": Self.secret,
    ]
    return try await Stage.open(settings.merging(more) { $1 }, in: .threeNodes)
  }

  private func sql(_ stage: Stage, _ text: String) async throws -> String {
    let database = try #require(stage.database)
    return try await offPool {
      let done = try PostgresServer.shared.get().psql(database, text)
      #expect(done.code == 0, "\(done)")
      return done.out.split(separator: "\n").joined(separator: "\n")
    }
  }

  private func say(_ stage: Stage, _ number: Int, from user: Int = 5) async throws {
    let body =
      #"{"update_id":\#(number),"message":{"text":"/start","from":{"id":\#(user)},"#
      + #""chat":{"id":\#(user),"type":"private"}}}"#
    let reply = try await stage.send(
      "POST", stage.places[number % 3] + "/webhooks/telegram", bytes: Array(body.utf8),
      headers: ["X-Telegram-Bot-Api-Secret-Token": Self.secret])
    #expect(reply.status == 200, "\(reply)")
  }

  /// Lets somebody begin a chat, so that the bot may write to him.
  private func meet(_ stage: Stage, _ user: Int) async throws {
    let reply = try await stage.send(
      "POST", stage.sandbox.adminURL + "/admin/telegram",
      .object(["user": .integer(user), "do": .string("say"), "text": .string("/start")]))
    #expect(reply.status == 200, "\(reply)")
    try await say(stage, 100)
    // That one, and what the bot hears of the other.
    #expect(try await isAnswered(stage, 2))
  }

  /// Waits until all that was heard, and so much of it, is answered.
  private func isAnswered(_ stage: Stage, _ least: Int) async throws -> Bool {
    try await stage.eventually {
      let heard = try facts(stage, "chat.heard.v1")
      return try heard >= least && facts(stage, "chat.answered.v1") == heard
    }
  }

  private func facts(_ stage: Stage, _ name: String) throws -> Int {
    try stage.weir.store.read(after: 0, limit: 10_000).count { $0.name == name }
  }

  /// A counter's value, over all nodes that it is told of.
  private func calls(_ page: String, _ outcome: String) -> Int {
    page.split(separator: "\n").filter {
      $0.hasPrefix("weir_calls_total{") && $0.contains(#"outcome="\#(outcome)""#)
    }
    .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
  }

  private func page(_ stage: Stage, _ place: Int) async throws -> String {
    let request = HTTPClientRequest(method: "GET", url: stage.places[place] + "/metrics")
    return String(decoding: try await stage.http.send(request).get().body, as: UTF8.self)
  }

  @Test("does: every lane is leased, each to one of both nodes, and all nodes tell so")
  func leases() async throws {
    let stage = try await open()
    let own = try #require(stage.weir.readiness.calls)
    #expect(own.leases.map(\.name) == Effect.sharedLanes)
    let counts = Dictionary(grouping: own.leases) { $0.node }.mapValues(\.count)
    #expect(counts.values.sorted() == [3, 4], "\(counts)")
    for (node, count) in counts {
      #expect(stage.weir.metrics.page().contains(#"weir_leases{node="\#(node)"} \#(count)"#))
    }
    var told: [String] = []
    for place in 0...1 {
      let health = try await stage.send("GET", stage.places[place] + "/health")
      told += (health.body["calls"]?["leases"]?.items ?? []).compactMap { $0["name"]?.text }
    }
    #expect(told.sorted() == own.leases.map(\.name))
  }

  @Test("does: answers come from the node that leased the lane, each once, at the lane's rate")
  func chats() async throws {
    let stage = try await open()
    try await meet(stage, 5)
    let began = ContinuousClock.now
    for number in 101...112 { try await say(stage, number) }
    #expect(try await isAnswered(stage, 14))
    // Two at once, and two a second from then on.
    #expect(ContinuousClock.now - began > .seconds(4.9))
    #expect(try facts(stage, "chat.failed.v1") == 0)
    let heard = try facts(stage, "chat.heard.v1")
    let out = calls(stage.weir.metrics.page(), "handed_out")
    #expect(out >= 14)
    #expect(calls(stage.weir.metrics.page(), "answered") == out)
    let pages = [try await page(stage, 0), try await page(stage, 1)]
    #expect(pages.map { calls($0, "performed") }.reduce(0, +) == out)
    let shown = try await stage.send(
      "GET", stage.sandbox.adminURL + "/admin/telegram?user=5")
    #expect(shown.body["messages"]?.items?.count == heard)
    // Rows of what is over are gone, and nothing waits.
    #expect(
      try await stage.eventually {
        let left = "SELECT (SELECT count(*) FROM weir.call) + count(*) FROM weir.call_done"
        return try await sql(stage, left) == "0"
      })
    #expect(stage.weir.readiness.calls?.out == 0)
  }

  @Test("tells: on the node that serves, what Telegram said to another node")
  func access() async throws {
    let stage = try await open()
    try await say(stage, 1, from: 99)
    #expect(try await stage.eventually { calls(stage.weir.metrics.page(), "answered") >= 1 })
    #expect(stage.weir.readiness.access == nil)
    stage.weir.access.note("getMe", nil, .permanent("none", code: .credentials))
    #expect(stage.weir.readiness.access != nil)
    // The other node's next call tells that the bot is one.
    try await say(stage, 2, from: 99)
    #expect(try await stage.eventually { stage.weir.readiness.access == nil })
  }

  @Test("refuses: a garbled call and a garbled answer, by name; both are made here, and once")
  func garbled() async throws {
    let stage = try await open()
    try await meet(stage, 5)
    let known = try facts(stage, "chat.heard.v1")
    _ = try await sql(
      stage,
      """
      CREATE FUNCTION weir.garble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        NEW.effect := set_byte(NEW.effect, 20, get_byte(NEW.effect, 20) # 1); RETURN NEW;
      END $$;
      CREATE TRIGGER garble BEFORE INSERT ON weir.call
        FOR EACH ROW EXECUTE FUNCTION weir.garble();
      """)
    try await say(stage, 101)
    #expect(try await isAnswered(stage, known + 1))
    #expect(calls(stage.weir.metrics.page(), "unread") == 1)
    let pages = [try await page(stage, 0), try await page(stage, 1)]
    #expect(pages.map { calls($0, "unreadable") }.reduce(0, +) == 1)
    _ = try await sql(
      stage,
      """
      DROP TRIGGER garble ON weir.call;
      CREATE OR REPLACE FUNCTION weir.garble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        NEW.outcome := substr(NEW.outcome, 2); RETURN NEW;
      END $$;
      CREATE TRIGGER garble BEFORE INSERT ON weir.call_done
        FOR EACH ROW EXECUTE FUNCTION weir.garble();
      """)
    try await say(stage, 102)
    #expect(try await isAnswered(stage, known + 2))
    #expect(calls(stage.weir.metrics.page(), "garbled") == 1)
    #expect(calls(stage.weir.metrics.page(), "taken_back") == 2)
    _ = try await sql(stage, "DROP TRIGGER garble ON weir.call_done")
    // An answer that a node gave to another call.
    try await say(stage, 103)
    #expect(try await isAnswered(stage, known + 3))
    #expect(try facts(stage, "chat.failed.v1") == 0)
  }

  @Test("does: what can't be handed out, or whose lease lapses, is made by the node that serves")
  func local() async throws {
    let stage = try await open()
    try await meet(stage, 5)
    let known = try facts(stage, "chat.heard.v1")
    _ = try await sql(stage, "ALTER FUNCTION weir.put_calls RENAME TO putting")
    try await say(stage, 101)
    #expect(try await isAnswered(stage, known + 1))
    _ = try await sql(stage, "ALTER FUNCTION weir.putting RENAME TO put_calls")
    // Nobody takes, and nobody tends: the call waits until its lease is over.
    _ = try await sql(
      stage,
      "ALTER FUNCTION weir.take_calls RENAME TO taking; "
        + "ALTER FUNCTION weir.tend_node RENAME TO tending")
    try await say(stage, 102)
    #expect(try await isAnswered(stage, known + 2))
    #expect(
      try await stage.eventually { stage.weir.readiness.calls?.leases.isEmpty == true })
    try await say(stage, 103)
    #expect(try await isAnswered(stage, known + 3))
    #expect(calls(stage.weir.metrics.page(), "taken_back") == 2)
    _ = try await sql(
      stage,
      "ALTER FUNCTION weir.taking RENAME TO take_calls; "
        + "ALTER FUNCTION weir.tending RENAME TO tend_node")
    #expect(
      try await stage.eventually { stage.weir.readiness.calls?.leases.count == 7 })
    let before = calls(stage.weir.metrics.page(), "answered")
    try await say(stage, 104)
    #expect(try await isAnswered(stage, known + 4))
    #expect(calls(stage.weir.metrics.page(), "answered") == before + 1)
    #expect(try facts(stage, "chat.failed.v1") == 0)
  }

  @Test("refuses: leases to a node with other settings of the outside")
  func settings() async throws {
    let stage = try await open()
    #expect(stage.weir.readiness.calls?.leases.count == 7)
    let node = try await offPool {
      var other = stage.configuration
      other.data = ScratchFolder().path
      other.listen = HTTPAddress(host: "127.0.0.1", port: FreePort.next())
      other.changeNOW.apiKey = Secret("another-key-of-the-tests")
      return try StandbyReads.start(
        other, Logger(secrets: [], clock: Weir.clock, sink: { _ in }))
    }
    #expect(
      try await stage.eventually {
        try await sql(
          stage, "SELECT count(*) FROM weir.node WHERE seen_until > now()") == "3"
      })
    // It counts for nobody's share either.
    #expect(try await sql(stage, "SELECT count(DISTINCT holder) FROM weir.lease") == "2")
    #expect(stage.weir.readiness.calls?.leases.count == 7)
    await withCheckedContinuation { done in
      DispatchQueue.global().async {
        node.stop()
        done.resume()
      }
    }
  }
}
