public import Kernel

/// What the store reads out of a projection's SQL: one table, its key, its indexes.
public struct TableScript: Sendable {
  public let name: String
  /// Columns of the primary key.
  public let key: [String]
  /// `CREATE INDEX …`, run once the table is full and live.
  package let indexes: [String]
  let noteColumns: [TableColumn]
  /// Hash of the SQL and of the notes' columns: another hash means other tables.
  private(set) var hash = ""
  private let create: String

  /// Reads the SQL of a projection; `CREATE TABLE` first, its `PRIMARY KEY (…)` as a clause.
  public init<P: Projection>(_ projection: P.Type) throws(TableError) {
    let table = P.table
    name = table.name
    let statements = Self.statements(table.sql)
    guard let create = statements.first, create.hasPrefix("CREATE TABLE \(table.name) (") else {
      throw .script(table: table.name, "does not begin with CREATE TABLE \(table.name) (")
    }
    self.create = create
    indexes = Array(statements.dropFirst())
    guard indexes.allSatisfy({ Self.indexName($0) != nil }) else {
      throw .script(table: table.name, "holds more than a table and its indexes")
    }
    key = try Self.keyColumns(of: create, table.name)
    noteColumns = P.Note.self == NoNote.self ? [] : ColumnLister.columns(of: P.Note.self)
    var hash = Fingerprint()
    hash.add(create)
    for index in indexes { hash.add(index) }
    if let notes = createNotes("") { hash.add(notes) }
    self.hash = hash.hex
  }

  func createTable(_ suffix: String) -> String {
    "CREATE TABLE \(name)\(suffix)" + create.dropFirst("CREATE TABLE \(name)".count)
  }

  /// The table of what the fold remembers; nil where it remembers nothing.
  func createNotes(_ suffix: String) -> String? {
    guard !noteColumns.isEmpty else { return nil }
    let columns = noteColumns.map { column in
      "\(column.name) \(column.kind.declarations[0])\(column.isOptional ? "" : " NOT NULL")"
    }
    return "CREATE TABLE \(name)__notes\(suffix) ("
      + columns.joined(separator: ", ") + ", PRIMARY KEY (subject))"
  }

  package var indexNames: [String] { indexes.compactMap(Self.indexName) }

  /// Physical tables under a suffix: the rows, and the notes where there are any.
  func tables(_ suffix: String) -> [String] {
    noteColumns.isEmpty ? ["\(name)\(suffix)"] : ["\(name)\(suffix)", "\(name)__notes\(suffix)"]
  }

  /// A column as the SQL declares it.
  public struct Declared: Hashable, Sendable {
    public let name: String
    public let type: String
    public let isNullable: Bool
  }

  /// Columns in the order of the SQL; one stands on each line.
  public var columns: [Declared] {
    create.split(separator: "\n").dropFirst().compactMap { line in
      let words = line.split(whereSeparator: { $0.isWhitespace || $0 == "," }).map(String.init)
      guard words.count >= 2, words[0] != "PRIMARY" else { return nil }
      return Declared(name: words[0], type: words[1], isNullable: !words.contains("NOT"))
    }
  }

  private static func statements(_ sql: String) -> [String] {
    let bare = sql.split(separator: "\n").map { line in
      String(line.firstRange(of: "--").map { line[..<$0.lowerBound] } ?? line)
    }
    return bare.joined(separator: "\n").split(separator: ";").map { $0.trimmed }
      .filter { !$0.isEmpty }
  }

  private static func indexName(_ statement: String) -> String? {
    let words = statement.split(whereSeparator: \.isWhitespace).prefix(4)
    if words.starts(with: ["CREATE", "INDEX"]), words.count > 2 { return String(words[2]) }
    if words.starts(with: ["CREATE", "UNIQUE", "INDEX"]), words.count > 3 {
      return String(words[3])
    }
    return nil
  }

  private static func keyColumns(of create: String, _ name: String) throws(TableError) -> [String] {
    guard let clause = create.firstRange(of: "PRIMARY KEY ("),
      let end = create[clause.upperBound...].firstIndex(of: ")")
    else { throw .script(table: name, "has no PRIMARY KEY (…) clause") }
    return create[clause.upperBound..<end].split(separator: ",").map { $0.trimmed }
  }
}

extension StringProtocol {
  fileprivate var trimmed: String {
    let front = drop(while: \.isWhitespace)
    guard let last = front.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(front[...last])
  }

  fileprivate func firstRange(of mark: String) -> Range<Index>? {
    var start = startIndex
    while start != endIndex {
      if self[start...].hasPrefix(mark) { return start..<index(start, offsetBy: mark.count) }
      start = index(after: start)
    }
    return nil
  }
}
