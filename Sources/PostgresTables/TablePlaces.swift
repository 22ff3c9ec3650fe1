import PostgresLog

/// Which SQL, which fold, which rules of the facts made a table: another maker means a rebuild.
struct Maker: Equatable {
  let hash: String
  let version: Int
  let kernel: Int
}

/// How far into the log a table is, and what made it.
struct TablePlace: Equatable {
  var table: String
  var position: UInt64
  let maker: Maker
  var generation: Int
}

/// The database's own rows about its tables: which log they are of, and how far each is.
enum TablePlaces {
  /// Makes the schema; whoever does so at the same time waits.
  static let schema = """
    CREATE SCHEMA IF NOT EXISTS weir_tables;
    DO $$ BEGIN
      IF to_regtype('weir_tables.amount_text') IS NULL THEN
        CREATE DOMAIN weir_tables.amount_text AS numeric
          CHECK (VALUE NOT IN ('NaN', 'Infinity', '-Infinity'));
        CREATE DOMAIN weir_tables.instant_text AS timestamp with time zone;
      END IF;
    END $$;
    CREATE TABLE IF NOT EXISTS weir_tables.table_source (
      is_one boolean PRIMARY KEY DEFAULT true CHECK (is_one),
      log text NOT NULL,
      position bigint NOT NULL,
      hash bytea NOT NULL
    );
    CREATE TABLE IF NOT EXISTS weir_tables.table_places (
      table_name text COLLATE "C" NOT NULL,
      partition integer NOT NULL,
      position bigint NOT NULL,
      sql_hash text NOT NULL,
      fold_version integer NOT NULL,
      kernel_version integer NOT NULL,
      generation bigint NOT NULL,
      PRIMARY KEY (table_name, partition)
    );
    """

  /// Every table's place; with `isLocking` nobody else changes one until the transaction ends.
  static func all(
    _ session: Session, isLocking: Bool = false
  ) throws(TablesFailure) -> [String: TablePlace] {
    let rows = try served { () throws(PostgresFailure) in
      try session.run(
        "SELECT table_name, position, sql_hash, fold_version::bigint, kernel_version::bigint, "
          + "generation FROM table_places WHERE partition = 1 ORDER BY table_name"
          + (isLocking ? " FOR UPDATE" : ""), seconds: 600, often: isLocking)
    }
    var places: [String: TablePlace] = [:]
    for row in 0..<rows.count {
      let maker = Maker(
        hash: rows.text(row, 2), version: rows.integer(row, 3), kernel: rows.integer(row, 4))
      let table = rows.text(row, 0)
      places[table] = TablePlace(
        table: table, position: UInt64(rows.integer(row, 1)), maker: maker,
        generation: rows.integer(row, 5))
    }
    return places
  }

  static func put(_ place: TablePlace, _ session: Session) throws(TablesFailure) {
    _ = try served { () throws(PostgresFailure) in
      try session.run(
        "INSERT INTO table_places VALUES ($1, 1, $2, $3, $4, $5, $6) "
          + "ON CONFLICT (table_name, partition) DO UPDATE SET position = excluded.position, "
          + "sql_hash = excluded.sql_hash, fold_version = excluded.fold_version, "
          + "kernel_version = excluded.kernel_version, generation = excluded.generation",
        [
          .text(place.table), .integer(Int(place.position)), .text(place.maker.hash),
          .count(place.maker.version), .count(place.maker.kernel), .integer(place.generation),
        ], often: true)
    }
  }

  /// Moves tables on, all with one statement.
  static func move(_ places: [(table: String, to: UInt64)], _ session: Session)
    throws(TablesFailure)
  {
    let moved = try served { () throws(PostgresFailure) in
      try session.run(
        "UPDATE table_places p SET position = moved.position "
          + "FROM unnest($1::text[], $2::bigint[]) AS moved (name, position) "
          + "WHERE p.table_name = moved.name AND p.partition = 1 RETURNING 1",
        [.texts(places.map(\.table)), .integers(places.map { Int($0.to) })], often: true)
    }
    guard moved.count == places.count else {
      throw .refused("a row of weir_tables.table_places went away")
    }
  }
}

/// The log that the tables are of, and the event up to which they were last brought.
struct TableSource: Equatable {
  let log: String
  let position: UInt64
  let hash: [UInt8]

  static func read(_ session: Session) throws(TablesFailure) -> TableSource? {
    let rows = try served { () throws(PostgresFailure) in
      try session.run("SELECT log, position, hash FROM table_source")
    }
    guard rows.count == 1 else { return nil }
    return TableSource(
      log: rows.text(0, 0), position: UInt64(rows.integer(0, 1)),
      hash: [UInt8](rows.bytes(0, 2)))
  }

  func put(_ session: Session) throws(TablesFailure) {
    _ = try served { () throws(PostgresFailure) in
      try session.run(
        "INSERT INTO table_source (log, position, hash) VALUES ($1, $2, $3) "
          + "ON CONFLICT (is_one) DO UPDATE SET position = excluded.position, "
          + "hash = excluded.hash WHERE table_source.position <= excluded.position",
        [.text(log), .integer(Int(position)), .bytes(hash)], often: true)
    }
  }
}

/// Who may do what there: one keeps the tables, one makes some anew beside them.
///
/// A lock is its session's and ends with it, and all that its holder writes goes through that same
/// session: whoever lost the lock can commit nothing any more. A pooler that hands sessions on
/// between two statements breaks this: name the server itself.
enum TableLock: Int {
  case keeping = 1
  case rebuilding = 2

  private static let family = 0x7765_6972

  private var what: String {
    switch self {
    case .keeping: "kept"
    case .rebuilding: "rebuilt"
    }
  }

  func isTaken(_ session: Session) throws(TablesFailure) -> Bool {
    try served { () throws(PostgresFailure) in
      try session.run(
        "SELECT pg_try_advisory_lock($1, $2)", [.count(Self.family), .count(rawValue)]
      ).integer(0, 0) == 1
    }
  }

  /// Throws `held`, which says by whom.
  func take(_ session: Session, _ place: String) throws(TablesFailure) {
    if try isTaken(session) { return }
    let holder = try served { () throws(PostgresFailure) in
      try session.run(
        "SELECT format('%s, server process %s, since %s', "
          + "coalesce(host(a.client_addr), 'this machine'), a.pid, "
          + "to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS \"UTC\"')) "
          + "FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' "
          + "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
          + "AND l.classid::bigint = $1 AND l.objid::bigint = $2 AND l.objsubid = 2 AND l.granted",
        [.integer(Self.family), .integer(rawValue)])
    }
    let who = holder.count > 0 ? " by another weir (\(holder.text(0, 0)))" : " by another weir"
    throw .held("the tables of \(place) are being \(what)\(who); one at a time may")
  }

  func release(_ session: Session) throws(TablesFailure) {
    _ = try served { () throws(PostgresFailure) in
      try session.run(
        "SELECT pg_advisory_unlock($1, $2)", [.count(Self.family), .count(rawValue)])
    }
  }
}
