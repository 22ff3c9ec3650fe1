@testable import Kernel
@testable import Log

/// Each hash carries on from its predecessor's, over the canonical bytes.
func chained(_ events: [StoredEvent]) throws {
  let log = MemoryEvents(events)
  var leaves = LogLeaves(of: log)
  try leaves.read(to: UInt64(events.count)) { (_, _, _) throws(ProofError) in }
}

/// Events that were read, to be read again.
private final class MemoryEvents: EventSource {
  let events: [StoredEvent]
  init(_ events: [StoredEvent]) { self.events = events }

  var head: LogHead {
    LogHead(
      position: UInt64(events.count), hash: events.last?.hash ?? LogHead.empty.hash,
      at: events.last?.at)
  }
  func read(after position: UInt64, limit: Int) -> [StoredEvent] {
    Array(events.dropFirst(Int(position)).prefix(limit))
  }
  func read(_ stream: StreamName, after version: UInt64, limit: Int) -> [StoredEvent] { [] }
  func read(_ tag: Tag, after position: UInt64, limit: Int) -> [StoredEvent] { [] }
}
