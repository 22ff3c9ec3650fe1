import HTTP
import JSON

/// JSON-RPC 2.0 of the chain: single calls and batches, `POST /`.
struct EthereumServer: Sendable {
  let core: Core
  let answering: Answering

  private static let batchMost = 100

  func routes() -> [Route] {
    [
      Route("POST", "/") { request, _, responder in
        guard let asked = try? JSONValue.parse(request.body) else {
          let error = RPCError(code: -32700, message: "parse error")
          responder.send(.json(envelope(.null, .failure(error)), status: 400))
          return
        }
        let behind = request.headers[StandIns.behind].flatMap { Int($0) } ?? 0
        answering.answer(name(of: asked), responder) { .json(answer(asked, behind: behind)) }
      }
    ]
  }

  /// The method, of a batch the first one's.
  private func name(of asked: JSONValue) -> String {
    (asked.items?.first ?? asked)["method"]?.text ?? ""
  }

  private func answer(_ asked: JSONValue, behind: Int) -> JSONValue {
    guard let calls = asked.items else { return single(asked, behind: behind) }
    guard !calls.isEmpty else {
      return envelope(.null, .failure(RPCError(code: -32600, message: "empty batch")))
    }
    guard calls.count <= Self.batchMost else {
      return envelope(.null, .failure(RPCError(code: -32600, message: "batch too large")))
    }
    return .array(calls.map { single($0, behind: behind) })
  }

  private func single(_ asked: JSONValue, behind: Int) -> JSONValue {
    guard let method = asked["method"]?.text, asked["jsonrpc"]?.text == "2.0",
      let id = asked["id"]
    else {
      return envelope(.null, .failure(RPCError(code: -32600, message: "invalid request")))
    }
    let values = asked["params"] ?? .array([])
    guard let params = values.isNull ? [] : values.items else {
      return envelope(id, .failure(RPCError(code: -32602, message: "non-array args")))
    }
    if method == "eth_sendRawTransaction" { return send(id, Params(params)) }
    let result: Result<JSONValue, RPCError> = core.read { world in
      let methods = ChainMethods(
        chain: world.chain, time: world.time - behind * world.rules.blockMilliseconds)
      do throws(RPCError) {
        return .success(try methods.call(method, Params(params)))
      } catch {
        return .failure(error)
      }
    }
    return envelope(id, result)
  }

  private func send(_ id: JSONValue, _ params: Params) -> JSONValue {
    guard let raw = params.text(0) else {
      return envelope(id, .failure(.invalid("missing value for required argument 0")))
    }
    let reply = core.change(.transaction, .object(["raw": .string(raw)]))
    let members = [JSONMember("jsonrpc", .string("2.0")), JSONMember("id", id)]
    return .object(members + (reply.body.members ?? []))
  }

  private func envelope(_ id: JSONValue, _ result: Result<JSONValue, RPCError>) -> JSONValue {
    switch result {
    case .success(let value):
      .object(["jsonrpc": .string("2.0"), "id": id, "result": value])
    case .failure(let error):
      .object(["jsonrpc": .string("2.0"), "id": id, "error": error.json])
    }
  }
}
