import Kernel

@testable import Log

/// A store on files that seals whatever is closed after every group.
final class SealingStore: EventStore {
  let store: FileStore

  init(_ store: FileStore) { self.store = store }

  var head: LogHead { store.head }

  func append(_ group: [Proposal]) throws(StoreError) -> [AppendOutcome] {
    let outcomes = try store.append(group)
    try store.sealAll()
    return outcomes
  }

  func rest() throws(StoreError) { try store.rest() }

  func version(of stream: StreamName) throws(StoreError) -> UInt64 {
    try store.version(of: stream)
  }
  func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome? {
    try store.outcome(of: command)
  }
  func read(after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    try store.read(after: position, limit: limit)
  }
  func read(
    _ stream: StreamName, after version: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try store.read(stream, after: version, limit: limit)
  }
  func read(
    _ tag: Tag, after position: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try store.read(tag, after: position, limit: limit)
  }
  func replay(
    after position: UInt64, limit: Int, wanting forms: FactForms,
    _ take: (Recorded) throws(StoreError) -> Void
  ) throws(StoreError) -> UInt64 {
    try store.replay(after: position, limit: limit, wanting: forms, take)
  }
  func facts(
    with tag: Tag, after position: UInt64, limit: Int
  ) throws(StoreError) -> [Recorded] {
    try store.facts(with: tag, after: position, limit: limit)
  }
}
