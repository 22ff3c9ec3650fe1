import HTTP
import JSON

/// `/v2` of the swap provider.
struct ChangeNOWServer: Sendable {
  let core: Core
  let key: String
  let limit: CallLimit
  let answering: Answering

  func routes() -> [Route] {
    [
      get("/v2/exchange/range") { query in core.read { $0.swaps.range(query) } },
      get("/v2/exchange/min-amount") { query in core.read { $0.swaps.range(query) } },
      get("/v2/exchange/estimated-amount") { query in core.change(.quote, query) },
      get("/v2/exchange/by-id") { query in core.read { status(query, $0.swaps) } },
      get("/v2/exchanges") { query in core.read { list(query, $0.swaps) } },
      Route("POST", "/v2/exchange") { request, _, responder in
        keyed("/v2/exchange", request, responder) {
          guard let body = Answering.body(request) else {
            return .refused(400, refusal("not_valid_params", "Not valid body"))
          }
          return core.change(.exchange, body)
        }
      },
    ]
  }

  private func get(_ path: String, _ run: @escaping @Sendable (JSONValue) -> Reply) -> Route {
    Route("GET", path) { request, _, responder in
      keyed(path, request, responder) { run(Answering.query(request)) }
    }
  }

  private func keyed(
    _ call: String, _ request: HTTPRequest, _ responder: HTTPResponder, _ run: () -> Reply
  ) {
    guard limit.admits(at: core.now()) else {
      return answering.latency.send(Answering.tooMany, to: responder)
    }
    answering.answer(call, responder) {
      guard request.headers.only("x-changenow-api-key") == key else {
        return .json(refusal("unauthorized", "Unauthorized"), status: 401)
      }
      let reply = run()
      return reply.isWithheld ? nil : HTTPResponse(reply)
    }
  }

  private func refusal(_ code: String, _ message: String) -> JSONValue {
    .object(["error": .string(code), "message": .string(message)])
  }

  private func status(_ query: JSONValue, _ swaps: Swaps) -> Reply {
    guard let id = query["id"]?.text, !id.isEmpty else {
      return .refused(400, refusal("not_valid_params", "Not valid ID"))
    }
    guard let swap = swaps.all[id] else {
      return .refused(404, refusal("not_found", "Exchange not found"))
    }
    return Reply(swaps.status(swap), isChange: false)
  }

  private func list(_ query: JSONValue, _ swaps: Swaps) -> Reply {
    func number(_ name: String) -> Int? { query[name]?.text.flatMap { Int($0) } }
    return Reply(
      swaps.list(
        userID: query["userId"]?.text, address: query["payoutAddress"]?.text,
        limit: min(100, max(0, number("limit") ?? 10)), offset: max(0, number("offset") ?? 0)),
      isChange: false)
  }
}
