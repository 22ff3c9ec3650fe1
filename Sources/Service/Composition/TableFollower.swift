import Engine
import Foundation
import Kernel
import Log
import Synchronization
import Tables

/// The thread that keeps the tables up with the log, at its own pace.
///
/// Takes what the loop has just made durable from memory, and reads from the store what it finds
/// missing there; a crash between two batches loses nothing, since rows and place commit together.
final class TableFollower: Sendable {
  private struct Wanted {
    var head: UInt64 = 0
    /// Facts up to `head`, without a gap and as they were written; none while too far behind.
    var recent: [Recorded] = []
    var isStopping = false
    var waiters: [(place: UInt64, then: @Sendable () -> Void)] = []

    /// Takes out the facts that follow on `place`; none where the first of them isn't here.
    mutating func facts(behind place: UInt64) -> [Recorded] {
      guard let first = recent.first?.position, let last = recent.last?.position,
        first <= place + 1, last > place
      else { return [] }
      defer { recent = [] }
      return first == place + 1 ? recent : Array(recent.dropFirst(Int(place + 1 - first)))
    }
  }

  private let tables: TableStore
  private let store: any EventStore
  private let wanted = Mutex(Wanted())
  private let wake = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private let taken: @Sendable (UInt64) -> Void
  private let failed: @Sendable (String) -> Void
  /// Events one transaction takes when they are read from the store.
  private let portion = 2_000
  /// Facts kept in memory for the tables; beyond, they are read again.
  private let kept = 8_192

  /// - Parameter taken: Told on the follower's thread how far the tables have come; brief.
  init(
    _ tables: TableStore, _ store: any EventStore, taken: @escaping @Sendable (UInt64) -> Void,
    failed: @escaping @Sendable (String) -> Void
  ) {
    self.tables = tables
    self.store = store
    self.taken = taken
    self.failed = failed
  }

  /// Positions the tables stand behind the log.
  var lag: UInt64 { wanted.withLock { $0.head } - min(wanted.withLock { $0.head }, tables.place) }

  /// The log is durable up to here.
  func follow(to head: UInt64) {
    wanted.withLock { $0.head = max($0.head, head) }
    wake.signal()
  }

  /// The loop has made these durable.
  func follow(_ committed: [Recorded]) {
    guard let first = committed.first?.position, let last = committed.last?.position else { return }
    wanted.withLock { wanted in
      wanted.head = max(wanted.head, last)
      let follows = wanted.recent.last.map { $0.position + 1 == first } ?? true
      if !follows || wanted.recent.count + committed.count > kept { wanted.recent = [] }
      wanted.recent += committed
    }
    wake.signal()
  }

  /// Calls back once the tables hold position `place`; at once where they do.
  func whenAt(_ place: UInt64, then: @escaping @Sendable () -> Void) {
    if tables.place >= place { return then() }
    wanted.withLock { $0.waiters.append((place, then)) }
    wake.signal()
  }

  func start() {
    let thread = Thread { [self] in
      run()
      ended.signal()
    }
    thread.name = "tables"
    thread.start()
  }

  /// Ends the thread after the batch it is in.
  func stop() {
    wanted.withLock { $0.isStopping = true }
    wake.signal()
    ended.wait()
  }

  private func run() {
    while true {
      wake.wait()
      do {
        while try takePortion() {}
      } catch {
        // The log is the truth: tables that can't be written are a trouble, not a loss.
        failed("\(error)")
        Thread.sleep(forTimeInterval: 1)
        wake.signal()
      }
      if wanted.withLock({ $0.isStopping }) { return }
    }
  }

  /// True while there may be more.
  private func takePortion() throws -> Bool {
    let place = tables.place
    let head = wanted.withLock { $0.isStopping ? 0 : $0.head }
    guard place < head else {
      release(place)
      return false
    }
    var facts = wanted.withLock { $0.facts(behind: place) }
    if facts.isEmpty { facts = try store.facts(after: place, limit: portion) }
    try tables.take(facts)
    release(tables.place)
    return true
  }

  private func release(_ place: UInt64) {
    taken(place)
    let due = wanted.withLock { wanted in
      let due = wanted.waiters.filter { $0.place <= place }
      wanted.waiters.removeAll { $0.place <= place }
      return due
    }
    for waiter in due { waiter.then() }
  }
}
