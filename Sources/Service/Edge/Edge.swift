public import HTTP
public import Kernel
public import Log

/// The HTTP surface: routes, who may use them, and what is counted about them.
///
/// A handler checks, hands a command to the gate, and answers on the loop's thread once what it
/// asked for is durable. Reads of log and tables run on a few threads of their own.
public final class Edge: Sendable {
  /// What the routes work with.
  public struct Parts: Sendable {
    public var configuration: Configuration
    public var gate: any Gate
    public var store: any EventStore
    public var tables: any TableReads
    public var metrics: Metrics
    public var logger: Logger
    public var clock: @Sendable () -> Instant
    /// The newest checkpoint, a signed note; nil before the first.
    public var checkpoint: @Sendable () -> [UInt8]?

    public init(
      configuration: Configuration, gate: any Gate, store: any EventStore,
      tables: any TableReads, metrics: Metrics, logger: Logger,
      clock: @escaping @Sendable () -> Instant,
      checkpoint: @escaping @Sendable () -> [UInt8]? = { nil }
    ) {
      self.configuration = configuration
      self.gate = gate
      self.store = store
      self.tables = tables
      self.metrics = metrics
      self.logger = logger
      self.clock = clock
      self.checkpoint = checkpoint
    }
  }

  let parts: Parts
  let readers = ReaderThreads(count: 4, most: 256)
  private let router: Router

  public init(_ parts: Parts) {
    self.parts = parts
    let readers = self.readers
    router = Router(
      EdgeRoute.all.map { route in
        Route(route.method, route.pattern) { request, parameters, responder in
          let call = Call(
            request: request, parameters: parameters, route: route.pattern, responder: responder,
            parts: parts, readers: readers)
          guard call.isAllowed(route.access) else {
            return call.refuse(call.denial(route.access))
          }
          route.handler(call)
        }
      }, unrouted: { Edge.unrouted($0, $1, parts) })
  }

  /// A server's handler.
  public func handle(_ request: HTTPRequest, _ responder: HTTPResponder) {
    router.handle(request, responder)
  }

  /// Methods and patterns, to be compared with `schemas/openapi.json`.
  public static var routes: [(method: String, pattern: String)] {
    EdgeRoute.all.map { ($0.method, $0.pattern) }
  }

  /// Headers of every answer.
  public static let standingHeaders: HTTPHeaders = [
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  ]

  private static func unrouted(
    _ request: HTTPRequest, _ response: HTTPResponse, _ parts: Parts
  ) -> HTTPResponse {
    var answer = response
    if response.status == 404 { answer = Problem(.notFound).response }
    if response.status == 405 {
      answer = Problem(.methodNotAllowed).response
      if let allowed = response.headers["Allow"] { answer.headers.add("Allow", allowed) }
    }
    parts.metrics.noteRequest(
      method: request.method, route: "none", status: answer.status, seconds: 0)
    return answer
  }
}

/// One row of the surface; a row that doesn't say who may use it doesn't compile.
struct EdgeRoute: Sendable {
  /// Who may use a route.
  enum Access: Sendable {
    /// Anybody: it tells nothing about money.
    case open
    /// Whoever signs as the provider; the handler checks.
    case signed
    /// Whoever has the service key, and anybody where reads are open.
    case reads
    /// Whoever has the service key.
    case writes
    /// Whoever has the operators' key, which is another one.
    case operates
    /// Whoever has a key of one of the approvers', and is that one.
    case approves
    /// Operators and approvers.
    case reviews
  }

  let method: String
  let pattern: String
  let access: Access
  let handler: @Sendable (Call) -> Void

  init(
    _ method: String, _ pattern: String, _ access: Access,
    _ handler: @escaping @Sendable (Call) -> Void
  ) {
    self.method = method
    self.pattern = pattern
    self.access = access
    self.handler = handler
  }

  static let all: [EdgeRoute] = [
    EdgeRoute("POST", "/webhooks/nowpayments", .signed) { $0.takeNotice() },
    EdgeRoute("GET", "/health", .open) { $0.showHealth() },
    EdgeRoute("GET", "/ready", .open) { $0.showReadiness() },
    EdgeRoute("GET", "/metrics", .open) { $0.showMetrics() },
    EdgeRoute("GET", "/.well-known/weir/checkpoint", .open) { $0.showCheckpoint() },
    EdgeRoute("POST", "/api/channels/register", .writes) { $0.registerChannel() },
    EdgeRoute("GET", "/api/channels/{id}/timeline", .reads) { $0.showTimeline() },
    EdgeRoute("GET", "/api/channels/{id}/balance", .reads) { $0.showBalance() },
    EdgeRoute("POST", "/api/orders", .writes) { $0.placeOrder() },
    EdgeRoute("GET", "/api/orders/{id}", .reads) { $0.showOrder() },
    EdgeRoute("GET", "/api/batches", .reads) { $0.listBatches() },
    EdgeRoute("POST", "/api/admin/batches/run", .operates) { $0.runBatches() },
    EdgeRoute("GET", "/api/admin/sagas", .operates) { $0.listSagas() },
    EdgeRoute("GET", "/api/admin/sagas/{id}", .operates) { $0.showSaga() },
    EdgeRoute("POST", "/api/admin/sagas/{id}/{action}", .operates) { $0.actOnSaga() },
    EdgeRoute("GET", "/api/admin/payments", .operates) { $0.listPayments() },
    EdgeRoute("GET", "/api/admin/payments/{id}", .operates) { $0.showPayment() },
    EdgeRoute("POST", "/api/admin/payments/{id}/{action}", .operates) { $0.ruleOnPayment() },
    EdgeRoute("GET", "/api/admin/freeze", .reviews) { $0.showFreeze() },
    EdgeRoute("POST", "/api/admin/freeze", .operates) { $0.freeze() },
    EdgeRoute("POST", "/api/admin/unfreeze", .approves) { $0.unfreeze() },
    EdgeRoute("GET", "/api/admin/approvals", .reviews) { $0.listApprovals() },
    EdgeRoute("POST", "/api/admin/approvals/{transfer}", .approves) { $0.approve() },
    EdgeRoute("GET", "/api/admin/caps", .reviews) { $0.showCaps() },
    EdgeRoute("POST", "/api/admin/caps/approve", .approves) { $0.approveCaps() },
  ]
}
