public import HTTP
import JSON
import Synchronization

/// The block a question is about.
public enum BlockTag: String, Hashable, Sendable {
  case latest, pending, safe, finalized
}

/// An Ethereum node behind JSON-RPC 2.0: one call, one HTTP request.
///
/// Reads change nothing, so whatever goes wrong in transport is transient to them. The node's
/// address may hold a key and stands in no error.
public final class EthereumNode: Sendable {
  private let url: String
  private let http: any HTTPCaller
  let policy: EthereumFeePolicy
  private let lastID = Atomic<Int>(0)

  public init(url: String, http: any HTTPCaller, policy: EthereumFeePolicy = .default) {
    self.url = url
    self.http = http
    self.policy = policy
  }

  /// What came of one call.
  enum Asked {
    case result(JSONValue)
    case refused(code: Int, message: String)
    case nothing(GatewayFailure)
  }

  func ask(_ method: String, _ parameters: [JSONValue], seconds: Int) async -> Asked {
    let id = lastID.add(1, ordering: .relaxed).newValue
    let question = JSONValue.object([
      "jsonrpc": "2.0".json, "id": .integer(id), "method": method.json,
      "params": .array(parameters),
    ])
    let request = HTTPClientRequest(
      method: "POST", url: url, headers: ["Content-Type": "application/json"],
      body: question.written(.asIs), timeoutMilliseconds: seconds * 1000,
      maximumAnswerBytes: 4 << 20)
    switch await http.send(request) {
    case .failure(let failure): return .nothing(JSONCall.meaning(of: failure, hasEffects: true))
    case .success(let response): return read(response, id)
    }
  }

  private func read(_ response: HTTPClientResponse, _ id: Int) -> Asked {
    let status = "HTTP \(response.status)"
    switch response.status {
    case 429:
      return .nothing(
        .transient(status, retryAfterSeconds: JSONCall.retryAfter(response)))
    case 401, 403: return .nothing(.permanent(status, code: .credentials))
    default: break
    }
    let value = try? JSONValue.parse(response.body, limits: JSONLimits(bytes: 4 << 20))
    // Some gateways answer errors with another status than 200, and some without the id.
    if let error = value?["error"], let code = error["code"]?.integer,
      let message = error["message"]?.text
    {
      return .refused(code: code, message: message)
    }
    guard response.status == 200, let value, value["id"]?.integer == id, value["error"] == nil,
      let result = value["result"]
    else { return .nothing(.unknown("\(status) without an answer to this question")) }
    return .result(result)
  }

  /// Asks what changes nothing.
  func read(
    _ method: String, _ parameters: [JSONValue] = []
  ) async throws(GatewayFailure) -> JSONValue {
    switch await ask(method, parameters, seconds: 10) {
    case .result(let value): return value
    case .refused(let code, let message): throw Self.meaning(code, message)
    case .nothing(.unknown(let text)): throw .transient(text, retryAfterSeconds: nil)
    case .nothing(let failure): throw failure
    }
  }

  static func meaning(_ code: Int, _ message: String) -> GatewayFailure {
    let words = message.lowercased()
    let text = "\(JSONCall.short(message, hiding: [])) (\(code))"
    if code == 3 || words.contains("revert") { return .permanent(text, code: .wouldRevert) }
    if words.contains("insufficient funds") || words.contains("gas required exceeds allowance") {
      return .permanent(text, code: .insufficientFunds)
    }
    switch code {
    case -32600, -32601, -32602: return .permanent(text, code: .badRequest)
    default: return .transient(text, retryAfterSeconds: nil)
    }
  }

  func quantity(
    _ method: String, _ parameters: [JSONValue] = []
  ) async throws(GatewayFailure) -> Int128 {
    guard let value = Optional(try await read(method, parameters)).quantity else {
      throw unreadable(method)
    }
    return value
  }

  func integer(
    _ method: String, _ parameters: [JSONValue] = []
  ) async throws(GatewayFailure) -> Int {
    guard let value = Int(exactly: try await quantity(method, parameters)) else {
      throw unreadable(method)
    }
    return value
  }

  func unreadable(_ method: String) -> GatewayFailure {
    .transient("an answer to \(method) that could not be read", retryAfterSeconds: nil)
  }
}

extension String {
  var json: JSONValue { .string(self) }
}
