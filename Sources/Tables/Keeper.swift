package import Kernel

/// One projection over its tables in the file, whatever its types.
protocol Keeper: AnyObject {
  var script: TableScript { get }
  /// The fold's own version.
  var version: Int { get }
  var columns: [TableColumn] { get }
  /// Position of the last fact taken in.
  var place: UInt64 { get set }
  /// True where the tables in the file were made by other SQL or another fold.
  var isStale: Bool { get set }
  /// Whether facts that nobody wants may be left out.
  var takesGaps: Bool { get set }

  /// Opens the tables that stand under a suffix.
  func open(_ connection: Connection, suffix: String) throws(TableError)
  /// Folds the facts behind `place`, and writes rows where more than `most` have changed; the
  /// transaction is the caller's, who saves before its end.
  func take(_ events: [Recorded], families: [EventFamilies], keeping most: Int) throws(TableError)
  /// Writes the rows that changed; the transaction is the caller's.
  func save() throws(TableError)
  /// Rows in memory of the table that has most of them there.
  var rowsHeld: Int { get }
  func forget() throws(TableError)
  /// Forgets the rows in memory where they are more than `most`; between transactions.
  func trim(to most: Int) throws(TableError)
  /// Another keeper of the same projection, for a table beside this one.
  func sibling() -> any Keeper
}

extension Keeper {
  var name: String { script.name }
}

/// Facts behind a table's place that are of its families.
package struct WantedFacts {
  /// Their places among those that were handed over.
  package private(set) var places: [Int] = []
  /// The last position of all.
  package private(set) var last: UInt64

  /// Throws `gap` where one isn't the next, unless any may be left out.
  // Apart from the fold, and the same for all: code for every projection is slow code.
  package init(
    _ events: [Recorded], _ families: [EventFamilies], of own: EventFamilies,
    behind place: UInt64, table: String, takesGaps: Bool = false
  ) throws(TableError) {
    last = place
    for index in events.indices where events[index].position > last {
      let next = events[index].position
      guard next == last + 1 || takesGaps else { throw .gap(table: table, place: last, next: next) }
      last = next
      if own.contains(families[index]) { places.append(index) }
    }
  }
}

final class ProjectionKeeper<P: Projection>: Keeper {
  let script: TableScript
  let columns: [TableColumn]
  var place: UInt64 = 0
  var isStale = false
  var takesGaps = false
  private var rows: Shelf<P.Row>?
  private var notes: Shelf<P.Note>?
  /// Of projections without notes.
  private var none = Rows<P.Note>()

  init(_ projection: P.Type) throws(TableError) {
    script = try TableScript(projection)
    columns = ColumnLister.columns(of: P.Row.self)
  }

  private init(like other: ProjectionKeeper<P>) {
    script = other.script
    columns = other.columns
  }

  func sibling() -> any Keeper { ProjectionKeeper(like: self) }
  var version: Int { P.version }

  func open(_ connection: Connection, suffix: String) throws(TableError) {
    rows = try Shelf(connection, table: script.name + suffix, key: script.key)
    if !script.noteColumns.isEmpty {
      notes = try Shelf(connection, table: "\(script.name)__notes\(suffix)", key: ["subject"])
    }
    try forget()
  }

  func take(_ events: [Recorded], families: [EventFamilies], keeping most: Int) throws(TableError) {
    guard let rows else { throw .stale(name) }
    let found = try WantedFacts(
      events, families, of: P.families, behind: place, table: name, takesGaps: takesGaps)
    place = found.last
    let wanted = found.places
    var done = 0
    while done < wanted.count {
      if let notes {
        done = P.apply(
          events, at: wanted, from: done, keeping: most, to: &rows.rows, &notes.rows)
      } else {
        done = P.apply(events, at: wanted, from: done, keeping: most, to: &rows.rows, &none)
      }
      if rows.rows.changedCount > most { try rows.save() }
    }
  }

  func save() throws(TableError) {
    try rows?.save()
    try notes?.save()
  }

  var rowsHeld: Int { max(rows?.rows.count ?? 0, notes?.rows.count ?? 0) }

  func forget() throws(TableError) {
    try rows?.forget()
    try notes?.forget()
  }

  func trim(to most: Int) throws(TableError) {
    try rows?.trim(to: most)
    try notes?.trim(to: most)
  }
}
