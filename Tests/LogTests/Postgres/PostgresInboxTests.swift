import Support
import Synchronization
import Testing

@testable import Kernel
@testable import Log
@testable import PostgresLog

@Suite struct PostgresInboxTests {
  private func message(_ name: String) -> PostgresInbox.Message {
    PostgresInbox.Message(
      kind: "nowpayments", at: Instant(microseconds: 1_800_000_000_000_000),
      sealed: Array(name.utf8))
  }

  private func names(_ rows: [PostgresInbox.Row]) -> [String] {
    rows.map { String(decoding: $0.message.sealed, as: UTF8.self) }
  }

  private func inbox(_ database: Database, _ node: String = "node") throws -> PostgresInbox {
    PostgresInbox(try database.url(), node: node, isListening: true)
  }

  @Test("does: gives what was put in, in its order, until it is noted what became of it")
  func order() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open()
      let inbox = try inbox(database)
      #expect(try inbox.backlog() == PostgresInbox.Backlog(waiting: 0, oldestSeconds: 0))
      try inbox.put([message("a"), message("b")])
      try inbox.put([message("c")])
      let rows = try inbox.rows(limit: 9)
      #expect(names(rows) == ["a", "b", "c"])
      #expect(rows.map(\.number) == [1, 2, 3])
      #expect(rows[0].message.at == message("a").at && rows[0].message.kind == "nowpayments")
      #expect(try inbox.backlog().waiting == 3)
      #expect(try names(inbox.rows(limit: 2)) == ["a", "b"])
      try inbox.note(rows.prefix(2).map { ($0, "200 accepted") }, for: store)
      // Another node, and one that looks anew, find the rest.
      #expect(try names(self.inbox(database).rows(limit: 9)) == ["c"])
      #expect(try names(inbox.rows(limit: 9)) == ["c"])
      #expect(try inbox.backlog().waiting == 1)
    }
  }

  @Test("does: nothing is missed, and nothing is given twice, while many put in at once")
  func gaps() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open()
      let (writers, each) = (6, 40)
      let threads = try (0..<writers).map { writer in
        let inbox = try inbox(database, "node \(writer)")
        return OnThread {
          for number in 0..<each {
            // Some put in several at once, some give up in the middle of it.
            if number % 7 == writer {
              _ = try database.said(
                "BEGIN; SELECT weir.put_inbox('{telegram}', '{2026-11-28}', 'x', '{\\\\x00}'); "
                  + "ROLLBACK")
            }
            try inbox.put((0...number % 3).map { message("\(writer) \(number) \($0)") })
          }
        }
      }
      let reader = try inbox(database, "reader")
      let wanted = writers * (0..<each).map { $0 % 3 + 1 }.reduce(0, +)
      var seen: [String] = []
      while seen.count < wanted {
        let rows = try reader.rows(limit: 17)
        #expect(rows.map(\.number) == rows.indices.map { UInt64(seen.count + $0 + 1) })
        seen += names(rows)
        try reader.note(rows.map { ($0, "200") }, for: store)
        if rows.isEmpty { try reader.wait(milliseconds: 20) }
      }
      for thread in threads { try thread.join() }
      #expect(Set(seen).count == wanted)
      #expect(try reader.rows(limit: 9).isEmpty)
      // What one of them put in later is behind what it put in before.
      for writer in 0..<writers {
        let own = seen.filter { $0.hasPrefix("\(writer) ") }.map { $0.split(separator: " ")[1] }
        #expect(own.compactMap { Int($0) } == own.compactMap { Int($0) }.sorted())
      }
    }
  }

  @Test("does: all that was said to be kept is given and noted once, though sessions break")
  func broken() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open()
      let kept = Mutex<Set<String>>([])
      let over = Mutex(0)
      let broken = Mutex(0)
      let writers = 4
      let threads = try (0..<writers).map { writer in
        let inbox = try inbox(database, "node \(writer)")
        return OnThread {
          defer { over.withLock { $0 += 1 } }
          var number = 0
          while number < 60 || broken.withLock({ $0 }) < 20 {
            let name = "\(writer) \(number)"
            number += 1
            // Whoever isn't told that it is kept sends it again.
            while (try? inbox.put([message(name)])) == nil {}
            kept.withLock { _ = $0.insert(name) }
          }
        }
      }
      let breaker = OnThread {
        while over.withLock({ $0 }) < writers {
          let ended = try database.server.psql(
            "postgres",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
              + "'\(database.name)' AND query LIKE '%inbox%'")
          broken.withLock { $0 += ended.out.split(separator: "\n").count }
        }
      }
      let reader = try inbox(database, "reader")
      var seen: [UInt64: String] = [:]
      var noted = 0
      while over.withLock({ $0 }) < writers || (try? reader.backlog().waiting) != 0 {
        guard let rows = try? reader.rows(limit: 5), !rows.isEmpty else { continue }
        for row in rows {
          let name = String(decoding: row.message.sealed, as: UTF8.self)
          #expect(seen.updateValue(name, forKey: row.number) ?? name == name)
        }
        if (try? reader.note(rows.map { ($0, "200") }, for: store)) != nil { noted += 1 }
      }
      for thread in threads + [breaker] { try thread.join() }
      #expect(noted > 0)
      #expect(Set(seen.values) == kept.withLock { $0 })
      #expect(seen.keys.sorted() == (1...UInt64(seen.count)).map { $0 })
      let counted = try database.url().connect().run(
        "SELECT count(*), max(number) FROM weir.inbox_taken")
      #expect(counted.integer(0, 0) == seen.count && counted.integer(0, 1) == seen.count)
    }
  }

  @Test("refuses: a node that lost the lane, and outcomes of other rows than those that follow")
  func fence() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let first = try database.open(as: "one", leaseSeconds: 0)
      let inbox = try inbox(database)
      try inbox.put([message("a"), message("b")])
      let rows = try inbox.rows(limit: 9)
      #expect(throws: StoreError.self) { try inbox.note([(rows[1], "200")], for: first) }
      // Its number, and another's words: what a failover makes of a row that wasn't replicated.
      let other = PostgresInbox.Row(number: 1, message: message("x"))
      #expect(throws: StoreError.self) { try inbox.note([(other, "200")], for: first) }
      #expect(throws: StoreError.self) {
        try inbox.note([(rows[0], "200"), (rows[0], "200")], for: first)
      }
      let second = try database.open(as: "two", leaseSeconds: 0)
      #expect { try inbox.note([(rows[0], "200")], for: first) } throws: { error in
        if case .failed = error as? StoreError { true } else { false }
      }
      #expect(try names(inbox.rows(limit: 9)) == ["a", "b"])
      try inbox.note([(rows[0], "200")], for: second)
      // Noted by another meanwhile: whoever comes late finds the rest.
      #expect(throws: StoreError.self) { try inbox.note([(rows[0], "200")], for: second) }
      #expect(try names(inbox.rows(limit: 9)) == ["b"])
    }
  }

  @Test("refuses: to call kept what didn't wait for the standbys")
  func unproven() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open()
      let inbox = try inbox(database)
      let warning = """
        ALTER FUNCTION weir.put_inbox RENAME TO put;
        CREATE FUNCTION weir.put_inbox(text[], timestamptz[], text, bytea[]) RETURNS bigint
        LANGUAGE plpgsql AS $$ BEGIN
          RAISE WARNING 'canceling wait for synchronous replication';
          RETURN weir.put($1, $2, $3, $4);
        END $$
        """
      #expect(try database.said(warning) == "")
      #expect { try inbox.put([message("a")]) } throws: {
        "\($0)".contains("synchronous replication")
      }
      // It may be there, and is taken like any other.
      let rows = try inbox.rows(limit: 9)
      #expect(Set(names(rows)) == ["a"])
      try inbox.note(rows.map { ($0, "200") }, for: store)
    }
  }

  @Test("does: goes on behind a session that broke; hears of what was put in, long before it looks")
  func hears() async throws {
    let database = try await Database.fresh()
    try await offPool {
      _ = try database.open()
      let (door, exit) = (try inbox(database), try inbox(database))
      try door.put([message("a")])
      #expect(try exit.backlog().waiting == 1)
      let ended = try database.server.psql(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
          + "'\(database.name)'")
      #expect(ended.code == 0)
      try door.put([message("b")])
      #expect(throws: StoreError.self) { try exit.backlog() }
      #expect(try exit.backlog().waiting == 2)
      let began = ContinuousClock.now
      let thread = OnThread {
        try door.put([message("c")])
        door.ring()
      }
      try exit.wait(milliseconds: 240_000)
      #expect(ContinuousClock.now - began < .seconds(120))
      try thread.join()
      #expect(try names(exit.rows(limit: 9)) == ["a", "b", "c"])
      // A server that lacks events isn't asked.
      #expect(throws: StoreError.self) { try exit.backlog(atLeast: 1) }
    }
  }

  @Test("refuses: by name, a role that may append and not use the inbox, until it is granted that")
  func rights() async throws {
    let database = try await Database.fresh()
    try await offPool {
      try database.open().close()
      let role = "inboxless_of_\(database.name)"
      let grants = try database.said(
        "CREATE ROLE \(role) LOGIN; GRANT USAGE ON SCHEMA weir TO \(role); "
          + "GRANT SELECT ON ALL TABLES IN SCHEMA weir TO \(role); "
          + "GRANT EXECUTE ON FUNCTION weir.take_lane, weir.keep_lane, weir.append, "
          + "weir.note_recovery, weir.put_inbox TO \(role)")
      #expect(grants == "")
      let text = database.server.url(database.name, role: role)
      let words = "role \(role) may not use the inbox"
      #expect { try database.open(through: text) } throws: { "\($0)".contains(words) }
      #expect { try PostgresInbox.check(database.url(text)) } throws: { "\($0)".contains(words) }
      #expect(try database.said("GRANT EXECUTE ON FUNCTION weir.take_inbox TO \(role)") == "")
      try PostgresInbox.check(database.url(text))
      // Nor the calls of other nodes.
      let calls = "role \(role) may not use the calls of other nodes"
      #expect { try database.open(through: text) } throws: { "\($0)".contains(calls) }
      #expect { try PostgresCalls.check(database.url(text)) } throws: { "\($0)".contains(calls) }
      let functions = "weir.lead_calls, weir.tend_node, weir.put_calls, weir.take_calls, "
      #expect(
        try database.said(
          "GRANT EXECUTE ON FUNCTION \(functions)weir.answer_calls, weir.end_calls, "
            + "weir.keep_place TO \(role)")
          == "")
      try PostgresCalls.check(database.url(text))
      try database.open(through: text).close()
    }
  }
}
