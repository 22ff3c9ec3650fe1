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
    /// Nil where nobody signs in.
    public var accounts: AccountDesk?
    /// The built web app; nil where none is served.
    public var web: StaticFiles?
    /// The newest checkpoint, a signed note; nil before the first.
    public var checkpoint: @Sendable () -> [UInt8]?
    /// The comparisons with the outside; nil where there are none.
    public var comparisons: Comparisons?
    /// Who follows the log; nil where nobody can.
    public var following: Following?
    /// What is made anew of the tables; nil where they can't be.
    public var rebuilds: Rebuilds?
    /// The newest notices of the provider.
    public var notices: NoticeBook
    /// How much the bot hears; nil where all is heard.
    public var chatLimits: ChatLimits?
    /// Where webhooks go on a node that stands by; nil where this one takes them itself.
    public var door: InboxDoor?

    public init(
      configuration: Configuration, gate: any Gate, store: any EventStore,
      tables: any TableReads, metrics: Metrics, logger: Logger,
      clock: @escaping @Sendable () -> Instant,
      accounts: AccountDesk? = nil, web: StaticFiles? = nil,
      checkpoint: @escaping @Sendable () -> [UInt8]? = { nil }, comparisons: Comparisons? = nil,
      following: Following? = nil, rebuilds: Rebuilds? = nil, notices: NoticeBook = NoticeBook(),
      chatLimits: ChatLimits? = nil, door: InboxDoor? = nil
    ) {
      self.configuration = configuration
      self.gate = gate
      self.store = store
      self.tables = tables
      self.metrics = metrics
      self.logger = logger
      self.clock = clock
      self.accounts = accounts
      self.web = web
      self.checkpoint = checkpoint
      self.comparisons = comparisons
      self.following = following
      self.rebuilds = rebuilds
      self.notices = notices
      self.chatLimits = chatLimits
      self.door = door
    }
  }

  let parts: Parts
  let readers = ReaderThreads(count: 4, most: 256)
  let pasts: PastWorlds
  private let router: Router

  public init(_ parts: Parts) {
    self.parts = parts
    let readers = self.readers
    let pasts = PastWorlds(folder: DataFolder(parts.configuration.data).pasts)
    self.pasts = pasts
    router = Router(
      EdgeRoute.all.map { route in
        Route(route.method, route.pattern) { request, parameters, responder in
          let call = Call(
            request: request, parameters: parameters, route: route.pattern, responder: responder,
            parts: parts, readers: readers, pasts: pasts, principal: Principal.of(request, parts))
          if let denial = call.denial(route.access) { return call.refuse(denial) }
          call.begin(route)
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
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  ]

  private static func unrouted(
    _ request: HTTPRequest, _ response: HTTPResponse, _ parts: Parts
  ) -> HTTPResponse {
    var answer = response
    if response.status == 404, let file = parts.web?.answer(request) {
      parts.metrics.noteRequest(
        method: request.method, route: "web", status: file.status, seconds: 0)
      return file
    }
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
