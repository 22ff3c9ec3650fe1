import Kernel
import PostgresLog
import Tables

/// One table of the database behind a `Rows`: loads on first touch, writes what changed.
final class DatabaseShelf<Row: TableRow> {
  /// The loading side; apart, so that `rows` can call it while it is being changed itself.
  private final class Loader {
    let session: Session
    let table: ServerTable
    private let select: String
    /// Places of the key's columns in the row, in the key's order.
    let keyPlaces: [Int]
    private var probe: RowCells
    /// True while every row of the table is in memory: what isn't there doesn't exist.
    var holdsAll = false
    var failure: TablesFailure?

    init(_ session: Session, _ table: ServerTable, _ suffix: String) {
      self.session = session
      self.table = table
      let columns = table.columns.map(\.name)
      let places = table.stored.key.compactMap { columns.firstIndex(of: $0) }
      keyPlaces = places
      let condition = places.enumerated().map { index, place in
        let type = ServerType.plain(table.types[place])
        return "\(ServerTable.quoted(columns[place])) = $\(index + 1)::\(type)"
      }
      select =
        "SELECT \(table.values()) FROM \(table.quoted(suffix)) "
        + "WHERE \(condition.joined(separator: " AND "))"
      probe = RowCells(isKey: columns.map { table.stored.key.contains($0) })
    }

    func load(_ key: Row.Key) -> Row? {
      if holdsAll || failure != nil { return nil }
      do throws(TablesFailure) {
        let rows = try find(key)
        guard rows.count == 1 else { return nil }
        var reader = CellReader(rows, 0)
        var row = Row.blank
        row.list(&reader)
        if let column = reader.damaged {
          throw .tables(.damaged(table: table.name, column: column))
        }
        return row
      } catch {
        failure = error
        return nil
      }
    }

    private func find(_ key: Row.Key) throws(TablesFailure) -> SQLRows {
      probe.removeAll()
      Row.list(key, into: &probe)
      let values = probe.withBytes { bytes in
        keyPlaces.map { place -> SQLValue in
          switch probe.cells[place] {
          case .null: .null
          case .integer(let number): .text(String(number))
          case .text(let start, let count):
            .text(ServerText.kept(UnsafeBufferPointer(rebasing: bytes[start..<start + count])))
          }
        }
      }
      return try served { () throws(PostgresFailure) in
        try session.run(select, values, often: true)
      }
    }
  }

  var rows: Rows<Row>
  private let session: Session
  private let loader: Loader
  private let table: ServerTable
  private let suffix: String
  private let upsert: String
  private let delete: String
  private var cells: RowCells

  init(_ session: Session, _ table: ServerTable, suffix: String) {
    self.session = session
    self.table = table
    self.suffix = suffix
    let loader = Loader(session, table, suffix)
    self.loader = loader
    let key = table.stored.key
    cells = RowCells(isKey: table.columns.map { key.contains($0.name) })
    rows = Rows(loading: { loader.load($0) })
    let arrays = table.types.enumerated().map { "$\($0 + 1)::\(ServerType.plain($1))[]" }
    let changes = table.columns.map { ServerTable.quoted($0.name) }
      .map { "\($0) = excluded.\($0)" }
    upsert =
      "INSERT INTO \(table.quoted(suffix)) (\(table.list)) "
      + "SELECT * FROM unnest(\(arrays.joined(separator: ", "))) "
      + "ON CONFLICT (\(table.keyList)) DO UPDATE SET " + changes.joined(separator: ", ")
    let gone = loader.keyPlaces.enumerated().map { index, place in
      "$\(index + 1)::\(ServerType.plain(table.types[place]))[]"
    }
    delete =
      "DELETE FROM \(table.quoted(suffix)) WHERE (\(table.keyList)) IN "
      + "(SELECT * FROM unnest(\(gone.joined(separator: ", "))))"
  }

  /// Rows that one statement writes at most: what it is sent stays small beside them in memory.
  private let portion = 4_096

  /// Writes what changed; the transaction is the caller's.
  func save() throws(TablesFailure) {
    if let failure = loader.failure { throw failure }
    guard rows.changedCount > 0 else { return }
    cells.removeAll()
    Row.drain(&rows, into: &cells)
    let all = Array(cells.isThere.indices)
    // Whoever goes makes room for who comes, where an index says that there is one only.
    try write(all.filter { !cells.isThere[$0] }, delete, loader.keyPlaces)
    try write(all.filter { cells.isThere[$0] }, upsert, Array(table.columns.indices))
  }

  private func write(_ all: [Int], _ sql: String, _ places: [Int]) throws(TablesFailure) {
    let width = table.columns.count
    var rest = all[...]
    while !rest.isEmpty {
      var arrays = ColumnArrays(columns: places.count)
      cells.withBytes { bytes in
        for index in rest.prefix(portion) {
          arrays.add(cells.cells[index * width..<(index + 1) * width], places, bytes)
        }
      }
      rest = rest.dropFirst(portion)
      let values = arrays.values
      _ = try served { () throws(PostgresFailure) in
        try session.run(sql, values, seconds: 600, often: true)
      }
    }
  }

  /// Drops what is held in memory, saved or not.
  func forget() throws(TablesFailure) {
    rows.forget()
    loader.failure = nil
    loader.holdsAll = try served { () throws(PostgresFailure) in
      try session.run("SELECT 1 FROM \(table.quoted(suffix)) LIMIT 1").count == 0
    }
  }

  func trim(to most: Int) throws(TablesFailure) {
    if rows.count > most { try forget() }
  }
}
