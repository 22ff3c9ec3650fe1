package import Kernel

/// A table as a store keeps it: a projection's rows, or what its fold remembers.
package struct StoredTable: Hashable, Sendable {
  package let name: String
  package let columns: [TableColumn]
  /// The type that each column is declared with.
  package let types: [String]
  package let key: [String]
}

extension TableScript {
  /// The table of rows, and the one of notes where the fold remembers anything.
  package func stored<P: Projection>(_ projection: P.Type) -> [StoredTable] {
    let rows = StoredTable(
      name: name, columns: ColumnLister.columns(of: P.Row.self), types: columns.map(\.type),
      key: key)
    guard !noteColumns.isEmpty else { return [rows] }
    let notes = StoredTable(
      name: "\(name)__notes", columns: noteColumns,
      types: noteColumns.map { $0.kind.declarations[0] }, key: ["subject"])
    return [rows, notes]
  }
}

extension TableStore {
  /// Hands over every row of a table as it lies in the file, the fold's notes too, in the order of
  /// its key.
  package func eachStored(
    _ table: StoredTable, _ take: (TableLine) -> Void
  ) throws(TableError) {
    let columns = table.columns.map(\.name).joined(separator: ", ")
    try readers.read { (connection) throws(TableError) in
      let statement = try connection.statement(
        "SELECT \(columns) FROM \(table.name) ORDER BY \(table.key.joined(separator: ", "))")
      defer { statement.reset() }
      let line = TableLine(statement: statement, columns: table.columns)
      while try statement.step() { take(line) }
    }
  }
}
