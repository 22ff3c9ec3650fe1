import Dispatch
import Engine
import Kernel
import Log
import Synchronization

/// One who asks for a thing, and when that is answered for the next.
final class Asker: Sendable {
  private struct State {
    var asked = 0
    var since = 0.0
    var latencies = Latencies()
  }

  private let submissions: [Submission]
  private let loop: RunningLoop
  private let state = Mutex(State())
  private let isDone = DispatchSemaphore(value: 0)

  init(_ submissions: [Submission], _ loop: RunningLoop) {
    self.submissions = submissions
    self.loop = loop
  }

  var latencies: Latencies { state.withLock { $0.latencies } }

  func ask() {
    let number = state.withLock { state in
      defer { state.asked += 1 }
      state.since = Stopwatch.wall()
      return state.asked
    }
    guard number < submissions.count else {
      isDone.signal()
      return
    }
    loop.submit(submissions[number]) { [self] answer in
      Line.check(answer)
      state.withLock { $0.latencies.add(Stopwatch.wall() - $0.since) }
      ask()
    }
  }

  func wait() { isDone.wait() }
}
