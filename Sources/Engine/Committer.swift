import Glibc
import Kernel
public import Log
import Synchronization

/// A store as the loop uses it: proposals are gathered by one thread, and written as a group by
/// another.
final class GroupStore: Sendable {
  let store: any EventStore
  private let staging: (any StagingStore)?
  /// What a store that only appends is given all at once.
  private let gathered = Mutex<(open: [Proposal], ended: [Proposal])>(([], []))

  init(_ store: any EventStore) {
    self.store = store
    staging = store as? any StagingStore
  }

  /// Throws `tooLarge`, or what a commit threw meanwhile; then `forget` comes next.
  func stage(_ proposals: [Proposal]) throws(StoreError) {
    guard let staging else { return gathered.withLock { $0.open += proposals } }
    Self.check(try staging.stage(proposals))
  }

  /// Ends the group that is gathered: what is staged from now on is the next.
  func endGroup() {
    if let staging { return staging.endGroup() }
    gathered.withLock { $0 = ([], $0.ended + $0.open) }
  }

  /// The group that was ended becomes durable; where this throws, `forget` comes next.
  func commit() throws(StoreError) {
    if let staging { return try staging.commit() }
    let group = gathered.withLock { gathered in
      defer { gathered.ended = [] }
      return gathered.ended
    }
    Self.check(try store.append(group))
  }

  /// Lets go of everything that isn't written; nothing may be on its way.
  func forget() {
    staging?.forget()
    gathered.withLock { $0 = ([], []) }
  }

  static func check(_ outcomes: [AppendOutcome]) {
    for outcome in outcomes {
      guard case .appended = outcome else {
        preconditionFailure("the store's one writer was contradicted: \(outcome)")
      }
    }
  }
}

/// The thread that writes and syncs, so that the next group is decided and encoded meanwhile.
///
/// One group is on its way at a time. Nothing is shown of a group, nor of one behind it, before
/// `then` was called for it.
public final class Committer: Sendable {
  private enum Wish { case nothing, commit, end }

  private let wish = Signal(Wish.nothing)
  private let store: GroupStore
  private let then: @Sendable (StoreError?) -> Void
  private let thread = Mutex<pthread_t?>(nil)

  /// - Parameter then: Called on this thread when a group is durable, or is known not to be.
  public convenience init(
    _ store: any StagingStore, then: @escaping @Sendable (StoreError?) -> Void
  ) {
    self.init(GroupStore(store), then: then)
  }

  init(_ store: GroupStore, then: @escaping @Sendable (StoreError?) -> Void) {
    self.store = store
    self.then = then
    let work = Unmanaged.passRetained(self)
    var made = pthread_t()
    let code = pthread_create(
      &made, nil,
      { committer in
        if let committer {
          Unmanaged<Committer>.fromOpaque(committer).takeRetainedValue().work()
        }
        return nil
      }, work.toOpaque())
    precondition(code == 0, "no thread to write the log: \(String(cString: strerror(code)))")
    thread.withLock { $0 = made }
  }

  /// Has what is staged written: for the one that stages, and not before the group that was asked
  /// for last has ended.
  public func commit() {
    store.endGroup()
    wish.post { $0 = .commit }
  }

  /// Waits for the group on its way, and ends the thread.
  public func end() {
    let made = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    guard let made else { return }
    wish.post { $0 = .end }
    pthread_join(made, nil)
  }

  private func work() {
    while true {
      let next = wish.wait(microseconds: nil) { wish -> Wish? in
        guard wish != .nothing else { return nil }
        defer { wish = .nothing }
        return wish
      }
      guard next == .commit else { return }
      do throws(StoreError) {
        try store.commit()
        then(nil)
      } catch {
        then(error)
      }
    }
  }
}
