public import Kernel
public import Log
public import PostgresLog
public import Tables

/// A table in a database beside what a replay of the log makes of it.
public struct TableComparison: Hashable, Sendable {
  /// A projection's, or that of its fold's notes.
  public let table: String
  /// The position that the table says it stands at, and up to which the log was replayed.
  public let position: UInt64
  public let found: TableDigest
  public let expected: TableDigest
  /// Rows that aren't what the log says.
  public let differing: Int
  /// The first of them, at most a hundred; the live row is the database's.
  public let differences: [RowDifference]

  public var isSame: Bool { differing == 0 }
}

extension TableDatabase {
  /// Compares tables, row by row, with a replay of the log up to where each of them stands; writes
  /// nothing.
  ///
  /// Whoever keeps them may go on meanwhile: they are read as of one moment. Throws `stale` for a
  /// table that another version made, whose rows aren't these projections'.
  public static func compare(
    _ tables: [String], at url: PostgresURL, of log: any WholeLog,
    projections: [any Projection.Type], progress: (TablesProgress) -> Void = { _ in }
  ) throws(TablesFailure) -> [TableComparison] {
    let database = try visit(url, of: log, projections: projections)
    for table in tables where !database.names.contains(table) {
      throw .tables(.unknownTable(table))
    }
    let chosen = database.keepers.filter { tables.contains($0.name) }
    for keeper in chosen where keeper.isStale { throw .tables(.stale(keeper.name)) }
    let scratch = try ScratchTables(
      log, projections.filter { tables.contains($0.table.name) })
    // The long way, before the moment that is looked at begins.
    try scratch.fold(upTo: chosen.map(\.place).min()) {
      progress(TablesProgress(.fold, $0, of: $1))
    }
    return try database.snapshot { () throws(TablesFailure) in
      let places = try TablePlaces.all(database.session)
      var comparisons: [TableComparison] = []
      for keeper in chosen.sorted(by: { position($0, places) < position($1, places) }) {
        let place = position(keeper, places)
        try scratch.fold(upTo: place) { _, _ in }
        guard scratch.place == place else {
          throw .tables(.logTooShort(table: keeper.name, place: place, log: scratch.place))
        }
        for table in keeper.tables {
          comparisons.append(try database.compare(table, at: place, with: scratch))
        }
        progress(
          TablesProgress(.compare, UInt64(comparisons.count), of: UInt64(chosen.count)))
      }
      return comparisons
    }
  }

  private static func position(
    _ keeper: any DatabaseKeeper, _ places: [String: TablePlace]
  ) -> UInt64 { places[keeper.name]?.position ?? 0 }

  private func compare(
    _ table: ServerTable, at place: UInt64, with scratch: ScratchTables
  ) throws(TablesFailure) -> TableComparison {
    var merge = RowMerge(table)
    let walk = try RowWalk(self, table, "")
    var failure: TablesFailure?
    merge.found = try walk.next()
    try folded { () throws(TableError) in
      try scratch.store.eachStored(table.stored) { line in
        guard failure == nil else { return }
        do throws(TablesFailure) {
          try merge.take(RowMerge.canonical(line)) { () throws(TablesFailure) in
            try walk.next()
          }
        } catch { failure = error }
      }
    }
    if let failure { throw failure }
    try merge.end { () throws(TablesFailure) in try walk.next() }
    return merge.comparison(at: place)
  }
}

/// Two walks over a table, in the order of its key, side by side.
private struct RowMerge {
  private let table: ServerTable
  private let keyPlaces: [Int]
  /// The database's row that is looked at; nil at its end.
  var found: [TableValue]?
  private var (foundHash, expectedHash) = (Fingerprint(), Fingerprint())
  private var (foundRows, expectedRows) = (0, 0)
  private var differing = 0
  private var differences: [RowDifference] = []

  typealias Next = () throws(TablesFailure) -> [TableValue]?

  init(_ table: ServerTable) {
    self.table = table
    keyPlaces = table.stored.key.compactMap { key in
      table.columns.firstIndex { $0.name == key }
    }
  }

  /// A row of SQLite's in the form in which PostgreSQL gives its own back.
  static func canonical(_ line: TableLine) -> [TableValue] {
    line.columns.indices.map { index in
      let value = line.value(at: index)
      guard case .text(let text) = value else { return value }
      return .text(line.columns[index].kind == .amount ? number(text) : noNull(text))
    }
  }

  private static func noNull(_ text: String) -> String {
    guard text.utf8.contains(0) else { return text }
    let scalars = text.unicodeScalars.map { $0 == "\0" ? "\u{fffd}" : $0 }
    return String(String.UnicodeScalarView(scalars))
  }

  /// Without zeros in front, and zero without a sign.
  private static func number(_ text: String) -> String {
    let isNegative = text.hasPrefix("-")
    var digits = text.dropFirst(isNegative ? 1 : 0)
    while digits.count > 1, digits.first == "0", digits.dropFirst().first != "." {
      digits = digits.dropFirst()
    }
    let isZero = digits.allSatisfy { $0 == "0" || $0 == "." }
    return (isNegative && !isZero ? "-" : "") + digits
  }

  /// Takes the next row that the log makes.
  mutating func take(_ expected: [TableValue], _ next: Next) throws(TablesFailure) {
    Self.add(expected, &expectedHash, &expectedRows)
    while let row = found, precedes(row, expected) {
      note(row, nil)
      found = try next()
    }
    if let row = found, !precedes(expected, row) {
      if row != expected { note(row, expected) } else { Self.add(row, &foundHash, &foundRows) }
      found = try next()
    } else {
      note(nil, expected)
    }
  }

  /// The log makes no more.
  mutating func end(_ next: Next) throws(TablesFailure) {
    while let row = found {
      note(row, nil)
      found = try next()
    }
  }

  private mutating func note(_ row: [TableValue]?, _ expected: [TableValue]?) {
    if let row { Self.add(row, &foundHash, &foundRows) }
    differing += 1
    guard differences.count < 100 else { return }
    differences.append(
      RowDifference(of: table, live: row.map(record), rebuilt: expected.map(record)))
  }

  private func record(_ row: [TableValue]) -> TableRecord {
    TableRecord(
      cells: zip(table.columns, row).map { TableRecord.Cell(column: $0.name, value: $1) })
  }

  private static func add(_ row: [TableValue], _ hash: inout Fingerprint, _ rows: inout Int) {
    rows += 1
    for value in row { value.add(to: &hash) }
    hash.add(0xff)
  }

  private func precedes(_ left: [TableValue], _ right: [TableValue]) -> Bool {
    for place in keyPlaces where left[place] != right[place] {
      if case .integer(let one) = left[place], case .integer(let other) = right[place] {
        return one < other
      }
      let (one, other) = (left[place].text ?? "", right[place].text ?? "")
      return one.utf8.lexicographicallyPrecedes(other.utf8)
    }
    return false
  }

  func comparison(at place: UInt64) -> TableComparison {
    TableComparison(
      table: table.name, position: place,
      found: TableDigest(table: table.name, rows: foundRows, digest: foundHash.hex),
      expected: TableDigest(table: table.name, rows: expectedRows, digest: expectedHash.hex),
      differing: differing, differences: differences)
  }
}
