import Log
import Synchronization

/// One session that is opened when it is asked for something, and opened anew after it broke.
///
/// Its users take turns: threads that mustn't wait for each other have one each.
final class HeldSession: Sendable {
  private let url: PostgresURL
  private let channel: String?
  private let held = Mutex<Session?>(nil)

  /// - Parameter channel: What it listens to, for who waits; before anything is asked, so that
  ///   nothing comes unheard in between.
  init(_ url: PostgresURL, hearing channel: String? = nil) {
    self.url = url
    self.channel = channel
  }

  /// Throws `unreadable` where it isn't known what became of what was asked.
  func ask<T>(
    _ body: (Session) throws(PostgresFailure) -> T
  ) throws(StoreError) -> T {
    try held.withLock { (held) throws(StoreError) in
      do throws(PostgresFailure) {
        let session: Session
        if let held, held.isIdle {
          session = held
        } else {
          session = try url.connect()
          try session.prepare()
          if let channel { _ = try session.run("LISTEN \(channel)", seconds: 5) }
          held = session
        }
        return try body(session)
      } catch {
        held = nil
        throw .unreadable("\(url): \(error.words)")
      }
    }
  }
}
