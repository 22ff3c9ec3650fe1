import Kernel
import Log
import Synchronization

@testable import Engine

/// A store that stages, and can't stage one command the first time that it comes.
final class PickyStore: StagingStore {
  private struct Groups {
    var open: [Proposal] = []
    var ended: [Proposal] = []
    var refused: CommandID?
  }

  private let store = MemoryStore()
  private let groups: Mutex<Groups>

  init(refusing command: CommandID) { groups = Mutex(Groups(refused: command)) }

  func stage(_ proposals: [Proposal]) throws(StoreError) -> [AppendOutcome] {
    let isRefused = groups.withLock { groups in
      guard proposals.contains(where: { $0.command == groups.refused }) else {
        groups.open += proposals
        return false
      }
      groups.refused = nil
      return true
    }
    if isRefused { throw .tooLarge(bytes: 2, limit: 1) }
    return proposals.map { _ in .appended(first: 0, last: 0) }
  }
  func endGroup() { groups.withLock { ($0.ended, $0.open) = ($0.open, []) } }
  func commit() throws(StoreError) {
    GroupStore.check(try store.append(groups.withLock { $0.ended }))
  }
  func forget() { groups.withLock { ($0.ended, $0.open) = ([], []) } }

  var head: LogHead { store.head }
  func version(of stream: StreamName) throws(StoreError) -> UInt64 {
    try store.version(of: stream)
  }
  func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome? {
    try store.outcome(of: command)
  }
  func append(_ group: [Proposal]) throws(StoreError) -> [AppendOutcome] {
    try store.append(group)
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
