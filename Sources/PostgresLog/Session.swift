import CPostgres
import Glibc

/// One session with the server, over libpq.
// @unchecked: whoever takes it from the pool or has the lane's lock is the only one to touch it.
package final class Session: @unchecked Sendable {
  let handle: OpaquePointer
  private let notices = Notices()
  /// Statements that the server has parsed for this session, and their names.
  private var prepared: [String: String] = [:]

  /// Notes what the server says beside its answers.
  private final class Notices {
    var warning: String?
  }

  /// Takes over a connection; throws where there is none.
  init(_ handle: OpaquePointer) throws(PostgresFailure) {
    self.handle = handle
    guard PQstatus(handle) == CONNECTION_OK, PQsetnonblocking(handle, 1) == 0 else {
      // All fields are there by now, so this is what `deinit` finishes.
      throw PostgresFailure(lost: Self.words(PQerrorMessage(handle)))
    }
    PQsetNoticeReceiver(
      handle,
      { notices, result in
        guard let notices, let severity = weir_pg_severity(result),
          String(cString: severity) == "WARNING"
        else { return }
        Unmanaged<Notices>.fromOpaque(notices).takeUnretainedValue().warning =
          Session.words(weir_pg_words(result))
      }, Unmanaged.passUnretained(notices).toOpaque())
  }

  deinit { PQfinish(handle) }

  /// Whether it can be used again: nothing is under way in it.
  var isIdle: Bool {
    PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE
  }

  /// The last warning since this was asked for; nil where there was none.
  ///
  /// A commit that didn't wait for its standbys is told of by a warning, and by nothing else.
  func takeWarning() -> String? {
    defer { notices.warning = nil }
    return notices.warning
  }

  /// Runs one statement; where it hasn't ended after so many seconds nobody knows how it does.
  ///
  /// - Parameter isOften: The server parses and plans it once for the whole session. For sessions
  ///   that are one server's own: a pooler hands them to others between two statements.
  package func run(
    _ sql: String, _ values: [SQLValue] = [], seconds: Int = 30, often isOften: Bool = false
  ) throws(PostgresFailure) -> SQLRows {
    let name = isOften ? try prepare(sql, values, seconds) : nil
    var bytes: [UInt8] = []
    var ends: [Int] = []
    bytes.reserveCapacity(values.reduce(0) { $0 + $1.room })
    for value in values {
      value.put(to: &bytes)
      ends.append(bytes.count)
      // An empty value has an address too, or it would be null.
      bytes.append(0)
    }
    let sent = bytes.withUnsafeBytes { buffer in
      var starts: [UnsafePointer<CChar>?] = []
      var start = 0
      for (value, end) in zip(values, ends) {
        let address = buffer.baseAddress?.advanced(by: start)
        starts.append(value.isNull ? nil : address?.assumingMemoryBound(to: CChar.self))
        start = end + 1
      }
      var lengths: [Int32] = []
      for (index, end) in ends.enumerated() {
        lengths.append(Int32(end - (index == 0 ? 0 : ends[index - 1] + 1)))
      }
      let formats = [Int32](repeating: 1, count: values.count)
      let count = Int32(values.count)
      guard let name else {
        return PQsendQueryParams(
          handle, sql, count, values.map(\.type), starts, lengths, formats, 1)
      }
      return PQsendQueryPrepared(handle, name, count, starts, lengths, formats, 1)
    }
    guard sent == 1 else { throw lost() }
    return try finish(seconds)
  }

  /// The name under which the server knows a statement.
  private func prepare(
    _ sql: String, _ values: [SQLValue], _ seconds: Int
  ) throws(PostgresFailure) -> String {
    if let name = prepared[sql] { return name }
    // What the server's lists show; of a name it takes 63 bytes.
    let name = "\(prepared.count) \(sql.prefix(40))"
    guard PQsendPrepare(handle, name, sql, Int32(values.count), values.map(\.type)) == 1 else {
      throw lost()
    }
    _ = try finish(seconds)
    prepared[sql] = name
    return name
  }

  /// Runs a script of several statements, all or nothing.
  package func run(script: String) throws(PostgresFailure) {
    guard PQsendQuery(handle, script) == 1 else { throw lost() }
    _ = try finish(60)
  }

  /// Waits until somebody notifies of what this session listens to, or so long; whether one did.
  func hear(milliseconds: Int) throws(PostgresFailure) -> Bool {
    let deadline = Self.now() + Int64(milliseconds)
    while true {
      guard PQconsumeInput(handle) == 1 else { throw lost() }
      var isHeard = false
      while let notification = PQnotifies(handle) {
        PQfreemem(notification)
        isHeard = true
      }
      let left = deadline - Self.now()
      if isHeard || left <= 0 { return isHeard }
      var polled = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
      if poll(&polled, 1, Int32(left)) < 0, errno != EINTR { throw lost() }
    }
  }

  /// Sends what is still to be sent, and takes in what comes meanwhile.
  func flush(until deadline: Int64) throws(PostgresFailure) {
    var flushed = PQflush(handle)
    while flushed == 1 {
      try wait(Int16(POLLIN | POLLOUT), until: deadline)
      guard PQconsumeInput(handle) == 1 else { throw lost() }
      flushed = PQflush(handle)
    }
    guard flushed == 0 else { throw lost() }
  }

  func finish(_ seconds: Int) throws(PostgresFailure) -> SQLRows {
    let deadline = Self.now() + Int64(seconds) * 1_000
    try flush(until: deadline)
    var last: SQLRows?
    var failure: PostgresFailure?
    while true {
      while PQisBusy(handle) == 1 {
        try wait(Int16(POLLIN), until: deadline)
        guard PQconsumeInput(handle) == 1 else { throw lost() }
      }
      guard let result = PQgetResult(handle) else { break }
      let rows = SQLRows(result)
      switch PQresultStatus(result) {
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: last = rows
      case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
        preconditionFailure("no statement here copies")
      default:
        failure = failure ?? Self.failure(result)
        // After this libpq has no results any more.
        if PQstatus(handle) != CONNECTION_OK { throw lost() }
      }
    }
    if let failure { throw failure }
    guard let last else { throw lost() }
    return last
  }

  func wait(_ events: Int16, until deadline: Int64) throws(PostgresFailure) {
    while true {
      let left = deadline - Self.now()
      guard left > 0 else { throw PostgresFailure(lost: "the server doesn't answer") }
      var polled = pollfd(fd: PQsocket(handle), events: events, revents: 0)
      let count = poll(&polled, 1, Int32(left))
      if count > 0 { return }
      if count < 0, errno != EINTR { throw lost() }
    }
  }

  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  static func failure(_ result: OpaquePointer) -> PostgresFailure {
    PostgresFailure(
      state: weir_pg_state(result).map { String(cString: $0) } ?? "08006",
      words: words(weir_pg_words(result) ?? UnsafePointer(PQresultErrorMessage(result))))
  }

  func lost() -> PostgresFailure {
    PostgresFailure(lost: Self.words(PQerrorMessage(handle)))
  }

  /// The first line of what libpq says.
  private static func words(_ text: UnsafePointer<CChar>?) -> String {
    let line = text.map { String(cString: $0) }?.split(separator: "\n").first
    return line.map(String.init) ?? "the connection broke"
  }
}
