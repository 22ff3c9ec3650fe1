import Kernel
import Log
import Synchronization

/// A log that takes everything and keeps nothing: what stands behind it stays as it is.
final class Rehearsal: EventStore {
  private struct Taken {
    var head: LogHead
    var versions: [StreamName: UInt64] = [:]
    var outcomes: [CommandID: CommandOutcome] = [:]
  }

  private let log: any EventStore
  private let taken: Mutex<Taken>

  init(of log: any EventStore) {
    self.log = log
    taken = Mutex(Taken(head: log.head))
  }

  var head: LogHead { taken.withLock { $0.head } }

  func version(of stream: StreamName) throws(StoreError) -> UInt64 {
    let more = taken.withLock { $0.versions[stream] ?? 0 }
    return try log.version(of: stream) + more
  }

  func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome? {
    if let known = taken.withLock({ $0.outcomes[command] }) { return known }
    return try log.outcome(of: command)
  }

  func append(_ group: [Proposal]) throws(StoreError) -> [AppendOutcome] {
    taken.withLock { taken in
      group.map { proposal in
        let first = taken.head.position + 1
        for event in proposal.events { taken.versions[event.place.stream, default: 0] += 1 }
        let last = taken.head.position + UInt64(proposal.events.count)
        taken.head = LogHead(position: last, hash: taken.head.hash, at: proposal.at)
        taken.outcomes[proposal.command] = CommandOutcome(
          digest: proposal.digest, first: first, last: last)
        return .appended(first: first, last: last)
      }
    }
  }

  func read(after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    try log.read(after: position, limit: limit)
  }

  func replay(
    after position: UInt64, limit: Int, wanting forms: FactForms,
    _ take: (Recorded) throws(StoreError) -> Void
  ) throws(StoreError) -> UInt64 {
    try log.replay(after: position, limit: limit, wanting: forms, take)
  }

  func read(
    _ stream: StreamName, after version: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try log.read(stream, after: version, limit: limit)
  }

  func read(
    _ tag: Tag, after position: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try log.read(tag, after: position, limit: limit)
  }

  func facts(
    with tag: Tag, after position: UInt64, limit: Int
  ) throws(StoreError) -> [Recorded] {
    try log.facts(with: tag, after: position, limit: limit)
  }
}
