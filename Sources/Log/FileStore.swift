public import Kernel
import Synchronization

/// The log on files: one folder, one process that writes, one sync a group.
///
/// Reads run on any thread beside the writer and see what is synced, never more.
///
/// Segments that are closed are sealed beside the writer (`Sealer`), by a thread of the store's own
/// or by `sealStep`. Memory holds some 200 bytes an event that isn't sealed yet, which is two
/// segments while sealing keeps up, and 4 bytes one that is, up to `indexBytesMost` of them; what
/// goes beyond is read from the files when it is asked for. Opening reads heads and indexes of
/// sealed segments, and every event of the others.
public final class FileStore: StagingStore {
  public let folder: String
  public let environment: Environment
  /// The log's own id: what the genesis event must say.
  public let logID: String
  /// What opening found and did.
  public let recovery: Recovery
  /// Why nothing may be signed until recovery is done, as the folder said when it was opened; nil
  /// where none is owed.
  ///
  /// A restored log owes it: what was paid since the backup may be missing in it.
  public let recoveryOwed: String?

  private let marked: LogFolder
  private let lock: any DiskLock
  let map: Mutex<LogMap>
  private let writer: Mutex<GroupWriter>
  /// The group that is staged; the one who stages has it as long as that takes.
  private let gathered = Mutex<StagedGroup?>(nil)
  private let staging = Mutex(Staging())
  let sealing: SealingWork

  /// What a log's folder is opened with.
  public struct Options: Sendable {
    /// False refuses a folder that holds no log yet (ST-32).
    public var mayCreate = true
    /// The id of a log that is made; nil for a fresh one.
    ///
    /// For a world that ends with its process: two logs of one id are a disaster.
    package var newLog: LogID?
    /// A segment that has so many bytes is closed.
    public var segmentBytes = 256 << 20
    /// Zeros are made ahead in such steps.
    public var stepBytes = 16 << 20
    /// Bytes of memory for the indexes of sealed segments; the newest ones have it first.
    public var indexBytesMost = 256 << 20
    public var sealing = Sealing.beside

    /// Who seals closed segments.
    public enum Sealing: Sendable {
      /// A thread of the store's own, started where there is something to seal.
      case beside
      /// Whoever calls `sealStep`.
      case byHand
    }

    public init() {}
  }

  init(_ opened: OpenedLog) {
    folder = opened.folder.path
    environment = opened.marker.environment
    logID = opened.marker.log.text
    recovery = opened.recovery
    recoveryOwed = opened.marker.recovery
    marked = opened.folder
    lock = opened.lock
    map = Mutex(opened.map)
    writer = Mutex(
      GroupWriter(opened.writer, durable: opened.durable, end: .init(opened.map.index)))
    sealing = SealingWork(opened.folder, log: opened.marker.log, opened.sealing)
  }

  public var head: LogHead { map.withLock { $0.index.head } }

  public func version(of stream: StreamName) throws(StoreError) -> UInt64 {
    try map.withLock { (map) throws(StoreError) in try map.index.version(of: stream) }
  }

  public func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome? {
    try map.withLock { (map) throws(StoreError) in try map.index.outcome(of: command) }
  }

  public func stage(_ proposals: [Proposal]) throws(StoreError) -> [AppendOutcome] {
    try gathered.withLock { (gathered) throws(StoreError) in
      // Where this throws nothing is gathered any more.
      let open = gathered.take()
      var group = try staging.withLock { (staging) throws(StoreError) in
        try staging.check()
        return open ?? staging.next(map)
      }
      let outcomes = try group.take(
        proposals, over: map, behind: staging.withLock { $0.flying })
      gathered = group
      return outcomes
    }
  }

  public func endGroup() {
    gathered.withLock { gathered in
      guard let group = gathered.take() else { return }
      staging.withLock { $0.end(group) }
    }
  }

  public func commit() throws(StoreError) {
    defer { sealBeside() }
    try writer.withLock { (writer) throws(StoreError) in
      var group = try fetch()
      if group == nil {
        endGroup()
        group = try fetch()
      }
      do throws(StoreError) {
        try writer.commit(&group, to: map)
      } catch {
        staging.withLock { $0.fail(error) }
        throw error
      }
      staging.withLock { $0.land() }
      // Whoever stages isn't to wait until a group's facts are let go.
      group?.clear()
      staging.withLock { $0.reuse(group) }
    }
  }

  private func fetch() throws(StoreError) -> StagedGroup? {
    try staging.withLock { (staging) throws(StoreError) in try staging.fetch() }
  }

  public func forget() {
    gathered.withLock { $0 = nil }
    staging.withLock { $0.forget() }
  }

  /// Writes down that everything so far is synced, so that later damage to it can't pass for a
  /// group that never was.
  ///
  /// Does nothing where the log says so already.
  public func rest() throws(StoreError) {
    try writer.withLock { (writer) throws(StoreError) in
      try writer.mark(map.withLock { $0.index })
    }
  }

  /// Marks and lets go of the folder; the store refuses appends from then on.
  public func close() throws(StoreError) {
    sealing.stop()
    try writer.withLock { (writer) throws(StoreError) in
      guard writer.end("the log is closed") else { return }
      defer { lock.release() }
      try writer.mark(map.withLock { $0.index }, closing: true)
    }
  }

  /// Notes in the folder that recovery is owed from now on; safe on the disk when it returns.
  public func oweRecovery(_ why: String) throws(StoreError) { try mark(recovery: why) }

  /// Notes that recovery is done.
  public func endRecovery() throws(StoreError) { try mark(recovery: nil) }

  private func mark(recovery: String?) throws(StoreError) {
    guard let log = LogID(text: logID) else { preconditionFailure("a log without an id") }
    let marker = LogFolder.Marker(environment: environment, log: log, recovery: recovery)
    do throws(DiskError) {
      try marked.write(marker)
    } catch {
      throw error.isFull ? .full(error.description) : .failed(error.description)
    }
  }

  public func read(after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    try map.withLock { $0.view(after: position, limit: limit) }
      .events(after: position, limit: limit)
  }

  public func read(
    _ stream: StreamName, after version: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try map.withLock { $0.view(of: stream, after: version, limit: limit) }
      .events(of: stream, after: version, limit: limit)
  }

  public func read(
    _ tag: Tag, after position: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try map.withLock { $0.view(of: tag, after: position, limit: limit) }
      .events(of: tag, after: position, limit: limit)
  }
}
