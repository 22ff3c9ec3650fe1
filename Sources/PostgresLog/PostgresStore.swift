public import Kernel
public import Log
import Synchronization

/// The log in PostgreSQL: many nodes may read it, and the one that holds its lane appends.
///
/// A group is one call of the server, which moves the lane's row on and inserts the rows in one
/// transaction, while the next is gathered. Where the server is gone, also for a failover, an
/// append waits up to `Patience` for the one that takes over and looks up what became of it; after
/// that it is `failed`.
///
/// Memory: some 60 bytes a stream and a command (`RemoteIndex` of Log), read when it is opened.
public final class PostgresStore: LogStore, StagingStore {
  public let url: PostgresURL
  public let environment: Environment
  /// The log's own id: what the genesis event must say.
  public let logID: String
  /// Why nothing may be signed until recovery is done, as the log said when it was opened; nil
  /// where none is owed.
  public let recoveryOwed: String?

  /// Under which the lane was taken.
  public let epoch: Int
  let rows: EventRows
  private let staging: RemoteStaging<AppendParcel>
  private let lane: Mutex<Lane>
  private let bell: Mutex<Bell>

  /// What a database's log is opened with.
  public struct Options: Sendable {
    /// False refuses a database that holds no log yet (ST-32).
    public var mayCreate = true
    /// The id of a log that is made; nil for a fresh one.
    ///
    /// For a copy of a log that is to take its place: two logs of one id are a disaster.
    public var newLog: LogID?
    /// Who holds the lane: whoever says the same name takes it without waiting, so it must be one
    /// that only one process at a time can say.
    public var holder: String
    /// Seconds for which nobody else may take the lane, from the last append or `tend` on.
    public var leaseSeconds = 10.0
    public var patience = Patience.standing

    public init(holder: String) { self.holder = holder }
  }

  init(_ opened: OpenedDatabase, _ url: PostgresURL) {
    self.url = url
    environment = opened.environment
    logID = opened.log.text
    recoveryOwed = opened.recovery
    epoch = opened.lane.epoch
    rows = opened.rows
    let rows = opened.rows
    staging = RemoteStaging(opened.index) { (first) throws(StoreError) in
      try rows.outcome(at: first)
    }
    lane = Mutex(opened.lane)
    bell = Mutex(Bell(from: opened.index.head.position))
  }

  /// The newest event this handle has appended or found.
  public var head: LogHead { staging.head }

  public func version(of stream: StreamName) throws(StoreError) -> UInt64 {
    staging.version(of: stream)
  }

  public func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome? {
    guard let first = staging.first(of: command) else { return nil }
    return try rows.outcome(at: first)
  }

  public func stage(_ proposals: [Proposal]) throws(StoreError) -> [AppendOutcome] {
    try staging.stage(proposals)
  }

  public func endGroup() { staging.endGroup() }

  public func commit() throws(StoreError) {
    try lane.withLock { (lane) throws(StoreError) in
      try lane.check()
      try staging.commit { (group) throws(StoreError) in try lane.write(group) }
    }
  }

  public func forget() { staging.forget() }

  /// Holds the lane for longer; to be called more often than the lease lasts.
  ///
  /// Throws `failed` where another node has taken it: the process must end. An append under way
  /// holds it too, and isn't waited for.
  public func tend() throws(StoreError) {
    try lane.withLockIfAvailable { (lane) throws(StoreError) in try lane.tend() }
  }

  /// Tells the nodes that follow the log of what was appended since it told them last.
  ///
  /// To be called every few milliseconds and beside the appends; false where it couldn't, which is
  /// no harm: they look for themselves too.
  public func announce() -> Bool { bell.withLock { $0.ring(head.position, url) } }

  /// Lets go of the lane; the store refuses appends from then on.
  public func close() throws(StoreError) {
    lane.withLock { lane in
      if lane.end("the log is closed") { lane.leave() }
    }
  }

  /// Notes in the log's row that recovery is owed from now on.
  public func oweRecovery(_ why: String) throws(StoreError) { try note(.text(why)) }

  /// Notes that recovery is done.
  public func endRecovery() throws(StoreError) { try note(.null) }

  private func note(_ why: SQLValue) throws(StoreError) {
    do throws(PostgresFailure) {
      let session = try url.connect()
      try session.prepare()
      _ = try session.run("SELECT weir.note_recovery($1::text)", [why])
      if let warning = session.takeWarning() { throw PostgresFailure(lost: warning) }
    } catch {
      throw error.isFull ? .full(error.words) : .failed(error.words)
    }
  }
}
