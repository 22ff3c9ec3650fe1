public import Kernel
public import Log
import Synchronization

/// Reads a log in PostgreSQL beside whoever holds its lane, and changes nothing.
///
/// Every call looks first for what was added.
public final class PostgresReader: WholeLog {
  public let environment: Environment
  public let logID: String
  public let recoveryOwed: String?

  private let rows: EventRows
  private let log: LogID
  private let newest: Mutex<LogHead>

  /// Throws `unusable` where the server can't be reached or holds no log.
  public static func open(
    _ url: PostgresURL, patience: Patience = .standing
  ) throws(StoreError) -> PostgresReader {
    guard try PostgresStore.isThere(url) else { throw .unusable("\(url) holds no log") }
    do throws(PostgresFailure) {
      let found = try PostgresStore.identity(url.connect(), url)
      guard found.format == PostgresStore.format else {
        throw PostgresFailure(
          .unusable("\(url) has format \(found.format): weir serve brings it up to date"))
      }
      let reader = PostgresReader(found, EventRows(sessions: SessionPool(url, patience)))
      try stored { () throws(StoreError) in try reader.refresh() }
      return reader
    } catch {
      throw error.stored ?? .unusable("\(url): \(error.words)")
    }
  }

  private init(_ found: PostgresStore.Identity, _ rows: EventRows) {
    environment = found.environment
    log = found.log
    logID = found.log.text
    recoveryOwed = found.recovery
    self.rows = rows
    newest = Mutex(.empty)
  }

  /// The newest event as of the last read or refresh.
  public var head: LogHead { newest.withLock { $0 } }

  public func refresh() throws(StoreError) {
    let lane = try rows.sessions.read(
      "SELECT position, hash, at FROM weir.lane WHERE partition = $1", [.count(Lane.partition)])
    guard lane.count == 1 else {
      throw .damaged(Damage(position: 1, what: "weir.lane has no row of the log's partition"))
    }
    let found = lane.head(from: 0)
    newest.withLock { if $0.position <= found.position { $0 = found } }
  }

  public func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome? {
    try rows.outcome(of: command, upTo: fresh())
  }

  public func verify() throws(StoreError) -> LogVerification {
    try verify { (_) throws(StoreError) in }
  }

  /// The same; `pause` is told the bytes of each page, and may end it by throwing.
  public func verify(
    pause: (Int) throws(StoreError) -> Void
  ) throws(StoreError) -> LogVerification {
    try refresh()
    return try audit(log: log, pause: pause)
  }

  public func read(after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    try rows.read(after: position, limit: limit, upTo: fresh())
  }

  public func read(
    _ stream: StreamName, after version: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try rows.read(stream, after: version, limit: limit, upTo: fresh())
  }

  public func read(
    _ tag: Tag, after position: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try rows.read(tag, after: position, limit: limit, upTo: fresh())
  }

  public func replay(
    after position: UInt64, limit: Int, wanting forms: FactForms,
    _ take: (Recorded) throws(StoreError) -> Void
  ) throws(StoreError) -> UInt64 {
    try rows.replay(after: position, limit: limit, wanting: forms, upTo: fresh(), take)
  }

  private func fresh() throws(StoreError) -> UInt64 {
    try refresh()
    return head.position
  }
}

private func stored<T>(_ body: () throws(StoreError) -> T) throws(PostgresFailure) -> T {
  do throws(StoreError) { return try body() } catch { throw PostgresFailure(error) }
}
