import Kernel

/// One table of the file behind a `Rows`: loads on first touch, writes what changed.
final class Shelf<Row: TableRow> {
  /// The loading side; apart, so that `rows` can call it while it is being changed itself.
  private final class Loader {
    let connection: Connection
    let select: Sentence
    let keyParameters: [Int32]
    private var probe: RowCells
    /// True while every row of the table is in memory: what isn't there doesn't exist.
    var holdsAll = false
    var failure: TableError?
    let table: String

    init(_ connection: Connection, table: String, columns: [String], key: [String]) {
      self.connection = connection
      self.table = table
      let condition = key.enumerated().map { "\($1) = ?\($0 + 1)" }.joined(separator: " AND ")
      select = Sentence(
        "SELECT \(columns.joined(separator: ", ")) FROM \(table) WHERE \(condition)")
      probe = RowCells(isKey: columns.map { key.contains($0) })
      keyParameters = columns.map { column in
        Int32((key.firstIndex(of: column) ?? -1) + 1)
      }
    }

    func load(_ key: Row.Key) -> Row? {
      if holdsAll { return nil }
      do throws(TableError) {
        let statement = try connection.statement(select)
        defer { statement.reset() }
        probe.removeAll()
        Row.list(key, into: &probe)
        let isFound = try probe.withBytes { (bytes) throws(TableError) in
          statement.bind(probe.cells[...], keyParameters, bytes)
          return try statement.step()
        }
        guard isFound else { return nil }
        var reader = RowReader(statement)
        var row = Row.blank
        row.list(&reader)
        if let column = reader.damaged { throw .damaged(table: table, column: column) }
        return row
      } catch {
        failure = failure ?? error
        return nil
      }
    }
  }

  var rows: Rows<Row>
  private let connection: Connection
  private let table: String
  private let loader: Loader
  private let upsert: Sentence
  private let delete: Sentence
  private let allParameters: [Int32]
  private var cells: RowCells

  init(_ connection: Connection, table: String, key: [String]) throws(TableError) {
    self.connection = connection
    self.table = table
    let columns = ColumnLister.columns(of: Row.self).map(\.name)
    for name in key where !columns.contains(name) {
      throw .script(table: table, "key column \(name) is none of the row's")
    }
    let loader = Loader(connection, table: table, columns: columns, key: key)
    self.loader = loader
    cells = RowCells(isKey: columns.map { key.contains($0) })
    rows = Rows(loading: { loader.load($0) })
    allParameters = columns.indices.map { Int32($0 + 1) }
    let marks = columns.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
    let changes = columns.filter { !key.contains($0) }.map { "\($0) = excluded.\($0)" }
    upsert = Sentence(
      "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(marks)) "
        + "ON CONFLICT (\(key.joined(separator: ", "))) DO UPDATE SET "
        + changes.joined(separator: ", "))
    let condition = key.enumerated().map { "\($1) = ?\($0 + 1)" }.joined(separator: " AND ")
    delete = Sentence("DELETE FROM \(table) WHERE \(condition)")
  }

  /// Writes what changed; the transaction is the caller's.
  func save() throws(TableError) {
    if let failure = loader.failure { throw failure }
    guard rows.changedCount > 0 else { return }
    cells.removeAll()
    Row.drain(&rows, into: &cells)
    let upsert = try connection.statement(upsert)
    let delete = try connection.statement(delete)
    try cells.withBytes { (bytes) throws(TableError) in
      let width = allParameters.count
      for (index, isThere) in cells.isThere.enumerated() {
        let row = cells.cells[index * width..<(index + 1) * width]
        let statement = isThere ? upsert : delete
        statement.bind(row, isThere ? allParameters : loader.keyParameters, bytes)
        try statement.run()
      }
    }
  }

  /// Drops what is held in memory, saved or not.
  func forget() throws(TableError) {
    rows.forget()
    loader.failure = nil
    let statement = try connection.statement("SELECT 1 FROM \(table) LIMIT 1")
    defer { statement.reset() }
    loader.holdsAll = try !statement.step()
  }

  func trim(to most: Int) throws(TableError) {
    if rows.count > most { try forget() }
  }
}
