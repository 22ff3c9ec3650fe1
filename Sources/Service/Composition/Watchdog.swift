import Synchronization

/// The thread that sees whether the loop still turns (PR-18).
///
/// It asks again and again, and tells where a question had no answer for so many turns: a count and
/// not a time, as a machine that was asleep must not look like a loop that hangs.
final class Watchdog: Sendable {
  private let seconds: Double
  private let most: Int
  private let ask: @Sendable (@escaping @Sendable () -> Void) -> Void
  private let late: @Sendable () -> Void
  private let unanswered = Mutex(0)
  private let rounds = Rounds()

  /// - Parameters:
  ///   - seconds: Between two questions: 5, so that 30 seconds of silence are told.
  ///   - ask: Calls what it is handed once the loop comes to it.
  ///   - late: Called on its thread, once.
  init(
    seconds: Double = 5, most: Int = 6,
    ask: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void,
    late: @escaping @Sendable () -> Void
  ) {
    self.seconds = seconds
    self.most = most
    self.ask = ask
    self.late = late
  }

  func start() { rounds.start("watchdog") { [self] in round() } }

  func stop() { rounds.stop() }

  private func round() -> Double? {
    let missed = unanswered.withLock { unanswered in
      unanswered += 1
      return unanswered - 1
    }
    guard missed < most else {
      late()
      return nil
    }
    // One question at a time is enough: a loop that hangs need not find a heap of them.
    if missed == 0 { ask { [self] in unanswered.withLock { $0 = 0 } } }
    return seconds
  }
}
