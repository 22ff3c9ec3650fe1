public import Kernel
public import Log
public import PostgresLog
import Tables

/// What keeping the tables of a database would do, found without changing anything there.
public struct TableStanding: Hashable, Sendable {
  /// Tables that aren't there.
  public let missing: [String]
  /// Tables that another version made.
  public let stale: [String]
  /// Facts that the furthest behind of the others lacks.
  public let behind: UInt64
  /// The log's end.
  public let head: UInt64

  public init(
    _ url: PostgresURL, of log: any WholeLog, projections: [any Projection.Type]
  ) throws(TablesFailure) {
    let database = try TableDatabase(url, log, projections, Tables.rowsKept)
    try logged { () throws(StoreError) in try log.refresh() }
    head = log.head.position
    guard try database.hasTables() else {
      missing = database.names
      stale = []
      behind = head
      return
    }
    try database.checkSource()
    let places = try TablePlaces.all(database.session)
    let known = database.keepers.filter { places[$0.name] != nil }
    missing = database.keepers.filter { places[$0.name] == nil }.map(\.name)
    stale = known.filter { places[$0.name]?.maker != $0.maker }.map(\.name)
    let least = known.compactMap { places[$0.name] }.map(\.position).min() ?? 0
    behind = head - min(head, least)
  }
}
