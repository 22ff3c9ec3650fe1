import Foundation
import Kernel
import Log
import Synchronization

/// The thread that signs checkpoints as `CheckpointSchedule` says.
///
/// Reads what is durable beside the loop; a process that ends before it signed loses nothing, since
/// the next checkpoint covers what was appended.
final class CheckpointKeeper: Sendable {
  private struct Wanted {
    var head: UInt64 = 0
    /// The thread knows already that there is something to sign.
    var hasNews = false
    var isStopping = false
  }

  let notary: Notary
  private let clock: @Sendable () -> Instant
  private let logger: Logger
  private let wanted = Mutex(Wanted())
  private let wake = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private let isStarted = Mutex(false)
  private let fault = Mutex<String?>(nil)

  init(_ notary: Notary, clock: @escaping @Sendable () -> Instant, logger: Logger) {
    self.notary = notary
    self.clock = clock
    self.logger = logger
  }

  /// The log isn't what was signed of it any more (I15); nil where it is, as far as anybody saw.
  var broken: String? { fault.withLock { $0 } }

  /// The log is durable up to here.
  func follow(to head: UInt64) {
    let isNews = wanted.withLock { wanted in
      defer { wanted.hasNews = true }
      wanted.head = max(wanted.head, head)
      return !wanted.hasNews
    }
    if isNews { wake.signal() }
  }

  func start() {
    isStarted.withLock { $0 = true }
    let thread = Thread { [self] in
      run()
      ended.signal()
    }
    thread.name = "checkpoints"
    thread.start()
  }

  /// Signs what isn't signed yet and ends the thread; the loop has ended before.
  func stop() {
    guard isStarted.withLock({ $0 }) else { return }
    wanted.withLock { $0.isStopping = true }
    wake.signal()
    ended.wait()
  }

  private func run() {
    var schedule = CheckpointSchedule(signed: notary.signed)
    while true {
      let now = clock()
      if let at = schedule.wakeAt(now) {
        let wait = max(0, at.microseconds - now.microseconds)
        // The time wakes it: whoever commits meanwhile need not.
        wanted.withLock { $0.hasNews = true }
        _ = wake.wait(timeout: .now() + .microseconds(Int(min(wait, 60_000_000))))
      } else {
        wake.wait()
      }
      let wanted = wanted.withLock { wanted in
        defer { wanted.hasNews = false }
        return wanted
      }
      var outputs = schedule.step(.committed(wanted.head), at: clock())
      if wanted.isStopping { outputs = schedule.step(.ending, at: clock()) }
      for output in outputs {
        switch output {
        case .sign: _ = schedule.step(sign(), at: clock())
        }
      }
      if wanted.isStopping { return }
    }
  }

  private func sign() -> CheckpointSchedule.Input {
    do throws(ProofError) {
      return .signed(try notary.sign())
    } catch {
      // The log is as durable as before; only what others can check of it stands still.
      logger.error("checkpoint_failed", ["why": .text("\(error)")])
      if case .rewritten = error { fault.withLock { $0 = "I15: \(error)" } }
      if case .truncated = error { fault.withLock { $0 = "I15: \(error)" } }
      return .failed
    }
  }
}
