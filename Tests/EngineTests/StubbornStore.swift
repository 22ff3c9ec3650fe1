import Kernel
import Log
import Synchronization

/// A store that says no when it is told to.
final class StubbornStore: EventStore {
  struct Mood: Sendable {
    var isFull = false
    var isFullAtRest = false
    /// Proposals that one group may have.
    var most = Int.max
    var rests = 0
    var fulls = 0
  }

  private let store = MemoryStore()
  let mood: Mutex<Mood>

  init(_ mood: Mood) { self.mood = Mutex(mood) }

  var head: LogHead { store.head }
  func version(of stream: StreamName) throws(StoreError) -> UInt64 {
    try store.version(of: stream)
  }
  func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome? {
    try store.outcome(of: command)
  }

  func append(_ group: [Proposal]) throws(StoreError) -> [AppendOutcome] {
    let refusal = mood.withLock { mood -> StoreError? in
      if mood.isFull {
        mood.fulls += 1
        return .full("no room")
      }
      return group.count > mood.most ? .tooLarge(bytes: group.count, limit: mood.most) : nil
    }
    if let refusal { throw refusal }
    return try store.append(group)
  }

  func rest() throws(StoreError) {
    let isFull = mood.withLock { mood in
      mood.rests += 1
      return mood.isFullAtRest
    }
    if isFull { throw .full("no room for a mark") }
  }

  func read(after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    try store.read(after: position, limit: limit)
  }
  func read(_ stream: StreamName, after version: UInt64, limit: Int) throws(StoreError)
    -> [StoredEvent]
  {
    try store.read(stream, after: version, limit: limit)
  }
  func read(_ tag: Tag, after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    try store.read(tag, after: position, limit: limit)
  }
}
