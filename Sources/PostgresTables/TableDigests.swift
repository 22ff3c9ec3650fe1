import Kernel
import PostgresLog
public import Tables

extension TableDatabase {
  /// Size and digest of every table, in the projections' order, as of one moment: the digests that
  /// SQLite's tables have at the same position.
  public func digests() throws(TablesFailure) -> [TableDigest] {
    try snapshot { () throws(TablesFailure) in
      var digests: [TableDigest] = []
      for keeper in keepers { digests.append(try digest(of: keeper.tables[0], "")) }
      return digests
    }
  }

  /// Runs what only reads, all of it as of one moment.
  func snapshot<T>(_ body: () throws(TablesFailure) -> T) throws(TablesFailure) -> T {
    try run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    do throws(TablesFailure) {
      let value = try body()
      try run("COMMIT")
      return value
    } catch {
      _ = try? session.run("ROLLBACK")
      throw error
    }
  }

  /// In a transaction.
  func digest(of table: ServerTable, _ suffix: String) throws(TablesFailure) -> TableDigest {
    var hash = Fingerprint()
    var rows = 0
    let walk = try RowWalk(self, table, suffix)
    while let cells = try walk.next() {
      rows += 1
      for cell in cells { cell.add(to: &hash) }
      hash.add(0xff)
    }
    return TableDigest(table: table.name, rows: rows, digest: hash.hex)
  }
}

extension TableValue {
  /// As the digest of SQLite's rows has it, where a flag is an integer.
  func add(to hash: inout Fingerprint) {
    switch self {
    case .null: return hash.add(0xfe)
    case .integer(let number): put(0xfd, String(number), &hash)
    case .flag(let flag): put(0xfd, flag ? "1" : "0", &hash)
    case .text(let text): put(0xfc, text, &hash)
    }
  }

  private func put(_ mark: UInt8, _ text: String, _ hash: inout Fingerprint) {
    hash.add(mark)
    for byte in text.utf8 { hash.add(byte) }
  }
}

/// The rows of a table in the order of its key, some at a time; within one transaction.
final class RowWalk {
  private let database: TableDatabase
  private let table: ServerTable
  private let cursor: String
  private let page = 2_000
  private var rows: SQLRows?
  private var at = 0

  init(
    _ database: TableDatabase, _ table: ServerTable, _ suffix: String
  ) throws(TablesFailure) {
    self.database = database
    self.table = table
    cursor = ServerTable.quoted("walk \(table.name)\(suffix)")
    try database.run(
      "DECLARE \(cursor) NO SCROLL CURSOR FOR SELECT \(table.values()) "
        + "FROM \(table.quoted(suffix)) ORDER BY \(table.order())")
  }

  /// The next row; nil at the end, and then the walk is over.
  func next() throws(TablesFailure) -> [TableValue]? {
    if rows.map({ at >= $0.count }) ?? true {
      let fetched = try database.run("FETCH \(page) FROM \(cursor)")
      guard fetched.count > 0 else {
        try database.run("CLOSE \(cursor)")
        return nil
      }
      rows = fetched
      at = 0
    }
    guard let rows else { return nil }
    defer { at += 1 }
    return table.columns.indices.map { rows.value(at, $0, table.columns[$0].kind) }
  }
}

extension SQLRows {
  /// What `ServerTable.values` gave of a column of some kind.
  func value(_ row: Int, _ column: Int, _ kind: TableColumn.Kind) -> TableValue {
    if isNull(row, column) { return .null }
    return switch kind {
    case .integer: .integer(integer(row, column))
    case .flag: .flag(integer(row, column) != 0)
    case .instant: .text(instant(row, column).text)
    case .text, .amount: .text(text(row, column))
    }
  }
}
