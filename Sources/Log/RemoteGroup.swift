import Kernel
import Synchronization

/// Events in the form in which a group of them is sent, made while it is gathered: by the time that
/// the group before has landed nothing is left to be encoded.
package protocol RemoteParcel: Sendable {
  init()

  /// Takes in the events of a command, behind those before.
  mutating func take(_ events: [StoredEvent], digest: [UInt8])

  /// May be sent from here on, as may what is taken in afterwards when this is called again.
  mutating func seal()
}

/// Proposals as they are to be written behind a log that lies elsewhere: the rules of appending and
/// the stored bytes, for whoever keeps them in another way than in files.
package struct RemoteGroup<Parcel: RemoteParcel>: Sendable {
  /// Where the log must end for the group to follow, and where it ends then.
  package let before: LogHead
  package private(set) var after: LogHead
  package private(set) var parcel = Parcel()
  private(set) var plan: GroupPlan
  /// Bytes of the bodies.
  private var size = 0

  init(after end: LogHead) {
    before = end
    after = end
    plan = GroupPlan(after: GroupPlan.End(position: end.position, at: end.at))
  }

  package var isEmpty: Bool { plan.entries.isEmpty }

  /// Takes proposals in behind the others, and says for each what will have become of it.
  ///
  /// Throws `tooLarge` where the group would be.
  mutating func admit(
    _ proposals: [Proposal], over known: borrowing Mutex<RemoteIndex>, behind flying: GroupPlan?,
    outcome: @escaping @Sendable (UInt64) throws(StoreError) -> CommandOutcome
  ) throws(StoreError) -> [AppendOutcome] {
    let start = plan.entries.count
    var outcomes: [AppendOutcome] = []
    outcomes.reserveCapacity(proposals.count)
    let hasher = known.withLock { $0.hasher }
    var done = 0
    while done < proposals.count {
      // Whoever reads or writes isn't to wait for a whole group.
      let some = done..<min(done + 64, proposals.count)
      plan.name(some, of: proposals, hasher)
      try known.withLock { (known) throws(StoreError) in
        try plan.admit(
          some, of: proposals, over: known.past(outcome: outcome), behind: flying, &outcomes)
      }
      done = some.upperBound
    }
    for index in start..<plan.entries.count { encode(plan.entries[index], of: proposals) }
    parcel.seal()
    guard size <= LogFormat.frameMost else {
      throw .tooLarge(bytes: size, limit: LogFormat.frameMost)
    }
    return outcomes
  }

  private mutating func encode(_ entry: GroupPlan.Entry, of proposals: [Proposal]) {
    guard var hash = Digest(after.hash) else { preconditionFailure("a hash has 32 bytes") }
    var writer = BodyWriter()
    let events = plan.stored(entry, of: proposals, after: &hash, &writer)
    for event in events { size += event.body.count }
    parcel.take(events, digest: entry.digest.bytes)
    after = LogHead(
      position: entry.first + UInt64(events.count) - 1, hash: hash.bytes, at: entry.at)
  }
}
