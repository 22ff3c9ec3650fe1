import HTTP
import JSON

/// `/v1` of the payment provider.
struct NOWPaymentsServer: Sendable {
  let core: Core
  let key: String
  /// Whose payments are listed.
  let account: (email: String, password: String)
  let answering: Answering

  func routes() -> [Route] {
    [
      Route("GET", "/v1/status") { _, _, responder in
        answering.answer("/v1/status", responder) { .json(.object(["message": .string("OK")])) }
      },
      Route("POST", "/v1/invoice") { request, _, responder in
        keyed("/v1/invoice", request, responder) {
          guard let body = Answering.body(request) else {
            return .json(Payments.envelope(400, "BAD_REQUEST", "Invalid body"), status: 400)
          }
          return HTTPResponse(core.change(.invoice, body))
        }
      },
      Route("POST", "/v1/auth") { request, _, responder in
        answering.answer("/v1/auth", responder) {
          let body = Answering.body(request)
          guard body?["email"]?.text == account.email, body?["password"]?.text == account.password
          else {
            return .json(
              Payments.envelope(403, "INVALID_REQUEST_PARAMS", "Access denied"), status: 403)
          }
          return .json(.object(["token": .string(token)]))
        }
      },
      Route("GET", "/v1/payment") { request, _, responder in
        keyed("/v1/payment", request, responder) { list(request) }
      },
      Route("GET", "/v1/payment/{id}") { request, parameters, responder in
        keyed("/v1/payment", request, responder) { payment(parameters["id"]) }
      },
    ]
  }

  private func keyed(
    _ call: String, _ request: HTTPRequest, _ responder: HTTPResponder, _ run: () -> HTTPResponse
  ) {
    answering.answer(call, responder) {
      guard request.headers.only("x-api-key") == key else {
        return .json(
          Payments.envelope(403, "INVALID_API_KEY", "Invalid api key"), status: 403)
      }
      return run()
    }
  }

  private var token: String { "token of \(account.email)" }

  /// `GET /v1/payment/`, newest first; the days of its filter are whole ones.
  private func list(_ request: HTTPRequest) -> HTTPResponse {
    guard request.headers.only("Authorization") == "Bearer \(token)" else {
      return .json(
        Payments.envelope(401, "AUTH_REQUIRED", "Authorization header is empty"), status: 401)
    }
    func number(_ name: String, _ standard: Int) -> Int {
      request.queryValue(name).flatMap { Int($0) } ?? standard
    }
    let (limit, page) = (min(500, max(1, number("limit", 10))), max(0, number("page", 0)))
    let since = request.queryValue("dateFrom") ?? ""
    return .json(
      core.read { world in
        let found = world.payments.all.values.filter { isoTime($0.createdAt) >= since }
          .sorted { $0.id > $1.id }
        let shown = found.dropFirst(limit * page).prefix(limit).map(world.payments.status)
        return .object([
          "data": .array(Array(shown)), "limit": .integer(limit), "page": .integer(page),
          "pagesCount": .integer((found.count + limit - 1) / limit),
          "total": .integer(found.count),
        ])
      })
  }

  private func payment(_ id: String) -> HTTPResponse {
    let found: JSONValue? = core.read { world in
      Int(id).flatMap { world.payments.all[$0] }
        .flatMap { $0.parent == nil ? world.payments.status($0) : nil }
    }
    guard let found else {
      return .json(
        Payments.envelope(404, "PAYMENT_NOT_FOUND", "Payment not found"), status: 404)
    }
    return .json(found.written(.sortedECMAScript))
  }
}
