import Kernel
import PostgresLog
import Tables

/// One projection over its tables in the database, whatever its types.
protocol DatabaseKeeper: AnyObject {
  var script: TableScript { get }
  /// The rows' table, and the notes' where there is one.
  var tables: [ServerTable] { get }
  /// The fold's own version.
  var version: Int { get }
  /// Position of the last fact taken in.
  var place: UInt64 { get set }
  /// Raised whenever the tables are exchanged for others.
  var generation: Int { get set }
  /// True where the tables were made by other SQL or another fold, or aren't there.
  var isStale: Bool { get set }

  /// Opens the tables that stand under a suffix.
  func open(_ session: Session, suffix: String) throws(TablesFailure)
  /// Folds the facts behind `place`; the transaction is the caller's, who saves before its end.
  func take(
    _ events: [Recorded], families: [EventFamilies], keeping most: Int
  ) throws(TablesFailure)
  /// Writes the rows that changed; the transaction is the caller's.
  func save() throws(TablesFailure)
  func forget() throws(TablesFailure)
  /// Forgets the rows in memory where they are more than `most`; between transactions.
  func trim(to most: Int) throws(TablesFailure)
  /// Another keeper of the same projection, for tables beside these.
  func sibling() -> any DatabaseKeeper
}

extension DatabaseKeeper {
  var name: String { script.name }

  /// What makes the tables: another one means a rebuild.
  var maker: Maker {
    var hash = Fingerprint()
    for table in tables { hash.add(table.create("") + table.keyList) }
    for index in script.indexes { hash.add(index) }
    return Maker(hash: hash.hex, version: version, kernel: Kernel.version)
  }
}

final class FoldKeeper<P: Projection>: DatabaseKeeper {
  let script: TableScript
  let tables: [ServerTable]
  var place: UInt64 = 0
  var generation = 0
  var isStale = false
  private var rows: DatabaseShelf<P.Row>?
  private var notes: DatabaseShelf<P.Note>?
  /// Of projections without notes.
  private var none = Rows<P.Note>()

  init(_ projection: P.Type) throws(TableError) {
    script = try TableScript(projection)
    tables = script.stored(projection).map { ServerTable($0) }
  }

  private init(like other: FoldKeeper<P>) {
    script = other.script
    tables = other.tables
  }

  func sibling() -> any DatabaseKeeper { FoldKeeper(like: self) }
  var version: Int { P.version }

  func open(_ session: Session, suffix: String) throws(TablesFailure) {
    rows = DatabaseShelf(session, tables[0], suffix: suffix)
    if tables.count > 1 { notes = DatabaseShelf(session, tables[1], suffix: suffix) }
    try forget()
  }

  func take(
    _ events: [Recorded], families: [EventFamilies], keeping most: Int
  ) throws(TablesFailure) {
    guard let rows else { throw .tables(.stale(name)) }
    let found = try folded { () throws(TableError) in
      try WantedFacts(events, families, of: P.families, behind: place, table: name)
    }
    place = found.last
    var done = 0
    while done < found.places.count {
      if let notes {
        done = P.apply(
          events, at: found.places, from: done, keeping: most, to: &rows.rows, &notes.rows)
      } else {
        done = P.apply(
          events, at: found.places, from: done, keeping: most, to: &rows.rows, &none)
      }
      if rows.rows.changedCount > most { try rows.save() }
    }
  }

  func save() throws(TablesFailure) {
    try rows?.save()
    try notes?.save()
  }

  func forget() throws(TablesFailure) {
    try rows?.forget()
    try notes?.forget()
  }

  func trim(to most: Int) throws(TablesFailure) {
    try rows?.trim(to: most)
    try notes?.trim(to: most)
  }
}
