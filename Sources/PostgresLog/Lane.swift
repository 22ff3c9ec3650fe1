import Kernel
import Log

/// The one that appends: a lane, held in an epoch of its own.
struct Lane {
  typealias Group = RemoteGroup<AppendParcel>

  /// The log's only partition today.
  static let partition = 1

  let epoch: Int
  /// Seconds for which nobody else may take the lane, from the last sign of life on.
  let seconds: Double
  /// Whoever reads beside, who needn't find out for themselves that a server is gone.
  let readers: SessionPool
  var url: PostgresURL { readers.url }
  private var session: Session?
  /// Why nothing is taken any more.
  private var refusal: String?

  init(_ session: Session, _ readers: SessionPool, epoch: Int, seconds: Double) {
    self.session = session
    self.readers = readers
    self.epoch = epoch
    self.seconds = seconds
  }

  /// Takes nothing any more; false where that was so before.
  mutating func end(_ why: String) -> Bool {
    guard refusal == nil else { return false }
    refusal = why
    return true
  }

  func check() throws(StoreError) {
    if let refusal { throw .failed(refusal) }
  }

  /// Returns when the group is in the log, and on the standbys that a commit waits for.
  ///
  /// A commit that nobody heard the end of, for which the session broke, or the server warned that
  /// it didn't wait for its standbys, is looked up: the lane stands behind the group, or before it.
  mutating func write(_ group: Group) throws(StoreError) {
    try check()
    let parameters = parameters(group)
    var waiting = readers.patience.begin()
    var isUnknown = false
    while true {
      do throws(PostgresFailure) {
        let session = try open()
        if isUnknown {
          if try hasLanded(group, session) { return }
          isUnknown = false
        }
        _ = session.takeWarning()
        let isWritten = try append(parameters, session)
        guard let warning = session.takeWarning() else {
          if isWritten { return }
          // Somebody wrote first: perhaps this very group, sent before a session broke.
          isUnknown = true
          continue
        }
        throw PostgresFailure(lost: warning)
      } catch {
        if error.isFull { throw .full("\(url): \(error.words)") }
        guard error.isLost || error.isRetryable, waiting.wait() else { throw fail(error.words) }
        isUnknown = isUnknown || error.isLost
        if error.isLost { lose() }
      }
    }
  }

  private mutating func lose() {
    session = nil
    readers.forget()
  }

  /// Whether a group is in the log; `failed` where the log is neither before nor behind it.
  private mutating func hasLanded(
    _ group: Group, _ session: Session
  ) throws(PostgresFailure) -> Bool {
    guard let hash = try keep(session) else {
      throw PostgresFailure(state: "WEIR0", words: Self.taken)
    }
    if hash == group.after.hash { return true }
    if hash == group.before.hash { return false }
    throw PostgresFailure(
      state: "WEIR0",
      words: "the log ends neither before nor behind what was appended last: a failover lost "
        + "events, or somebody else wrote them")
  }

  /// Holds the lane for longer; throws where another has taken it.
  ///
  /// A server that is gone is no reason: the next append, or the next look, waits for another.
  mutating func tend() throws(StoreError) {
    try check()
    do throws(PostgresFailure) {
      guard try keep(open()) != nil else {
        throw PostgresFailure(state: "WEIR0", words: Self.taken)
      }
    } catch {
      guard error.isLost || error.isRetryable else { throw fail(error.words) }
      if error.isLost { lose() }
    }
  }

  /// Lets go of the lane, so that the next one need not wait; whatever goes wrong is no harm.
  mutating func leave() {
    guard let session else { return }
    _ = try? session.run(
      "SELECT hash FROM weir.keep_lane($1, $2, $3)",
      [.count(Self.partition), .integer(epoch), .real(0)])
    _ = try? session.run("SELECT pg_notify($1, '')", [.text(LaneWatch.channel)])
    self.session = nil
  }

  private static let taken = "another node has taken the log's lane"

  private mutating func open() throws(PostgresFailure) -> Session {
    if let session, session.isIdle { return session }
    let opened = try url.connect()
    try opened.prepare()
    session = opened
    return opened
  }

  /// The hash of the newest event, by a commit of its own; nil in another epoch.
  private func keep(_ session: Session) throws(PostgresFailure) -> [UInt8]? {
    _ = session.takeWarning()
    let rows = try session.run(
      "SELECT hash FROM weir.keep_lane($1, $2, $3)",
      [.count(Self.partition), .integer(epoch), .real(seconds)], seconds: 10, often: true)
    if let warning = session.takeWarning() { throw PostgresFailure(lost: warning) }
    if rows.count == 1 { return [UInt8](rows.bytes(0, 0)) }
    // A primary that slept while another was elected knows no epoch begun since.
    let known = try session.run(
      "SELECT epoch FROM weir.lane WHERE partition = $1", [.count(Self.partition)], seconds: 10)
    if known.count == 1, known.integer(0, 0) < epoch {
      throw PostgresFailure(lost: "the server is from before this lane was taken")
    }
    return nil
  }

  private func append(
    _ parameters: [SQLValue], _ session: Session
  ) throws(PostgresFailure) -> Bool {
    let places = (1...parameters.count).map { "$\($0)" }.joined(separator: ",")
    return try session.run(
      "SELECT weir.append(\(places))", parameters, seconds: 10, often: true
    ).integer(0, 0) == 1
  }

  /// What weir.append is called with.
  private func parameters(_ group: Group) -> [SQLValue] {
    [
      .count(Self.partition), .integer(epoch), .real(seconds),
      .integer(Int(group.before.position)), .bytes(group.before.hash),
    ] + group.parcel.values
  }

  private mutating func fail(_ why: String) -> StoreError {
    refusal = "\(url): \(why)"
    return .failed("\(url): \(why)")
  }
}
