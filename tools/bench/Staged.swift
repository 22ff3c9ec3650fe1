import Dispatch
import Engine
import Kernel
import Log
import Synchronization

/// What it took to append groups that were staged.
struct Staged {
  var seconds = 0.0
  /// Seconds of a processor, of the one that stages and the one that commits.
  var staging = 0.0
  var committing = 0.0
}

extension StagingStore {
  /// Appends groups, each planned and encoded while the one before is written: as the loop has them
  /// written.
  func append(staging groups: [[Proposal]]) throws(StoreError) -> Staged {
    let landings = Landings()
    let committer = Committer(self) { landings.note($0) }
    defer { committer.end() }
    var staged = Staged()
    let start = Stopwatch.wall()
    for (number, group) in groups.enumerated() {
      try Stopwatch.thread(&staged.staging) { () throws(StoreError) in _ = try stage(group) }
      if number > 0 { try landings.wait() }
      committer.commit()
    }
    try landings.wait()
    staged.seconds = Stopwatch.wall() - start
    staged.committing = landings.processor
    return staged
  }
}

/// Waits for a committer's groups, one at a time.
private final class Landings: Sendable {
  private let state = Mutex<(failure: StoreError?, processor: Double)>((nil, 0))
  private let landed = DispatchSemaphore(value: 0)

  /// Seconds that the committer's thread has had of a processor.
  var processor: Double { state.withLock { $0.processor } }

  func note(_ failure: StoreError?) {
    state.withLock { $0 = (failure, Stopwatch.thread()) }
    landed.signal()
  }

  func wait() throws(StoreError) {
    landed.wait()
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }
}
