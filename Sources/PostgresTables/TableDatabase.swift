public import Kernel
public import Log
public import PostgresLog
public import Tables

/// The projections' tables in a database, by one session: for one thread at a time.
///
/// After a failure nothing of it may be used again where that is `lost`; opened anew it goes on
/// where the last commit left the tables.
public final class TableDatabase {
  let url: PostgresURL
  let session: Session
  let log: any WholeLog
  let projections: [any Projection.Type]
  let keepers: [any DatabaseKeeper]
  let rowsKept: Int
  /// True while memory may hold what no transaction committed.
  private var isAhead = false

  /// Opens the tables to keep them, and makes them where there are none.
  ///
  /// Throws `held` where another keeps them, `otherLog` and `otherHistory` where they are no fold
  /// of this log. A table that other SQL or another fold made is left as it is and not brought
  /// further until it is rebuilt (`stale`). What is left of a rebuild that was killed is dropped.
  public static func keep(
    _ url: PostgresURL, of log: any WholeLog, projections: [any Projection.Type],
    rowsKept: Int = Tables.rowsKept
  ) throws(TablesFailure) -> TableDatabase {
    let opened = try TableDatabase(url, log, projections, rowsKept)
    try opened.makeSchema()
    try TableLock.keeping.take(opened.session, url.description)
    try opened.checkSource()
    if try TableLock.rebuilding.isTaken(opened.session) {
      try opened.dropLeftovers()
      try TableLock.rebuilding.release(opened.session)
    }
    try opened.openTables()
    return opened
  }

  /// Opens tables that somebody else may keep meanwhile; throws `nothing` where there are none.
  public static func visit(
    _ url: PostgresURL, of log: any WholeLog, projections: [any Projection.Type],
    rowsKept: Int = Tables.rowsKept
  ) throws(TablesFailure) -> TableDatabase {
    let opened = try TableDatabase(url, log, projections, rowsKept)
    guard try opened.hasTables() else { throw .nothing(url.description) }
    try opened.checkSource()
    try opened.reload(TablePlaces.all(opened.session))
    return opened
  }

  init(
    _ url: PostgresURL, _ log: any WholeLog, _ projections: [any Projection.Type],
    _ rowsKept: Int
  ) throws(TablesFailure) {
    self.url = url
    self.log = log
    self.projections = projections
    self.rowsKept = rowsKept
    var keepers: [any DatabaseKeeper] = []
    for projection in projections {
      keepers.append(try folded { () throws(TableError) in try Self.keeper(projection) })
    }
    self.keepers = keepers
    session = try served { () throws(PostgresFailure) in try url.connect() }
    // What a crash takes away is taken in again: rows and place go together, and no one waits.
    try run(
      "SELECT set_config('search_path', '\(ServerTable.schema)', false), "
        + "set_config('datestyle', 'ISO', false), set_config('timezone', 'UTC', false), "
        + "set_config('synchronous_commit', 'off', false), "
        + "set_config('statement_timeout', '0', false), set_config('lock_timeout', '0', false), "
        + "set_config('idle_in_transaction_session_timeout', '0', false), "
        + "set_config('application_name', 'weir projections', false)")
  }

  private static func keeper<P: Projection>(
    _ projection: P.Type
  ) throws(TableError) -> any DatabaseKeeper { try FoldKeeper(projection) }

  /// The last position that every table which isn't stale has taken in.
  public var place: UInt64 { keepers.filter { !$0.isStale }.map(\.place).min() ?? 0 }

  /// Tables that have to be rebuilt before they take in anything.
  public var stale: [String] { keepers.filter(\.isStale).map(\.name) }

  /// Tables' names, in the projections' order.
  public var names: [String] { keepers.map(\.name) }

  @discardableResult
  func run(_ sql: String, seconds: Int = 600) throws(TablesFailure) -> SQLRows {
    try served { () throws(PostgresFailure) in try session.run(sql, seconds: seconds) }
  }

  /// Takes a batch of the log into all tables: rows and place in one transaction.
  ///
  /// Facts at or below a table's place are skipped, a gap throws, and then nothing has changed.
  /// - Parameter hash: That of the last of them in the log's chain.
  public func take(_ events: [Recorded], endingIn hash: [UInt8]) throws(TablesFailure) {
    guard let last = events.last?.position else { return }
    try transaction { () throws(TablesFailure) in
      let open = keepers.filter { !$0.isStale }
      guard open.contains(where: { $0.place < last }) else { return }
      try fold(events, open)
      try TablePlaces.move(open.map { ($0.name, $0.place) }, session)
      try TableSource(log: log.logID, position: last, hash: hash).put(session)
    }
    for keeper in keepers where !keeper.isStale { try keeper.trim(to: rowsKept) }
  }

  /// Folds facts into tables and writes their rows; the transaction is the caller's.
  func fold(_ events: [Recorded], _ all: [any DatabaseKeeper]) throws(TablesFailure) {
    guard let last = events.last?.position else { return }
    let families = events.indices.map { events[$0].event.family }
    for keeper in all where keeper.place < last {
      try keeper.take(events, families: families, keeping: rowsKept)
      try keeper.save()
    }
  }

  /// One transaction, which nobody moves tables in beside it; after a failure, memory is read anew
  /// in the next.
  func transaction<T>(_ body: () throws(TablesFailure) -> T) throws(TablesFailure) -> T {
    try run("BEGIN")
    do throws(TablesFailure) {
      let places = try TablePlaces.all(session, isLocking: true)
      if isAhead || !isCurrent(places) { try reload(places) }
      isAhead = true
      let value = try body()
      try run("COMMIT")
      isAhead = false
      return value
    } catch {
      _ = try? session.run("ROLLBACK")
      throw error
    }
  }

  /// Whether tables and places are those that memory knows.
  private func isCurrent(_ places: [String: TablePlace]) -> Bool {
    keepers.allSatisfy { keeper in
      guard !keeper.isStale, let place = places[keeper.name] else {
        return keeper.isStale && places[keeper.name]?.maker != keeper.maker
      }
      return place.position == keeper.place && place.generation == keeper.generation
    }
  }

  /// Forgets rows in memory and stands where the database does.
  func reload(_ places: [String: TablePlace]) throws(TablesFailure) {
    for keeper in keepers {
      let place = places[keeper.name]
      keeper.isStale = place?.maker != keeper.maker
      keeper.place = place?.position ?? 0
      keeper.generation = place?.generation ?? 0
      if !keeper.isStale { try keeper.open(session, suffix: "") }
    }
    isAhead = false
  }
}
