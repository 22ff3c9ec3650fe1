import HTTP
import JSON

/// Telegram's `/bot<token>/<method>`, by POST with a JSON body.
struct TelegramServer: Sendable {
  let core: Core
  let token: String
  let answering: Answering

  func routes() -> [Route] {
    [
      Route("POST", "/{bot}/{method}") { request, parameters, responder in
        let method = parameters["method"]
        switch answering.faults.take(api: answering.api, call: method) {
        case .dropAnswer:
          _ = answer(parameters["bot"], method, request)
          answering.latency.send(nil, to: responder)
        case .serverError:
          answering.latency.send(
            .json(Self.refusal(500, "Internal Server Error"), status: 500), to: responder)
        case .tooMany: answering.latency.send(Self.tooMany, to: responder)
        case .badGateway:
          answering.latency.send(HTTPResponse(status: 502), to: responder)
        case nil:
          answering.latency.send(answer(parameters["bot"], method, request), to: responder)
        }
      }
    ]
  }

  private func answer(_ bot: String, _ method: String, _ request: HTTPRequest) -> HTTPResponse {
    guard bot.hasPrefix("bot") else { return .json(Self.refusal(404, "Not Found"), status: 404) }
    guard bot == "bot" + token else {
      return .json(Self.refusal(401, "Unauthorized"), status: 401)
    }
    guard let body = Answering.body(request), let members = body.members else {
      return .json(Self.refusal(400, "Bad Request: can't parse the body"), status: 400)
    }
    let reply = core.change(
      .telegram, .object([JSONMember("method", .string(method))] + members))
    var response = HTTPResponse(reply)
    if let wait = reply.body["parameters"]?["retry_after"]?.integer {
      response.headers.add("Retry-After", String(wait))
    }
    return response
  }

  private static let tooMany: HTTPResponse = {
    var response = HTTPResponse.json(
      .object([
        "ok": .bool(false), "error_code": .integer(429),
        "description": .string("Too Many Requests: retry after 2"),
        "parameters": .object(["retry_after": .integer(2)]),
      ]), status: 429)
    response.headers.add("Retry-After", "2")
    return response
  }()

  private static func refusal(_ status: Int, _ words: String) -> JSONValue {
    .object([
      "ok": .bool(false), "error_code": .integer(status), "description": .string(words),
    ])
  }
}
