import HTTP
import JSON
import Synchronization

/// A node that is another one's mouth, and may lie, lag or be silent.
final class NodeProxy: Sendable {
  /// What becomes of a question.
  enum Way: Sendable {
    case honest
    /// No answer; the other node isn't asked.
    case silent
    /// This result, whatever the other node would say.
    case says(JSONValue)
    /// The other node's result, changed.
    case changed(@Sendable (JSONValue) -> JSONValue)
  }

  let url: String
  private let server: HTTPServer
  private let shared = Shared()

  private final class Shared: Sendable {
    let way = Mutex<@Sendable (_ method: String, _ parameters: [JSONValue]) -> Way>({ _, _ in
      .honest
    })
  }

  init(before target: String) throws {
    let (http, shared) = (HTTPClient(), shared)
    server = try HTTPServer(listen: HTTPAddress(host: "127.0.0.1", port: 0)) { request, responder in
      let question = try? JSONValue.parse(request.body)
      let way = shared.way.withLock { $0 }(
        question?["method"]?.text ?? "", question?["params"]?.items ?? [])
      if case .silent = way {
        responder.send(.empty(503))
        return
      }
      Task {
        let answer = await http.send(
          HTTPClientRequest(
            method: "POST", url: target, headers: ["Content-Type": "application/json"],
            body: request.body))
        guard case .success(let response) = answer else {
          responder.send(.empty(502))
          return
        }
        let id = question?["id"] ?? .null
        func reply(_ result: JSONValue) -> HTTPResponse {
          let body = JSONValue.object(["jsonrpc": .string("2.0"), "id": id, "result": result])
          return .json(body.written(.asIs))
        }
        switch way {
        case .honest: responder.send(.json(response.body))
        case .silent: break
        case .says(let result): responder.send(reply(result))
        case .changed(let change):
          let result = (try? JSONValue.parse(response.body))?["result"]
          responder.send(result.map { reply(change($0)) } ?? .json(response.body))
        }
      }
    }
    url = "http://127.0.0.1:\(server.port)"
  }

  /// From now on each question goes the way that is given for it.
  func answers(_ way: @escaping @Sendable (String, [JSONValue]) -> Way) {
    shared.way.withLock { $0 = way }
  }
}
