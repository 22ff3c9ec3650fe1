import Kernel
import Synchronization

/// How often each payment was asked after by this process: soon at first, and then seldom, until it
/// is over (external-apis 1.4).
final class Polls: Sendable {
  private static let minutes = [1, 2, 5, 10, 30]
  private static let hourly = 24
  /// Beyond so many all begin anew, which costs some questions: most of them are over by then.
  private static let most = 100_000
  private let counts = Mutex<[PaymentID: Int]>([:])

  /// Seconds until it is asked after next.
  func next(_ payment: PaymentID) -> Int {
    let count = counts.withLock { counts in
      if counts.count >= Self.most { counts = [:] }
      defer { counts[payment, default: 0] += 1 }
      return counts[payment, default: 0]
    }
    if Self.minutes.indices.contains(count) { return Self.minutes[count] * 60 }
    return count < Self.hourly ? 3_600 : 6 * 3_600
  }

  /// Whether it was asked after before.
  func isFirst(_ payment: PaymentID) -> Bool { counts.withLock { $0[payment] == nil } }
}
