public import Log

/// Which node performs the outside calls of which lane, and the calls handed out (nodes.md).
///
/// Each value has one session, and its users take turns at it: threads that mustn't wait for each
/// other have one each.
public final class PostgresCalls: Sendable {
  /// What is listened to, where one waits for it.
  public enum Ear: String, Sendable {
    case calls = "weir_call"
    case answers = "weir_answer"
  }

  /// Who performs the calls of a lane.
  public struct Lease: Hashable, Sendable {
    public let name: String
    /// Raised with each holder.
    public let epoch: Int
    /// Nil where nobody has it.
    public let holder: String?
    /// For how long by the server's clock, where another node asks.
    public let milliseconds: Int
  }

  /// A call that is handed out.
  public struct Order: Sendable {
    public let number: UInt64
    public let lane: String
    public let lease: Int
    public let key: String
    public let intent: UInt64
    public let attempt: Int
    public let sealed: [UInt8]

    public init(
      number: UInt64, lane: String, lease: Int, key: String, intent: UInt64, attempt: Int,
      sealed: [UInt8]
    ) {
      self.number = number
      self.lane = lane
      self.lease = lease
      self.key = key
      self.intent = intent
      self.attempt = attempt
      self.sealed = sealed
    }
  }

  /// A call by its place: the epoch of the log's lane and its number there.
  public struct Place: Hashable, Sendable {
    public let epoch: Int
    public let number: UInt64

    public init(epoch: Int, number: UInt64) {
      self.epoch = epoch
      self.number = number
    }

    public static let none = Place(epoch: 0, number: 0)
  }

  /// A call as its performer finds it.
  public struct Taken: Sendable {
    public let place: Place
    public let key: String
    public let sealed: [UInt8]
  }

  /// An answer as the node that serves finds it.
  public struct Answer: Sendable {
    public let number: UInt64
    public let node: String
    public let sealed: [UInt8]
  }

  /// What one sealed text may have at most.
  public static let bytesMost = 1 << 20

  private let node: String
  private let session: HeldSession

  public init(_ url: PostgresURL, node: String, hearing ear: Ear? = nil) {
    self.node = node
    session = HeldSession(url, hearing: ear?.rawValue)
  }

  /// Throws `unusable` where the role that the address names may not use the calls; where the
  /// server can't be asked, or has no such log yet, nothing is said.
  public static func check(_ url: PostgresURL) throws(StoreError) {
    try url.checkLog { (session) throws(PostgresFailure) in try check(session, url) }
  }

  static func check(_ session: Session, _ url: PostgresURL) throws(PostgresFailure) {
    let functions = [
      "lead_calls(integer,bigint,text,text[])", "tend_node(text,text,double precision)",
      "put_calls(integer,bigint,bigint[],text[],bigint[],text[],bigint[],integer[],bytea[])",
      "take_calls(integer,text,bigint,bigint,integer)",
      "answer_calls(integer,text,bigint[],bigint[],bytea[])",
      "end_calls(integer,bigint,bigint[],integer)", "keep_place(integer,bigint,text,bigint)",
    ]
    let rows = try session.run(
      "SELECT current_user::text, has_table_privilege('weir.call_lead', 'SELECT') "
        + "AND has_table_privilege('weir.place', 'SELECT')"
        + functions.map { " AND has_function_privilege('weir.\($0)', 'EXECUTE')" }.joined(),
      seconds: 10)
    guard rows.integer(0, 1) == 1 else {
      throw PostgresFailure(
        .unusable(
          "\(url): role \(rows.text(0, 0)) may not use the calls of other nodes; the schema's "
            + "owner grants that with psql -v service=\(rows.text(0, 0)) "
            + "-f schemas/sql/service_role.sql"))
    }
  }

  // MARK: The node that serves

  /// Says what is handed out, and gives every lease; nil where another node has the log's lane.
  public func lead(
    _ form: String, _ names: [String], for store: PostgresStore
  ) throws(StoreError) -> [Lease]? {
    try session.ask { (session) throws(PostgresFailure) in
      let rows = try session.run(
        "SELECT * FROM weir.lead_calls($1, $2, $3, $4)",
        [.count(Lane.partition), .integer(store.epoch), .text(form), .texts(names)], seconds: 5,
        often: true)
      guard rows.count > 0 else { return nil }
      return (0..<rows.count).map { row in
        let milliseconds = rows.integer(row, 3)
        return Lease(
          name: rows.text(row, 0), epoch: rows.integer(row, 2),
          holder: milliseconds > 0 ? rows.text(row, 1) : nil, milliseconds: milliseconds)
      }
    }
  }

  /// Hands calls out; gives the numbers of those that are.
  public func put(_ orders: [Order], for store: PostgresStore) throws(StoreError) -> Set<UInt64> {
    try session.ask { (session) throws(PostgresFailure) in
      let rows = try session.run(
        "SELECT * FROM weir.put_calls($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        [
          .count(Lane.partition), .integer(store.epoch), .integers(orders.map { Int($0.number) }),
          .texts(orders.map(\.lane)), .integers(orders.map(\.lease)), .texts(orders.map(\.key)),
          .integers(orders.map { Int($0.intent) }), .counts(orders.map(\.attempt)),
          .bytesList(orders.map(\.sealed)),
        ], seconds: 5, often: true)
      return Self.numbers(rows)
    }
  }

  /// Forgets calls that are over, and gives answers to others, the first so many.
  public func end(
    _ numbers: [UInt64], limit: Int, for store: PostgresStore
  ) throws(StoreError) -> [Answer] {
    try session.ask { (session) throws(PostgresFailure) in
      let rows = try session.run(
        "SELECT * FROM weir.end_calls($1, $2, $3, $4)",
        [
          .count(Lane.partition), .integer(store.epoch), .integers(numbers.map { Int($0) }),
          .count(limit),
        ], seconds: 5, often: true)
      return (0..<rows.count).map { row in
        Answer(
          number: UInt64(rows.integer(row, 0)), node: rows.text(row, 1),
          sealed: [UInt8](rows.bytes(row, 2)))
      }
    }
  }

  // MARK: A node that stands by

  /// Says that the node lives, and gives its leases, and the form of what is handed out; an empty
  /// `form` lets go of all of them.
  public func tend(
    _ form: String, seconds: Double
  ) throws(StoreError) -> (leases: [Lease], form: String) {
    try session.ask { (session) throws(PostgresFailure) in
      _ = session.takeWarning()
      let rows = try session.run(
        "SELECT * FROM weir.tend_node($1, $2, $3)", [.text(node), .text(form), .real(seconds)],
        seconds: 5, often: true)
      // A lease that a failover takes back was nobody's.
      if let warning = session.takeWarning() { throw PostgresFailure(lost: warning) }
      let lead = try session.run("SELECT form FROM weir.call_lead", seconds: 5, often: true)
      let leases = (0..<rows.count).map { row in
        Lease(
          name: rows.text(row, 0), epoch: rows.integer(row, 1), holder: node,
          milliseconds: Int(seconds * 1_000))
      }
      return (leases, lead.count == 1 ? lead.text(0, 0) : "")
    }
  }

  /// The next calls of the node's lanes, behind one.
  public func take(behind place: Place, limit: Int) throws(StoreError) -> [Taken] {
    try session.ask { (session) throws(PostgresFailure) in
      let rows = try session.run(
        "SELECT * FROM weir.take_calls($1, $2, $3, $4, $5)",
        [
          .count(Lane.partition), .text(node), .integer(place.epoch),
          .integer(Int(place.number)), .count(limit),
        ], seconds: 5, often: true)
      return (0..<rows.count).map { row in
        Taken(
          place: Place(epoch: rows.integer(row, 0), number: UInt64(rows.integer(row, 1))),
          key: rows.text(row, 2), sealed: [UInt8](rows.bytes(row, 3)))
      }
    }
  }

  /// Puts answers in, and gives the numbers of those that count: the others came too late.
  public func answer(
    _ answers: [(place: Place, sealed: [UInt8])]
  ) throws(StoreError) -> Set<UInt64> {
    try session.ask { (session) throws(PostgresFailure) in
      let rows = try session.run(
        "SELECT * FROM weir.answer_calls($1, $2, $3, $4, $5)",
        [
          .count(Lane.partition), .text(node), .integers(answers.map(\.place.epoch)),
          .integers(answers.map { Int($0.place.number) }), .bytesList(answers.map(\.sealed)),
        ], seconds: 5, often: true)
      return Self.numbers(rows)
    }
  }

  /// Waits until somebody puts in what is listened to, or so long.
  public func wait(milliseconds: Int) throws(StoreError) {
    _ = try session.ask { (session) throws(PostgresFailure) in
      try session.hear(milliseconds: milliseconds)
    }
  }

  private static func numbers(_ rows: SQLRows) -> Set<UInt64> {
    Set((0..<rows.count).map { UInt64(rows.integer($0, 0)) })
  }
}
