import Engine
import Foundation
import Gateways
import HTTP
import JSON
import Kernel
import Log
import Projections
import Support
import Synchronization
import Tables

@testable import Service

/// The edge over real sockets, with the real loop, a log in memory, and no outside.
final class EdgeWorld: Sendable {
  let configuration: Configuration
  let store = MemoryStore()
  let tables: TableStore
  let metrics: Metrics
  let lines = Mutex<[String]>([])
  let mails = Outbox()
  /// Streams end soon: the client here waits for whole answers.
  let following: Following = {
    var limits = Following.Limits()
    limits.lifeSeconds = 0.05
    limits.beatSeconds = 0.05
    return Following(limits)
  }()
  private let time: Time
  private let folder = ScratchFolder()
  let gate: LoopGate
  private let server: HTTPServer
  private let client = HTTPClient()

  static let ipnSecret = "an-ipn-secret-of-the-tests-1"
  static let serviceKey = "a-service-key-of-the-tests-0123456789"
  static let operatorKey = "an-operator-key-of-the-tests-0123456789"
  static let accountKey = "an-account-key-of-the-tests-0123456789"
  static let approverKeys = [
    "ana": "the-key-of-ana-in-the-tests-0123456789",
    "ben": "the-key-of-ben-in-the-tests-0123456789",
  ]
  /// What the clock says until it is moved.
  static let now = Instant(text: "2026-11-24T16:47:11.000000Z")!

  init(
    variables: [String: String] = [:], isInvoicing: Bool = true,
    web: StaticFiles? = nil, chatLimits: ChatLimits? = nil,
    edit: (inout Configuration) -> Void = { _ in }
  ) throws {
    let all = [
      "WEIR_NOWPAYMENTS_IPN_SECRET": Self.ipnSecret, "WEIR_SERVICE_KEY": Self.serviceKey,
      "WEIR_OPERATOR_KEY": Self.operatorKey, "WEIR_ACCOUNT_KEY": Self.accountKey,
      "WEIR_APPROVER_KEYS": Self.approverKeys.map { "\($0)=\($1)" }.sorted()
        .joined(separator: ", "),
    ].merging(variables) { $1 }
    var configuration = try Configuration.load(
      .sandbox, data: folder.path, listen: HTTPAddress(host: "127.0.0.1", port: 0), file: nil,
      variables: all)
    edit(&configuration)
    self.configuration = configuration
    let tables = try TableStore(path: folder.file("tables.sqlite"), projections: allProjections)
    self.tables = tables
    let metrics = Metrics(startedAt: Self.now, tablesPlace: { tables.place })
    self.metrics = metrics
    let directory = AccountDirectory()
    let following = self.following
    let time = Time()
    self.time = time
    let news = PayoutNews(
      configuration, directory, mails, store,
      Logger(secrets: [], clock: { time.now }, sink: { _ in }))
    let loop = Loop(
      store: store, process: InvoiceProcess(isInvoicing: isInvoicing),
      settings: MachineSettings(),
      clock: { time.now }, perform: { _, _ in },
      report: { report in
        metrics.take(report)
        directory.take(report.committed)
        news.tell(report.committed)
        try? tables.take(report.committed)
        following.note(tables.place)
      })
    let gate = LoopGate(loop)
    self.gate = gate
    let lines = Lines()
    self.lineKeeper = lines
    let edge = Edge(
      Edge.Parts(
        configuration: configuration, gate: gate, store: store, tables: tables, metrics: metrics,
        logger: Logger(
          secrets: configuration.secrets, clock: { time.now },
          sink: { lines.add(String(decoding: $0, as: UTF8.self)) }),
        clock: { time.now },
        accounts: AccountDesk(
          configuration, directory: directory, mailer: mails,
          passwords: Passwords(memoryKiB: 64, passes: 1)), web: web,
        following: following, rebuilds: Rebuilds(tables, store, clock: { time.now }),
        chatLimits: chatLimits))
    server = try HTTPServer(
      listen: configuration.listen, standingHeaders: Edge.standingHeaders,
      handler: { edge.handle($0, $1) })
    gate.start()
  }

  private let lineKeeper: Lines
  var logged: [String] { lineKeeper.all }

  deinit {
    server.drainAndStop(deadlineSeconds: 1)
    gate.stop()
  }

  func wait(seconds: Int64) { time.move(seconds) }

  /// Makes the ledger stop while the server goes on.
  func stopLoop() { gate.stop() }

  func send(
    _ method: String, _ path: String, headers: HTTPHeaders = [:], body: [UInt8] = []
  ) async throws -> EdgeAnswer {
    let request = HTTPClientRequest(
      method: method, url: "http://127.0.0.1:\(server.port)\(path)", headers: headers, body: body,
      timeoutMilliseconds: 20_000)
    return EdgeAnswer(try await client.send(request).get())
  }

  func get(_ path: String, headers: HTTPHeaders = [:]) async throws -> EdgeAnswer {
    try await send("GET", path, headers: headers)
  }

  /// A write with the service key.
  func post(
    _ path: String, _ body: String, key: String? = EdgeWorld.serviceKey,
    idempotency: String? = nil, type: String? = "application/json"
  ) async throws -> EdgeAnswer {
    var headers = HTTPHeaders()
    if let key { headers.add("Authorization", "Bearer \(key)") }
    if let type { headers.add("Content-Type", type) }
    if let idempotency { headers.add("Idempotency-Key", idempotency) }
    return try await send("POST", path, headers: headers, body: Array(body.utf8))
  }

  /// A notice as the provider sends it; other signatures on demand.
  func notify(_ body: String, signature: String? = nil) async throws -> EdgeAnswer {
    let bytes = Array(body.utf8)
    let signed = NOWPaymentsNotice.signature(of: bytes, secret: Self.ipnSecret)
    return try await send(
      "POST", "/webhooks/nowpayments",
      headers: [
        "Content-Type": "application/json", "x-nowpayments-sig": signature ?? signed ?? "",
      ],
      body: bytes)
  }

  /// Asks the ledger for something, as its own machines would.
  func ask(_ command: LedgerCommand) async throws {
    let answer = await withCheckedContinuation { continuation in
      let id = CommandID.composed("test", "\(UInt64.random(in: .min ... .max))")
      gate.submit(
        Submission(
          id: id, digest: CommandDigest.of(command), command: command, actor: "test")
      ) { continuation.resume(returning: $0) }
    }
    guard case .accepted = answer else { preconditionFailure("\(command): \(answer)") }
  }

  /// Registers a channel and gives its open id back.
  func register(
    open: String = "-1001234567890", closed: String = "-1009876543210", threshold: String? = "100"
  ) async throws {
    let answer = try await post(
      "/api/channels/register",
      Bodies.registration(open: open, closed: closed, threshold: threshold))
    precondition(answer.status == 201, "\(answer)")
  }
}

/// A clock that stands until it is moved.
final class Time: Sendable {
  private let held = Mutex(EdgeWorld.now)
  var now: Instant { held.withLock { $0 } }
  func move(_ seconds: Int64) { held.withLock { $0 = $0.adding(seconds: seconds) } }
}

/// Keeps what would be sent.
final class Outbox: Mailer {
  private let kept = Mutex<[Mail]>([])
  var all: [Mail] { kept.withLock { $0 } }
  func send(_ mail: Mail, then: @escaping @Sendable () -> Void) {
    kept.withLock { $0.append(mail) }
    then()
  }

  /// The token of the newest mail of a kind to an address.
  func token(_ kind: String, to email: String) -> String? {
    let mail = all.last { $0.kind == kind && $0.to == email }
    guard let text = mail?.text, let start = text.range(of: "token=")?.upperBound else {
      return nil
    }
    return String(text[start...].prefix { !$0.isWhitespace })
  }
}

/// What the edge logged.
final class Lines: Sendable {
  private let kept = Mutex<[String]>([])
  func add(_ line: String) { kept.withLock { $0.append(line) } }
  var all: [String] { kept.withLock { $0 } }
}

/// An answer with its body read.
struct EdgeAnswer: CustomStringConvertible {
  let status: Int
  let headers: HTTPHeaders
  let text: String
  let json: JSONValue?

  init(_ response: HTTPClientResponse) {
    status = response.status
    headers = response.headers
    text = String(decoding: response.body, as: UTF8.self)
    json = try? JSONValue.parse(response.body, limits: JSONLimits(bytes: 1 << 24))
  }

  var code: String? { json?["code"]?.text }
  var errors: [String] { json?["errors"]?.items?.compactMap { $0["field"]?.text } ?? [] }
  var description: String { "\(status) \(text)" }
}

/// The loop as a gate.
final class LoopGate: Gate {
  private let loop: Loop<InvoiceProcess>
  private let readinessHeld = Mutex(
    Readiness([Readiness.Component("log", isHealthy: true, isVital: true)]))

  init(_ loop: Loop<InvoiceProcess>) { self.loop = loop }

  func start() {
    let loop = loop
    startThread { try? loop.run() }
    let command = LedgerCommand.ledger(
      .open(environment: .sandbox, log: String(repeating: "0", count: 32)))
    submit(
      Submission(
        id: .composed("ledger", "open"), digest: SHA256.digest(of: []), command: command,
        actor: "test"), then: { _ in })
  }

  func stop() { loop.stop() }
  var readiness: Readiness { readinessHeld.withLock { $0 } }
  func submit(_ submission: Submission, then: @escaping @Sendable (Answer) -> Void) {
    loop.submit(submission, then: then)
  }
  func inspect(_ read: @escaping @Sendable (LedgerState) -> Void) { loop.inspect(read) }
}

/// Answers every order with an invoice, or never.
struct InvoiceProcess: LedgerProcess {
  struct Job: Work {
    var key: Subject { "none" }
    var lane: String { "none" }
    var isEndless: Bool { false }
    func abandonment(_ reason: String) -> LedgerCommand {
      .ledger(.open(environment: .sandbox, log: reason))
    }
  }

  let isInvoicing: Bool
  var wakeAt: Instant? { nil }
  mutating func wake(at now: Instant, _ state: LedgerState) -> [(CommandID, LedgerCommand)] { [] }
  mutating func take(_ recorded: Recorded) -> Reaction<Job> {
    guard isInvoicing, case .order(.placed(let order)) = recorded.event else { return Reaction() }
    let url = "https://pay.example/\(order.order)"
    return Reaction(
      commands: [.order(.noteInvoice(order.order, invoice: InvoiceID(text: "5077")!, url: url))])
  }
}
