import Foundation

/// The thread that looks every second whether the invariants hold, beside the checks that each fact
/// passes when it is taken in.
///
/// Looking stops the loop for as long as it takes, so a look that was long is followed by a rest of
/// a hundred times that.
final class InvariantWatch: Sendable {
  /// Looks once and says what is broken, nil where nothing is; from any thread, once.
  typealias Look = @Sendable (_ answer: @escaping @Sendable (String?) -> Void) -> Void

  private let seconds: Double
  private let look: Look
  private let tell: @Sendable (String?) -> Void
  private let rounds = Rounds()

  /// - Parameter tell: Told after every look what it found, on the watch's thread.
  init(seconds: Double = 1, look: @escaping Look, tell: @escaping @Sendable (String?) -> Void) {
    self.seconds = seconds
    self.look = look
    self.tell = tell
  }

  func start() { rounds.start("invariants") { [self] in round() } }

  func stop() { rounds.stop() }

  private func round() -> Double? {
    let (seen, answered) = (Box<String?>(nil), DispatchSemaphore(value: 0))
    let began = ContinuousClock.now
    look { words in
      seen.value = words
      answered.signal()
    }
    // A loop that has ended answers nobody.
    while answered.wait(timeout: .now() + 1) == .timedOut {
      if rounds.isStopping { return nil }
    }
    let took = began.duration(to: .now).components
    tell(seen.value)
    let rest = 100 * (Double(took.seconds) + Double(took.attoseconds) / 1e18)
    return max(seconds, min(rest, 60))
  }
}
