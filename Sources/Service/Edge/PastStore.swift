import Kernel
import Log

/// A log as it was when it ended at a position.
final class PastStore: EventStore {
  /// The last position there is.
  let end: UInt64
  let head: LogHead
  private let store: any EventStore

  /// - Parameter end: At most the store's own end.
  init(_ store: any EventStore, end: UInt64) throws(StoreError) {
    self.store = store
    self.end = end
    guard end > 0, let last = try store.read(after: end - 1, limit: 1).first else {
      head = .empty
      return
    }
    head = LogHead(position: end, hash: last.hash, at: last.at)
  }

  func read(after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    guard position < end else { return [] }
    return try store.read(after: position, limit: room(after: position, limit))
  }

  func replay(
    after position: UInt64, limit: Int, wanting forms: FactForms,
    _ take: (Recorded) throws(StoreError) -> Void
  ) throws(StoreError) -> UInt64 {
    guard position < end else { return position }
    return try store.replay(
      after: position, limit: room(after: position, limit), wanting: forms, take)
  }

  private func room(after position: UInt64, _ limit: Int) -> Int {
    Int(min(UInt64(limit), end - position))
  }

  func read(
    _ stream: StreamName, after version: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    cut(try store.read(stream, after: version, limit: limit))
  }

  func read(_ tag: Tag, after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    cut(try store.read(tag, after: position, limit: limit))
  }

  private func cut(_ events: [StoredEvent]) -> [StoredEvent] {
    Array(events.prefix { $0.position <= end })
  }

  func facts(with tag: Tag, after position: UInt64, limit: Int) throws(StoreError) -> [Recorded] {
    Array(try store.facts(with: tag, after: position, limit: limit).prefix { $0.position <= end })
  }

  /// Positions rise along a stream, so that few of its events are looked at.
  func version(of stream: StreamName) throws(StoreError) -> UInt64 {
    var (low, high) = (UInt64(0), try store.version(of: stream))
    while low < high {
      let middle = high - (high - low) / 2
      let isThere =
        try store.read(stream, after: middle - 1, limit: 1).first.map { $0.position <= end }
      if isThere ?? false { low = middle } else { high = middle - 1 }
    }
    return low
  }

  func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome? {
    guard let known = try store.outcome(of: command), known.last <= end else { return nil }
    return known
  }

  func append(_ group: [Proposal]) throws(StoreError) -> [AppendOutcome] {
    preconditionFailure("nothing is added to the past")
  }
}

extension EventSource {
  /// Hands over the wanted facts behind a position, up to the end.
  func fold(
    from position: UInt64, wanting forms: FactForms, _ take: (Recorded) -> Void
  ) throws(StoreError) {
    let end = head.position
    var place = position
    while place < end {
      place = try replay(after: place, limit: 10_000, wanting: forms) {
        (recorded) throws(StoreError) in take(recorded)
      }
    }
  }

  /// All facts with a tag.
  func allFacts(with tag: Tag) throws(StoreError) -> [Recorded] {
    var all: [Recorded] = []
    while true {
      let page = try facts(with: tag, after: all.last?.position ?? 0, limit: 1_000)
      all += page
      if page.count < 1_000 { return all }
    }
  }
}
