import PostgresLog
import Tables

/// A table in a database: how large it is, and how far.
public struct TableState: Hashable, Sendable {
  public let table: String
  public let rows: Int
  /// That of SQLite's rows at the same position; nil for a table that another version made.
  public let digest: String?
  public let position: UInt64
  public let isStale: Bool
}

extension TableDatabase {
  /// Every table, in the projections' order, as of one moment.
  public func states() throws(TablesFailure) -> [TableState] {
    try snapshot { () throws(TablesFailure) in
      let places = try TablePlaces.all(session)
      var states: [TableState] = []
      for keeper in keepers {
        let place = places[keeper.name]
        let isStale = place?.maker != keeper.maker
        let digest = isStale ? nil : try digest(of: keeper.tables[0], "")
        let rows = if let digest { digest.rows } else { try count(keeper) }
        states.append(
          TableState(
            table: keeper.name, rows: rows, digest: digest?.digest,
            position: place?.position ?? 0, isStale: isStale))
      }
      return states
    }
  }

  private func count(_ keeper: any DatabaseKeeper) throws(TablesFailure) -> Int {
    let isThere = try run(
      "SELECT to_regclass('\(ServerTable.schema).\(keeper.name)') IS NOT NULL")
    guard isThere.integer(0, 0) == 1 else { return 0 }
    return try run("SELECT count(*) FROM \(keeper.tables[0].quoted(""))").integer(0, 0)
  }
}
