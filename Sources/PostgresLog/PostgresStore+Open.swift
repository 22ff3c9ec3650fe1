public import Kernel
public import Log

/// What opening made of a database.
struct OpenedDatabase {
  let environment: Environment
  let log: LogID
  let recovery: String?
  let rows: EventRows
  let index: RemoteIndex
  let lane: Lane
}

extension PostgresStore {
  /// The schema's layout, in versions.
  static let format = 4

  /// Opens a database's log and takes its lane; makes schema and log where there are none.
  ///
  /// Throws `locked` where another holds the lane, `otherEnvironment`, `newerFormat`, and
  /// `unusable` where the server can't be reached or isn't one that keeps what it acknowledges.
  public static func open(
    _ url: PostgresURL, environment: Environment, options: Options
  ) throws(StoreError) -> PostgresStore {
    do throws(PostgresFailure) {
      let session = try url.connect()
      try session.prepare()
      return try open(session, url, environment, options)
    } catch {
      throw error.stored ?? .unusable("\(url): \(error.words)")
    }
  }

  /// Whether a database holds a log.
  public static func isThere(_ url: PostgresURL) throws(StoreError) -> Bool {
    do throws(PostgresFailure) {
      return try url.connect().hasLog()
    } catch {
      throw .unusable("\(url): \(error.words)")
    }
  }

  private static func open(
    _ session: Session, _ url: PostgresURL, _ environment: Environment, _ options: Options
  ) throws(PostgresFailure) -> PostgresStore {
    let isThere = try session.hasLog()
    if isThere { _ = try identity(session, url, as: environment) }
    try check(session, url, environment)
    if !isThere {
      guard options.mayCreate else {
        throw PostgresFailure(.unusable("\(url) holds no log: restore it, or begin a new one"))
      }
      try session.makeLog(options.newLog ?? .random(), environment)
    }
    let found = try identity(session, url, as: environment)
    let rows = try session.run(
      "SELECT epoch, position, hash, at FROM weir.take_lane($1, $2, $3)",
      [.count(Lane.partition), .text(options.holder), .real(options.leaseSeconds)])
    // What is read from here on is acted on, so the standbys must have it: this commit, which comes
    // behind it all, proves that, unless it didn't wait for them.
    if let warning = session.takeWarning() { throw PostgresFailure(lost: warning) }
    guard rows.count == 1 else {
      let holder = try session.run(
        "SELECT holder FROM weir.lane WHERE partition = $1", [.count(Lane.partition)])
      throw PostgresFailure(
        .locked(folder: url.description, process: holder.count == 1 ? holder.text(0, 0) : "?"))
    }
    if found.format < format { try session.upgrade(from: found.format) }
    try PostgresInbox.check(session, url)
    try PostgresCalls.check(session, url)
    let head = rows.head(from: 1)
    let readers = SessionPool(url, options.patience)
    let lane = Lane(
      session, readers, epoch: rows.integer(0, 0), seconds: options.leaseSeconds)
    let opened = OpenedDatabase(
      environment: environment, log: found.log, recovery: found.recovery,
      rows: EventRows(sessions: readers),
      index: try index(session, found.log, head), lane: lane)
    return PostgresStore(opened, url)
  }

  /// What the log's row says.
  struct Identity {
    let log: LogID
    let environment: Environment
    let format: Int
    let recovery: String?
  }

  static func identity(
    _ session: Session, _ url: PostgresURL
  ) throws(PostgresFailure) -> Identity {
    let rows = try session.run("SELECT log, environment, format, recovery FROM weir.log")
    guard rows.count == 1, let log = LogID(text: rows.text(0, 0)),
      let environment = Environment(rawValue: rows.text(0, 1))
    else {
      throw PostgresFailure(.damaged(Damage(position: 1, what: "weir.log says no log's id")))
    }
    guard rows.integer(0, 2) <= format else {
      throw PostgresFailure(
        .newerFormat(file: "schema weir of \(url)", format: rows.integer(0, 2)))
    }
    return Identity(
      log: log, environment: environment, format: rows.integer(0, 2),
      recovery: rows.isNull(0, 3) ? nil : rows.text(0, 3))
  }

  static func identity(
    _ session: Session, _ url: PostgresURL, as environment: Environment
  ) throws(PostgresFailure) -> Identity {
    let found = try identity(session, url)
    guard found.environment == environment else {
      throw PostgresFailure(
        .otherEnvironment(
          folder: url.description, holds: found.environment.rawValue, asked: environment.rawValue))
    }
    return found
  }

  /// Streams' versions and commands' places, page by page in the order of the indexes.
  private static func index(
    _ session: Session, _ log: LogID, _ head: LogHead
  ) throws(PostgresFailure) -> RemoteIndex {
    var index = RemoteIndex(log: log)
    index.take(head)
    let page = 50_000
    let streams =
      "SELECT stream, max(version) FROM weir.event WHERE partition = 1 AND stream > $1 "
      + "GROUP BY stream ORDER BY stream LIMIT \(page)"
    try session.pages(streams, page) { (name, version) throws(PostgresFailure) in
      guard let stream = StreamName(text: name) else { throw damaged("\(name) is no stream") }
      index.take(stream, version: UInt64(version))
    }
    let commands =
      "SELECT command, position FROM weir.event WHERE partition = 1 AND command > $1 "
      + "AND command_digest IS NOT NULL ORDER BY command LIMIT \(page)"
    try session.pages(commands, page) { (text, first) throws(PostgresFailure) in
      guard let command = CommandID(text: text) else { throw damaged("\(text) is no command") }
      index.take(command, first: UInt64(first))
    }
    return index
  }

  private static func damaged(_ what: String) -> PostgresFailure {
    PostgresFailure(.damaged(Damage(position: 1, what: what)))
  }

  /// Refuses a server that isn't one to keep a log: another encoding, no syncs, too old.
  private static func check(
    _ session: Session, _ url: PostgresURL, _ environment: Environment
  ) throws(PostgresFailure) {
    let rows = try session.run(
      "SELECT current_setting('server_version_num')::integer, "
        + "current_setting('server_encoding'), current_setting('fsync') = 'on' "
        + "AND current_setting('full_page_writes') = 'on'")
    guard rows.integer(0, 0) >= 150_000 else {
      throw PostgresFailure(.unusable("\(url): PostgreSQL 15 is the oldest that a log is kept in"))
    }
    guard rows.text(0, 1) == "UTF8" else {
      throw PostgresFailure(.unusable("\(url): the database's encoding must be UTF8"))
    }
    guard rows.integer(0, 2) == 1 || environment == .sandbox else {
      throw PostgresFailure(
        .unusable("\(url): fsync or full_page_writes is off; a log needs both"))
    }
  }
}

extension Session {
  /// Sets what the address may not change: commits wait for the disk and for the standbys, and are
  /// never given up on half way.
  func prepare() throws(PostgresFailure) {
    _ = try run(
      "SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit') "
        + "WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false), "
        + "set_config('statement_timeout', '0', false), set_config('lock_timeout', '0', false), "
        + "set_config('idle_in_transaction_session_timeout', '0', false)")
  }

  func hasLog() throws(PostgresFailure) -> Bool {
    try run("SELECT to_regclass('weir.log') IS NOT NULL", seconds: 10).integer(0, 0) == 1
  }

  /// Makes the schema and a log; whoever does so at the same time waits and finds it.
  fileprivate func makeLog(
    _ log: LogID, _ environment: Environment
  ) throws(PostgresFailure) {
    _ = try run("BEGIN")
    _ = try run("SELECT pg_advisory_xact_lock(hashtext('weir.log'))")
    if try !hasLog() {
      try run(script: String(decoding: PackageResources.log_sql, as: UTF8.self))
      try run(script: String(decoding: PackageResources.append_sql, as: UTF8.self))
      try run(script: String(decoding: PackageResources.inbox_sql, as: UTF8.self))
      try run(script: String(decoding: PackageResources.calls_sql, as: UTF8.self))
      try run(script: String(decoding: PackageResources.places_sql, as: UTF8.self))
      _ = try run(
        "INSERT INTO weir.log (log, environment, format) VALUES ($1, $2, $3)",
        [.text(log.text), .text(environment.rawValue), .count(PostgresStore.format)])
      _ = try run(
        "INSERT INTO weir.lane VALUES ($1, 0, $2, NULL, 0, '', '-infinity')",
        [.count(Lane.partition), .bytes(LogHead.empty.hash)])
    }
    _ = try run("COMMIT")
  }

  /// Brings a log of an older format up to this program's, all or nothing; for who has the lane.
  fileprivate func upgrade(from format: Int) throws(PostgresFailure) {
    precondition((1...3).contains(format), "there are no logs of format \(format)")
    _ = try run("BEGIN")
    if format < 2 {
      try run(script: String(decoding: PackageResources.upgrade_2_sql, as: UTF8.self))
    }
    if format < 3 {
      try run(script: String(decoding: PackageResources.upgrade_3_sql, as: UTF8.self))
      try run(script: String(decoding: PackageResources.inbox_sql, as: UTF8.self))
    }
    try run(script: String(decoding: PackageResources.upgrade_4_sql, as: UTF8.self))
    try run(script: String(decoding: PackageResources.append_sql, as: UTF8.self))
    try run(script: String(decoding: PackageResources.calls_sql, as: UTF8.self))
    try run(script: String(decoding: PackageResources.places_sql, as: UTF8.self))
    _ = try run("COMMIT")
  }

  /// Hands over the rows of a statement that goes on behind a text, a page at a time.
  fileprivate func pages(
    _ sql: String, _ page: Int, _ take: (String, Int) throws(PostgresFailure) -> Void
  ) throws(PostgresFailure) {
    var last = ""
    while true {
      let rows = try run(sql, [.text(last)], seconds: 300)
      for row in 0..<rows.count { try take(rows.text(row, 0), rows.integer(row, 1)) }
      guard rows.count == page else { return }
      last = rows.text(rows.count - 1, 0)
    }
  }
}

extension SQLRows {
  /// A lane's end, from the first of three columns on: position, hash, time.
  func head(from column: Int) -> LogHead {
    LogHead(
      position: UInt64(integer(0, column)), hash: [UInt8](bytes(0, column + 1)),
      at: isNull(0, column + 2) ? nil : instant(0, column + 2))
  }
}
