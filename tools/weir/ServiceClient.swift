import Foundation
import HTTP
import JSON
import Synchronization

/// The running service, as commands ask it.
struct ServiceClient {
  /// What every command that asks the service takes.
  static let options = [
    Option("url", "URL", "the service, such as http://127.0.0.1:8080", isRequired: true),
    Option("key-file", "FILE", "a file with the service's key; without it WEIR_SERVICE_KEY"),
  ]
  /// What a person's word needs.
  static let wordOptions = [
    Option("reason", "TEXT", "why, for the log", isRequired: true),
    Option("actor", "NAME", "who says so, for the log", isRequired: true),
  ]

  private let url: String
  private let key: String
  private let http = HTTPClient()

  init(_ arguments: Arguments) throws(Failure) {
    var url = arguments.required("url")
    guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
      throw Failure(.usage, "--url must begin with http:// or https://")
    }
    while url.hasSuffix("/") { url.removeLast() }
    self.url = url
    key = try Self.key(arguments)
  }

  private static func key(_ arguments: Arguments) throws(Failure) -> String {
    var text = Terminal.environment["WEIR_SERVICE_KEY"]
    if let path = arguments["key-file"] {
      text = try? String(contentsOfFile: path, encoding: .utf8)
      guard text != nil else { throw Failure(.failure, "\(path) can't be read") }
    }
    let key = text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    guard !key.isEmpty else {
      throw Failure(.usage, "a key is needed: --key-file FILE, or WEIR_SERVICE_KEY")
    }
    return key
  }

  func get(_ path: String) throws(Failure) -> JSONValue { try send("GET", path, nil) }

  func post(_ path: String, _ body: [JSONMember]) throws(Failure) -> JSONValue {
    try send("POST", path, .object(body))
  }

  /// The body of a person's word.
  static func words(of arguments: Arguments) -> [JSONMember] {
    ["actor", "reason"].map { JSONMember($0, .string(arguments.required($0))) }
  }

  private func send(
    _ method: String, _ path: String, _ body: JSONValue?
  ) throws(Failure) -> JSONValue {
    var headers: HTTPHeaders = ["Authorization": "Bearer \(key)"]
    if body != nil { headers.add("Content-Type", "application/json") }
    let request = HTTPClientRequest(
      method: method, url: url + path, headers: headers, body: body?.written(.asIs) ?? [],
      timeoutMilliseconds: 60_000)
    let answer = Answer()
    http.start(request) { answer.give($0) }
    switch answer.wait() {
    case .failure(let failure): throw Failure(.failure, "\(url) didn't answer: \(failure)")
    case .success(let response): return try Self.read(response)
    }
  }

  private static func read(_ response: HTTPClientResponse) throws(Failure) -> JSONValue {
    let limits = JSONLimits(bytes: 1 << 24)
    let value = try? JSONValue.parse(response.body, limits: limits)
    if let value, response.status == 200 { return value }
    let detail = value?["detail"]?.text ?? value?["title"]?.text ?? "no words"
    let fields = (value?["errors"]?.items ?? []).map {
      "\n\($0["field"]?.text ?? "a field") \($0["problem"]?.text ?? "can't be taken")"
    }
    throw Failure(
      (400..<500).contains(response.status) ? .refused : .failure,
      "the service answered \(response.status): \(detail)" + fields.joined())
  }

  /// One answer, handed over from the client's thread.
  private final class Answer: Sendable {
    typealias Value = Result<HTTPClientResponse, HTTPClientFailure>
    private let given = DispatchSemaphore(value: 0)
    private let held = Mutex<Value?>(nil)

    func give(_ value: Value) {
      held.withLock { $0 = value }
      given.signal()
    }

    func wait() -> Value {
      while true {
        given.wait()
        if let value = held.withLock({ $0 }) { return value }
      }
    }
  }
}
