import Dispatch
import Synchronization

/// A few threads that read log and tables, so that no HTTP thread waits for a disk.
final class ReaderThreads: Sendable {
  private let queues: [DispatchQueue]
  /// Of its own, so that no long read holds up what waits for its time.
  private let timers = DispatchQueue(label: "weir.timers")
  private let most: Int
  private let waiting = Atomic<Int>(0)
  private let next = Atomic<Int>(0)

  init(count: Int, most: Int) {
    queues = (0..<count).map { DispatchQueue(label: "weir.reader.\($0)") }
    self.most = most
  }

  /// Queues a read; false where too many wait already.
  func run(_ body: @escaping @Sendable () -> Void) -> Bool {
    guard waiting.add(1, ordering: .relaxed).newValue <= most else {
      waiting.subtract(1, ordering: .relaxed)
      return false
    }
    let place = next.wrappingAdd(1, ordering: .relaxed).newValue
    queues[abs(place % queues.count)].async { [self] in
      body()
      waiting.subtract(1, ordering: .relaxed)
    }
    return true
  }

  /// Runs something brief later.
  func after(milliseconds: Int, _ body: @escaping @Sendable () -> Void) {
    timers.asyncAfter(deadline: .now() + .milliseconds(milliseconds), execute: body)
  }
}
