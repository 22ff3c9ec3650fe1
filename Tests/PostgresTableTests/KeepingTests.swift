import Kernel
import Log
import PostgresLog
import Projections
import Support
import Synchronization
import Tables
import Testing

@testable import PostgresTables

/// Tables kept in a database: each fact exactly once, whatever breaks.
@Suite struct KeepingTests {
  private static let count = TableWorld.story.count

  @Test("does: every table's rows are SQLite's, with rows in memory and almost none")
  func equal() async throws {
    for kept in [100_000, 3] {
      let world = try await TableWorld.fresh()
      try await offPool {
        try world.write(upTo: Self.count)
        let database = try world.keep(rowsKept: kept)
        #expect(try database.catchUp() == UInt64(Self.count))
        let digests = try database.digests()
        #expect(digests == (try TableWorld.expected()))
        for digest in digests { #expect(digest.rows > 0, "\(digest.table)") }
        #expect(try database.catchUp() == 0)
      }
    }
  }

  @Test("does: opened anew after every few facts, it goes on where it was, notes too")
  func reopened() async throws {
    let world = try await TableWorld.fresh()
    try await offPool {
      for end in stride(from: 40, to: Self.count + 40, by: 40) {
        try world.write(upTo: min(end, Self.count))
        let database = try world.keep()
        #expect(database.place == UInt64(end - 40) && database.stale.isEmpty)
        try database.catchUp()
        #expect(database.place == UInt64(min(end, Self.count)))
      }
      #expect(try world.keep().digests() == (try TableWorld.expected()))
    }
  }

  @Test("ignores: facts that are in already, cut otherwise; refuses: a gap, and changes nothing")
  func repeatsAndGaps() async throws {
    let world = try await TableWorld.fresh()
    try await offPool {
      try world.write(upTo: Self.count)
      let database = try world.keep()
      let log = TableWorld.story
      func take(_ range: Range<Int>) throws {
        let end = UInt64(range.upperBound)
        let last = try #require(try world.log().read(after: end - 1, limit: 1).first)
        try database.take(Array(log[range]), endingIn: last.hash)
      }
      for end in [10, 5, 60, 59] { try take(0..<end) }
      for start in [0, 3, 40] { try take(start..<60) }
      #expect(database.place == 60)
      #expect(try database.digests() == (try TableWorld.expected(60)))
      #expect(throws: TablesFailure.self) { try take(61..<80) }
      #expect(try database.digests() == (try TableWorld.expected(60)))
      try take(0..<Self.count)
      #expect(try database.digests() == (try TableWorld.expected()))
    }
  }

  @Test("does: a session that breaks at any request of a catch-up loses and doubles no fact")
  func broken() async throws {
    let world = try await TableWorld.fresh()
    try await offPool {
      try world.write(upTo: Self.count)
      var (broken, place) = (0, 0)
      for (turn, number) in stride(from: 10, to: 10_000, by: 61).enumerated()
      where place < Self.count {
        let proxy = FateProxy(to: world.server.port) { at, _ in
          at == number ? (turn % 2 == 0 ? .after : .before) : .pass
        }
        defer { proxy.stop() }
        if try Self.isBroken(world, proxy) { broken += 1 }
        place = try Self.checked(world)
      }
      #expect(broken >= 3 && place == Self.count)
      #expect(try world.keep().digests() == (try TableWorld.expected()))
    }
  }

  @Test("does: a commit of which nobody hears counts or doesn't, and no fact is in twice")
  func unheard() async throws {
    let world = try await TableWorld.fresh()
    try await offPool {
      try world.write(upTo: Self.count)
      for (fate, commits) in [(FateProxy.Fate.after, 3), (.before, 2), (.after, 2)] {
        let seen = Counter()
        let proxy = FateProxy(to: world.server.port) { _, bytes in
          guard bytes.firstRange(of: Array("COMMIT".utf8)) != nil else { return .pass }
          return seen.next() == commits ? fate : .pass
        }
        defer { proxy.stop() }
        #expect(try Self.isBroken(world, proxy), "\(fate) \(commits)")
        let place = try Self.checked(world)
        #expect(place > 0 && place < Self.count, "\(place)")
      }
    }
  }

  /// Takes the log in through a proxy, in portions of 150; whether that failed.
  private static func isBroken(_ world: TableWorld, _ proxy: FateProxy) throws -> Bool {
    do {
      let text = "postgres://weir@127.0.0.1:\(proxy.port)/\(world.name)"
      let database = try world.keep(rowsKept: 50, through: text)
      while database.place < UInt64(count) {
        let (events, hash) = try database.facts(after: database.place, limit: 60)
        try database.take(events, endingIn: hash)
      }
      return false
    } catch let error as TablesFailure {
      #expect(error.isPassing, "\(error)")
      return true
    }
  }

  /// Where the tables stand after a break: all at one place, and as SQLite has them there.
  private static func checked(_ world: TableWorld) throws -> Int {
    try waitForNobody(world)
    let isMade = try world.sql("SELECT to_regclass('table_places') IS NOT NULL") == "t"
    let places = isMade ? try world.sql("SELECT DISTINCT position FROM table_places") : ""
    let place = try #require(places.isEmpty ? 0 : Int(places), "\(places)")
    #expect(try world.keep().digests() == (try TableWorld.expected(place)))
    try waitForNobody(world)
    return place
  }

  /// The server may take a moment to notice that a session is gone, and its lock with it.
  static func waitForNobody(_ world: TableWorld) throws {
    let session = try world.url.connect()
    for _ in 0..<100_000 {
      let left = try session.run(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
          + "AND application_name = 'weir projections'")
      if left.integer(0, 0) == 0 { return }
    }
    throw TablesFailure.held("a session that nobody lets go of")
  }

  @Test("does: a transaction whose row the server refuses changes nothing, and goes on later")
  func refusedRow() async throws {
    let world = try await TableWorld.fresh()
    try await offPool {
      try world.write(upTo: Self.count)
      let database = try world.keep()
      let (first, hash) = try database.facts(after: 0, limit: 100)
      try database.take(first, endingIn: hash)
      _ = try world.sql("ALTER TABLE sagas ADD CONSTRAINT no CHECK (position <= 100)")
      #expect(throws: TablesFailure.self) { try database.catchUp() }
      #expect(try world.sql("SELECT max(position) FROM table_places") == "100")
      #expect(try world.sql("SELECT position FROM table_source") == "100")
      #expect(try world.sql("SELECT max(position) <= 100 FROM trial_balance") == "t")
      _ = try world.sql("ALTER TABLE sagas DROP CONSTRAINT no")
      try database.catchUp()
      #expect(try database.digests() == (try TableWorld.expected()))
    }
  }

  @Test("refuses: a second keeper while the first has its session, and says who that is")
  func second() async throws {
    let world = try await TableWorld.fresh()
    try await offPool {
      try world.write(upTo: Self.count)
      var first: TableDatabase? = try world.keep()
      try first?.catchUp()
      do {
        _ = try world.keep()
        Issue.record("two keep the same tables")
      } catch let error as TablesFailure {
        #expect("\(error)".contains("are being kept by another weir (127.0.0.1, server process"))
        guard case .held = error else { throw error }
      }
      first = nil
      try Self.waitForNobody(world)
      #expect(try world.keep().place == UInt64(Self.count))
    }
  }

  @Test("refuses: tables of another log, and those that hold what this log doesn't")
  func otherLog() async throws {
    let (world, other) = (try await TableWorld.fresh(), ScratchFolder())
    try await offPool {
      try world.write(upTo: 100)
      try world.keep().catchUp()
      try Self.waitForNobody(world)
      func keep(_ id: String, upTo end: Int, at text: String) throws -> String {
        let path = other.file(text)
        var options = FileStore.Options()
        options.newLog = LogID(text: id)
        let store = try FileStore.open(folder: path, environment: .sandbox, options: options)
        for recorded in TableWorld.story[..<end] {
          _ = try store.append([
            Proposal(
              command: .composed("story", String(recorded.position)),
              digest: [UInt8](repeating: 0, count: 32), actor: "another", at: recorded.at,
              events: [recorded.event])
          ])
        }
        try store.close()
        do {
          _ = try TableDatabase.keep(
            world.url, of: FileLogReader.open(folder: path), projections: allProjections)
          return ""
        } catch { return "\(error)" }
      }
      let zeros = String(repeating: "0", count: 32)
      #expect(try keep(zeros, upTo: 120, at: "rewritten").contains("an event 100 that this log"))
      #expect(try keep(zeros, upTo: 50, at: "short").contains("an event 100 that this log"))
      let ones = String(repeating: "1", count: 32)
      #expect(try keep(ones, upTo: 0, at: "other").contains("are of the log 0000"))
      #expect(try world.keep().place == 100)
    }
  }

  @Test("refuses: to go on where the log's history changed under it while it kept the tables")
  func changedHistory() async throws {
    let world = try await TableWorld.fresh()
    try await offPool {
      try world.write(upTo: 100)
      let database = try world.keep()
      try database.catchUp()
      // As if the event that was taken in last had been another one.
      _ = try world.sql("UPDATE table_source SET hash = sha256(hash)")
      try world.write(upTo: 110)
      do {
        try database.catchUp()
        Issue.record("facts of two histories are in the tables")
      } catch let error as TablesFailure {
        #expect("\(error)".contains("an event 100 that this log"), "\(error)")
      }
      #expect(try world.sql("SELECT max(position) FROM table_places") == "100")
    }
  }

  @Test("does: a table that another version made stands still, and the others go on")
  func stale() async throws {
    let world = try await TableWorld.fresh()
    try await offPool {
      try world.write(upTo: 100)
      try world.keep().catchUp()
      try Self.waitForNobody(world)
      _ = try world.sql("UPDATE table_places SET fold_version = 99 WHERE table_name = 'sagas'")
      try world.write(upTo: Self.count)
      let database = try world.keep()
      #expect(database.stale == ["sagas"])
      try database.catchUp()
      #expect(database.place == UInt64(Self.count))
      let places = try world.sql(
        "SELECT position, count(*) FROM table_places GROUP BY 1 ORDER BY 1")
      #expect(places == "100|1\n\(Self.count)|\(allProjections.count - 1)")
    }
  }

  @Test("does: a text with U+0000, which PostgreSQL has in none, is kept with U+FFFD for it")
  func noNull() async throws {
    let world = try await TableWorld.fresh()
    try await offPool {
      try world.write(upTo: 5)
      try world.keep([Odd.self]).catchUp()
      let row = try world.sql("SELECT name, amount FROM odd")
      #expect(row == "a\u{fffd}\"\\,{}|7.50")
      try Self.reads(world)
    }
  }

  private static func reads(_ world: TableWorld) throws {
    try waitForNobody(world)
    try world.write(upTo: 9)
    try world.keep([Odd.self]).catchUp()
    #expect(try world.sql("SELECT facts FROM odd") == "9")
  }
}
