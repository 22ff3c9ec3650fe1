import Log
import PostgresLog
import Tables

extension TableDatabase {
  func makeSchema() throws(TablesFailure) {
    if try hasTables() { return }
    try run("BEGIN")
    try run("SELECT pg_advisory_xact_lock(hashtext('weir_tables'))")
    try served { () throws(PostgresFailure) in try session.run(script: TablePlaces.schema) }
    try run("COMMIT")
  }

  func hasTables() throws(TablesFailure) -> Bool {
    try run("SELECT to_regclass('\(ServerTable.schema).table_places') IS NOT NULL")
      .integer(0, 0) == 1
  }

  /// The tables are a fold of this log's beginning, or of nothing yet.
  func checkSource() throws(TablesFailure) {
    guard let source = try TableSource.read(session) else { return }
    guard source.log == log.logID else {
      throw .otherLog(holds: source.log, asked: log.logID)
    }
    guard source.position > 0 else { return }
    let event = try logged { () throws(StoreError) in
      try log.refresh()
      return try log.read(after: source.position - 1, limit: 1).first
    }
    guard event?.hash == source.hash else { throw .otherHistory(position: source.position) }
  }

  /// Makes the tables of a database that has none, and opens those that are there.
  func openTables() throws(TablesFailure) {
    try transaction { () throws(TablesFailure) in
      if try TablePlaces.all(session).isEmpty {
        try TableSource(log: log.logID, position: 0, hash: LogHead.empty.hash).put(session)
        for keeper in keepers {
          try make(keeper, "")
          try TablePlaces.put(
            TablePlace(table: keeper.name, position: 0, maker: keeper.maker, generation: 1),
            session)
        }
      }
      try reload(TablePlaces.all(session))
    }
  }

  /// Makes a projection's tables, whole, under a suffix.
  func make(_ keeper: any DatabaseKeeper, _ suffix: String) throws(TablesFailure) {
    for table in keeper.tables {
      try run(table.create(suffix))
      try run(table.createKey(suffix))
    }
    for index in keeper.script.serverIndexes(suffix) { try run(index) }
  }

  /// Drops what a rebuild that was killed left beside the live tables.
  func dropLeftovers() throws(TablesFailure) {
    let left = try run(
      "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = '\(ServerTable.schema)' "
        + "AND tablename LIKE '%\\_\\_rebuild'")
    for row in 0..<left.count { try run("DROP TABLE \(left.text(row, 0))") }
  }
}

extension TableScript {
  /// The indexes of the table under a suffix; their names carry it too.
  func serverIndexes(_ suffix: String) -> [String] {
    guard !suffix.isEmpty else { return indexes }
    return zip(indexes, indexNames).map { index, own in
      var words = index.split(whereSeparator: \.isWhitespace).map(String.init)
      for place in words.indices where words[place] == own { words[place] = own + suffix }
      if let on = words.firstIndex(of: "ON"), on + 1 < words.count {
        words[on + 1] = name + suffix
      }
      return words.joined(separator: " ")
    }
  }
}
