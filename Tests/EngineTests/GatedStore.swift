import Kernel
import Log

@testable import Engine

/// A store whose groups wait until somebody lets them go.
final class GatedStore: EventStore {
  struct Gate: Sendable {
    var entered = 0
    var allowed = 0
    var failure: StoreError?
  }

  private let store = MemoryStore()
  private let gate = Signal(Gate())

  var head: LogHead { store.head }
  func version(of stream: StreamName) throws(StoreError) -> UInt64 {
    try store.version(of: stream)
  }
  func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome? {
    try store.outcome(of: command)
  }

  /// Lets the next group be written, or has it fail.
  func letGo(_ failure: StoreError? = nil) {
    gate.post {
      $0.allowed += 1
      $0.failure = failure
    }
  }

  /// False where it takes more than a minute.
  func waitUntilEntered(_ count: Int) -> Bool {
    gate.wait(microseconds: 60_000_000) { $0.entered >= count ? true : nil } ?? false
  }

  var entered: Int { gate.withLock { $0.entered } }

  func append(_ group: [Proposal]) throws(StoreError) -> [AppendOutcome] {
    let number = gate.post { gate in
      gate.entered += 1
      return gate.entered
    }
    let failure = gate.wait(microseconds: nil) { $0.allowed >= number ? .some($0.failure) : nil }
    if let failure = failure ?? nil { throw failure }
    return try store.append(group)
  }

  func read(after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    try store.read(after: position, limit: limit)
  }
  func read(
    _ stream: StreamName, after version: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try store.read(stream, after: version, limit: limit)
  }
  func read(_ tag: Tag, after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    try store.read(tag, after: position, limit: limit)
  }
}
