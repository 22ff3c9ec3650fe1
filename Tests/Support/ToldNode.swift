import HTTP
import JSON
import Synchronization

/// An Ethereum node that says what a test told it, by method, and answers nothing else.
public final class ToldNode: Sendable {
  public let url: String
  private let server: HTTPServer
  private let shared = Shared()

  private final class Shared: Sendable {
    let answers = Mutex<[String: String]>([:])
    let asked = Mutex<[(method: String, first: String)]>([])
  }

  public init(_ answers: [String: String]) throws {
    let shared = shared
    shared.answers.withLock { $0 = answers }
    server = try HTTPServer(listen: HTTPAddress(host: "127.0.0.1", port: 0)) { request, responder in
      let question = try? JSONValue.parse(request.body)
      let method = question?["method"]?.text ?? ""
      let first = question?["params"]?.items?.first?.text ?? ""
      shared.asked.withLock { $0.append((method, first)) }
      guard let answer = shared.answers.withLock({ $0["\(method) \(first)"] ?? $0[method] }) else {
        responder.send(.empty(503))
        return
      }
      let id = question?["id"]?.integer ?? 0
      let body =
        answer.hasPrefix("!")
        ? #""error":{"code":-32000,"message":"\#(answer.dropFirst())"}"# : #""result":\#(answer)"#
      responder.send(.json(Array(#"{"jsonrpc":"2.0","id":\#(id),\#(body)}"#.utf8)))
    }
    url = "http://127.0.0.1:\(server.port)"
  }

  /// The result of a method, or of a method and its first parameter.
  ///
  /// JSON, or an error's message behind `!`; nil for no answer.
  public subscript(method: String) -> String? {
    get { shared.answers.withLock { $0[method] } }
    set { shared.answers.withLock { $0[method] = newValue } }
  }

  /// From now on it answers nothing.
  public func silence() { shared.answers.withLock { $0 = [:] } }

  /// First parameters of the questions so far, in their order.
  public func asked(_ method: String) -> [String] {
    shared.asked.withLock { $0.filter { $0.method == method }.map(\.first) }
  }
}
