public import Kernel
import Synchronization

/// The projections' tables in one SQLite file, and how far into the log each of them is.
///
/// One writer, any number of readers on connections of their own; every call is safe from any
/// thread. A store that another process rebuilds meanwhile notices and reads its rows again.
public final class TableStore: Sendable {
  public let path: String
  private let writer: Mutex<TableWriter>
  private let status: Mutex<Status>
  let readers: ReaderPool
  /// What a reader may ask for: columns and key by table.
  let shapes: [String: TableShape]
  /// Tables' names, in the projections' order.
  public let names: [String]

  /// Opens the file, and makes it and its tables where there are none.
  ///
  /// A table that other SQL or another fold made is left as it is, readable where it has the same
  /// columns, and not brought further until it is rebuilt (`stale`, `rebuildStale`).
  /// At most `rowsKept` rows of a table stay in memory between transactions. With `takesGaps` facts
  /// that none of the projections wants may be left out of what is taken.
  public init(
    path: String, projections: [any Projection.Type], rowsKept: Int = Tables.rowsKept,
    takesGaps: Bool = false
  ) throws(TableError) {
    self.path = path
    let opened = try TableWriter(path: path, projections: projections, rowsKept: rowsKept)
    for keeper in opened.keepers { keeper.takesGaps = takesGaps }
    shapes = opened.shapes
    names = opened.keepers.map(\.name)
    status = Mutex(opened.status)
    writer = Mutex(opened)
    readers = ReaderPool(path: path)
  }

  /// The last position that every table which isn't stale has taken in; 0 with an empty store.
  ///
  /// As this store last committed it; asking never waits for a writer.
  public var place: UInt64 { status.withLock { $0.place } }

  /// Tables that have to be rebuilt before they take in anything.
  public var stale: [String] { status.withLock { $0.stale } }

  /// Where the store stands, for those who only ask.
  struct Status: Sendable {
    var place: UInt64
    var stale: [String]
  }

  /// Runs `body` with the writer, alone, and publishes where it left the store.
  func writing<T: Sendable>(_ body: (TableWriter) throws(TableError) -> T) throws(TableError) -> T {
    try writer.withLock { (writer) throws(TableError) in
      defer { status.withLock { $0 = writer.status } }
      return try body(writer)
    }
  }

  /// Takes a batch of the log into all tables, rows and place in one transaction.
  ///
  /// Facts at or below a table's place are skipped, so that the same batch again changes nothing.
  /// A gap throws, where the store doesn't take any, and then nothing has changed.
  public func take(_ events: [Recorded]) throws(TableError) {
    try writing { (writer) throws(TableError) in try writer.take(events) }
  }
}

/// The writing side: keepers over one connection. Guarded by the store's lock.
// @unchecked: only ever touched inside `TableStore.writer`'s lock.
final class TableWriter: @unchecked Sendable {
  let connection: Connection
  let keepers: [any Keeper]
  private var seenVersion: Int64 = 0
  /// True while memory may hold what no transaction committed.
  private var isAhead = false
  private let rowsKept: Int

  init(path: String, projections: [any Projection.Type], rowsKept: Int) throws(TableError) {
    self.rowsKept = rowsKept
    connection = try Connection(path: path, isWriter: true)
    var keepers: [any Keeper] = []
    for projection in projections { keepers.append(try Self.keeper(projection)) }
    self.keepers = keepers
    try connection.transaction { () throws(TableError) in
      try connection.run(Places.create)
      let places = try Places.all(connection)
      let isNew = places.isEmpty
      for keeper in keepers { try open(keeper, places[keeper.name], isNew: isNew) }
    }
    seenVersion = try connection.dataVersion()
  }

  private static func keeper<P: Projection>(_ projection: P.Type) throws(TableError) -> any Keeper {
    try ProjectionKeeper(projection)
  }

  private func open(_ keeper: any Keeper, _ place: Place?, isNew: Bool) throws(TableError) {
    if isNew {
      for table in keeper.script.tables("") { try connection.run("DROP TABLE IF EXISTS \(table)") }
      try create(keeper.script, "")
      for index in keeper.script.indexes { try connection.run(index) }
      try Places.put(Place(of: keeper), connection)
    } else if place.map({ $0.maker != Place(of: keeper).maker }) ?? true {
      keeper.isStale = true
      return
    }
    keeper.place = place?.position ?? 0
    try keeper.open(connection, suffix: "")
  }

  func create(_ script: TableScript, _ suffix: String) throws(TableError) {
    try connection.run(script.createTable(suffix))
    if let notes = script.createNotes(suffix) { try connection.run(notes) }
  }

  var status: TableStore.Status {
    TableStore.Status(
      place: keepers.filter { !$0.isStale }.map(\.place).min() ?? 0,
      stale: keepers.filter(\.isStale).map(\.name))
  }

  var shapes: [String: TableShape] {
    var shapes: [String: TableShape] = [:]
    for keeper in keepers {
      shapes[keeper.name] = TableShape(columns: keeper.columns, key: keeper.script.key)
    }
    return shapes
  }

  func take(_ events: [Recorded]) throws(TableError) {
    guard let last = events.last?.position else { return }
    let open = keepers.filter { !$0.isStale }
    guard open.contains(where: { $0.place < last }) else { return }
    try write { () throws(TableError) in
      try fold(events, open)
      for keeper in open { try Places.put(Place(of: keeper), connection) }
    }
    try trim(open)
  }

  /// Keeps memory bounded, between transactions.
  func trim(_ keepers: [any Keeper]) throws(TableError) {
    for keeper in keepers { try keeper.trim(to: rowsKept) }
  }

  /// Folds facts into tables and writes the rows, where they may wait only those of tables that
  /// have more of them than memory keeps; the transaction is the caller's.
  func fold(_ events: [Recorded], _ all: [any Keeper], mayWait: Bool = false) throws(TableError) {
    guard let last = events.last?.position else { return }
    let families = events.indices.map { events[$0].event.family }
    for keeper in all where keeper.place < last {
      try keeper.take(events, families: families, keeping: rowsKept)
      if !mayWait || keeper.rowsHeld > rowsKept { try keeper.save() }
    }
  }

  /// One transaction; after a failure memory is as the file is, before anything else is written.
  func write<T>(_ body: () throws(TableError) -> T) throws(TableError) -> T {
    do throws(TableError) {
      let value = try connection.transaction { () throws(TableError) in
        try noticeOthers()
        isAhead = true
        return try body()
      }
      isAhead = false
      return value
    } catch {
      try? reload()
      throw error
    }
  }

  /// Another process may have switched a rebuilt table in: rows in memory are then not the file's.
  private func noticeOthers() throws(TableError) {
    let version = try connection.dataVersion()
    guard version != seenVersion || isAhead else { return }
    seenVersion = version
    try reload()
  }

  /// Forgets rows in memory and reads the places again.
  func reload() throws(TableError) {
    let places = try Places.all(connection)
    for keeper in keepers {
      let place = places[keeper.name]
      let isStale = place?.maker != Place(of: keeper).maker
      keeper.place = place?.position ?? 0
      if isStale {
        keeper.isStale = true
      } else if keeper.isStale {
        keeper.isStale = false
        try keeper.open(connection, suffix: "")
      } else {
        try keeper.forget()
      }
    }
    isAhead = false
  }
}
