import Glibc
import Support
import Testing

@testable import Kernel
@testable import Log
@testable import PostgresLog

/// What the server looks at for a page of the log.
@Suite struct PostgresPagesTests {
  @Test("reads: each row once, page by page, whatever way to them the server takes")
  func pages() async throws {
    let database = try await Database.fresh()
    try await offPool {
      _ = try database.open().close()
      // As of itself where it has no statistics of a table yet: rows first, their order then.
      let ways = ["enable_indexscan", "enable_seqscan"].map {
        "ALTER DATABASE \(database.name) SET \($0) = off;"
      }
      #expect(try database.said(ways.joined()) == "")
      let store = try database.open()
      _ = try store.append([proposal("c0", [placed(1)])])
      let part = try database.part()
      for group in 1...25 {
        let notes = [LedgerEvent](repeating: invoiced(1), count: 200)
        _ = try store.append([proposal("c\(group)", notes)])
      }
      let head = store.head.position
      #expect(head == 5_001)
      let before = try looked(database, part, atLeast: 0)
      var (place, count) = (UInt64(0), 0)
      while place < head {
        let events = try store.read(after: place, limit: 300)
        count += events.count
        place = try #require(events.last?.position)
      }
      #expect(try store.replay(after: 0, limit: .max, wanting: .all) { _ in count += 1 } == head)
      #expect(count == 2 * Int(head))
      try store.close()
      #expect(try looked(database, part, atLeast: before + count) - before <= count + 500)
    }
  }

  /// Rows of a table that its server has looked at, once it has said so of so many: each session
  /// tells behind what it did.
  private func looked(_ database: Database, _ part: String, atLeast least: Int) throws -> Int {
    let session = try database.url().connect()
    for _ in 0..<1_000 {
      let rows = try session.run(
        "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables "
          + "WHERE relid = '\(part)'::regclass")
      if rows.integer(0, 0) >= least { return rows.integer(0, 0) }
      usleep(10_000)
    }
    throw StoreError.unusable("the server doesn't say what it has looked at")
  }
}
