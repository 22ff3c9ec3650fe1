import Kernel
import Synchronization

/// The group on its way, as the one who stages and the one who writes hand it over.
///
/// Locked for moments only: what is gathered is its own (`FileStore`), so that a group is encoded
/// while the one before it is hashed and written.
struct Staging: Sendable {
  /// The group on its way, until it is fetched to be written.
  private var ended: StagedGroup?
  /// What the next group must know of it.
  private(set) var flying: GroupPlan?
  /// The room of a group that has landed.
  private var spare: StagedGroup?
  /// Why the group on its way wasn't written: what was staged behind it can't be either.
  private var failure: StoreError?

  /// Throws where nothing can be staged before `forget`.
  func check() throws(StoreError) {
    if let failure { throw failure }
  }

  /// A group behind everything before it.
  mutating func next(_ map: borrowing Mutex<LogMap>) -> StagedGroup {
    let end =
      flying?.end
      ?? map.withLock { GroupPlan.End(position: $0.index.position, at: $0.index.at) }
    guard var group = spare.take() else { return StagedGroup(after: end) }
    group.begin(after: end)
    return group
  }

  /// Sends a group on its way.
  mutating func end(_ group: StagedGroup) {
    // Behind a failure nothing is on its way: whoever commits hears of it.
    guard failure == nil else { return }
    guard !group.isEmpty else {
      spare = group
      return
    }
    precondition(flying == nil, "two groups on their way")
    flying = group.plan
    ended = group
  }

  /// Hands over the group on its way, to be written; nil where there is none.
  mutating func fetch() throws(StoreError) -> StagedGroup? {
    try check()
    return ended.take()
  }

  /// The group on its way is durable and shown.
  mutating func land() { flying = nil }

  mutating func reuse(_ group: StagedGroup?) {
    if let group { spare = group }
  }

  /// The group on its way will not be written.
  mutating func fail(_ error: StoreError) {
    forget()
    failure = error
  }

  /// Begins again behind what is in the log.
  mutating func forget() {
    ended = nil
    flying = nil
    failure = nil
  }
}
