import Gateways
import HTTP
import JSON
import Kernel

/// Scripting the stand-ins, and looking at what they did: no provider has these endpoints.
struct AdminServer: Sendable {
  let core: Core
  let faults: Faults

  func routes() -> [Route] {
    [
      post("/admin/pay") { HTTPResponse(core.change(.payment, $0)) },
      post("/admin/fund") { HTTPResponse(core.change(.fund, $0)) },
      post("/admin/changenow") { HTTPResponse(core.change(.script, $0)) },
      post("/admin/telegram") { HTTPResponse(core.change(.person, $0)) },
      get("/admin/telegram") { request, world in
        world.chats.shown(request.queryValue("user").flatMap { Int($0) })
      },
      post("/admin/chain", control),
      post("/admin/faults") { body in
        guard faults.add(body) else {
          return .json(problem("api and mode must be known"), status: 400)
        }
        return .json(.object(["added": .bool(true)]))
      },
      get("/admin/deliveries") { request, world in deliveries(request, world.payments) },
      get("/admin/payments") { _, world in
        .array(
          world.payments.all.values.sorted { $0.id < $1.id }.map(world.payments.status))
      },
      get("/admin/exchanges") { _, world in
        .array(
          world.swaps.order.compactMap { world.swaps.all[$0] }.map(world.swaps.status))
      },
      get("/admin/chain/transfers") { _, world in
        .array(world.chain.movements.map(shown))
      },
      get("/admin/chain") { _, world in chain(world) },
    ]
  }

  private func post(
    _ path: String, _ run: @escaping @Sendable (JSONValue) -> HTTPResponse
  ) -> Route {
    Route("POST", path) { request, _, responder in
      guard let body = Answering.body(request) else {
        responder.send(.json(problem("the body must be a JSON object"), status: 400))
        return
      }
      responder.send(run(body))
    }
  }

  private func get(
    _ path: String, _ look: @escaping @Sendable (HTTPRequest, World) -> JSONValue
  ) -> Route {
    Route("GET", path) { request, _, responder in
      responder.send(.json(core.read { look(request, $0) }))
    }
  }

  /// `{drop_answers: n}` loses the answers of the next n broadcasts; `{pause: true}` stops mining.
  private func control(_ body: JSONValue) -> HTTPResponse {
    let drops = body["drop_answers"]?.integer
    if let drops {
      faults.add(api: "ethereum", call: "eth_sendRawTransaction", mode: .dropAnswer, times: drops)
    }
    guard drops == nil || body.members?.count != 1 else {
      return .json(.object(["drop_answers": .integer(drops ?? 0)]))
    }
    return HTTPResponse(core.change(.chain, body))
  }

  private func deliveries(_ request: HTTPRequest, _ payments: Payments) -> JSONValue {
    let order = request.queryValue("order_id")
    let payment = request.queryValue("payment_id").flatMap { Int($0) }
    return .array(
      payments.notices.filter {
        (order == nil || $0.order == order) && (payment == nil || $0.payment == payment)
      }.map(payments.shown))
  }

  private func shown(_ movement: Movement) -> JSONValue {
    .object([
      "block": .integer(movement.block), "hash": .string(movement.hash),
      "from": .string(movement.from.text), "to": .string(movement.to.text),
      "asset": .string(movement.money.asset.text), "amount": .string(movement.money.amountText),
    ])
  }

  private func chain(_ world: World) -> JSONValue {
    let chain = world.chain
    return .object([
      "chain_id": .integer(chain.rules.chainID),
      "block": .integer(chain.height(at: world.time)),
      "finalized": .integer(chain.finalHeight(at: world.time)),
      "paused": .bool(chain.isPaused),
      "waiting": .integer(chain.pool.values.reduce(0) { $0 + $1.count }),
      "mined": .integer(chain.mined.count),
      "payment_provider": .string(world.payments.house.text),
      "swap_provider": .string(world.swaps.house.text),
      "faucet": .string(chain.faucet.text),
    ])
  }
}
