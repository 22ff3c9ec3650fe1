import Synchronization

/// Runs the tasks given to it when it is told to, on the thread that tells it, in the order they
/// became ready: so that `async` code has one course of events.
final class StepExecutor: TaskExecutor {
  private let ready = Mutex<[UnownedJob]>([])

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    ready.withLock { $0.append(job) }
  }

  /// Runs what is ready, and what becomes ready by it, until every task waits for something.
  func drain() {
    while true {
      let jobs = ready.withLock { ready in
        defer { ready = [] }
        return ready
      }
      guard !jobs.isEmpty else { return }
      for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
  }
}
