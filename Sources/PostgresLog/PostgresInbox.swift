public import Kernel
public import Log
import Synchronization

/// The webhooks that nodes took in which don't hold the lane, in their order (nodes.md).
///
/// Numbers have no gap and are seen in their order, as whoever puts some in holds one row until
/// they are committed. What was taken is a row of its own; nothing is changed or deleted.
public final class PostgresInbox: Sendable {
  /// What is listened to.
  static let channel = "weir_inbox"

  /// A webhook to be kept.
  public struct Message: Sendable {
    /// `nowpayments` or `telegram`.
    public let kind: String
    /// When the node had the whole of it.
    public let at: Instant
    public let sealed: [UInt8]

    public init(kind: String, at: Instant, sealed: [UInt8]) {
      self.kind = kind
      self.at = at
      self.sealed = sealed
    }
  }

  /// A webhook as it was kept.
  public struct Row: Sendable {
    public let number: UInt64
    public let message: Message
  }

  /// What waits.
  public struct Backlog: Hashable, Sendable {
    public let waiting: Int
    /// By the server's clock; 0 where none waits.
    public let oldestSeconds: Int
  }

  private let url: PostgresURL
  private let node: String
  private let putting = Mutex<Session?>(nil)
  private let taking: HeldSession

  /// - Parameters:
  ///   - node: Who puts webhooks in, for people to read.
  ///   - isListening: For who calls `wait` again and again: what isn't heard heaps up.
  public init(_ url: PostgresURL, node: String, isListening: Bool = false) {
    self.url = url
    self.node = node
    taking = HeldSession(url, hearing: isListening ? Self.channel : nil)
  }

  /// Throws `unusable` where the role that the address names may not use the inbox; where the
  /// server can't be asked, or has no such log yet, nothing is said.
  public static func check(_ url: PostgresURL) throws(StoreError) {
    try url.checkLog { (session) throws(PostgresFailure) in try check(session, url) }
  }

  static func check(_ session: Session, _ url: PostgresURL) throws(PostgresFailure) {
    let rows = try session.run(
      """
      SELECT current_user::text,
        has_function_privilege('weir.put_inbox(text[],timestamptz[],text,bytea[])', 'EXECUTE')
        AND has_function_privilege(
          'weir.take_inbox(integer,bigint,bigint[],bytea[],text[])', 'EXECUTE')
        AND has_table_privilege('weir.inbox', 'SELECT')
        AND has_table_privilege('weir.inbox_taken', 'SELECT')
        AND has_table_privilege('weir.inbox_lane', 'SELECT')
      """, seconds: 10)
    guard rows.integer(0, 1) == 1 else {
      throw PostgresFailure(
        .unusable(
          "\(url): role \(rows.text(0, 0)) may not use the inbox; the schema's owner grants that "
            + "with psql -v service=\(rows.text(0, 0)) -f schemas/sql/service_role.sql"))
    }
  }

  /// Returns once the webhooks are in the inbox, and on the standbys that a commit waits for.
  ///
  /// Throws `unreadable` where that isn't known: whoever sent them is to send them again. Several
  /// threads take turns.
  public func put(_ messages: [Message]) throws(StoreError) {
    try putting.withLock { (held) throws(StoreError) in
      var isFresh = false
      while true {
        do throws(PostgresFailure) {
          if held?.isIdle != true {
            held = nil
            held = try opened()
            isFresh = true
          }
          guard let session = held else { continue }
          return try put(messages, session)
        } catch {
          held = nil
          // A session from before may have broken meanwhile: two rows of one webhook do no harm.
          if error.isLost, !isFresh { continue }
          throw .unreadable("\(url): \(error.words)")
        }
      }
    }
  }

  private func put(_ messages: [Message], _ session: Session) throws(PostgresFailure) {
    _ = session.takeWarning()
    _ = try session.run(
      "SELECT weir.put_inbox($1, $2, $3, $4)",
      [
        .texts(messages.map(\.kind)), .instants(messages.map(\.at)), .text(node),
        .bytesList(messages.map(\.sealed)),
      ], seconds: 5, often: true)
    if let warning = session.takeWarning() { throw PostgresFailure(lost: warning) }
  }

  /// Tells the node that has the lane that something is there; one that isn't told looks anyway.
  public func ring() {
    putting.withLock { held in
      guard let session = held else { return }
      if (try? session.run("SELECT pg_notify($1, '')", [.text(Self.channel)], seconds: 5)) == nil {
        held = nil
      }
    }
  }

  /// What waits, on a server that has all events up to a head.
  public func backlog(atLeast head: UInt64 = 0) throws(StoreError) -> Backlog {
    try taking.ask { (session) throws(PostgresFailure) in
      let rows = try session.run(
        """
        SELECT lane.number - taken.number, coalesce(floor(extract(
          epoch FROM clock_timestamp() - inbox.kept_at)), 0)::bigint,
          (SELECT position FROM weir.lane WHERE partition = $1)
        FROM weir.inbox_lane AS lane,
          (SELECT coalesce(max(number), 0) AS number FROM weir.inbox_taken) AS taken
          LEFT JOIN weir.inbox ON inbox.number = taken.number + 1
        """, [.count(Lane.partition)], seconds: 5, often: true)
      guard rows.count == 1 else { throw PostgresFailure(lost: "weir.inbox_lane has no row") }
      // A primary that slept while another was elected says that it takes writes, until it hears.
      guard rows.integer(0, 2) >= Int(head) else {
        throw PostgresFailure(lost: "the server lacks events that another had")
      }
      return Backlog(waiting: rows.integer(0, 0), oldestSeconds: max(0, rows.integer(0, 1)))
    }
  }

  /// What isn't taken yet, the first so many of it.
  public func rows(limit: Int) throws(StoreError) -> [Row] {
    try rows(
      """
      SELECT number, kind, at, sealed FROM weir.inbox
      WHERE number > (SELECT coalesce(max(number), 0) FROM weir.inbox_taken)
      ORDER BY number LIMIT $1
      """, [.integer(limit)])
  }

  /// The outcome of a row that was sealed with a secret which the node that took it hadn't.
  public static let unopened = "unopened"

  /// The first so many rows after a number of which nobody could say yet what they say.
  public func unopened(after number: UInt64, limit: Int) throws(StoreError) -> [Row] {
    try rows(
      """
      SELECT number, kind, inbox.at, sealed FROM weir.inbox JOIN weir.inbox_taken USING (number)
      WHERE number > $1 AND outcome = 'unopened' ORDER BY number LIMIT $2
      """, [.integer(Int(number)), .integer(limit)])
  }

  private func rows(
    _ query: String, _ values: [SQLValue]
  ) throws(StoreError) -> [Row] {
    try taking.ask { (session) throws(PostgresFailure) in
      let rows = try session.run(query, values, seconds: 10, often: true)
      return (0..<rows.count).map { row in
        Row(
          number: UInt64(rows.integer(row, 0)),
          message: Message(
            kind: rows.text(row, 1), at: rows.instant(row, 2),
            sealed: [UInt8](rows.bytes(row, 3))))
      }
    }
  }

  /// Notes what became of the next rows, once the log has it; for the node that holds the lane.
  ///
  /// Throws `failed` where another node does by now, and `unreadable` where it isn't known whether
  /// they are noted: `rows` says.
  public func note(
    _ outcomes: [(row: Row, outcome: String)], for store: PostgresStore
  ) throws(StoreError) {
    let isNoted = try taking.ask { (session) throws(PostgresFailure) in
      _ = session.takeWarning()
      let rows = try session.run(
        "SELECT weir.take_inbox($1, $2, $3, $4, $5)",
        [
          .count(Lane.partition), .integer(store.epoch),
          .integers(outcomes.map { Int($0.row.number) }),
          .bytesList(outcomes.map { SHA256.digest(of: $0.row.message.sealed) }),
          .texts(outcomes.map(\.outcome)),
        ], seconds: 10, often: true)
      if let warning = session.takeWarning() { throw PostgresFailure(lost: warning) }
      return rows.integer(0, 0) == 1
    }
    guard isNoted else { throw .failed("\(url): another node has taken the log's lane") }
  }

  /// Waits until somebody puts something in, or so long.
  public func wait(milliseconds: Int) throws(StoreError) {
    _ = try taking.ask { (session) throws(PostgresFailure) in
      try session.hear(milliseconds: milliseconds)
    }
  }

  private func opened() throws(PostgresFailure) -> Session {
    let session = try url.connect()
    try session.prepare()
    return session
  }
}
