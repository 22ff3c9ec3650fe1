import Glibc
import Log
import Synchronization

/// Sessions for reading, each one's for as long as a statement takes.
///
/// A statement that broke off is run again on another session, also on the server that has taken
/// over since, until patience ends.
final class SessionPool: Sendable {
  let url: PostgresURL
  let patience: Patience
  private let free = Mutex(Free())
  /// Sessions that are kept open while nobody reads.
  private let kept = 4
  /// A server that is frozen keeps its connections and answers nothing: it is waited for so long,
  /// which leaves time to ask another.
  private let seconds = 10

  private struct Free {
    var sessions: [Session] = []
    /// Raised whenever they are let go of: one that was in use then doesn't come back.
    var turn = 0
  }

  private struct Taken {
    let session: Session
    let turn: Int
    let isFresh: Bool
  }

  init(_ url: PostgresURL, _ patience: Patience) {
    self.url = url
    self.patience = patience
  }

  /// Runs one statement that only reads, on a server that has all events up to a head.
  ///
  /// - Parameter least: Rows there are at least; with fewer a session from before is doubted, and a
  ///   new one says what is so.
  func read(
    _ sql: String, _ values: [SQLValue] = [], upTo head: UInt64 = 0, atLeast least: UInt64 = 0
  ) throws(StoreError) -> SQLRows {
    var waiting = patience.begin()
    while true {
      do throws(PostgresFailure) {
        let taken = try take(head)
        let rows = try taken.session.run(sql, values, seconds: seconds)
        if rows.count < least, !taken.isFresh {
          forget()
          continue
        }
        keep(taken)
        return rows
      } catch {
        guard error.isLost || error.isRetryable, waiting.wait() else {
          throw .unreadable("\(url): \(error.words)")
        }
        forget()
      }
    }
  }

  /// Lets go of all sessions: another server may have taken over.
  func forget() {
    free.withLock { free in
      free.sessions = []
      free.turn += 1
    }
  }

  private func keep(_ taken: Taken) {
    free.withLock { free in
      guard taken.session.isIdle, taken.turn == free.turn, free.sessions.count < kept else {
        return
      }
      free.sessions.append(taken.session)
    }
  }

  private func take(_ head: UInt64) throws(PostgresFailure) -> Taken {
    let (session, turn) = free.withLock { ($0.sessions.popLast(), $0.turn) }
    if let session { return Taken(session: session, turn: turn, isFresh: false) }
    let opened = try url.connect()
    if head > 0 {
      // A primary that slept while another was elected says that it takes writes, until it hears.
      let lane = try opened.run(
        "SELECT position FROM weir.lane WHERE partition = $1", [.count(Lane.partition)],
        seconds: seconds)
      if lane.count == 1, lane.integer(0, 0) < Int(head) {
        throw PostgresFailure(lost: "the server lacks events that another had")
      }
    }
    return Taken(session: opened, turn: turn, isFresh: true)
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
