import Dispatch
import Synchronization

/// A few threads that read log and tables, so that no HTTP thread waits for a disk.
///
/// What came first is read first, by whichever thread is free: nothing waits behind a long read
/// while another thread has nothing to do.
final class ReaderThreads: Sendable {
  private struct Work {
    /// In the order in which they came.
    var reads: [@Sendable () -> Void] = []
    /// Reads that wait or are under way.
    var count = 0
    /// Threads that have nothing to do.
    var idle: [Int]
  }

  private let queues: [DispatchQueue]
  private let work: Mutex<Work>
  /// Of its own, so that no long read holds up what waits for its time.
  private let timers = DispatchQueue(label: "weir.timers")
  private let most: Int

  init(count: Int, most: Int) {
    queues = (0..<count).map { DispatchQueue(label: "weir.reader.\($0)") }
    work = Mutex(Work(idle: Array(0..<count)))
    self.most = most
  }

  /// Queues a read; false where too many wait already.
  func run(_ body: @escaping @Sendable () -> Void) -> Bool {
    let (isTaken, thread) = work.withLock { work -> (Bool, Int?) in
      guard work.count < most else { return (false, nil) }
      work.count += 1
      work.reads.append(body)
      return (true, work.idle.popLast())
    }
    if let thread { queues[thread].async { [self] in readOn(thread) } }
    return isTaken
  }

  /// Reads until nothing waits.
  private func readOn(_ thread: Int) {
    while let body = next(for: thread) {
      body()
      work.withLock { $0.count -= 1 }
    }
  }

  /// What is read next; nil where nothing waits, and then the thread is idle.
  private func next(for thread: Int) -> (@Sendable () -> Void)? {
    work.withLock { work in
      guard work.reads.isEmpty else { return work.reads.removeFirst() }
      work.idle.append(thread)
      return nil
    }
  }

  /// Runs something brief later.
  func after(milliseconds: Int, _ body: @escaping @Sendable () -> Void) {
    timers.asyncAfter(deadline: .now() + .milliseconds(milliseconds), execute: body)
  }
}
