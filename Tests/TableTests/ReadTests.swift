import Kernel
import Projections
import Support
import Testing

@testable import Tables

/// What the HTTP API and the tools ask.
@Suite struct ReadTests {
  let folder = ScratchFolder()
  let store: TableStore

  init() throws {
    store = try TableStoreTests.store(folder)
    try store.take(TableStoreTests.log)
  }

  @Test("does: finds rows by texts, numbers, flags and NULL")
  func matches() throws {
    let completed = try store.rows(of: "batch_status", where: [("phase", "completed")])
    #expect(completed.count == 6)
    let one = try store.rows(
      of: "batch_status", where: [("phase", "completed"), ("members", "3")])
    #expect(one.map { $0["total_usdt"] } == [.text("101.85")])
    let paid = try store.rows(of: "payout_accumulation", where: [("is_paid_out", "true")])
    #expect(paid.count == 8)
    #expect(paid.allSatisfy { $0["is_paid_out"] == .flag(true) })
    let unfilled = try store.rows(of: "main_clients_database", where: [("client_id", nil)])
    #expect(unfilled.count == 10)
    #expect(try store.rows(of: "batch_status", where: [("members", "three")]).isEmpty)
    #expect(try store.rows(of: "batch_status", where: [("phase", "x' OR '1'='1")]).isEmpty)
  }

  @Test("does: amounts are ordered as numbers, pages don't overlap")
  func order() throws {
    let totals = try store.rows(of: "batch_status", order: .descending("total_usdt"))
      .compactMap { $0["total_usdt"]?.text }
    #expect(totals.prefix(4) == ["194.00", "169.75", "145.50", "101.85"])
    var paged: [TableRecord] = []
    for offset in stride(from: 0, to: 12, by: 3) {
      paged += try store.rows(
        of: "batch_status", order: .ascending("phase"), limit: 3, offset: offset)
    }
    #expect(paged == (try store.rows(of: "batch_status", order: .ascending("phase"))))
    #expect(Set(paged.map { $0["batch"] }).count == totals.count)
  }

  @Test("refuses: tables and columns that aren't there, in any place of the question")
  func unknown() throws {
    #expect(throws: TableError.unknownTable("batches")) { try store.rows(of: "batches") }
    #expect(throws: TableError.unknownTable("batch_status; DROP TABLE sagas")) {
      try store.rows(of: "batch_status; DROP TABLE sagas")
    }
    #expect(throws: TableError.unknownColumn(table: "sagas", column: "1=1 --")) {
      try store.rows(of: "sagas", where: [("1=1 --", "x")])
    }
    #expect(throws: TableError.unknownColumn(table: "sagas", column: "rowid")) {
      try store.rows(of: "sagas", order: .ascending("rowid"))
    }
    #expect(throws: TableError.unknownTable("x")) { try store.digest(of: "x") }
    #expect(throws: TableError.unknownTable("sagas__before")) {
      try store.columns(of: "sagas__before")
    }
  }

  @Test("does: a read never waits for a writer, and sees whole batches only")
  func consistent() async throws {
    let folder = ScratchFolder()
    let store = try TableStoreTests.store(folder)
    let log = TableStoreTests.log
    let torn = await withTaskGroup(of: Int.self) { group in
      group.addTask {
        for start in stride(from: 0, to: log.count, by: 10) {
          try? store.take(Array(log[start..<min(start + 10, log.count)]))
        }
        return 0
      }
      for _ in 0..<4 {
        group.addTask {
          var torn = 0
          for _ in 0..<200 {
            guard let rows = try? store.rows(of: "trial_balance") else { return 1_000 }
            var sums: [String: Int128] = [:]
            for row in rows {
              guard let asset = row["asset"]?.text.flatMap({ Asset(text: $0) }),
                let balance = row["balance"]?.text.flatMap({ Money($0, asset) })
              else { return 1_000 }
              sums[asset.text, default: 0] += balance.units
            }
            if sums.values.contains(where: { $0 != 0 }) { torn += 1 }
          }
          return torn
        }
      }
      return await group.reduce(0, +)
    }
    #expect(torn == 0)
  }
}
