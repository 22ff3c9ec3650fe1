import Engine
import HTTP
import JSON
import Kernel
import Log

/// One request on its way to its one answer.
struct Call: Sendable {
  let request: HTTPRequest
  let parameters: PathParameters
  /// The route's pattern, as metrics name it.
  let route: String
  let responder: HTTPResponder
  var parts: Edge.Parts
  var readers: ReaderThreads
  let pasts: PastWorlds
  var principal: Principal
  let began = ContinuousClock.now
  /// The position it asks about, where that isn't the newest.
  var asOf: UInt64?
  /// Whether it only asks what it would do.
  var isTrial = false

  func send(_ response: HTTPResponse) {
    let took = began.duration(to: .now)
    let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
    parts.metrics.noteRequest(
      method: request.method, route: route, status: response.status, seconds: seconds)
    var response = response
    if let asOf, !response.headers.contains("Weir-Position") {
      response.headers.add("Weir-Position", String(asOf))
    }
    responder.send(response)
  }

  func send(_ status: Int, _ value: JSONValue, position: UInt64? = nil) {
    send(status, written: value.written(.asIs), position: position)
  }

  /// Sends bytes that are JSON already.
  func send(_ status: Int, written: [UInt8], position: UInt64? = nil) {
    var response = HTTPResponse.json(written, status: status)
    if let position { response.headers.add("Weir-Position", String(position)) }
    send(response)
  }

  func refuse(_ problem: Problem) { send(problem.response) }

  func refuse(_ code: Problem.Code, _ detail: String? = nil) { refuse(Problem(code, detail)) }

  /// Tells the log what broke, and the caller only that something did.
  func fail(_ what: String) {
    parts.logger.error("request_failed", ["route": .text(route), "reason": .text(what)])
    refuse(.internalError)
  }

  // MARK: What was sent

  /// The body as a JSON object; answers itself and gives nil where it is none.
  func object(allowsEmpty: Bool = false) -> JSONValue? {
    if allowsEmpty, request.body.isEmpty { return .object([JSONMember]()) }
    let kind = request.headers.only("Content-Type")?.prefix { $0 != ";" }.trimmed.lowercased()
    guard kind == "application/json" else {
      refuse(.contentTypeUnsupported)
      return nil
    }
    do throws(JSONError) {
      let value = try JSONValue.parse(request.body)
      guard value.members != nil else {
        refuse(.bodyMalformed, "the body must be an object")
        return nil
      }
      return value
    } catch {
      refuse(.bodyMalformed, error.description)
      return nil
    }
  }

  /// The identity of a write: from its idempotency key where it has one, else fresh.
  ///
  /// Answers itself and gives nil where the key can't be taken. The digest is that of the body's
  /// canonical text, so that white space and the order of fields don't count as another body.
  func identity(_ kind: String, _ body: JSONValue) -> (id: CommandID, digest: [UInt8])? {
    let digest = SHA256.digest(of: body.written(.sorted))
    guard request.headers.contains("Idempotency-Key") else {
      return (.composed(kind, Token.fresh()), digest)
    }
    guard let key = request.headers.only("Idempotency-Key")?.trimmed, !key.isEmpty,
      key.utf8.count <= 255, key.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f })
    else {
      refuse(.idempotencyKeyInvalid, "one key of 1 to 255 printable ASCII characters")
      return nil
    }
    return (.composed(kind, "key", HexText.of(SHA256.digest(of: Array(key.utf8)))), digest)
  }

  /// What a write that wasn't accepted is answered with; nil where it was, or had been.
  func obstacle(_ answer: Answer) -> Problem? {
    switch answer {
    case .accepted, .replayed, .ignored: nil
    case .refused(let refusal): Problem(refusal)
    case .keyReused: Problem(.idempotencyKeyReused)
    case .stopping: Problem(.stopping)
    case .full: Problem(.logFull)
    }
  }

  // MARK: Reading

  /// Reads log or tables on a thread where that may take its time.
  func read(_ body: @escaping @Sendable () -> Void) {
    if !readers.run(body) { refuse(.busy) }
  }

  /// Runs `body` once the tables have come to the position the caller asks for, if it asks.
  func readTables(_ body: @escaping @Sendable () -> Void) {
    guard let wanted = wantedPosition() else { return }
    guard wanted > 0 else { return read(body) }
    waitForTables(wanted, triesLeft: 200, body)
  }

  /// `?position=` or `Weir-Position`, the later where both are there; zero where neither is, nil
  /// where one was refused.
  private func wantedPosition() -> UInt64? {
    var named: [String?] = []
    if request.query.contains(where: { $0.name == "position" }) {
      named.append(request.queryValue("position"))
    }
    if request.headers.contains("Weir-Position") {
      named.append(request.headers.only("Weir-Position"))
    }
    var position: UInt64 = 0
    for text in named {
      guard let wanted = text.flatMap({ UInt64($0) }) else {
        refuse(.queryInvalid, "position must be a whole number")
        return nil
      }
      position = max(position, wanted)
    }
    guard position <= parts.store.head.position else {
      refuse(.positionAhead, "the log ends at position \(parts.store.head.position)")
      return nil
    }
    return position
  }

  private func waitForTables(
    _ position: UInt64, triesLeft: Int, _ body: @escaping @Sendable () -> Void
  ) {
    if parts.tables.place >= position { return read(body) }
    guard triesLeft > 0 else { return refuse(.positionNotReached) }
    readers.after(milliseconds: 10) {
      waitForTables(position, triesLeft: triesLeft - 1, body)
    }
  }

  /// A whole number of the query; answers itself and gives nil where it is malformed.
  func number(_ name: String, _ range: ClosedRange<Int>, standard: Int) -> Int? {
    guard request.query.contains(where: { $0.name == name }) else { return standard }
    guard let text = request.queryValue(name), text.utf8.allSatisfy({ (48...57).contains($0) }),
      let value = Int(text), range.contains(value)
    else {
      refuse(.queryInvalid, "\(name) must be \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return value
  }
}

/// Fresh, unguessable text.
enum Token {
  /// 128 bits of randomness as 32 hex digits.
  static func fresh() -> String {
    var chance = SystemRandomNumberGenerator()
    return HexText.of((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &chance) })
  }
}
