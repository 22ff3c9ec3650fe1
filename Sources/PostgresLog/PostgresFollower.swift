public import Kernel
public import Log
import Synchronization

/// A log in PostgreSQL for a node that doesn't hold its lane: it reads up to where the log is known
/// to be replicated, and appends nothing.
///
/// It hears of appends by LISTEN, and looks for itself where nobody says anything. What it sees may
/// be a commit that the standbys don't have yet, and that a failover takes back: so it makes a
/// commit of its own behind it, which waits for them, before it shows any of it.
public final class PostgresFollower: EventStore {
  /// What is listened to.
  static let channel = "weir_log"

  public let environment: Environment
  public let logID: String
  private let url: PostgresURL
  private let rows: EventRows
  private let shown = Mutex(LogHead.empty)
  private let ear = Mutex<Session?>(nil)

  /// Throws `otherEnvironment`, `newerFormat`, and `unusable` where the server can't be reached or
  /// holds no log.
  public static func open(
    _ url: PostgresURL, environment: Environment
  ) throws(StoreError) -> PostgresFollower {
    guard try PostgresStore.isThere(url) else { throw .unusable("\(url) holds no log") }
    do throws(PostgresFailure) {
      let found = try PostgresStore.identity(url.connect(), url, as: environment)
      guard found.format == PostgresStore.format else {
        throw PostgresFailure(
          .unusable("\(url) has format \(found.format): the node that serves is an older one"))
      }
      return PostgresFollower(found, url)
    } catch {
      throw error.stored ?? .unusable("\(url): \(error.words)")
    }
  }

  private init(_ found: PostgresStore.Identity, _ url: PostgresURL) {
    environment = found.environment
    logID = found.log.text
    self.url = url
    rows = EventRows(sessions: SessionPool(url, .standing))
  }

  /// The newest event that is shown.
  public var head: LogHead { shown.withLock { $0 } }

  /// Waits until somebody appends, or so long, and gives the log's end then, which the standbys
  /// have; for one thread.
  ///
  /// Throws `unreadable` where the server can't be asked; the next look listens on another session.
  public func look(milliseconds: Int) throws(StoreError) -> LogHead {
    try ear.withLock { (ear) throws(StoreError) in
      do throws(PostgresFailure) {
        if ear == nil { ear = try listening() }
        guard let session = ear else { return head }
        _ = try session.hear(milliseconds: milliseconds)
        let lane = try session.run(
          "SELECT position, hash, at FROM weir.lane WHERE partition = $1",
          [.count(Lane.partition)], seconds: 5)
        guard lane.count == 1, lane.integer(0, 0) > Int(head.position) else { return head }
        _ = session.takeWarning()
        _ = try session.run("SELECT pg_logical_emit_message(true, 'weir', '')", seconds: 10)
        if let warning = session.takeWarning() { throw PostgresFailure(lost: warning) }
        return lane.head(from: 0)
      } catch {
        ear = nil
        rows.sessions.forget()
        throw .unreadable("\(url): \(error.words)")
      }
    }
  }

  private func listening() throws(PostgresFailure) -> Session {
    let session = try url.connect()
    try session.prepare()
    _ = try session.run("LISTEN \(Self.channel)", seconds: 5)
    return session
  }

  /// Facts behind a position, some of them, up to a head that needn't be shown yet.
  public func facts(
    after position: UInt64, upTo head: LogHead, limit: Int
  ) throws(StoreError) -> [Recorded] {
    var facts: [Recorded] = []
    _ = try rows.replay(after: position, limit: limit, wanting: .all, upTo: head.position) {
      facts.append($0)
    }
    return facts
  }

  /// Reads go up to here from now on: what `look` gave.
  public func show(_ head: LogHead) {
    shown.withLock { if $0.position < head.position { $0 = head } }
  }

  public func read(after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    try rows.read(after: position, limit: limit, upTo: head.position)
  }

  public func read(
    _ stream: StreamName, after version: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try rows.read(stream, after: version, limit: limit, upTo: head.position)
  }

  public func read(
    _ tag: Tag, after position: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try rows.read(tag, after: position, limit: limit, upTo: head.position)
  }

  public func replay(
    after position: UInt64, limit: Int, wanting forms: FactForms,
    _ take: (Recorded) throws(StoreError) -> Void
  ) throws(StoreError) -> UInt64 {
    try rows.replay(after: position, limit: limit, wanting: forms, upTo: head.position, take)
  }

  public func version(of stream: StreamName) throws(StoreError) -> UInt64 {
    try rows.version(of: stream, upTo: head.position)
  }

  public func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome? {
    try rows.outcome(of: command, upTo: head.position)
  }

  public func append(_ group: [Proposal]) throws(StoreError) -> [AppendOutcome] {
    throw .unusable("\(url): a node that follows the log appends nothing")
  }
}

/// Tells those who follow a log that it went on: on a session of its own, since whoever notifies in
/// the append itself waits for everybody else who does.
struct Bell {
  private var told: UInt64
  private var session: Session?

  init(from position: UInt64) { told = position }

  /// False where nobody could be told; they look for themselves.
  mutating func ring(_ position: UInt64, _ url: PostgresURL) -> Bool {
    guard position > told else { return true }
    do throws(PostgresFailure) {
      if session == nil { session = try url.connect() }
      _ = try session?.run(
        "SELECT pg_notify($1, '')", [.text(PostgresFollower.channel)], seconds: 5)
      told = position
      return true
    } catch {
      session = nil
      return false
    }
  }
}
