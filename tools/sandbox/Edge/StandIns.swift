package import HTTP
package import JSON

/// The providers as they answer requests, with or without sockets in front of them.
///
/// Whoever holds them gives the time: the world moves on to it when it is asked something.
package final class StandIns: Sendable {
  package enum API: String, CaseIterable, Sendable {
    case nowPayments = "nowpayments"
    case changeNOW = "changenow"
    case ethereum
    case telegram
  }

  /// The header of a request to a node of the chain that lags so many blocks behind.
  package static let behind = "Sandbox-Behind"

  let core: Core
  let faults = Faults()
  private let routers: [API: Router]
  private let secret: String

  /// With a folder in the settings, the world that was left there goes on.
  ///
  /// - Parameter clock: Milliseconds since 1970; it doesn't go back.
  package init(
    _ settings: SandboxSettings, clock: @escaping @Sendable () -> Int
  ) throws(SandboxError) {
    let core: Core
    do throws(Journal.Failure) {
      core = try Core(
        folder: settings.folder, rules: settings.rules(genesis: clock()), clock: clock)
    } catch {
      throw .folder(error.description)
    }
    self.core = core
    secret = settings.ipnSecret
    let faults = self.faults
    func answering(_ api: API) -> Answering {
      Answering(
        api: api.rawValue, faults: faults,
        latency: Latency(mostMilliseconds: settings.latencyMilliseconds, seed: settings.seed))
    }
    routers = [
      .nowPayments: Router(
        NOWPaymentsServer(
          core: core, key: settings.nowPaymentsKey,
          account: (settings.nowPaymentsEmail, settings.nowPaymentsPassword),
          answering: answering(.nowPayments)
        ).routes()),
      .changeNOW: Router(
        ChangeNOWServer(
          core: core, key: settings.changeNOWKey,
          limit: CallLimit(perSecond: settings.changeNOWCallsPerSecond),
          answering: answering(.changeNOW)
        ).routes()),
      .ethereum: Router(EthereumServer(core: core, answering: answering(.ethereum)).routes()),
      .telegram: Router(
        TelegramServer(
          core: core, token: settings.telegramToken, answering: answering(.telegram)
        ).routes()),
    ]
    try fund(settings)
  }

  /// Answers one request, as that provider's server does.
  package func handle(_ api: API, _ request: HTTPRequest, _ responder: HTTPResponder) {
    guard let router = routers[api] else { preconditionFailure("no server of \(api)") }
    // The list's path ends in a slash, as the provider documents it.
    guard request.path == "/v1/payment/" else { return router.handle(request, responder) }
    router.handle(
      HTTPRequest(
        method: request.method, path: "/v1/payment", segments: ["v1", "payment"],
        query: request.query, headers: request.headers, body: request.body,
        remoteAddress: request.remoteAddress), responder)
  }

  /// Has something done as `POST /admin/<what>` does; gives the answer, and whether it was taken.
  @discardableResult
  package func change(
    _ what: Change, _ body: JSONValue
  ) -> (isTaken: Bool, answer: JSONValue) {
    let reply = core.change(what.input, body)
    return (reply.status < 300, reply.body)
  }

  /// What may be asked of the stand-ins that no provider has an endpoint for.
  package enum Change: Sendable {
    case pay, fund, script, chain, person

    fileprivate var input: Input.What {
      switch self {
      case .pay: .payment
      case .fund: .fund
      case .script: .script
      case .chain: .chain
      case .person: .person
      }
    }
  }

  // MARK: Notices

  /// One try of a notice, to be sent now.
  package struct NoticeTry: Sendable {
    package let notice: Int
    package let request: HTTPClientRequest
  }

  /// When there may be a notice to send next besides these, in milliseconds since 1970; nil for
  /// never by itself.
  package func nextNotice(besides known: Set<Int>) -> Int? {
    core.read { $0.payments.nextNotice(besides: known) }
  }

  /// What is to be sent now besides these; each comes again until `note` tells what became of it.
  package func dueNotices(besides known: Set<Int>) -> [NoticeTry] {
    core.read { $0.payments.due(at: $0.time) }.filter { !known.contains($0.id) }.map {
      NoticeTry(notice: $0.id, request: $0.request(secret: secret))
    }
  }

  /// What a notice's receiver answered: a status, or why there is none.
  package func note(_ notice: Int, answer: String) {
    _ = core.change(
      .delivery, .object(["notice": .integer(notice), "answer": .string(answer)]))
  }

  /// The host wallet's first money, which comes once in a world's life.
  private func fund(_ settings: SandboxSettings) throws(SandboxError) {
    guard let wallet = settings.hostWallet else { return }
    for (asset, amount) in [("ETH-ETH", settings.firstETH), ("USDT-ETH", settings.firstUSDT)] {
      let reply = core.change(
        .fund,
        .object([
          "address": .string(wallet), "asset": .string(asset), "amount": .string(amount),
          "first": .bool(true),
        ]))
      guard reply.status == 200 else { throw .wallet }
    }
  }
}
