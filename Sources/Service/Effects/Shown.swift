import Kernel
import Synchronization

/// Which update each message was changed for last by this process: an answer that comes late, since
/// it was lost at first, doesn't undo what was pressed after it.
final class Shown: Sendable {
  private struct Last {
    let update: Int
    let at: Instant
  }

  private let last = Mutex<[String: Last]>([:])
  private static let most = 10_000
  /// Telegram's numbers may begin anew after a week.
  private static let seconds: Int64 = 86_400

  /// Whether a message may be changed for an update, which is noted then.
  func isNewest(_ update: Int, in message: String, at now: Instant) -> Bool {
    last.withLock { last in
      if let old = last[message], now < old.at.adding(seconds: Self.seconds), update < old.update {
        return false
      }
      if last.count >= Self.most {
        let oldest = now.adding(seconds: -Self.seconds)
        last = last.filter { oldest < $0.value.at }
        if last.count >= Self.most { last = [:] }
      }
      last[message] = Last(update: update, at: now)
      return true
    }
  }
}
