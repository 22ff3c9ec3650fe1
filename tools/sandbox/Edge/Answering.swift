import HTTP
import JSON
import Synchronization

/// What the servers share: reading a body, faults, and answers after the provider's latency.
struct Answering: Sendable {
  let api: String
  let faults: Faults
  let latency: Latency

  /// Answers a call of the provider's API, unless a fault is due.
  ///
  /// `run` gives nil where the asker shall get nothing.
  func answer(_ call: String, _ responder: HTTPResponder, _ run: () -> HTTPResponse?) {
    switch faults.take(api: api, call: call) {
    case .dropAnswer:
      _ = run()
      latency.send(nil, to: responder)
    case .serverError:
      let body = JSONValue.object([
        "statusCode": .integer(500), "code": .string("INTERNAL_ERROR"),
        "message": .string("Internal error"),
      ])
      latency.send(.json(body.written(.asIs), status: 500), to: responder)
    case .tooMany:
      latency.send(Self.tooMany, to: responder)
    case .badGateway:
      let page = "<html><head><title>502 Bad Gateway</title></head></html>"
      let response = HTTPResponse(
        status: 502, headers: ["Content-Type": "text/html"], body: Array(page.utf8))
      latency.send(response, to: responder)
    case nil:
      latency.send(run(), to: responder)
    }
  }

  static let tooMany = HTTPResponse.json(
    Array(#"{"statusCode":429,"message":"Too many requests"}"#.utf8), status: 429)

  static func body(_ request: HTTPRequest) -> JSONValue? {
    guard let value = try? JSONValue.parse(request.body), value.members != nil else { return nil }
    return value
  }

  /// The query as an object of texts.
  static func query(_ request: HTTPRequest) -> JSONValue {
    var seen: Set<String> = []
    return .object(
      request.query.filter { seen.insert($0.name).inserted }
        .map { JSONMember($0.name, .string($0.value)) })
  }
}

extension HTTPResponse {
  static func json(_ value: JSONValue, status: Int = 200) -> HTTPResponse {
    .json(value.written(.asIs), status: status)
  }

  init(_ reply: Reply) {
    self = .json(reply.body, status: reply.status)
  }
}

/// How long answers are on their way: between nothing and a most, the same for the same seed.
final class Latency: Sendable {
  private let most: Int
  private let count = Atomic<Int>(0)
  private let made: Made

  init(mostMilliseconds: Int, seed: Int) {
    most = mostMilliseconds
    made = Made(seed: seed)
  }

  /// Sends it later, or closes the connection where there is nothing to send.
  func send(_ response: HTTPResponse?, to responder: HTTPResponder) {
    guard most > 0 else { return Self.finish(response, responder) }
    let number = count.add(1, ordering: .relaxed).newValue
    let wait = Int(made.bytes("latency", number)[0]) * most / 255
    guard wait > 0 else { return Self.finish(response, responder) }
    Task {
      try? await Task.sleep(for: .milliseconds(wait))
      Self.finish(response, responder)
    }
  }

  private static func finish(_ response: HTTPResponse?, _ responder: HTTPResponder) {
    if let response { responder.send(response) } else { responder.drop() }
  }
}

/// So many calls in any second, as the swap provider allows.
final class CallLimit: Sendable {
  private let perSecond: Int
  private let recent = Mutex<[Int]>([])

  init(perSecond: Int) { self.perSecond = perSecond }

  /// True where the call is within the limit; zero is none.
  func admits(at time: Int) -> Bool {
    guard perSecond > 0 else { return true }
    return recent.withLock { recent in
      recent.removeAll { $0 <= time - 1000 }
      guard recent.count < perSecond else { return false }
      recent.append(time)
      return true
    }
  }
}
