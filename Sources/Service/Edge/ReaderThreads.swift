import Dispatch
import Foundation
import Synchronization

/// A few threads that read log and tables, so that no HTTP thread waits for a disk.
///
/// They take from one queue, in order: nobody waits behind a long read while another thread is
/// free.
final class ReaderThreads: Sendable {
  /// What the threads share with whoever queues; they end when that is gone.
  private final class Queue: Sendable {
    private struct State {
      var waiting: [@Sendable () -> Void] = []
      /// Of `waiting`, those that were taken.
      var taken = 0
      /// Queued or running.
      var count = 0
    }

    private let state = Mutex(State())
    private let work = DispatchSemaphore(value: 0)

    func add(_ body: @escaping @Sendable () -> Void, most: Int) -> Bool {
      let isAdded = state.withLock { state in
        guard state.count < most else { return false }
        state.count += 1
        state.waiting.append(body)
        return true
      }
      if isAdded { work.signal() }
      return isAdded
    }

    /// Runs what is queued, one after the other, until a signal comes without work.
    func run() {
      while true {
        work.wait()
        let next: (@Sendable () -> Void)? = state.withLock { state in
          guard state.taken < state.waiting.count else { return nil }
          let next = state.waiting[state.taken]
          state.taken += 1
          if state.taken == state.waiting.count || state.taken > 1_000 {
            state.waiting.removeFirst(state.taken)
            state.taken = 0
          }
          return next
        }
        guard let next else { return }
        next()
        state.withLock { $0.count -= 1 }
      }
    }

    func end(threads: Int) {
      for _ in 0..<threads { work.signal() }
    }
  }

  private let queue = Queue()
  private let count: Int
  private let most: Int
  /// Of its own, so that no long read holds up what waits for its time.
  private let timers = DispatchQueue(label: "weir.timers")

  init(count: Int, most: Int) {
    self.count = count
    self.most = most
    for number in 0..<count {
      let thread = Thread { [queue] in queue.run() }
      thread.name = "reader \(number)"
      thread.start()
    }
  }

  deinit { queue.end(threads: count) }

  /// Queues a read; false where too many wait already.
  func run(_ body: @escaping @Sendable () -> Void) -> Bool { queue.add(body, most: most) }

  /// Runs something brief later.
  func after(milliseconds: Int, _ body: @escaping @Sendable () -> Void) {
    timers.asyncAfter(deadline: .now() + .milliseconds(milliseconds), execute: body)
  }
}
