import Kernel
import Log
import PostgresLog
import Projections
import Support
import Tables
import Testing

@testable import PostgresTables

/// Tables in a database beside a replay of the log.
@Suite struct ComparisonTests {
  private static let all = allProjections.map { $0.table.name }

  private static func compare(
    _ world: TableWorld, _ tables: [String] = all
  ) throws -> [TableComparison] {
    try TableDatabase.compare(
      tables, at: world.url, of: world.log(), projections: allProjections)
  }

  @Test("does: untouched tables are the log's, at any position, with the digests SQLite has")
  func same() async throws {
    for end in [0, 1, 170, TableWorld.story.count] {
      let world = try await TableWorld.fresh()
      try await offPool {
        try world.write(upTo: end)
        try world.keep().catchUp()
        try world.write(upTo: TableWorld.story.count)
        let found = try Self.compare(world)
        let expected = try TableWorld.expected(end)
        #expect(
          found.filter { !$0.table.hasSuffix("__notes") }.map(\.found).sorted() == expected.sorted()
        )
        for table in found {
          #expect(table.isSame && table.position == end && table.found == table.expected)
        }
      }
    }
  }

  /// One row changed by hand.
  private struct Change: Sendable {
    let table: String
    let column: String
    let sql: String
  }

  private static let changes = [
    Change(
      table: "client_views", column: "paid_usdt",
      sql: "UPDATE client_views SET paid_usdt = paid_usdt + 0.01 WHERE channel = 'ch-1001001'"),
    // The same number, spelled otherwise.
    Change(
      table: "payout_batches", column: "total_amount_usdt",
      sql: "UPDATE payout_batches SET total_amount_usdt = total_amount_usdt * 1.0 "
        + "WHERE batch_id = (SELECT min(batch_id) FROM payout_batches)"),
    Change(
      table: "sagas", column: "since",
      sql: "UPDATE sagas SET since = since + interval '1 microsecond' "
        + "WHERE (kind, id) = (SELECT kind, id FROM sagas ORDER BY 1 DESC, 2 LIMIT 1)"),
    Change(
      table: "payout_accumulation__notes", column: "number",
      sql: "UPDATE payout_accumulation__notes SET number = number + 1 "
        + "WHERE subject = (SELECT max(subject) FROM payout_accumulation__notes)"),
    Change(
      table: "hostpay_transactions", column: "is_complete",
      sql: "UPDATE hostpay_transactions SET is_complete = NOT is_complete "
        + "WHERE unique_id = (SELECT max(unique_id) FROM hostpay_transactions)"),
  ]

  private static func rebuild(_ world: TableWorld) throws {
    _ = try TableDatabase.rebuild(
      all, at: world.url, of: world.log(), projections: allProjections)
  }

  private static func check(_ change: Change, _ world: TableWorld) throws {
    _ = try world.sql(change.sql)
    let found = try #require(try compare(world).first { $0.table == change.table })
    #expect(found.differing == 1 && found.found != found.expected, "\(change.table)")
    #expect(found.differences.first?.columns == [change.column], "\(change.table)")
  }

  @Test("does: finds a row that was changed by hand, and a note too")
  func changed() async throws {
    let world = try await TableWorld.fresh()
    try await offPool {
      try world.write(upTo: TableWorld.story.count)
      try world.keep().catchUp()
      for change in Self.changes { try Self.check(change, world) }
      let differing = try Self.compare(world).filter { !$0.isSame }.map(\.table)
      #expect(Set(differing) == Set(Self.changes.map(\.table)))
      try Self.rebuild(world)
      let wrong = try Self.compare(world).filter { !$0.isSame }
      #expect(wrong.isEmpty)
    }
  }

  @Test("does: finds rows that were added and taken away by hand, at either end")
  func addedAndGone() async throws {
    let world = try await TableWorld.fresh()
    try await offPool {
      try world.write(upTo: TableWorld.story.count)
      try world.keep().catchUp()
      _ = try world.sql(
        "DELETE FROM trial_balance WHERE account = (SELECT max(account) FROM trial_balance); "
          + "INSERT INTO trial_balance SELECT 'a', asset, channel, debit, credit, balance, "
          + "position FROM trial_balance LIMIT 1; INSERT INTO trial_balance SELECT 'zzz', asset, "
          + "channel, debit, credit, balance, position FROM trial_balance LIMIT 1")
      let balance = try #require(
        try Self.compare(world, ["trial_balance"]).first { $0.table == "trial_balance" })
      let (first, last) = (balance.differences.first, balance.differences.last)
      #expect(first?.rebuilt == nil && first?.key.first == "a")
      #expect(last?.rebuilt == nil && last?.key.first == "zzz")
      #expect(balance.differences.filter { $0.live == nil }.count == balance.differing - 2)
      #expect(balance.differing > 2)
    }
  }

  @Test("does: an amount with zeros in front and a text with U+0000 are the same rows")
  func spelled() async throws {
    let world = try await TableWorld.fresh()
    try await offPool {
      try world.write(upTo: 5)
      try world.keep([Odd.self]).catchUp()
      try Self.checkOdd(world)
    }
  }

  private static func checkOdd(_ world: TableWorld) throws {
    let found = try TableDatabase.compare(
      ["odd"], at: world.url, of: world.log(), projections: [Odd.self])
    #expect(found.count == 1 && found[0].isSame && found[0].found.rows == 1)
  }

  private static func said(_ world: TableWorld, _ tables: [String], _ url: PostgresURL) -> String {
    do {
      _ = try TableDatabase.compare(tables, at: url, of: world.log(), projections: allProjections)
      return ""
    } catch { return "\(error)" }
  }

  @Test("refuses: a table that there isn't, one of another version, and a database without tables")
  func refusals() async throws {
    let (world, empty) = (try await TableWorld.fresh(), try await TableWorld.fresh())
    try await offPool {
      try world.write(upTo: 10)
      try world.keep().catchUp()
      _ = try world.sql("UPDATE table_places SET kernel_version = 0 WHERE table_name = 'sagas'")
      #expect(Self.said(world, ["nothing"], try world.url) == "no table nothing")
      #expect(Self.said(world, ["sagas"], try world.url).contains("has to be rebuilt"))
      #expect(Self.said(world, ["sagas"], try empty.url).contains("holds no tables"))
    }
  }
}

extension [TableDigest] {
  fileprivate func sorted() -> [TableDigest] { sorted { $0.table < $1.table } }
}
