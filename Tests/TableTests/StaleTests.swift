import Kernel
import Projections
import Support
import Synchronization
import Testing

@testable import Tables

/// Tables that other SQL or another fold made.
@Suite struct StaleTests {
  let folder = ScratchFolder()

  private func store(_ projections: [any Projection.Type]) throws -> TableStore {
    try TableStore(path: folder.file("tables.db"), projections: projections)
  }

  @Test(
    "does: other SQL, or another version of the fold, means a rebuild; the others go on meanwhile",
    arguments: [0, 1])
  func changed(which: Int) throws {
    let log = TableStoreTests.log
    let old = try store([Tally.self, ClientViews.self])
    try old.take(Array(log[..<100]))
    let new = try store([[TallyWithFamilies.self, TallyOfTwo.self][which], ClientViews.self])
    #expect(new.stale == ["tally"])
    try new.take(log)
    #expect(new.place == UInt64(log.count))
    let reports = try new.rebuildStale(of: UInt64(log.count), reading: reader(log))
    #expect(reports.map(\.table) == ["tally"])
    #expect(reports.map(\.differing) == [nil])
    #expect(new.stale.isEmpty)
    let count = try new.rows(of: "tally").first?["facts"]
    #expect(count == .integer(which == 0 ? log.count : 2 * log.count))
    #expect(throws: TableError.nothingToRestore("tally")) {
      try new.restore("tally", reading: reader(log))
    }
    #expect(try new.rebuildStale(of: 1, reading: reader(log)).isEmpty)
  }

  @Test("does: a table that is new in an old file is stale until it is rebuilt, then goes along")
  func added() throws {
    let log = TableStoreTests.log
    let old = try store([ClientViews.self])
    try old.take(Array(log[..<100]))
    let new = try store([ClientViews.self, Tally.self])
    #expect(new.stale == ["tally"])
    #expect(new.place == 100)
    #expect(throws: TableError.stale("tally")) { try new.rows(of: "tally") }
    _ = try new.rebuildStale(of: 100, reading: reader(Array(log[..<100])))
    try new.take(log)
    #expect(try new.rows(of: "tally").first?["facts"] == .integer(log.count))
  }

  @Test("refuses: SQL that isn't one table with a key, and its indexes")
  func scripts() {
    let table = "CREATE TABLE x (\n  a TEXT NOT NULL,\n  PRIMARY KEY (a)\n)"
    for sql in [
      "", "-- nothing", "CREATE TABLE y (a TEXT)", "DROP TABLE x;", "CREATE TABLE x (a TEXT);",
      table + "; INSERT INTO x VALUES (1)", "CREATE INDEX i ON x (a); " + table,
    ] {
      Scripted.sql.withLock { $0 = sql }
      #expect(throws: TableError.self, "\(sql)") { try TableScript(Scripted.self) }
    }
    Scripted.sql.withLock { $0 = "-- A; comment\n" + table + ";\nCREATE INDEX i ON x (a);\n" }
    #expect(throws: Never.self) { try TableScript(Scripted.self) }
  }
}
