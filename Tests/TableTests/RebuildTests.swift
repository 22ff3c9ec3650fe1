import Kernel
import Projections
import Support
import Testing

@testable import Tables

/// Tables made anew beside the live ones.
@Suite struct RebuildTests {
  static let log = TableStoreTests.log
  let folder = ScratchFolder()

  private func full() throws -> TableStore {
    let store = try TableStoreTests.store(folder)
    try store.take(Self.log)
    return store
  }

  private var total: UInt64 { UInt64(Self.log.count) }

  @Test("does: names the rows that a replay doesn't confirm, with what explains them")
  func differences() throws {
    let store = try full()
    let connection = try Connection(path: store.path, isWriter: true)
    try connection.run("UPDATE client_views SET paid_usdt = '1.00' WHERE channel = 'ch-1001001'")
    try connection.run("DELETE FROM client_views WHERE channel = 'ch-1001002'")
    try connection.run(
      "INSERT INTO client_views SELECT 'ch-x', open_id, open_title, closed_id, closed_title, "
        + "payout_asset, payout_wallet, payout_strategy, threshold_usd, received_usdt, fees_usdt, "
        + "payable_usdt, reserved_usdt, paid_usdt, receivable_usdt, payments, "
        + "instant_payments, threshold_payments, held_payments, grants, payouts, "
        + "open_batches, failed_batches, "
        + "registered_at, last_payment_at, last_payout_at, position FROM client_views LIMIT 1")
    let report = try #require(
      try store.rebuild(["client_views"], of: total, reading: reader(Self.log)).first)
    #expect(report.differing == 3)
    let byKey = Dictionary(uniqueKeysWithValues: report.differences.map { ($0.key, $0) })
    let changed = try #require(byKey[["ch-1001001"]])
    #expect(changed.columns == ["paid_usdt"])
    #expect(changed.live?["paid_usdt"] == .text("1.00"))
    #expect(changed.rebuilt?["paid_usdt"] == .text("101.85"))
    #expect(changed.positions == [233, 233])
    let lost = try #require(byKey[["ch-1001002"]])
    #expect(lost.live == nil && lost.rebuilt != nil && lost.positions.count == 1)
    let made = try #require(byKey[["ch-x"]])
    #expect(made.live != nil && made.rebuilt == nil)
    #expect(try store.digests() == TableStoreTests.expected)
  }

  @Test("does: a comparison tells the same differences, and changes nothing")
  func compares() throws {
    let store = try full()
    let connection = try Connection(path: store.path, isWriter: true)
    try connection.run("UPDATE client_views SET paid_usdt = '1.00' WHERE channel = 'ch-1001001'")
    let before = try store.digests()
    let report = try #require(
      try store.rebuild(
        ["client_views"], of: total, isSwitching: false, reading: reader(Self.log)
      ).first)
    #expect(report.differing == 1 && report.differences.first?.columns == ["paid_usdt"])
    #expect(try store.digests() == before)
    #expect(throws: TableError.nothingToRestore("client_views")) {
      try store.restore("client_views", reading: reader(Self.log))
    }
    let left = try connection.statement("SELECT 1 FROM sqlite_schema WHERE name LIKE '%rebuild%'")
    #expect(try !left.step())
    left.reset()
    _ = try store.rebuild(["client_views"], of: total, reading: reader(Self.log))
    #expect(try store.digests() == TableStoreTests.expected)
  }

  @Test("does: the way back brings the replaced rows again, and the way forth the rebuilt ones")
  func restore() throws {
    let store = try full()
    let connection = try Connection(path: store.path, isWriter: true)
    try connection.run("UPDATE client_views SET open_title = 'mine' WHERE channel = 'ch-1001001'")
    let mine = try store.digest(of: "client_views")
    _ = try store.rebuild(["client_views"], of: total, reading: reader(Self.log))
    #expect(try store.digests() == TableStoreTests.expected)
    try store.restore("client_views", reading: reader(Self.log))
    #expect(try store.digest(of: "client_views") == mine)
    try store.restore("client_views", reading: reader(Self.log))
    #expect(try store.digests() == TableStoreTests.expected)
    #expect(throws: TableError.nothingToRestore("sagas")) {
      try store.restore("sagas", reading: reader(Self.log))
    }
  }

  @Test("does: an earlier table that is brought back takes in what it missed")
  func restoreLater() throws {
    let store = try TableStoreTests.store(folder)
    try store.take(Array(Self.log[..<150]))
    _ = try store.rebuildAll(of: 150, reading: reader(Array(Self.log[..<150])))
    try store.take(Self.log)
    for name in store.names { try store.restore(name, reading: reader(Self.log)) }
    #expect(try store.digests() == TableStoreTests.expected)
    try store.take(Self.log)
    #expect(store.place == total)
  }

  @Test("does: facts that come while it runs are in the rebuilt table")
  func whileTaking() async throws {
    let store = try TableStoreTests.store(folder)
    try store.take(Array(Self.log[..<30]))
    let held = Self.log
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for end in 31...held.count { try? store.take(Array(held[(end - 1)..<end])) }
      }
      group.addTask {
        for _ in 0..<4 {
          // A reader that, as a busy log does, knows a little more each time.
          _ = try? store.rebuildAll(of: 30, reading: reader(held))
        }
      }
    }
    try store.take(held)
    #expect(try store.digests() == TableStoreTests.expected)
    #expect(store.stale.isEmpty)
  }

  @Test("does: a rebuild by another process is noticed, and nothing of the old rows written back")
  func otherProcess() throws {
    let mine = try TableStoreTests.store(folder)
    try mine.take(Array(Self.log[..<300]))
    let theirs = try TableStoreTests.store(folder)
    let connection = try Connection(path: mine.path, isWriter: true)
    try connection.run("UPDATE client_views SET received_usdt = '9.00'")
    _ = try theirs.rebuildAll(of: 300, reading: reader(Array(Self.log[..<300])))
    try mine.take(Self.log)
    #expect(try mine.digests() == TableStoreTests.expected)
    try theirs.take(Self.log)
    #expect(try theirs.digests() == TableStoreTests.expected)
  }

  @Test("does: what a killed rebuild left behind is gone with the next")
  func leftovers() throws {
    let store = try full()
    struct Killed: Error {}
    #expect(throws: TableError.self) {
      try store.rebuildAll(of: total) { _, _ in throw Killed() }
    }
    let connection = try Connection(path: store.path, isWriter: true)
    try connection.run("CREATE TABLE IF NOT EXISTS client_views__rebuild (a TEXT)")
    #expect(try store.digests() == TableStoreTests.expected)
    let again = try TableStoreTests.store(folder)
    let reports = try again.rebuildAll(of: total, reading: reader(Self.log))
    #expect(reports.allSatisfy { $0.differing == 0 })
    #expect(try again.digests() == TableStoreTests.expected)
  }

  @Test("refuses: a log that ends before what the tables hold; they stay as they are")
  func shortLog() throws {
    let store = try full()
    #expect(throws: TableError.self) {
      try store.rebuildAll(of: 100, reading: reader(Array(Self.log[..<100])))
    }
    #expect(try store.digests() == TableStoreTests.expected)
    #expect(store.place == total)
  }

  @Test("does: progress counts up to the log's end")
  func progress() throws {
    let store = try full()
    var seen: [RebuildProgress] = []
    _ = try store.rebuild(["sagas"], of: total, reading: reader(Self.log)) { seen.append($0) }
    #expect(seen.last?.done == total && seen.last?.total == total)
    #expect(seen.allSatisfy { $0.tables == ["sagas"] && $0.factsPerSecond > 0 })
  }
}
