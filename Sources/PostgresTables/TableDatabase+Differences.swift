import PostgresLog
import Tables

extension TableDatabase {
  /// Rows in which the live table and the new one beside it aren't the same.
  func differences(
    _ table: ServerTable
  ) throws(TablesFailure) -> (count: Int, first: [RowDifference]) {
    let (left, right) = (table.quoted(""), table.quoted("__rebuild"))
    let names = table.columns.map { ServerTable.quoted($0.name) }
    let key = table.stored.key.map { ServerTable.quoted($0) }
    let same = key.map { "a.\($0) = b.\($0)" }.joined(separator: " AND ")
    // An amount by its text: 1.0 isn't the row that has 1.00.
    func row(_ alias: String) -> String {
      "("
        + zip(names, table.columns).map { name, column in
          column.kind == .amount ? "\(alias)\(name)::text" : "\(alias)\(name)"
        }.joined(separator: ", ") + ")"
    }
    let changed = "\(row("a.")) IS DISTINCT FROM \(row("b."))"
    let joined = "FROM \(left) a FULL JOIN \(right) b ON \(same) WHERE \(changed)"
    let count = try run("SELECT count(*) \(joined)", seconds: 3_600).integer(0, 0)
    guard count > 0 else { return (0, []) }
    let rows = try run(
      "SELECT a.\(key[0]) IS NOT NULL, b.\(key[0]) IS NOT NULL, \(table.values(of: "a.")), "
        + "\(table.values(of: "b.")) \(joined) ORDER BY "
        + key.map { "coalesce(a.\($0), b.\($0))" }.joined(separator: ", ") + " LIMIT 100",
      seconds: 3_600)
    let width = table.columns.count
    return (
      count,
      (0..<rows.count).map { row in
        let live = rows.integer(row, 0) == 1 ? rows.record(row, from: 2, table) : nil
        let made = rows.integer(row, 1) == 1 ? rows.record(row, from: 2 + width, table) : nil
        return RowDifference(of: table, live: live, rebuilt: made)
      }
    )
  }
}

extension SQLRows {
  fileprivate func record(_ row: Int, from first: Int, _ table: ServerTable) -> TableRecord {
    TableRecord(
      cells: table.columns.enumerated().map { index, column in
        TableRecord.Cell(column: column.name, value: value(row, first + index, column.kind))
      })
  }
}

extension RowDifference {
  /// What of two rows with one key isn't the same; at least one of them is there.
  init(of table: ServerTable, live: TableRecord?, rebuilt: TableRecord?) {
    let either = live ?? rebuilt
    let positions = [live, rebuilt].compactMap { record -> Int? in
      guard case .integer(let position)? = record?["position"] else { return nil }
      return position
    }
    self.init(
      key: table.stored.key.compactMap { either?[$0]?.text },
      columns: table.columns.map(\.name).filter { live?[$0] != rebuilt?[$0] },
      live: live, rebuilt: rebuilt, positions: positions)
  }
}
