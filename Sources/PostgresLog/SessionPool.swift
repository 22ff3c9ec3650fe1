import Glibc
import Log
import Synchronization

/// Sessions for reading, each one's for as long as a statement takes.
///
/// A statement that broke off is run again on another session, also on the server that has taken
/// over since, until patience ends.
final class SessionPool: Sendable {
  let url: PostgresURL
  private let patience: Patience
  private let free = Mutex<[Session]>([])
  /// Sessions that are kept open while nobody reads.
  private let kept = 4

  init(_ url: PostgresURL, _ patience: Patience) {
    self.url = url
    self.patience = patience
  }

  /// Runs one statement that only reads.
  func read(_ sql: String, _ values: [SQLValue] = []) throws(StoreError) -> SQLRows {
    var waiting = patience.begin()
    while true {
      do throws(PostgresFailure) {
        let session = try take()
        let rows = try session.run(sql, values)
        free.withLock { if session.isIdle, $0.count < kept { $0.append(session) } }
        return rows
      } catch {
        guard error.isLost || error.isRetryable, waiting.wait() else {
          throw .unreadable("\(url): \(error.words)")
        }
        free.withLock { $0 = [] }
      }
    }
  }

  private func take() throws(PostgresFailure) -> Session {
    if let session = free.withLock({ $0.popLast() }) { return session }
    return try url.connect()
  }
}

/// How long a server may be gone before somebody gives up on it.
public struct Patience: Sendable {
  public let seconds: Int
  /// A failover takes some 20 seconds (distributed.md), a service's watchdog 30.
  public static let standing = Patience(seconds: 25)

  public init(seconds: Int) { self.seconds = seconds }

  func begin() -> Waiting { Waiting(deadline: Self.now() + Int64(seconds) * 1_000) }

  /// One wait for a server: ever longer pauses up to a second, and an end.
  struct Waiting {
    fileprivate let deadline: Int64
    private var pause: Int64 = 20

    fileprivate init(deadline: Int64) { self.deadline = deadline }

    /// Pauses; false where patience has ended.
    mutating func wait() -> Bool {
      guard Patience.now() + pause < deadline else { return false }
      usleep(useconds_t(pause * 1_000))
      pause = min(pause * 2, 1_000)
      return true
    }
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
