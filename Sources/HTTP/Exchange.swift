import CMicroHTTPD
import Glibc
import Synchronization

/// One request from its first line to the last byte of its answer.
///
/// Its connection's thread reads and writes it; only `answer` may be called from elsewhere.
// Unchecked: `reading` and what it holds are touched by the connection's own thread only; the rest
// is constant or behind `phase`'s lock.
final class Exchange: @unchecked Sendable {
  /// What the next call of the access callback is.
  enum Reading {
    case line
    case body
    case handed
    case refused
  }

  private enum Phase {
    /// Not with the handler: an answer would have nowhere to go.
    case unhanded
    /// The handler runs inside the access callback.
    case handling
    /// The connection is suspended until the answer comes.
    case waiting
    case answered(HTTPResponse)
    /// The connection is to be closed without an answer.
    case dropped
    /// The answer goes out, and on.
    case streaming(HTTPStream)
    case over
  }

  let core: ServerCore
  let peer: Peer
  private let connection: OpaquePointer
  private let rawTarget: UnsafePointer<CChar>
  private let target: [UInt8]
  private var method = ""
  private var parsed: RequestTarget?
  private var headers = HTTPHeaders()
  private var body: [UInt8] = []
  private var isAdmitted = false
  private(set) var reading = Reading.line
  private let phase = Mutex(Phase.unhanded)

  init(
    core: ServerCore, peer: Peer, connection: OpaquePointer, target: UnsafePointer<CChar>
  ) {
    self.core = core
    self.peer = peer
    self.connection = connection
    self.rawTarget = target
    self.target = Array(UnsafeRawBufferPointer(start: target, count: strlen(target)))
    if peer.served.load(ordering: .relaxed) > 0 {
      peer.setDeadline(monotonicMilliseconds() + milliseconds(core.limits.requestSeconds))
    }
    core.begun.add(1, ordering: .relaxed)
  }

  /// The answer, from any thread; false when there is one already or nobody waits for it.
  @discardableResult
  func answer(_ response: HTTPResponse) -> Bool {
    phase.withLock { phase in
      switch phase {
      case .handling:
        phase = .answered(response)
        return true
      case .waiting:
        phase = .answered(response)
        MHD_resume_connection(connection)
        return true
      case .unhanded, .answered, .dropped, .streaming, .over:
        return false
      }
    }
  }

  /// Ends an answer that would go on, from any thread.
  func endStream() {
    phase.withLock { phase in
      if case .streaming(let stream) = phase { stream.end() }
    }
  }

  /// The connection does nothing until it is woken; called by its own thread.
  func sleep() {
    peer.setDeadline(Peer.noDeadline)
    MHD_suspend_connection(connection)
  }

  func wake() { MHD_resume_connection(connection) }

  /// Something is on its way, which must be read in time.
  func expectsReading() {
    peer.setDeadline(monotonicMilliseconds() + milliseconds(core.limits.writeSeconds))
  }

  /// Ends the request without an answer, from any thread; false when there is one already.
  func drop() -> Bool {
    phase.withLock { phase in
      switch phase {
      case .handling:
        phase = .dropped
        return true
      case .waiting:
        phase = .dropped
        MHD_resume_connection(connection)
        return true
      case .unhanded, .answered, .dropped, .streaming, .over:
        return false
      }
    }
  }

  /// The headers are complete: refuse now, before any body is read, or go on.
  func headersArrived(method: UnsafePointer<CChar>, version: UnsafePointer<CChar>) -> MHD_Result {
    reading = .body
    switch check(method: method, version: version) {
    case .failure(let refusal): return refuse(refusal.response)
    case .success(.length(let count)): body.reserveCapacity(count)
    case .success(.none), .success(.chunked): break
    }
    return .YES
  }

  func bodyArrived(_ bytes: UnsafeRawBufferPointer) -> MHD_Result {
    guard body.count + bytes.count <= core.limits.bodyBytes else {
      // libmicrohttpd takes no answer in the middle of a body, so this one goes out by hand.
      reading = .refused
      peer.hasUnreadBytes.store(true, ordering: .relaxed)
      let answer = ServerAnswer.bytes(core.finished(.problem(413)))
      send(peer.descriptor, answer, answer.count, Int32(MSG_NOSIGNAL))
      return .NO
    }
    body.append(contentsOf: bytes)
    return .YES
  }

  /// The request is whole: hand it over, and answer at once or wait.
  func requestArrived() -> MHD_Result {
    guard let parsed else { return .NO }
    reading = .handed
    guard core.admit() else { return refuse(core.drainingAnswer) }
    isAdmitted = true
    peer.setDeadline(Peer.noDeadline)
    let request = HTTPRequest(
      method: method, path: parsed.path, segments: parsed.segments, query: parsed.query,
      headers: headers, body: body, remoteAddress: peer.address)
    body = []
    phase.withLock { $0 = .handling }
    core.handler(request, HTTPResponder(self))
    let (response, isDropped): (HTTPResponse?, Bool) = phase.withLock { phase in
      if case .answered(let response) = phase {
        phase = .over
        return (response, false)
      }
      if case .dropped = phase { return (nil, true) }
      // Under the lock: whoever answers next finds the connection suspended.
      phase = .waiting
      MHD_suspend_connection(connection)
      return (nil, false)
    }
    if isDropped { return .NO }
    guard let response else { return .YES }
    return put(response, closing: false)
  }

  /// The connection runs again: its answer is there.
  func resumed() -> MHD_Result {
    let response: HTTPResponse? = phase.withLock { phase in
      guard case .answered(let response) = phase else { return nil }
      phase = .over
      return response
    }
    guard let response else { return .NO }
    return put(response, closing: false)
  }

  /// The answer has left, or the connection is gone.
  func ended() {
    let stream: HTTPStream? = phase.withLock { phase in
      defer { phase = .over }
      guard case .streaming(let stream) = phase else { return nil }
      return stream
    }
    stream?.gone()
    peer.isStreaming.store(false, ordering: .relaxed)
    if isAdmitted { core.release() }
    core.begun.subtract(1, ordering: .relaxed)
    peer.setDeadline(monotonicMilliseconds() + milliseconds(core.limits.idleSeconds))
  }

  private func check(
    method rawMethod: UnsafePointer<CChar>, version: UnsafePointer<CChar>
  ) -> Result<Framing, Refusal> {
    // One space between the parts and no NUL in them: see `HeaderScan`.
    guard rawTarget == rawMethod + strlen(rawMethod) + 1, version == rawTarget + target.count + 1
    else { return .failure(Refusal(.problem(400, "malformed request line"))) }
    method = String(cString: rawMethod)
    let scan = HeaderScan(
      connection, method: rawMethod, version: version, limits: core.limits)
    if let refusal = scan.refusal { return .failure(Refusal(refusal)) }
    guard method.isToken else { return .failure(Refusal(.problem(400, "malformed method"))) }
    if method == "TRACE" || method == "CONNECT" {
      var refusal = HTTPResponse.problem(405)
      refusal.headers.add("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
      return .failure(Refusal(refusal))
    }
    guard target.count <= core.limits.targetBytes else {
      return .failure(Refusal(.problem(414)))
    }
    parsed = RequestTarget(target, method: method)
    guard parsed != nil else {
      return .failure(Refusal(.problem(400, "malformed request target")))
    }
    headers = scan.headers
    let isOldVersion = String(cString: version) == "HTTP/1.0"
    return HeaderScan.framing(headers, isOldVersion: isOldVersion, limits: core.limits)
  }

  private func refuse(_ response: HTTPResponse) -> MHD_Result {
    reading = .refused
    peer.hasUnreadBytes.store(true, ordering: .relaxed)
    return put(response, closing: true)
  }

  private func put(_ response: HTTPResponse, closing: Bool) -> MHD_Result {
    let served = peer.served.add(1, ordering: .relaxed).newValue
    let closes =
      closing || served >= core.limits.requestsPerConnection
      || core.isDraining.load(ordering: .relaxed)
    expectsReading()
    if let stream = response.stream {
      stream.begin(on: self)
      peer.isStreaming.store(true, ordering: .relaxed)
      phase.withLock { $0 = .streaming(stream) }
    }
    guard let answer = ServerAnswer(core.finished(response), closes: closes) else { return .NO }
    return answer.queue(on: connection)
  }
}
