import Dispatch
import Engine
import Kernel
import Log
import Service
import Synchronization

/// The real loop on a thread of its own, and a world that answers its calls.
final class RunningLoop: Sendable {
  private let loop: Loop<PayoutProcess>
  private let ended = DispatchSemaphore(value: 0)
  private let failure = Mutex<StoreError?>(nil)
  private let written = Written()

  private final class Written: Sendable {
    let groups = Atomic<Int>(0)
  }

  /// Groups that had something to write.
  var groups: Int { written.groups.load(ordering: .relaxed) }

  init(_ store: any EventStore) {
    let world = Mutex(World())
    loop = Loop(
      store: store, process: Line.process, settings: Line.settings, clock: Stopwatch.instant,
      perform: { call, done in done(world.withLock { $0.answer(call.job, at: Stopwatch.instant()) })
      },
      report: { [written] report in
        if !report.committed.isEmpty { written.groups.wrappingAdd(1, ordering: .relaxed) }
      })
    let isReady = DispatchSemaphore(value: 0)
    // The queue runs this one thing and then nothing more.
    DispatchQueue(label: "weir.bench.loop").async { [self] in
      do throws(StoreError) {
        try loop.run(isReady: { isReady.signal() })
      } catch {
        failure.withLock { $0 = error }
        isReady.signal()
      }
      ended.signal()
    }
    isReady.wait()
  }

  /// Asks, and waits for the answer.
  func submit(_ submission: Submission) -> Answer {
    let reply = Reply()
    loop.submit(submission) { reply.give($0) }
    return reply.wait()
  }

  /// Asks, and is called on the loop's thread with the answer.
  func submit(_ submission: Submission, then: @escaping @Sendable (Answer) -> Void) {
    loop.submit(submission, then: then)
  }

  func stop() throws(BenchFailure) {
    loop.stop()
    ended.wait()
    if let failure = failure.withLock({ $0 }) { throw .store(failure) }
  }
}

/// An answer that one thread waits for.
final class Reply: Sendable {
  private let answer = Mutex<Answer?>(nil)
  private let isGiven = DispatchSemaphore(value: 0)

  func give(_ answer: Answer) {
    self.answer.withLock { $0 = answer }
    isGiven.signal()
  }

  func wait() -> Answer {
    isGiven.wait()
    guard let answer = answer.withLock({ $0 }) else { preconditionFailure("no answer was given") }
    return answer
  }
}
