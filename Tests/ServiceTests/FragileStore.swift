import Kernel
import Log
import Synchronization

/// A store whose process dies at one of its appends: before that is written, or right after it.
final class FragileStore: LogStore {
  private let whole: FileStore
  private let left: Mutex<Int>
  private let isAfter: Bool

  /// - Parameter lives: The append at which it dies, from 1.
  init(_ whole: FileStore, dyingAt lives: Int, isAfter: Bool) {
    self.whole = whole
    left = Mutex(lives)
    self.isAfter = isAfter
  }

  var isDead: Bool { left.withLock { $0 <= 0 } }

  func append(_ group: [Proposal]) throws(StoreError) -> [AppendOutcome] {
    let rest = left.withLock { left in
      left -= 1
      return left
    }
    if rest < 0 || rest == 0 && !isAfter { throw .failed("the process died") }
    let outcomes = try whole.append(group)
    if rest == 0 { throw .failed("the process died") }
    return outcomes
  }

  func rest() throws(StoreError) {}

  var head: LogHead { whole.head }
  var environment: Environment { whole.environment }
  var logID: String { whole.logID }
  var recoveryOwed: String? { whole.recoveryOwed }

  func read(after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    try whole.read(after: position, limit: limit)
  }

  func replay(
    after position: UInt64, limit: Int, wanting forms: FactForms,
    _ take: (Recorded) throws(StoreError) -> Void
  ) throws(StoreError) -> UInt64 {
    try whole.replay(after: position, limit: limit, wanting: forms, take)
  }

  func read(
    _ stream: StreamName, after version: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try whole.read(stream, after: version, limit: limit)
  }

  func read(_ tag: Tag, after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    try whole.read(tag, after: position, limit: limit)
  }

  func facts(with tag: Tag, after position: UInt64, limit: Int) throws(StoreError) -> [Recorded] {
    try whole.facts(with: tag, after: position, limit: limit)
  }

  func version(of stream: StreamName) throws(StoreError) -> UInt64 {
    try whole.version(of: stream)
  }

  func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome? {
    try whole.outcome(of: command)
  }

  func oweRecovery(_ why: String) throws(StoreError) { try whole.oweRecovery(why) }
  func endRecovery() throws(StoreError) { try whole.endRecovery() }
  func close() throws(StoreError) { try whole.close() }
}
