import Kernel

// A table under construction is `<name>__rebuild`, the one it replaced `<name>__before`.
private let fresh = "__rebuild"
private let before = "__before"
private let aside = "__aside"

extension TableWriter {
  typealias Portions = (_ after: UInt64) throws(TableError) -> [Recorded]

  /// Makes empty tables beside the live ones.
  func beginRebuild(_ tables: [String]) throws(TableError) -> [any Keeper] {
    var siblings: [any Keeper] = []
    for table in tables { siblings.append(try keeper(of: table).sibling()) }
    try write { () throws(TableError) in
      for sibling in siblings {
        try drop(sibling.script, fresh)
        try create(sibling.script, fresh)
        try sibling.open(connection, suffix: fresh)
      }
    }
    return siblings
  }

  /// Rows are written once where memory holds them all: nobody reads a table that isn't finished.
  func fold(_ events: [Recorded], into siblings: [any Keeper]) throws(TableError) {
    try write { () throws(TableError) in try fold(events, siblings, mayWait: true) }
    try trim(siblings)
  }

  func save(_ sibling: any Keeper) throws(TableError) {
    try write { () throws(TableError) in try sibling.save() }
  }

  /// Brings live and new tables to one position, compares them, and switches, or else drops the new
  /// ones.
  func finishRebuild(
    _ siblings: [any Keeper], isSwitching: Bool, _ portions: Portions
  ) throws(TableError) -> [RebuildReport] {
    let reports = try write { () throws(TableError) -> [RebuildReport] in
      var live: [any Keeper] = []
      for keeper in keepers where !keeper.isStale {
        if try !isUntouched(keeper) { live.append(keeper) }
      }
      try level(live + siblings, portions)
      var reports: [RebuildReport] = []
      for sibling in siblings {
        reports.append(try compared(sibling))
        if isSwitching { try switchIn(sibling) } else { try drop(sibling.script, fresh) }
      }
      return reports
    }
    try reload()
    return reports
  }

  func restore(_ table: String, _ portions: Portions) throws(TableError) {
    let keeper = try keeper(of: table)
    try write { () throws(TableError) in
      guard let old = try Places.all(connection)[table + before],
        old.maker == Place(of: keeper).maker
      else { throw .nothingToRestore(table) }
      var now = Place(of: keeper)
      try rename(keeper.script, "", aside)
      try rename(keeper.script, before, "")
      try rename(keeper.script, aside, before)
      try moveIndexes(keeper.script)
      now.table = table + before
      try Places.put(now, connection)
      keeper.place = old.position
      try keeper.open(connection, suffix: "")
      try level(keepers.filter { !$0.isStale }, portions)
      for keeper in keepers where !keeper.isStale { try Places.put(Place(of: keeper), connection) }
    }
  }

  private func keeper(of table: String) throws(TableError) -> any Keeper {
    guard let keeper = keepers.first(where: { $0.name == table }) else {
      throw .unknownTable(table)
    }
    return keeper
  }

  /// True for a table that has taken nothing in: brought up to the others it would be what they
  /// are, so there is nothing to compare.
  private func isUntouched(_ keeper: any Keeper) throws(TableError) -> Bool {
    guard keeper.place == 0 else { return false }
    let statement = try connection.statement("SELECT 1 FROM \(keeper.name) LIMIT 1")
    defer { statement.reset() }
    return try !statement.step()
  }

  /// Takes the log in until all stand where the furthest does.
  private func level(_ all: [any Keeper], _ portions: Portions) throws(TableError) {
    guard let goal = all.map(\.place).max() else { return }
    while let lowest = all.map(\.place).min(), lowest < goal {
      let events = try portions(lowest).filter { $0.position <= goal }
      guard !events.isEmpty else {
        throw .logTooShort(table: all.first?.name ?? "", place: goal, log: lowest)
      }
      try fold(events, all)
    }
    for keeper in keepers where !keeper.isStale { try Places.put(Place(of: keeper), connection) }
  }

  private func compared(_ sibling: any Keeper) throws(TableError) -> RebuildReport {
    let script = sibling.script
    let live = try keeper(of: script.name)
    let found: (count: Int, first: [RowDifference])? =
      if live.isStale { nil } else if try isUntouched(live) { (0, []) } else {
        try differences(script, sibling.columns)
      }
    let digest = try digestRows(
      connection, script.name + fresh, named: script.name, columns: sibling.columns.map(\.name),
      key: script.key)
    connection.forgetStatements()
    return RebuildReport(
      table: script.name, rows: digest.rows, digest: digest.digest, place: sibling.place,
      differing: found?.count, differences: found?.first ?? [])
  }

  private func switchIn(_ sibling: any Keeper) throws(TableError) {
    let script = sibling.script
    try drop(script, before)
    let old = try Places.all(connection)[script.name]
    connection.forgetStatements()
    try rename(script, "", before)
    if var old {
      old.table = script.name + before
      try Places.put(old, connection)
    }
    try rename(script, fresh, "")
    try moveIndexes(script)
    try Places.put(Place(of: sibling), connection)
  }

  // Another version's table may lack the notes, or have them where this one needs none.
  private func rename(_ script: TableScript, _ from: String, _ to: String) throws(TableError) {
    for table in [script.name, "\(script.name)__notes"] where try exists(table + from) {
      try connection.run("DROP TABLE IF EXISTS \(table)\(to)")
      try connection.run("ALTER TABLE \(table)\(from) RENAME TO \(table)\(to)")
    }
  }

  private func drop(_ script: TableScript, _ suffix: String) throws(TableError) {
    for table in [script.name, "\(script.name)__notes"] {
      try connection.run("DROP TABLE IF EXISTS \(table)\(suffix)")
    }
  }

  private func exists(_ table: String) throws(TableError) -> Bool {
    let statement = try connection.statement(
      "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1")
    defer { statement.reset() }
    statement.bind(1, table)
    return try statement.step()
  }

  // Indexes have the live table's names: the one that went keeps none.
  private func moveIndexes(_ script: TableScript) throws(TableError) {
    for name in script.indexNames { try connection.run("DROP INDEX IF EXISTS \(name)") }
    for index in script.indexes { try connection.run(index) }
  }

  /// Rows in which the live table and the new one aren't the same.
  private func differences(_ script: TableScript, _ columns: [TableColumn]) throws(TableError)
    -> (count: Int, first: [RowDifference])
  {
    let names = columns.map(\.name)
    let same = script.key.map { "a.\($0) = b.\($0)" }.joined(separator: " AND ")
    let changed = names.map { "a.\($0) IS NOT b.\($0)" }.joined(separator: " OR ")
    let pairs = (names.map { "a.\($0)" } + names.map { "b.\($0)" }).joined(separator: ", ")
    let order = script.key.map { "a.\($0)" }.joined(separator: ", ")
    var count = 0
    var first: [RowDifference] = []
    for isLiveFirst in [true, false] {
      let (left, right) = isLiveFirst ? ("", fresh) : (fresh, "")
      let condition = isLiveFirst ? changed : "b.\(script.key[0]) IS NULL"
      let statement = try connection.statement(
        "SELECT \(pairs) FROM \(script.name)\(left) a LEFT JOIN \(script.name)\(right) b "
          + "ON \(same) WHERE \(condition) ORDER BY \(order)")
      defer { statement.reset() }
      while try statement.step() {
        count += 1
        guard first.count < 100 else { continue }
        first.append(difference(statement, script, columns, isLiveFirst: isLiveFirst))
      }
    }
    return (count, first)
  }

  private func difference(
    _ statement: Statement, _ script: TableScript, _ columns: [TableColumn], isLiveFirst: Bool
  ) -> RowDifference {
    let left = TableStore.record(statement, columns)
    let width = Int32(columns.count)
    let cells = columns.indices.map { index in
      TableRecord.Cell(
        column: columns[index].name,
        value: TableStore.value(
          statement, width + Int32(index), isFlag: columns[index].kind == .flag))
    }
    // A row that isn't there is NULL in every column, its key too.
    let isPaired = cells.contains { $0.column == script.key[0] && $0.value != .null }
    let right = isPaired ? TableRecord(cells: cells) : nil
    let changed = columns.map(\.name).filter { left[$0] != right?[$0] }
    let positions = [left, right].compactMap { record -> Int? in
      guard case .integer(let position)? = record?["position"] else { return nil }
      return position
    }
    return RowDifference(
      key: script.key.compactMap { left[$0]?.text }, columns: changed,
      live: isLiveFirst ? left : right, rebuilt: isLiveFirst ? right : left, positions: positions)
  }
}
