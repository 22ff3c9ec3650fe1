import Foundation
import Synchronization

/// A thread that does the same again and again, with a rest between, until it is stopped.
final class Rounds: Sendable {
  private let stopping = Mutex(false)
  private let wake = DispatchSemaphore(value: 0)

  var isStopping: Bool { stopping.withLock { $0 } }

  /// - Parameter round: Gives the seconds until the next one; nil ends the thread.
  func start(_ name: String, _ round: @escaping @Sendable () -> Double?) {
    let thread = Thread { [self] in
      while !isStopping, let seconds = round() { _ = wake.wait(timeout: .now() + seconds) }
    }
    thread.name = name
    thread.start()
  }

  /// No other round begins; one that is under way ends by itself.
  func stop() {
    stopping.withLock { $0 = true }
    wake.signal()
  }
}
