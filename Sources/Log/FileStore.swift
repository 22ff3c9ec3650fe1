public import Kernel
import Synchronization

/// The log on files: one folder, one process that writes, one sync a group.
///
/// Reads run on any thread beside the writer and see what is synced, never more. Memory holds an
/// index of a few hundred bytes an event.
public final class FileStore: EventStore {
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

  /// What a log's folder is opened with.
  public struct Options: Sendable {
    /// False refuses a folder that holds no log yet (ST-32).
    public var mayCreate = true
    /// A segment that has so many bytes is closed.
    public var segmentBytes = 256 << 20
    /// Zeros are written ahead in such steps.
    public var stepBytes = 16 << 20

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
    writer = Mutex(GroupWriter(opened.writer, durable: opened.durable))
  }

  public var head: LogHead { map.withLock { $0.index.head } }

  public func version(of stream: StreamName) -> UInt64 {
    map.withLock { $0.index.version(of: stream) }
  }

  public func outcome(of command: CommandID) -> CommandOutcome? {
    map.withLock { $0.index.outcome(of: command) }
  }

  public func append(_ group: [Proposal]) throws(StoreError) -> [AppendOutcome] {
    try writer.withLock { (writer) throws(StoreError) in
      try writer.append(group, to: map)
    }
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
    try map.withLock { $0.places(after: position, limit: limit) }.events(window: 1 << 18)
  }

  public func read(
    _ stream: StreamName, after version: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try map.withLock {
      $0.places(of: $0.index.positions(of: stream, after: version, limit: limit))
    }.events(window: 1 << 12)
  }

  public func read(
    _ tag: Tag, after position: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try map.withLock {
      $0.places(of: $0.index.positions(of: tag, after: position, limit: limit))
    }.events(window: 1 << 12)
  }
}
