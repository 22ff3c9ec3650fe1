import Kernel
import Log
import Synchronization

/// A store that fails after so many groups.
final class CutStore: EventStore {
  private let store: MemoryStore
  private let left: Mutex<Int>

  init(_ store: MemoryStore, groups: Int) {
    self.store = store
    left = Mutex(groups)
  }

  var head: LogHead { store.head }

  func append(_ group: [Proposal]) throws(StoreError) -> [AppendOutcome] {
    let isOver = left.withLock { left in
      left -= 1
      return left < 0
    }
    if isOver { throw .failed("the power went") }
    return try store.append(group)
  }

  func version(of stream: StreamName) throws(StoreError) -> UInt64 { try store.version(of: stream) }
  func outcome(of id: CommandID) throws(StoreError) -> CommandOutcome? { try store.outcome(of: id) }
  func read(after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    try store.read(after: position, limit: limit)
  }
  func read(
    _ stream: StreamName, after version: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try store.read(stream, after: version, limit: limit)
  }
  func read(_ tag: Tag, after position: UInt64, limit: Int) throws(StoreError)
    -> [StoredEvent]
  {
    try store.read(tag, after: position, limit: limit)
  }
}
