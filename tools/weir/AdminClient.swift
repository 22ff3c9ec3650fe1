import Dispatch
import Glibc
import HTTP
import JSON
import Kernel
import Service
import Synchronization

/// The running service, as an operator's command line talks to it.
struct AdminClient {
  private let url: String
  private let key: String
  private let http = HTTPClient()

  static let options: [Option] = [
    Option("url", "URL", "where the service listens; by default as DIR says, or 127.0.0.1:8080"),
    Option("data", "DIR", "the data folder: its address, and a sandbox's operator key"),
  ]

  static let notes = [
    "Talks to the running service. The operators' key is WEIR_OPERATOR_KEY, or a sandbox's own",
    "where --data names its folder.",
  ]

  /// For whoever approves: each has a key of their own.
  static let approving: [Option] =
    [
      Option("as", "NAME", "with --data of a sandbox: whose key there, ana or ben")
    ] + options

  static let approvingNotes = [
    "Talks to the running service. Your own key is WEIR_APPROVER_KEY: the log names you by it. A",
    "sandbox has the keys of two, which --data and --as name.",
  ]

  /// `approves` for what takes an approver's key in the place of the operators'.
  init(_ arguments: Arguments, approves: Bool = false) throws(Failure) {
    let folder = arguments["data"].map { DataFolder($0) }
    let known = folder.flatMap { Self.line(of: $0.address) }
    url = arguments["url"] ?? known ?? "http://127.0.0.1:8080"
    guard !approves else {
      let kept = folder.flatMap { folder in
        arguments["as"].flatMap {
          Self.line(of: folder.sandbox + "/" + SandboxKeys.file(ofApprover: $0))
        }
      }
      guard let key = kept ?? Terminal.environment["WEIR_APPROVER_KEY"], !key.isEmpty else {
        throw Failure(
          .refused, "no approver's key: set WEIR_APPROVER_KEY, or name a sandbox's --data and --as")
      }
      self.key = key
      return
    }
    let kept = folder.flatMap { Self.line(of: $0.sandbox + "/operator-key") }
    let environment = Terminal.environment
    // An approver reads what operators read; what isn't theirs the service refuses.
    let given = environment["WEIR_OPERATOR_KEY"] ?? kept ?? environment["WEIR_APPROVER_KEY"]
    guard let key = given, !key.isEmpty else {
      throw Failure(
        .refused, "no operator's key: set WEIR_OPERATOR_KEY, or name a sandbox's --data")
    }
    self.key = key
  }

  /// Writes down where the service listens; that it can't be is no reason not to serve.
  static func note(_ address: HTTPAddress, in data: String) {
    guard let file = fopen(DataFolder(data).address, "w") else { return }
    defer { fclose(file) }
    fputs("http://\(address)\n", file)
  }

  private static func line(of path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [CChar](repeating: 0, count: 4_096)
    guard fgets(&bytes, Int32(bytes.count), file) != nil else { return nil }
    let text = String(
      decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return text.split(separator: "\n").first.map(String.init)
  }

  func get(_ path: String) throws(Failure) -> JSONValue { try call("GET", path, nil, [:]) }

  /// `key` makes a repeated request the same one; a fresh one where nil.
  func post(_ path: String, _ body: JSONValue, key: String?) throws(Failure) -> JSONValue {
    try call("POST", path, body, ["Idempotency-Key": key ?? Self.fresh()])
  }

  private func call(
    _ method: String, _ path: String, _ body: JSONValue?, _ more: HTTPHeaders
  ) throws(Failure) -> JSONValue {
    var request = HTTPClientRequest(method: method, url: url + path, headers: more)
    request.headers.add("Authorization", "Bearer \(key)")
    request.maximumAnswerBytes = 16 << 20
    if let body {
      request.headers.add("Content-Type", "application/json")
      request.body = body.written(.asIs)
    }
    let (done, answer) = (DispatchSemaphore(value: 0), Answer())
    http.start(request) { result in
      answer.value.withLock { $0 = result }
      done.signal()
    }
    done.wait()
    switch answer.value.withLock({ $0 }) {
    case .success(let response): return try read(response)
    case .failure(let why): throw Failure(.failure, words(why))
    case nil: throw Failure(.failure, "\(url): no answer")
    }
  }

  private func words(_ failure: HTTPClientFailure) -> String {
    switch failure {
    case .notSent(.couldNotConnect):
      "no service listens at \(url); is it running, and is --url or --data the one meant?"
    case .notSent(let why): "\(url) wasn't asked: \(why.rawValue)"
    case .tls(let why): "\(url) wasn't asked: \(why.rawValue)"
    case .unknown(let why):
      "\(url) gave no answer (\(why.rawValue)): whether it was done, `show` and `list` tell"
    }
  }

  private func read(_ response: HTTPClientResponse) throws(Failure) -> JSONValue {
    let limits = JSONLimits(bytes: 16 << 20, depth: 32)
    guard let value = try? JSONValue.parse(response.body, limits: limits) else {
      throw Failure(.failure, "\(url): status \(response.status), and no JSON")
    }
    guard response.status >= 300 else { return value }
    let words = [value["code"]?.text, value["title"]?.text, value["detail"]?.text]
    let fields = (value["errors"]?.items ?? []).map {
      "\($0["field"]?.text ?? ""): \($0["problem"]?.text ?? "")"
    }
    let text = (words.compactMap { $0 } + fields).joined(separator: "; ")
    throw Failure(
      response.status >= 500 ? .failure : .refused,
      text.isEmpty ? "status \(response.status)" : text)
  }

  private static func fresh() -> String {
    var chance = SystemRandomNumberGenerator()
    return (0..<2).map { _ in String(UInt64.random(in: .min ... .max, using: &chance), radix: 16) }
      .joined()
  }

  private final class Answer: Sendable {
    let value = Mutex<Result<HTTPClientResponse, HTTPClientFailure>?>(nil)
  }
}
