import Dispatch
import Engine
import Kernel
import Log
import Synchronization

/// What it took callers to be answered.
struct Asked: Sendable {
  var seconds = 0.0
  /// Seconds of a processor that the process had.
  var processor = 0.0
  var latencies = Latencies()
}

extension RunningLoop {
  /// Callers that each ask again as soon as they are answered; they do so on the loop's own thread,
  /// as nobody sleeps for a suspended request of HTTP.
  func ask(_ callers: Int, _ commands: Int, _ clientele: Clientele) -> Asked {
    let each = max(1, commands / callers)
    let lists = (0..<callers).map { caller in
      var traffic = Traffic(clientele, caller: caller, of: callers)
      return (0..<each).map { _ in traffic.next() }
    }
    let askers = lists.map { Asker($0, self) }
    var asked = Asked()
    let processor = Stopwatch.process()
    let start = Stopwatch.wall()
    for asker in askers { asker.ask() }
    for asker in askers { asker.wait() }
    asked.seconds = Stopwatch.wall() - start
    asked.processor = Stopwatch.process() - processor
    for asker in askers { asked.latencies.add(asker.latencies) }
    return asked
  }
}

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
