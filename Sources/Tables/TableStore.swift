public import Kernel
import Synchronization

/// The projections' tables in one SQLite file, and how far into the log each of them is.
///
/// One writer, any number of readers on connections of their own; every call is safe from any
/// thread. A store that another process rebuilds meanwhile notices and reads its rows again.
public final class TableStore: Sendable {
  public let path: String
  let writer: Mutex<TableWriter>
  let readers: ReaderPool
  /// What a reader may ask for: columns and key by table.
  let shapes: [String: TableShape]
  /// Tables' names, in the projections' order.
  public let names: [String]

  /// Opens the file, and makes it and its tables where there are none.
  ///
  /// A table that other SQL or another fold made is left as it is, readable where it has the same
  /// columns, and not brought further until it is rebuilt (`stale`, `rebuildStale`).
  public init(path: String, projections: [any Projection.Type]) throws(TableError) {
    self.path = path
    let opened = try TableWriter(path: path, projections: projections)
    shapes = opened.shapes
    names = opened.keepers.map(\.name)
    writer = Mutex(opened)
    readers = ReaderPool(path: path)
  }

  /// The last position that every table which isn't stale has taken in; 0 with an empty store.
  public var place: UInt64 { writer.withLock { $0.place } }

  /// Tables that have to be rebuilt before they take in anything.
  public var stale: [String] { writer.withLock { $0.stale } }

  /// Takes a batch of the log into all tables, rows and place in one transaction.
  ///
  /// Facts at or below a table's place are skipped, so that the same batch again changes nothing.
  /// A gap throws, and then nothing has changed.
  public func take(_ events: [Recorded]) throws(TableError) {
    try writer.withLock { (writer) throws(TableError) in try writer.take(events) }
  }
}

/// The writing side: keepers over one connection. Guarded by the store's lock.
// @unchecked: only ever touched inside `TableStore.writer`'s lock.
final class TableWriter: @unchecked Sendable {
  let connection: Connection
  let keepers: [any Keeper]
  private var seenVersion: Int64 = 0

  init(path: String, projections: [any Projection.Type]) throws(TableError) {
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

  var place: UInt64 { keepers.filter { !$0.isStale }.map(\.place).min() ?? 0 }
  var stale: [String] { keepers.filter(\.isStale).map(\.name) }

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
      let families = events.map(\.event.family)
      for keeper in open where keeper.place < last {
        try keeper.take(events, families: families)
        try Places.put(Place(of: keeper), connection)
      }
    }
    for keeper in open { try keeper.trim() }
  }

  /// One transaction; after a failure memory is as the file is.
  func write<T>(_ body: () throws(TableError) -> T) throws(TableError) -> T {
    do throws(TableError) {
      return try connection.transaction { () throws(TableError) in
        try noticeOthers()
        return try body()
      }
    } catch {
      try? reload()
      throw error
    }
  }

  /// Another process may have switched a rebuilt table in: rows in memory are then not the file's.
  private func noticeOthers() throws(TableError) {
    let version = try connection.dataVersion()
    guard version != seenVersion else { return }
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
  }
}
