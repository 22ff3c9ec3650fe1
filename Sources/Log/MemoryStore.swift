public import Kernel
import Synchronization

/// The contract in memory, for tests and simulations: durable as long as the object lives.
public final class MemoryStore: EventStore {
  fileprivate struct Kept {
    var index: LogIndex = {
      var index = LogIndex(log: .random())
      index.begin()
      return index
    }()
    var events: [StoredEvent] = []
    var writer = BodyWriter()
  }

  private let kept = Mutex(Kept())

  public init() {}

  public var head: LogHead { kept.withLock { $0.index.head } }

  public func version(of stream: StreamName) throws(StoreError) -> UInt64 {
    try kept.withLock { (kept) throws(StoreError) in try kept.index.version(of: stream) }
  }

  public func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome? {
    try kept.withLock { (kept) throws(StoreError) in try kept.index.outcome(of: command) }
  }

  public func append(_ group: [Proposal]) throws(StoreError) -> [AppendOutcome] {
    try kept.withLock { (kept) throws(StoreError) in
      var plan = GroupPlan(
        after: GroupPlan.End(position: kept.index.position, at: kept.index.at))
      let outcomes = try plan.admit(group, over: kept.index, behind: nil)
      for entry in plan.entries { kept.write(entry, of: group, plan) }
      return outcomes
    }
  }

  public func read(after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    kept.withLock { kept in
      guard position < kept.events.count else { return [] }
      return Array(kept.events[Int(position)...].prefix(max(0, limit)))
    }
  }

  public func read(
    _ stream: StreamName, after version: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    kept.withLock { kept in
      kept.index.tables[0].positions(
        of: kept.index.hasher.hash(stream), afterVersion: version, limit: limit
      )
      .map { kept.events[Int($0) - 1] }
    }
  }

  public func read(
    _ tag: Tag, after position: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    kept.withLock { kept in
      kept.index.tables[0].positions(
        of: kept.index.hasher.hash(tag), after: position, limit: limit
      )
      .map { kept.events[Int($0) - 1] }
    }
  }
}

extension MemoryStore.Kept {
  fileprivate mutating func write(
    _ entry: GroupPlan.Entry, of group: [Proposal], _ plan: GroupPlan
  ) {
    var hash = index.hash
    let events = plan.stored(entry, of: group, after: &hash, &writer)
    for (event, place) in zip(events, plan.places[entry.events]) {
      self.events.append(event)
      var names: [KeyHash] = []
      plan.hashNames(of: place, index.hasher, to: &names)
      index.take(
        place.stream, version: place.version, tags: names.dropFirst(), at: entry.at,
        hash: Digest(event.hash) ?? hash)
    }
    index.take(entry.outcome, of: entry.command)
  }
}
