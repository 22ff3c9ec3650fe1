import CSQLite

/// One SQLite connection, for one thread at a time; closed when it goes.
// @unchecked: it has one owner at a time, the store's lock or whoever a pool lent it to.
final class Connection: @unchecked Sendable {
  private let handle: OpaquePointer
  private var cached: [String: Statement] = [:]
  /// How often prepared statements were forgotten.
  private var age = 0

  /// Opens the file; a writer makes it where there is none, in WAL mode with synchronous NORMAL.
  ///
  /// NORMAL is enough: what a power cut takes away is read from the log again.
  init(path: String, isWriter: Bool) throws(TableError) {
    var opened: OpaquePointer?
    let mode = isWriter ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY
    let code = sqlite3_open_v2(path, &opened, mode | SQLITE_OPEN_NOMUTEX, nil)
    guard let opened else { throw TableError.database("no memory to open \(path)") }
    handle = opened
    guard code == SQLITE_OK else {
      throw TableError.database("\(path): \(String(cString: sqlite3_errmsg(opened)))")
    }
    sqlite3_busy_timeout(opened, 10_000)
    guard isWriter else { return }
    try run("PRAGMA journal_mode = WAL")
    try run("PRAGMA synchronous = NORMAL")
    try run("PRAGMA cache_size = -65536")
  }

  deinit {
    cached.removeAll()
    sqlite3_close_v2(handle)
  }

  /// Runs a script of statements whose rows nobody wants (`sqlite3_exec`).
  func run(_ script: String) throws(TableError) {
    guard sqlite3_exec(handle, script, nil, nil, nil) == SQLITE_OK else { throw failure(script) }
  }

  /// A statement prepared once and reset for this use (`sqlite3_prepare_v3`).
  func statement(_ sql: String) throws(TableError) -> Statement {
    if let known = cached[sql] {
      known.reset()
      return known
    }
    let made = try Statement(preparing: sql, on: handle)
    if cached.count >= 256 { cached.removeAll() }
    cached[sql] = made
    return made
  }

  /// The same for a text that remembers its statement; of this connection alone.
  func statement(_ sentence: Sentence) throws(TableError) -> Statement {
    if let made = sentence.made, made.age == age {
      made.statement.reset()
      return made.statement
    }
    let statement = try Statement(preparing: sentence.sql, on: handle)
    sentence.keep(statement, age: age)
    return statement
  }

  /// Forgets prepared statements, so that tables can be renamed and dropped.
  func forgetStatements() {
    cached.removeAll()
    age += 1
  }

  /// Takes everything in `body` or nothing; the write lock is taken at the start.
  func transaction<T>(_ body: () throws(TableError) -> T) throws(TableError) -> T {
    try run("BEGIN IMMEDIATE")
    do throws(TableError) {
      let value = try body()
      try run("COMMIT")
      return value
    } catch {
      sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
      throw error
    }
  }

  /// Changes when another connection has written to the file.
  func dataVersion() throws(TableError) -> Int64 {
    let statement = try statement("PRAGMA data_version")
    defer { statement.reset() }
    return try statement.step() ? statement.integer(0) : 0
  }

  private func failure(_ what: String) -> TableError {
    .database("\(String(cString: sqlite3_errmsg(handle))) in: \(what.prefix(200))")
  }
}
