import Kernel

/// How far into the log a table is, and what made it.
struct Place: Equatable {
  /// Which SQL, which fold, which rules of the facts: another maker means a rebuild.
  struct Maker: Equatable {
    let hash: String
    let version: Int
    let kernel: Int
  }
  var table: String
  var position: UInt64
  let maker: Maker

  init(table: String, position: UInt64, maker: Maker) {
    self.table = table
    self.position = position
    self.maker = maker
  }

  init(of keeper: any Keeper) {
    table = keeper.name
    position = keeper.place
    maker = Maker(hash: keeper.script.hash, version: keeper.version, kernel: Kernel.version)
  }
}

/// The table of places; one row per table and partition, of which there is one so far.
enum Places {
  static let create = """
    CREATE TABLE IF NOT EXISTS table_places (
      table_name TEXT NOT NULL,
      partition INTEGER NOT NULL,
      position INTEGER NOT NULL,
      sql_hash TEXT NOT NULL,
      fold_version INTEGER NOT NULL,
      kernel_version INTEGER NOT NULL,
      PRIMARY KEY (table_name, partition)
    )
    """

  static func all(_ connection: Connection) throws(TableError) -> [String: Place] {
    let statement = try connection.statement(
      "SELECT table_name, position, sql_hash, fold_version, kernel_version FROM table_places")
    defer { statement.reset() }
    var places: [String: Place] = [:]
    while try statement.step() {
      let maker = Place.Maker(
        hash: statement.text(2), version: Int(statement.integer(3)),
        kernel: Int(statement.integer(4)))
      let table = statement.text(0)
      places[table] = Place(
        table: table, position: UInt64(statement.integer(1)), maker: maker)
    }
    return places
  }

  static func put(_ place: Place, _ connection: Connection) throws(TableError) {
    let statement = try connection.statement(
      "INSERT INTO table_places VALUES (?1, 1, ?2, ?3, ?4, ?5) "
        + "ON CONFLICT (table_name, partition) DO UPDATE SET position = excluded.position, "
        + "sql_hash = excluded.sql_hash, fold_version = excluded.fold_version, "
        + "kernel_version = excluded.kernel_version")
    statement.bind(1, place.table)
    statement.bind(2, Int64(place.position))
    statement.bind(3, place.maker.hash)
    statement.bind(4, Int64(place.maker.version))
    statement.bind(5, Int64(place.maker.kernel))
    try statement.run()
  }

  static func remove(_ table: String, _ connection: Connection) throws(TableError) {
    let statement = try connection.statement("DELETE FROM table_places WHERE table_name = ?1")
    statement.bind(1, table)
    try statement.run()
  }
}
