import Kernel
import Log
import PostgresLog
import Projections
import Support
import Synchronization
import Tables
import Testing

@testable import PostgresTables

/// Tables made anew by COPY beside the live ones.
@Suite struct DatabaseRebuildTests {
  private static let count = TableWorld.story.count
  private static let all = allProjections.map { $0.table.name }

  private static func filled(upTo end: Int = count) async throws -> TableWorld {
    let world = try await TableWorld.fresh()
    try await offPool {
      try world.write(upTo: end)
      try world.keep().catchUp()
      try KeepingTests.waitForNobody(world)
    }
    return world
  }

  private static func rebuild(
    _ world: TableWorld, _ tables: [String] = all, through text: String? = nil,
    progress: (TablesProgress) -> Void = { _ in }
  ) throws -> [RebuildReport] {
    try TableDatabase.rebuild(
      tables, at: world.url(text ?? world.server.url(world.name)), of: world.log(),
      projections: allProjections, progress: progress)
  }

  @Test("does: names the rows that a replay doesn't confirm, mends them, and keeps the old ones")
  func mends() async throws {
    let world = try await Self.filled()
    try await offPool {
      _ = try world.sql(
        """
        UPDATE client_views SET paid_usdt = 1.00 WHERE channel = 'ch-1001001';
        DELETE FROM client_views WHERE channel = 'ch-1001002';
        UPDATE trial_balance SET channel = 'ch-x', account = 'made up' WHERE account =
          (SELECT min(account) FROM trial_balance)
        """)
      var phases: Set<TablesProgress.Phase> = []
      let reports = try Self.rebuild(world) { phases.insert($0.phase) }
      #expect(phases.isSuperset(of: [.fold, .copy, .index]))
      let views = try #require(reports.first { $0.table == "client_views" })
      #expect(views.differing == 2)
      let changed = try #require(views.differences.first { $0.key == ["ch-1001001"] })
      #expect(changed.columns == ["paid_usdt"])
      #expect(changed.live?["paid_usdt"] == .text("1.00"))
      #expect(changed.rebuilt?["paid_usdt"] == .text("101.85"))
      let lost = try #require(views.differences.first { $0.key == ["ch-1001002"] })
      #expect(lost.live == nil && lost.rebuilt != nil && lost.positions.count == 1)
      let balance = try #require(reports.first { $0.table == "trial_balance" })
      #expect((balance.differing ?? 0) >= 2)
      for report in reports where !["client_views", "trial_balance"].contains(report.table) {
        #expect(report.differing == 0, "\(report)")
      }
      #expect(reports.map(\.digest) == (try TableWorld.expected()).map(\.digest))
      #expect(try world.sql("SELECT count(*) FROM client_views__before WHERE paid_usdt = 1") == "1")
      #expect(try Self.leftovers(world) == "")
      #expect(try world.keep().digests() == (try TableWorld.expected()))
    }
  }

  @Test("does: tables far behind are made by COPY, and follow on from there")
  func far() async throws {
    let world = try await TableWorld.fresh()
    try await offPool {
      try world.write(upTo: 200)
      let database = try world.keep()
      var phases: Set<TablesProgress.Phase> = []
      #expect(try database.catchUp(copyingBeyond: 100) { phases.insert($0.phase) } == 200)
      #expect(phases.contains(.copy))
      try world.write(upTo: Self.count)
      phases = []
      try database.catchUp(copyingBeyond: 1) { phases.insert($0.phase) }
      #expect(phases == [.take])
      #expect(try database.digests() == (try TableWorld.expected()))
    }
  }

  private static func leftovers(_ world: TableWorld) throws -> String {
    try world.sql(
      "SELECT relname FROM pg_class WHERE relname LIKE '%\\_\\_rebuild%' ORDER BY 1")
  }

  @Test("does: rebuilt twice, indexes and keys have their names, and folds go on with their notes")
  func twice() async throws {
    let world = try await Self.filled(upTo: 150)
    try await offPool {
      func indexes() throws -> String {
        try world.sql(
          "SELECT tablename, indexname FROM pg_indexes WHERE schemaname = 'weir_tables' "
            + "AND tablename NOT LIKE '%\\_\\_before' ORDER BY 1, 2")
      }
      let before = try indexes()
      for _ in 0..<2 { _ = try Self.rebuild(world) }
      #expect(try indexes() == before)
      try world.write(upTo: Self.count)
      let database = try world.keep()
      #expect(database.place == 150)
      try database.catchUp()
      #expect(try database.digests() == (try TableWorld.expected()))
    }
  }

  @Test("does: the one that keeps the tables notices that they were exchanged, and goes on")
  func beside() async throws {
    let world = try await Self.filled(upTo: 200)
    try await offPool {
      let database = try world.keep()
      try world.write(upTo: 220)
      try database.catchUp()
      // A row in the keeper's memory that is no longer the table's, unless it looks again.
      _ = try world.sql("UPDATE accumulation_totals SET locked_usdt = 5")
      try world.write(upTo: 230)
      let reports = try Self.rebuild(world)
      #expect(reports.allSatisfy { $0.place == 230 })
      try world.write(upTo: Self.count)
      try database.catchUp()
      #expect(database.place == UInt64(Self.count))
      #expect(try database.digests() == (try TableWorld.expected()))
    }
  }

  @Test("does: while facts are taken in and tables exchanged, a reader always finds whole tables")
  func readers() async throws {
    let world = try await Self.filled()
    try await offPool {
      let isOver = Atomic<Bool>(false)
      let seen = try world.sql("SELECT count(*), sum(position) FROM trial_balance")
      let reader = OnThread {
        let session = try world.url.connect()
        var reads = 0
        while !isOver.load(ordering: .relaxed) || reads < 3 {
          let rows = try session.run(
            "SELECT format('%s|%s', count(*), sum(position)) FROM weir_tables.trial_balance",
            often: true)
          guard rows.text(0, 0) == seen else {
            throw StoreError.unusable("a reader found \(rows.text(0, 0)) and not \(seen)")
          }
          reads += 1
        }
      }
      for _ in 0..<3 { _ = try Self.rebuild(world, ["trial_balance", "sagas"]) }
      isOver.store(true, ordering: .relaxed)
      try reader.join()
    }
  }

  @Test("does: broken at any request, a rebuild leaves the old tables or the new, and no half one")
  func broken() async throws {
    let world = try await Self.filled()
    try await offPool {
      _ = try world.sql("UPDATE client_views SET paid_usdt = 1.00 WHERE channel = 'ch-1001001'")
      let tables = ["client_views", "payout_accumulation"]
      let mine = try world.keep().digests()
      try KeepingTests.waitForNobody(world)
      var (broken, wasSwitched) = (0, false)
      for (turn, number) in stride(from: 6, to: 1_000, by: 7).enumerated() where !wasSwitched {
        let proxy = FateProxy(to: world.server.port) { at, _ in
          at == number ? (turn % 2 == 0 ? .after : .before) : .pass
        }
        defer { proxy.stop() }
        do {
          _ = try Self.rebuild(
            world, tables,
            through: "postgres://weir@127.0.0.1:\(proxy.port)/\(world.name)")
          wasSwitched = true
        } catch let error as TablesFailure {
          #expect(error.isPassing, "\(error)")
          broken += 1
        }
        try KeepingTests.waitForNobody(world)
        let database = try world.keep()
        #expect(try Self.leftovers(world) == "")
        let digests = try database.digests()
        if digests != mine {
          #expect(digests == (try TableWorld.expected()))
          wasSwitched = true
        }
      }
      #expect(broken >= 5 && wasSwitched)
    }
  }

  @Test("refuses: a second rebuild meanwhile, and a table that there isn't; who may read still may")
  func refusals() async throws {
    let world = try await Self.filled()
    try await offPool {
      let role = "reader_of_\(world.name)"
      _ = try world.sql(
        "CREATE ROLE \(role) LOGIN; GRANT USAGE ON SCHEMA weir_tables TO \(role); "
          + "GRANT SELECT ON sagas TO \(role)")
      #expect(throws: TablesFailure.self) { try Self.rebuild(world, ["nothing"]) }
      var second = ""
      _ = try Self.rebuild(world, ["sagas"]) { progress in
        guard progress.phase == .fold, second.isEmpty else { return }
        do { _ = try Self.rebuild(world, ["sagas"]) } catch { second = "\(error)" }
      }
      #expect(second.contains("are being rebuilt by another weir (127.0.0.1, server process"))
      let read = try world.server.psql(
        world.name, "SELECT count(*) > 0 FROM weir_tables.sagas", role: role)
      #expect(read.out == "t\n", "\(read)")
    }
  }

  @Test("does: a reader that holds a table makes the switch wait, and nobody else")
  func busy() async throws {
    let world = try await Self.filled()
    try await offPool {
      let holder = try world.url.connect()
      _ = try holder.run("BEGIN")
      _ = try holder.run("SELECT 1 FROM weir_tables.sagas LIMIT 1")
      let rebuild = OnThread { _ = try Self.rebuild(world, ["sagas"]) }
      while try world.sql(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
          + "AND wait_event_type = 'Lock'") == "0"
      {}
      // The table that stands in the way is read on by others once the wait for it has ended.
      #expect(try world.sql("SELECT count(*) > 0 FROM sagas") == "t")
      _ = try holder.run("COMMIT")
      try rebuild.join()
      #expect(try world.keep().digests() == (try TableWorld.expected()))
    }
  }

  @Test("does: tables that another version made are made anew, and follow again")
  func stale() async throws {
    let world = try await Self.filled()
    try await offPool {
      _ = try world.sql(
        "UPDATE table_places SET fold_version = 99 WHERE table_name = 'sagas'; "
          + "DELETE FROM table_places WHERE table_name = 'client_views'; DROP TABLE client_views")
      let database = try world.keep()
      #expect(database.stale == ["client_views", "sagas"])
      let reports = try Self.rebuild(world, database.stale)
      #expect(reports.map(\.differing) == [nil, nil])
      try database.catchUp()
      #expect(database.stale == [])
      #expect(try database.digests() == (try TableWorld.expected()))
    }
  }

  @Test("does: views on a table read the new one; refuses to drop what a materialized view reads")
  func views() async throws {
    let world = try await Self.filled()
    try await offPool {
      _ = try world.sql(
        """
        CREATE ROLE reader_\(world.name);
        CREATE SCHEMA reports;
        CREATE VIEW reports.paid WITH (security_barrier = true) AS
          SELECT c.channel, c.paid_usdt FROM weir_tables.client_views c WHERE c.paid_usdt > 0;
        CREATE VIEW reports.sum AS SELECT sum(paid_usdt) AS usdt FROM reports.paid;
        GRANT SELECT ON reports.paid TO reader_\(world.name)
        """)
      let sum = try world.sql("SELECT usdt FROM reports.sum")
      #expect(sum.isEmpty == false)
      for _ in 0..<2 { _ = try Self.rebuild(world, ["client_views"]) }
      // What isn't live any more is nobody's.
      _ = try world.sql("UPDATE client_views__before SET paid_usdt = 7777")
      #expect(try world.sql("SELECT usdt FROM reports.sum") == sum)
      #expect(
        try world.sql(
          "SELECT reloptions::text || has_table_privilege('reader_\(world.name)', oid, 'SELECT') "
            + "FROM pg_class WHERE oid = 'reports.paid'::regclass") == "{security_barrier=true}true"
      )
      _ = try world.sql("DROP OWNED BY reader_\(world.name); DROP ROLE reader_\(world.name)")

      _ = try world.sql("CREATE MATERIALIZED VIEW reports.kept AS SELECT * FROM client_views")
      _ = try Self.rebuild(world, ["client_views"])
      #expect {
        _ = try Self.rebuild(world, ["client_views"])
      } throws: { "\($0)".contains("reports.kept would lose client_views__before") }
      _ = try world.sql("DROP MATERIALIZED VIEW reports.kept")
      _ = try Self.rebuild(world, ["client_views"])
      #expect(try Self.leftovers(world) == "")
    }
  }
}
