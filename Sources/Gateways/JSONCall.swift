import HTTP
import JSON
import Kernel

/// One HTTP call with JSON both ways, and what its failure means.
///
/// A call without effects that fails in transport is transient; one with effects is unknown unless
/// nothing was sent. An answer that is not the provider's own JSON, such as a proxy's page, counts
/// like no answer at all.
struct JSONCall: Sendable {
  let http: any HTTPCaller
  /// Without a slash at its end.
  let root: String
  let headers: HTTPHeaders
  /// Texts that no message may hold.
  let secrets: [String]
  /// What the provider's own error codes mean; nil for one it doesn't know.
  let refusal: @Sendable (_ code: String) -> GatewayRefusal?

  init(
    http: any HTTPCaller, url: String, headers: HTTPHeaders, secrets: [String],
    refusal: @escaping @Sendable (String) -> GatewayRefusal?
  ) {
    self.http = http
    self.root = url.hasSuffix("/") ? String(url.dropLast()) : url
    self.headers = headers
    self.secrets = secrets.filter { !$0.isEmpty }
    self.refusal = refusal
  }

  /// The same provider with one more header, whose value is a secret as well.
  func signedIn(_ token: String) -> JSONCall {
    var headers = headers
    headers.add("Authorization", "Bearer \(token)")
    return JSONCall(
      http: http, url: root, headers: headers, secrets: secrets + [token], refusal: refusal)
  }

  /// An answer of 2xx: its value and its text.
  struct Answer: Sendable {
    let value: JSONValue
    let body: [UInt8]
  }

  func get(
    _ path: String, _ query: [(String, String)] = []
  ) async throws(GatewayFailure) -> Answer {
    let pairs = query.map { "\(PercentEncoding.of($0))=\(PercentEncoding.of($1))" }
    let target = pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
    return try await send(
      HTTPClientRequest(url: root + target, headers: headers), hasEffects: false)
  }

  /// Posts `body`; `hasEffects` says whether another call would make a second thing.
  func post(
    _ path: String, _ body: JSONValue, hasEffects: Bool, timeoutMilliseconds: Int = 30_000
  ) async throws(GatewayFailure) -> Answer {
    var headers = headers
    headers.add("Content-Type", "application/json")
    let request = HTTPClientRequest(
      method: "POST", url: root + path, headers: headers, body: body.written(.asIs),
      timeoutMilliseconds: timeoutMilliseconds)
    return try await send(request, hasEffects: hasEffects)
  }

  private func send(
    _ request: HTTPClientRequest, hasEffects: Bool
  ) async throws(GatewayFailure) -> Answer {
    switch await http.send(request) {
    case .failure(let failure):
      throw Self.meaning(of: failure, hasEffects: hasEffects)
    case .success(let response):
      return try read(response, hasEffects: hasEffects)
    }
  }

  static func meaning(of failure: HTTPClientFailure, hasEffects: Bool) -> GatewayFailure {
    switch failure {
    case .notSent(.malformedRequest):
      .permanent("the address or a header can't be sent", code: .badRequest)
    case .notSent(let reason): .transient("not sent: \(reason.rawValue)", retryAfterSeconds: nil)
    case .tls(let reason): .transient("TLS: \(reason.rawValue)", retryAfterSeconds: nil)
    case .unknown(let reason):
      hasEffects
        ? .unknown("no answer: \(reason.rawValue)")
        : .transient("no answer: \(reason.rawValue)", retryAfterSeconds: nil)
    }
  }

  private func read(
    _ response: HTTPClientResponse, hasEffects: Bool
  ) throws(GatewayFailure) -> Answer {
    let limits = JSONLimits(bytes: 1 << 20)
    let value = try? JSONValue.parse(response.body, limits: limits)
    if (200...299).contains(response.status), let value {
      return Answer(value: value, body: response.body)
    }
    let wait = Self.retryAfter(response)
    let text = "HTTP \(response.status)" + (message(of: value).map { ": " + $0 } ?? "")
    switch response.status {
    case 429:
      throw .transient(text, retryAfterSeconds: wait)
    case 401:
      throw .permanent(text, code: .credentials)
    case 400..<500 where response.status != 408:
      // Without an object this is somebody else's page, and says nothing of what was done.
      guard let value, value.members != nil else { throw noAnswer(text, wait, hasEffects) }
      throw .permanent(text, code: meaning(of: value, status: response.status))
    default:
      throw noAnswer(text, wait, hasEffects)
    }
  }

  private func noAnswer(_ text: String, _ wait: Int?, _ hasEffects: Bool) -> GatewayFailure {
    hasEffects ? .unknown(text) : .transient(text, retryAfterSeconds: wait)
  }

  private func meaning(of value: JSONValue, status: Int) -> GatewayRefusal {
    for name in ["error", "code"] {
      if let code = value[name]?.text, let meaning = refusal(code) { return meaning }
    }
    return status == 403 ? .credentials : status == 404 ? .notFound : .badRequest
  }

  /// The provider's own words, short, without secrets and control characters.
  private func message(of value: JSONValue?) -> String? {
    let code = value?["code"]?.text ?? value?["error"]?.text
    let parts = [code, value?["message"]?.text].compactMap { $0 }
    return parts.isEmpty ? nil : Self.short(parts.joined(separator: ", "), hiding: secrets)
  }

  static func short(_ text: String, hiding secrets: [String]) -> String {
    let hidden = secrets.reduce(text) { $0.replacing($1, with: "…") }
    let clean = hidden.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }
    return String(String(String.UnicodeScalarView(clean)).prefix(200))
  }

  /// Whole seconds only, at most a day; a date is left to the lane's own pace.
  static func retryAfter(_ response: HTTPClientResponse) -> Int? {
    guard let text = response.headers.only("Retry-After"), let seconds = Int(text), seconds >= 0
    else { return nil }
    return min(seconds, 86_400)
  }
}

/// Text for one part of a URL (RFC 3986 section 2.1).
enum PercentEncoding {
  /// Everything but the unreserved characters, as UTF-8.
  static func of(_ text: String) -> String {
    var encoded: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        encoded.append(byte)
      default:
        encoded += Array("%".utf8) + Array(HexText.of([byte]).uppercased().utf8)
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }
}
