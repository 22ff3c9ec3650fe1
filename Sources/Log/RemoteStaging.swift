package import Kernel
import Synchronization

/// What a store knows of a log that lies elsewhere, the group it gathers behind it, and the one on
/// its way there: what `StagingStore` promises but for the writing itself.
package final class RemoteStaging<Parcel: RemoteParcel>: Sendable {
  package typealias Group = RemoteGroup<Parcel>

  /// The group on its way, as the one who stages and the one who writes hand it over.
  private struct Flight {
    /// Until it is fetched to be written.
    var ended: Group?
    /// What the next group must know of it.
    var plan: GroupPlan?
    var end: LogHead?
    /// Why it wasn't written: what was staged behind it can't be either.
    var failure: StoreError?

    func check() throws(StoreError) {
      if let failure { throw failure }
    }
  }

  private let known: Mutex<RemoteIndex>
  private let gathered = Mutex<Group?>(nil)
  private let flight = Mutex(Flight())
  private let outcome: @Sendable (UInt64) throws(StoreError) -> CommandOutcome

  /// - Parameter outcome: What the command did whose first event is at a position.
  package init(
    _ index: RemoteIndex,
    outcome: @escaping @Sendable (UInt64) throws(StoreError) -> CommandOutcome
  ) {
    known = Mutex(index)
    self.outcome = outcome
  }

  /// The newest event that is in the log.
  package var head: LogHead { known.withLock { $0.head } }

  package func version(of stream: StreamName) -> UInt64 {
    known.withLock { $0.version(of: stream) }
  }

  /// Where the command's first event is; nil where it appended none.
  package func first(of command: CommandID) -> UInt64? {
    known.withLock { $0.first(of: command) }
  }

  package func stage(_ proposals: [Proposal]) throws(StoreError) -> [AppendOutcome] {
    try gathered.withLock { (gathered) throws(StoreError) in
      // Where this throws nothing is gathered any more.
      let open = gathered.take()
      // Known is what has landed, so it is looked at after the group on its way.
      let (plan, end) = try flight.withLock { (flight) throws(StoreError) in
        try flight.check()
        return (flight.plan, flight.end)
      }
      // Moved: a copy would copy all that is encoded of it.
      var group = consume open ?? Group(after: end ?? head)
      let outcomes = try group.admit(proposals, over: known, behind: plan, outcome: outcome)
      gathered = group
      return outcomes
    }
  }

  package func endGroup() {
    gathered.withLock { gathered in
      guard let group = gathered.take(), !group.isEmpty else { return }
      flight.withLock { flight in
        // Behind a failure nothing is on its way: whoever commits hears of it.
        guard flight.failure == nil else { return }
        precondition(flight.plan == nil, "two groups on their way")
        flight.ended = group
        flight.plan = group.plan
        flight.end = group.after
      }
    }
  }

  /// Hands over the group on its way, or else what is gathered, to be written; where that throws
  /// nothing of it is in the log, or nobody knows.
  package func commit(
    _ write: (Group) throws(StoreError) -> Void
  ) throws(StoreError) {
    var group = try fetch()
    if group == nil {
      endGroup()
      group = try fetch()
    }
    guard let group else { return }
    do throws(StoreError) {
      try write(group)
    } catch {
      flight.withLock { $0 = Flight(failure: error) }
      throw error
    }
    known.withLock { $0.take(group) }
    flight.withLock { $0 = Flight() }
  }

  private func fetch() throws(StoreError) -> Group? {
    try flight.withLock { (flight) throws(StoreError) in
      try flight.check()
      return flight.ended.take()
    }
  }

  package func forget() {
    gathered.withLock { $0 = nil }
    flight.withLock { $0 = Flight() }
  }
}
