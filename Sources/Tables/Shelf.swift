import Kernel

/// One table of the file behind a `Rows`: loads on first touch, writes what changed.
final class Shelf<Row: TableRow> {
  /// The loading side; apart, so that `rows` can call it while it is being changed itself.
  private final class Loader {
    let connection: Connection
    let select: String
    let keyParameters: [Int32]
    /// True while every row of the table is in memory: what isn't there doesn't exist.
    var holdsAll = false
    var failure: TableError?
    let table: String

    init(_ connection: Connection, table: String, columns: [String], key: [String]) {
      self.connection = connection
      self.table = table
      let condition = key.enumerated().map { "\($1) = ?\($0 + 1)" }.joined(separator: " AND ")
      select = "SELECT \(columns.joined(separator: ", ")) FROM \(table) WHERE \(condition)"
      keyParameters = columns.map { column in
        Int32((key.firstIndex(of: column) ?? -1) + 1)
      }
    }

    func load(_ key: Row.Key) -> Row? {
      if holdsAll { return nil }
      do throws(TableError) {
        let statement = try connection.statement(select)
        defer { statement.reset() }
        var probe = Row(key: key)
        var binder = RowBinder(statement, keyParameters)
        probe.list(&binder)
        guard try statement.step() else { return nil }
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
  private let upsert: String
  private let delete: String
  private let allParameters: [Int32]

  init(_ connection: Connection, table: String, key: [String]) throws(TableError) {
    self.connection = connection
    self.table = table
    let columns = ColumnLister.columns(of: Row.self).map(\.name)
    for name in key where !columns.contains(name) {
      throw .script(table: table, "key column \(name) is none of the row's")
    }
    let loader = Loader(connection, table: table, columns: columns, key: key)
    self.loader = loader
    rows = Rows(loading: { loader.load($0) })
    allParameters = columns.indices.map { Int32($0 + 1) }
    let marks = columns.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
    let changes = columns.filter { !key.contains($0) }.map { "\($0) = excluded.\($0)" }
    upsert =
      "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(marks)) "
      + "ON CONFLICT (\(key.joined(separator: ", "))) DO UPDATE SET "
      + changes.joined(separator: ", ")
    let condition = key.enumerated().map { "\($1) = ?\($0 + 1)" }.joined(separator: " AND ")
    delete = "DELETE FROM \(table) WHERE \(condition)"
  }

  /// Writes what changed; the transaction is the caller's.
  func save() throws(TableError) {
    if let failure = loader.failure { throw failure }
    guard rows.changedCount > 0 else { return }
    let upsert = try connection.statement(upsert)
    try rows.takeChanges { (key, row) throws(TableError) in
      guard var row else { return try remove(key) }
      var binder = RowBinder(upsert, allParameters)
      row.list(&binder)
      try upsert.run()
    }
  }

  private func remove(_ key: Row.Key) throws(TableError) {
    let statement = try connection.statement(delete)
    var probe = Row(key: key)
    var binder = RowBinder(statement, loader.keyParameters)
    probe.list(&binder)
    try statement.run()
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
