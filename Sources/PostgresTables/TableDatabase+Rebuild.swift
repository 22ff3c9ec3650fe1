public import Kernel
public import Log
public import PostgresLog
public import Tables

// A table under construction is `<name>__rebuild`, the one it replaced `<name>__before`.
private let fresh = "__rebuild"
private let before = "__before"

extension TableDatabase {
  /// Makes tables anew from the log beside the live ones, and switches them in together in one
  /// transaction with their position; the old ones stay as `<name>__before`.
  ///
  /// The log is folded aside, in a scratch file; the rows go over by COPY, the indexes come after.
  /// Whoever keeps the tables may go on meanwhile, and waits for the comparison at the end. A
  /// reader sees the old tables or the new ones. Killed at any moment, the old ones stay live, and
  /// the next rebuild or keeper drops what is left. Throws `held` where another rebuilds. Views on
  /// a table read the new one; a materialized view is the old one's, and refuses its drop by name.
  public static func rebuild(
    _ tables: [String], at url: PostgresURL, of log: any WholeLog,
    projections: [any Projection.Type], rowsKept: Int = Tables.rowsKept,
    progress: (TablesProgress) -> Void = { _ in }
  ) throws(TablesFailure) -> [RebuildReport] {
    let database = try visit(url, of: log, projections: projections, rowsKept: rowsKept)
    try TableLock.rebuilding.take(database.session, url.description)
    try database.dropLeftovers()
    let chosen = try database.siblings(of: tables)
    for table in chosen.flatMap(\.tables) { try database.checkViews(on: table.name + before) }
    let scratch = try ScratchTables(
      log, projections.filter { chosen.map(\.name).contains($0.table.name) })
    let place = try scratch.fold(upTo: nil) { progress(TablesProgress(.fold, $0, of: $1)) }
    do throws(TablesFailure) {
      for (index, sibling) in chosen.enumerated() {
        try database.fill(sibling, from: scratch, progress)
        progress(TablesProgress(.copy, UInt64(index + 1), of: UInt64(chosen.count)))
        sibling.place = place
      }
      try database.overtake(chosen, progress)
      let reports = try database.finish(chosen)
      try TableLock.rebuilding.release(database.session)
      return reports
    } catch {
      _ = try? database.dropLeftovers()
      throw error
    }
  }

  private func siblings(of tables: [String]) throws(TablesFailure) -> [any DatabaseKeeper] {
    for table in tables where !names.contains(table) { throw .tables(.unknownTable(table)) }
    return keepers.filter { tables.contains($0.name) }.map { $0.sibling() }
  }

  /// Makes a projection's tables beside the live ones, of the rows in a scratch file.
  private func fill(
    _ sibling: any DatabaseKeeper, from scratch: ScratchTables,
    _ progress: (TablesProgress) -> Void
  ) throws(TablesFailure) {
    for table in sibling.tables {
      try run(table.create(fresh))
      try copy(scratch, to: table)
      try run(table.createKey(fresh), seconds: 3_600)
    }
    progress(TablesProgress(.index, 0, of: UInt64(sibling.script.indexes.count)))
    for (number, index) in sibling.script.serverIndexes(fresh).enumerated() {
      try run(index, seconds: 3_600)
      progress(
        TablesProgress(.index, UInt64(number + 1), of: UInt64(sibling.script.indexes.count)))
    }
    for table in sibling.tables { try run("ANALYZE \(table.quoted(fresh))", seconds: 3_600) }
    try sibling.open(session, suffix: fresh)
  }

  private func copy(_ scratch: ScratchTables, to table: ServerTable) throws(TablesFailure) {
    let copy = try served { () throws(PostgresFailure) in
      try session.copy("COPY \(table.quoted(fresh)) (\(table.list)) FROM STDIN")
    }
    do throws(TablesFailure) {
      try scratch.eachPortion(of: table.stored) { (bytes) throws(TablesFailure) in
        try served { () throws(PostgresFailure) in try copy.put(bytes) }
      }
    } catch {
      copy.giveUp()
      throw error
    }
    try served { () throws(PostgresFailure) in try copy.end() }
  }

  /// Takes in what was appended meanwhile, until little is left to do while others wait.
  private func overtake(
    _ chosen: [any DatabaseKeeper], _ progress: (TablesProgress) -> Void
  ) throws(TablesFailure) {
    while let place = chosen.map(\.place).min() {
      let (events, _) = try facts(after: place, limit: Self.portion)
      guard let last = events.last?.position else { return }
      try run("BEGIN")
      try fold(events, chosen)
      try run("COMMIT")
      for sibling in chosen { try sibling.trim(to: rowsKept) }
      progress(TablesProgress(.take, last, of: max(last, log.head.position)))
      if events.count < Self.portion { return }
    }
  }

  /// Brings live and new tables to one position, compares them, and switches; where a reader holds
  /// a table for too long, tries again.
  private func finish(
    _ chosen: [any DatabaseKeeper]
  ) throws(TablesFailure) -> [RebuildReport] {
    let places = chosen.map(\.place)
    var tries = 0
    while true {
      do throws(TablesFailure) {
        return try transaction { () throws(TablesFailure) in
          try run("SET LOCAL lock_timeout = '3s'")
          return try finished(chosen)
        }
      } catch {
        guard case .busy = error, tries < 20 else { throw error }
        tries += 1
        // What that transaction did to them is undone.
        for (sibling, place) in zip(chosen, places) {
          sibling.place = place
          try sibling.forget()
        }
      }
    }
  }

  private func finished(
    _ chosen: [any DatabaseKeeper]
  ) throws(TablesFailure) -> [RebuildReport] {
    var live: [String: any DatabaseKeeper] = [:]
    for keeper in keepers where !keeper.isStale { live[keeper.name] = keeper }
    // A table that has taken nothing in would be made what the new one is: nothing to compare.
    let comparable = chosen.compactMap { live[$0.name] }.filter { $0.place > 0 }
    try level(comparable + chosen)
    try TablePlaces.move(comparable.map { ($0.name, $0.place) }, session)
    var reports: [RebuildReport] = []
    for sibling in chosen {
      let isCompared = comparable.contains { $0.name == sibling.name }
      let found: (count: Int, first: [RowDifference])? =
        if isCompared { try differences(sibling.tables[0]) } else if live[sibling.name] != nil {
          (0, [])
        } else { nil }
      let digest = try digest(of: sibling.tables[0], fresh)
      reports.append(
        RebuildReport(
          table: sibling.name, rows: digest.rows, digest: digest.digest, place: sibling.place,
          differing: found?.count, differences: found?.first ?? []))
    }
    for sibling in chosen { try switchIn(sibling) }
    return reports
  }

  /// Takes the log in until all stand where the furthest does, and notes the event that is there.
  private func level(_ all: [any DatabaseKeeper]) throws(TablesFailure) {
    guard let goal = all.map(\.place).max(), goal > 0 else { return }
    while let lowest = all.map(\.place).min(), lowest < goal {
      let (events, _) = try facts(
        after: lowest, limit: Int(min(goal - lowest, UInt64(Self.portion))))
      guard !events.isEmpty else {
        throw .tables(.logTooShort(table: all[0].name, place: goal, log: lowest))
      }
      try fold(events, all)
    }
    let (_, hash) = try facts(after: goal - 1, limit: 1)
    try TableSource(log: log.logID, position: goal, hash: hash).put(session)
  }

  private func switchIn(_ sibling: any DatabaseKeeper) throws(TablesFailure) {
    let old = try TablePlaces.all(session)[sibling.name]
    try run("DROP TABLE IF EXISTS \(ServerTable.quoted(sibling.name + before))")
    try run("DROP TABLE IF EXISTS \(ServerTable.quoted(sibling.name + "__notes" + before))")
    for table in sibling.tables { try keepReaders(of: table) }
    var views: [String] = []
    for table in sibling.tables { views += try viewsAnew(on: table.name) }
    for name in [sibling.name, "\(sibling.name)__notes"] { try rename(name, "", before) }
    for table in sibling.tables { try rename(table.name, fresh, "") }
    for view in views { try run(view) }
    let now = TablePlace(
      table: sibling.name, position: sibling.place, maker: sibling.maker,
      generation: (old?.generation ?? 0) + 1)
    try TablePlaces.put(now, session)
  }

  /// Who may read the live table may read the one that takes its place.
  private func keepReaders(of table: ServerTable) throws(TablesFailure) {
    let grants = try run(
      "SELECT format('GRANT %s ON %I TO %s', a.privilege_type, '\(table.name)\(fresh)', "
        + "CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END) "
        + "FROM pg_class c, aclexplode(c.relacl) a "
        + "WHERE c.oid = to_regclass('\(ServerTable.schema).\(table.name)') "
        + "AND a.grantee <> c.relowner")
    for row in 0..<grants.count { try run(grants.text(row, 0)) }
  }

  /// Renames a table where it is there, and its indexes, whose names end like its own.
  private func rename(_ name: String, _ from: String, _ to: String) throws(TablesFailure) {
    let schema = ServerTable.schema
    let indexes = try run(
      "SELECT i.relname::text FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid "
        + "WHERE x.indrelid = to_regclass('\(schema).\(name)\(from)')")
    guard try run("SELECT to_regclass('\(schema).\(name)\(from)') IS NOT NULL").integer(0, 0) == 1
    else { return }
    for row in 0..<indexes.count {
      let index = indexes.text(row, 0)
      let bare = index.hasSuffix(from) ? String(index.dropLast(from.count)) : index
      try run(
        "ALTER INDEX \(ServerTable.quoted(index)) RENAME TO \(ServerTable.quoted(bare + to))")
    }
    try run(
      "ALTER TABLE \(ServerTable.quoted(name + from)) RENAME TO \(ServerTable.quoted(name + to))")
  }
}
