import Synchronization

/// One value as a table holds it.
public enum TableValue: Hashable, Sendable {
  case null
  case text(String)
  case integer(Int)
  case flag(Bool)

  /// The value as text; nil for NULL.
  public var text: String? {
    switch self {
    case .null: nil
    case .text(let text): text
    case .integer(let number): String(number)
    case .flag(let flag): flag ? "true" : "false"
    }
  }
}

/// One row as a reader gets it: columns in the table's order.
public struct TableRecord: Hashable, Sendable {
  public struct Cell: Hashable, Sendable {
    public let column: String
    public let value: TableValue

    package init(column: String, value: TableValue) {
      self.column = column
      self.value = value
    }
  }
  public let cells: [Cell]

  package init(cells: [Cell]) { self.cells = cells }

  public subscript(column: String) -> TableValue? {
    cells.first { $0.column == column }?.value
  }
}

/// One row where SQLite has it: valid while it is handed over.
public struct TableLine {
  let statement: Statement
  /// In the table's order.
  public let columns: [TableColumn]

  public func value(at index: Int) -> TableValue {
    TableStore.value(statement, Int32(index), isFlag: columns[index].kind == .flag)
  }

  /// Hands over the bytes of a text where they lie; false, and `take` isn't called, where there is
  /// none.
  public func withText(at index: Int, _ take: (UnsafeBufferPointer<UInt8>) -> Void) -> Bool {
    let column = Int32(index)
    guard !statement.isNull(column), !statement.isInteger(column) else { return false }
    statement.withBytes(column, take)
    return true
  }
}

/// A table's size and the hash of its rows in the order of their key.
public struct TableDigest: Hashable, Sendable {
  public let table: String
  public let rows: Int
  /// 32 hex digits, FNV-1a: the same rows give the same digest, however they came about.
  public let digest: String

  package init(table: String, rows: Int, digest: String) {
    self.table = table
    self.rows = rows
    self.digest = digest
  }
}

/// A table's place in the log and its number of rows.
public struct TableSize: Hashable, Sendable {
  public let table: String
  public let position: UInt64
  public let rows: Int
}

/// Columns and key of a table, known without asking the file.
struct TableShape: Sendable {
  let columns: [TableColumn]
  let key: [String]

  func column(_ name: String, of table: String) throws(TableError) -> TableColumn {
    guard let column = columns.first(where: { $0.name == name }) else {
      throw .unknownColumn(table: table, column: name)
    }
    return column
  }
}

/// Connections that only read; one is lent to one reader at a time.
final class ReaderPool: Sendable {
  private let path: String
  private let idle = Mutex<[Connection]>([])

  init(path: String) { self.path = path }

  func read<T>(_ body: (Connection) throws(TableError) -> T) throws(TableError) -> T {
    let connection: Connection
    if let known = idle.withLock({ $0.popLast() }) {
      connection = known
    } else {
      connection = try Connection(path: path, isWriter: false)
    }
    defer { idle.withLock { if $0.count < 16 { $0.append(connection) } } }
    return try body(connection)
  }
}

extension TableStore {
  /// Which way a read is ordered.
  public enum Order: Hashable, Sendable {
    case ascending(String)
    case descending(String)
  }

  /// Rows of a table whose columns have these values, nil meaning NULL; in the key's order behind
  /// the order asked for, so that pages don't overlap.
  ///
  /// Amounts are ordered as numbers, good to about 15 digits.
  public func rows(
    of table: String, where matches: [(column: String, value: String?)] = [],
    order: Order? = nil, limit: Int? = nil, offset: Int = 0
  ) throws(TableError) -> [TableRecord] {
    var rows: [TableRecord] = []
    try eachRow(of: table, where: matches, order: order, limit: limit, offset: offset) { line in
      rows.append(Self.record(line.statement, line.columns))
    }
    return rows
  }

  /// The same, each row handed over where it lies.
  ///
  /// - Parameter among: A column, and the values of which it has one.
  public func eachRow(
    of table: String, where matches: [(column: String, value: String?)] = [],
    among: (column: String, values: [String])? = nil, order: Order? = nil, limit: Int? = nil,
    offset: Int = 0, _ take: (TableLine) -> Void
  ) throws(TableError) {
    guard let shape = shapes[table] else { throw .unknownTable(table) }
    var conditions: [String] = []
    for (index, match) in matches.enumerated() {
      let column = try shape.column(match.column, of: table)
      let isNumber = column.kind == .integer || column.kind == .flag
      let mark = isNumber ? "CAST(?\(index + 1) AS INTEGER)" : "?\(index + 1)"
      conditions.append("\(column.name) IS \(mark)")
    }
    let values = among?.values ?? []
    if let among {
      let marks = values.indices.map { "?\(matches.count + $0 + 1)" }.joined(separator: ", ")
      conditions.append("\(try shape.column(among.column, of: table).name) IN (\(marks))")
    }
    let bound = matches.count + values.count
    let orders = try ordering(order, shape, table) + shape.key
    let names = shape.columns.map(\.name).joined(separator: ", ")
    let sql =
      "SELECT \(names) FROM \(table)"
      + (conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND "))
      + " ORDER BY " + orders.joined(separator: ", ")
      + " LIMIT ?\(bound + 1) OFFSET ?\(bound + 2)"
    try readers.read { (connection) throws(TableError) in
      let statement: Statement
      do throws(TableError) {
        statement = try connection.statement(sql)
      } catch {
        throw stale.contains(table) ? .stale(table) : error
      }
      defer { statement.reset() }
      for (index, match) in matches.enumerated() {
        if let value = match.value {
          statement.bind(Int32(index + 1), flagged(value, shape, match.column))
        } else {
          statement.bindNull(Int32(index + 1))
        }
      }
      for (index, value) in values.enumerated() {
        statement.bind(Int32(matches.count + index + 1), value)
      }
      statement.bind(Int32(bound + 1), Int64(limit ?? -1))
      statement.bind(Int32(bound + 2), Int64(offset))
      let line = TableLine(statement: statement, columns: shape.columns)
      while try statement.step() { take(line) }
    }
  }

  /// Columns of a table, in order.
  public func columns(of table: String) throws(TableError) -> [TableColumn] {
    guard let shape = shapes[table] else { throw .unknownTable(table) }
    return shape.columns
  }

  /// Size and digest of one table; columns left out don't count, so that two logs of the same
  /// story, written in another order, can be compared.
  public func digest(of table: String, leavingOut: Set<String> = []) throws(TableError)
    -> TableDigest
  {
    guard let shape = shapes[table] else { throw .unknownTable(table) }
    let columns = shape.columns.map(\.name).filter { !leavingOut.contains($0) }
    return try readers.read { (connection) throws(TableError) in
      try digestRows(connection, table, named: table, columns: columns, key: shape.key)
    }
  }

  /// Size and digest of every table, in the projections' order.
  public func digests() throws(TableError) -> [TableDigest] {
    var digests: [TableDigest] = []
    for name in names { digests.append(try digest(of: name)) }
    return digests
  }

  /// Every table's place in the log and its number of rows, in the projections' order.
  public func sizes() throws(TableError) -> [TableSize] {
    try readers.read { (connection) throws(TableError) in
      let places = try Places.all(connection)
      var sizes: [TableSize] = []
      for name in names {
        let statement = try connection.statement("SELECT count(*) FROM \(name)")
        defer { statement.reset() }
        let rows = try statement.step() ? Int(statement.integer(0)) : 0
        sizes.append(
          TableSize(table: name, position: places[name]?.position ?? 0, rows: rows))
      }
      return sizes
    }
  }

  private func ordering(_ order: Order?, _ shape: TableShape, _ table: String) throws(TableError)
    -> [String]
  {
    guard let order else { return [] }
    let (name, direction) =
      switch order {
      case .ascending(let name): (name, "ASC")
      case .descending(let name): (name, "DESC")
      }
    let column = try shape.column(name, of: table)
    let value = column.kind == .amount ? "CAST(\(name) AS NUMERIC)" : name
    return ["\(value) \(direction)"]
  }

  private func flagged(_ value: String, _ shape: TableShape, _ name: String) -> String {
    guard shape.columns.first(where: { $0.name == name })?.kind == .flag else { return value }
    return value == "true" || value == "1" ? "1" : "0"
  }

  static func record(_ statement: Statement, _ columns: [TableColumn]) -> TableRecord {
    let cells = columns.indices.map { index in
      TableRecord.Cell(
        column: columns[index].name,
        value: value(statement, Int32(index), isFlag: columns[index].kind == .flag))
    }
    return TableRecord(cells: cells)
  }

  static func value(_ statement: Statement, _ index: Int32, isFlag: Bool = false) -> TableValue {
    if statement.isNull(index) { return .null }
    guard statement.isInteger(index) else { return .text(statement.text(index)) }
    let number = Int(statement.integer(index))
    return isFlag ? .flag(number != 0) : .integer(number)
  }
}

/// Walks a physical table in its key's order and hashes every value with its type.
func digestRows(
  _ connection: Connection, _ physical: String, named name: String, columns: [String],
  key: [String]
) throws(TableError) -> TableDigest {
  let statement = try connection.statement(
    "SELECT \(columns.joined(separator: ", ")) FROM \(physical) "
      + "ORDER BY \(key.joined(separator: ", "))")
  defer { statement.reset() }
  var hash = Fingerprint()
  var rows = 0
  while try statement.step() {
    rows += 1
    for index in 0..<statement.columnCount {
      if statement.isNull(index) {
        hash.add(0xfe)
      } else {
        hash.add(statement.isInteger(index) ? 0xfd : 0xfc)
        statement.withBytes(index) { hash.add($0) }
      }
    }
    hash.add(0xff)
  }
  return TableDigest(table: name, rows: rows, digest: hash.hex)
}
