import Engine
import Kernel
import Log
import Synchronization

/// Groups of proposals, decided by the project's own deciders before anybody looks at a clock.
struct PreparedGroups: Sendable {
  private(set) var groups: [[Proposal]] = []
  private(set) var events = 0

  /// The whole line's traffic: orders, notices, and what follows from them.
  init(events most: Int, commands: Int, _ clientele: Clientele) throws(StoreError) {
    let store = NotingStore()
    var settings = Traffic.Settings()
    settings.width = 256
    var traffic = Traffic(clientele, settings)
    var line = Line(store)
    // Nobody opens the log again, so it may have any id.
    _ = try line.step(clientele.opening(log: String(repeating: "0", count: 32)))
    while store.head.position < most {
      _ = try line.step((0..<commands).map { _ in traffic.next() })
    }
    groups = store.groups
    events = Int(store.head.position)
  }
}

/// A store in memory that keeps the groups it was given.
private final class NotingStore: EventStore {
  private let store = MemoryStore()
  private let kept = Mutex<[[Proposal]]>([])

  var groups: [[Proposal]] { kept.withLock { $0 } }

  var head: LogHead { store.head }
  func version(of stream: StreamName) throws(StoreError) -> UInt64 {
    try store.version(of: stream)
  }
  func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome? {
    try store.outcome(of: command)
  }

  func append(_ group: [Proposal]) throws(StoreError) -> [AppendOutcome] {
    kept.withLock { $0.append(group) }
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
