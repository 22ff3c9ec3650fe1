import Kernel
import Log

/// How far a catch-up or a rebuild is.
public struct TablesProgress: Hashable, Sendable {
  public enum Phase: String, Sendable {
    /// Facts are folded, in memory and a scratch file.
    case fold
    /// Rows go into the new tables.
    case copy
    case index
    /// The log's newest facts go into the tables themselves.
    case take
    case compare
  }
  public let phase: Phase
  public let done: UInt64
  public let total: UInt64

  public init(_ phase: Phase, _ done: UInt64, of total: UInt64) {
    self.phase = phase
    self.done = done
    self.total = total
  }
}

extension TableDatabase {
  /// Facts that one transaction takes in.
  static let portion = 4_096

  /// Takes in what the log has behind `place`; gives how many facts that were.
  ///
  /// Tables that have nothing yet and lack more than `far` facts are made by COPY, as in a rebuild.
  /// Throws `otherHistory` where the log isn't any more the one whose facts are in.
  @discardableResult
  public func catchUp(
    copyingBeyond far: UInt64 = 20_000, progress: (TablesProgress) -> Void = { _ in }
  ) throws(TablesFailure) -> UInt64 {
    // One that was rebuilt meanwhile isn't stale any more.
    if !stale.isEmpty { try transaction { () throws(TablesFailure) in } }
    let start = place
    guard !keepers.allSatisfy(\.isStale) else { return 0 }
    if keepers.allSatisfy({ $0.place == 0 }), stale.isEmpty, log.head.position > far {
      _ = try Self.rebuild(
        names, at: url, of: log, projections: projections, rowsKept: rowsKept, progress: progress)
      try transaction { () throws(TablesFailure) in }
    }
    while true {
      let (events, hash) = try facts(after: place, limit: Self.portion)
      guard let last = events.last?.position else { return place - start }
      // After the facts were read: a log that a failover cut back goes on otherwise from there.
      try checkSource()
      try take(events, endingIn: hash)
      progress(TablesProgress(.take, last, of: max(last, log.head.position)))
      if events.count < Self.portion { return place - start }
    }
  }

  /// Facts behind a position, and the hash of the last of them.
  func facts(
    after position: UInt64, limit: Int
  ) throws(TablesFailure) -> (events: [Recorded], hash: [UInt8]) {
    try logged { () throws(StoreError) in
      try log.refresh()
      let events = try log.facts(after: position, limit: limit)
      guard let last = events.last?.position else { return (events, LogHead.empty.hash) }
      guard let stored = try log.read(after: last - 1, limit: 1).first else {
        throw .damaged(Damage(position: last, what: "an event that was there is gone"))
      }
      return (events, stored.hash)
    }
  }
}
