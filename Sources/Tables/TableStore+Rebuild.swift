import Dispatch
public import Kernel
import Synchronization

/// Facts behind a position, at most so many, in the order of the log; fewer only at its end.
public typealias LogReader = (_ after: UInt64, _ limit: Int) throws -> [Recorded]

/// How far a rebuild is.
public struct RebuildProgress: Hashable, Sendable {
  public let tables: [String]
  /// Facts taken in, of `total` that the log held when it began.
  public let done: UInt64
  public let total: UInt64
  public let factsPerSecond: Int
}

/// What a rebuild made of one table.
public struct RebuildReport: Hashable, Sendable {
  public let table: String
  public let rows: Int
  public let digest: String
  /// The log position the table stands at.
  public let place: UInt64
  /// Rows that weren't what the log says; nil where the old table had another shape.
  public let differing: Int?
  /// The first of them, at most a hundred.
  public let differences: [RowDifference]

  package init(
    table: String, rows: Int, digest: String, place: UInt64, differing: Int?,
    differences: [RowDifference]
  ) {
    self.table = table
    self.rows = rows
    self.digest = digest
    self.place = place
    self.differing = differing
    self.differences = differences
  }
}

/// One row that a replay of the log doesn't confirm.
public struct RowDifference: Hashable, Sendable {
  public let key: [String]
  public let columns: [String]
  /// The row as it was, and as the log makes it; nil where there is none.
  public let live: TableRecord?
  public let rebuilt: TableRecord?
  /// Positions of the facts that last changed either.
  public let positions: [Int]

  package init(
    key: [String], columns: [String], live: TableRecord?, rebuilt: TableRecord?, positions: [Int]
  ) {
    self.key = key
    self.columns = columns
    self.live = live
    self.rebuilt = rebuilt
    self.positions = positions
  }
}

extension TableStore {
  /// Makes tables anew from the log, all in one pass over it, beside the live ones, and switches
  /// them in together in one transaction; the old ones stay as `<name>__before`.
  ///
  /// The service goes on meanwhile: `take` waits for one portion at most, and for the comparison at
  /// the end. What is left of a rebuild that was killed is removed by the next. Without
  /// `isSwitching` the new tables are only compared with the live ones.
  public func rebuild(
    _ tables: [String], of total: UInt64, isSwitching: Bool = true, reading read: LogReader,
    progress: (RebuildProgress) -> Void = { _ in }
  ) throws(TableError) -> [RebuildReport] {
    let clock = ContinuousClock()
    let start = clock.now
    let fresh = try writing { (writer) throws(TableError) in
      Handle(keepers: try writer.beginRebuild(tables))
    }
    // One portion is folded aside while the next is read: both take about as long.
    let aside = Aside()
    var place: UInt64 = 0
    func folded() throws(TableError) {
      try aside.finish()
      guard place > 0 else { return }
      let spent = clock.now - start
      let milliseconds =
        Int(spent.components.seconds) * 1000
        + Int(spent.components.attoseconds / 1_000_000_000_000_000)
      progress(
        RebuildProgress(
          tables: tables, done: place, total: max(total, place),
          factsPerSecond: Int(place) * 1000 / max(1, milliseconds)))
    }
    while true {
      let events: [Recorded]
      do throws(TableError) { events = try portion(after: place, read) } catch {
        try? aside.finish()
        throw error
      }
      try folded()
      guard let last = events.last?.position else { break }
      place = last
      aside.start { [self] () throws(TableError) in
        try writing { (writer) throws(TableError) in
          try writer.fold(events, into: fresh.keepers)
        }
      }
      if events.count < Tables.portion {
        try folded()
        break
      }
    }
    for index in fresh.keepers.indices {
      try writing { (writer) throws(TableError) in try writer.save(fresh.keepers[index]) }
    }
    return try writing { (writer) throws(TableError) in
      try writer.finishRebuild(fresh.keepers, isSwitching: isSwitching) {
        (after) throws(TableError) in
        try portion(after: after, read)
      }
    }
  }

  /// Rebuilds every table, in one pass.
  public func rebuildAll(
    of total: UInt64, reading read: LogReader, progress: (RebuildProgress) -> Void = { _ in }
  ) throws(TableError) -> [RebuildReport] {
    try rebuild(names, of: total, reading: read, progress: progress)
  }

  /// Rebuilds the tables that other SQL or another fold made; for the service's start.
  public func rebuildStale(
    of total: UInt64, reading read: LogReader, progress: (RebuildProgress) -> Void = { _ in }
  ) throws(TableError) -> [RebuildReport] {
    let tables = stale
    return tables.isEmpty ? [] : try rebuild(tables, of: total, reading: read, progress: progress)
  }

  /// Brings back the table that the last rebuild replaced, and takes in what it missed; the
  /// rebuilt one becomes `<name>__before`.
  ///
  /// Only while SQL and fold are still the ones that made it.
  public func restore(_ table: String, reading read: LogReader) throws(TableError) {
    try writing { (writer) throws(TableError) in
      try writer.restore(table) { (after) throws(TableError) in
        try portion(after: after, read)
      }
    }
  }

  /// Takes in everything the log has behind `place`; for tools and for a service's start.
  public func catchUp(reading read: LogReader) throws(TableError) {
    while true {
      let events = try portion(after: place, read)
      try take(events)
      if events.count < Tables.portion { return }
    }
  }

  private func portion(after: UInt64, _ read: LogReader) throws(TableError) -> [Recorded] {
    do { return try read(after, Tables.portion) } catch { throw .log("\(error)") }
  }
}

/// Work done aside, one piece at a time, while the caller prepares the next.
private final class Aside: Sendable {
  private let queue = DispatchQueue(label: "tables.rebuild")
  private let failure = Mutex<TableError?>(nil)

  func start(_ work: @escaping @Sendable () throws(TableError) -> Void) {
    queue.async { [self] in
      do throws(TableError) { try work() } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
  }

  /// Waits for what was begun, and throws what it threw.
  func finish() throws(TableError) {
    queue.sync {}
    if let failure = failure.withLock({ $0 }) { throw failure }
  }
}

/// Keepers of tables under construction.
// @unchecked: used inside the writer's lock only.
private final class Handle: @unchecked Sendable {
  let keepers: [any Keeper]
  init(keepers: [any Keeper]) { self.keepers = keepers }
}
