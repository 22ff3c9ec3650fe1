import Glibc
public import Log

/// Who holds a log's lane, for a node that stands by: it hears of a lane that is let go of, and
/// looks for itself where nobody says anything.
public final class LaneWatch {
  /// What is listened to.
  static let channel = "weir_lane"

  private let url: PostgresURL
  private var session: Session?

  public init(_ url: PostgresURL) { self.url = url }

  /// Who holds the lane by the server's clock; nil where nobody does, or there is no log yet.
  ///
  /// Throws `unreadable` where the server can't be asked; the next look tries again.
  public func holder() throws(StoreError) -> String? {
    do throws(PostgresFailure) {
      let session = try open()
      guard try session.hasLog() else { return nil }
      let rows = try session.run(
        "SELECT holder FROM weir.lane WHERE partition = $1 AND held_until > clock_timestamp()",
        [.count(Lane.partition)], seconds: 5)
      return rows.count == 1 ? rows.text(0, 0) : nil
    } catch {
      session = nil
      throw .unreadable("\(url): \(error.words)")
    }
  }

  /// Waits until a lane is let go of, or so long; whether one was.
  ///
  /// Where the session breaks it waits as long, and the next look listens on another.
  public func wait(milliseconds: Int) -> Bool {
    do throws(PostgresFailure) {
      if let session { return try session.hear(milliseconds: milliseconds) }
    } catch {
      session = nil
    }
    usleep(useconds_t(milliseconds * 1_000))
    return false
  }

  /// A session that listens: before it looks, so that nothing is let go of in between.
  private func open() throws(PostgresFailure) -> Session {
    if let session, session.isIdle { return session }
    let opened = try url.connect()
    _ = try opened.run("LISTEN \(Self.channel)", seconds: 5)
    session = opened
    return opened
  }
}
