import HTTP
import JSON

/// `/v1` of the payment provider.
struct NOWPaymentsServer: Sendable {
  let core: Core
  let key: String
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
