import Foundation
import Gateways
import HTTP
import JSON
import Kernel
import Sandbox
import Support
import Synchronization
import Testing

@testable import Service

/// A service and its stand-ins on the loopback, and what a subscriber, an owner and an operator do
/// with them over HTTP; one node, or three on one log.
final class Stage: Sendable {
  let sandbox: Sandbox
  let weir: Weir
  let configuration: Configuration
  let http = HTTPClient()
  private let folder: String
  /// Nodes that stand by, which the provider notifies in turn with the one that serves.
  private let standing: [StandbyReads]
  /// Where each node listens, the one that serves last.
  let places: [String]
  private let turn = Atomic<Int>(0)
  /// The database of its log; nil where that is in files.
  let database: String?

  /// Where the service's log is kept.
  enum Keeping: CaseIterable, CustomTestStringConvertible {
    case files
    case postgres
    case threeNodes

    var testDescription: String { "\(self)" }
  }

  /// Starts both; `settings` are those of the environment, without `WEIR_`.
  ///
  /// `preparing` finds the data folder before the service does.
  static func open(
    _ settings: [String: String] = [:], in keeping: Keeping = .files,
    audit: @escaping Weir.Audit = { $0.brokenInvariant() },
    preparing: @escaping @Sendable (DataFolder) throws -> Void = { _ in }
  ) async throws -> Stage {
    try await offPool {
      var settings = settings
      var database: String?
      if keeping != .files {
        let server = try PostgresServer.shared.get()
        let name = try server.database()
        settings["STORE"] = server.url(name)
        database = name
      }
      let stage = try Stage(
        settings, database, keeping == .threeNodes ? 2 : 0, audit, preparing)
      if keeping == .threeNodes { try stage.waitForLeases() }
      return stage
    }
  }

  /// Until both nodes that stand by have their share of the lanes.
  private func waitForLeases() throws {
    for _ in 0..<2_400 {
      let leases = weir.readiness.calls?.leases ?? []
      let shares = Dictionary(grouping: leases) { $0.node }.values.map(\.count)
      if shares.sorted() == [3, 4] { return }
      usleep(50_000)
    }
    Issue.record("the lanes aren't shared: \(String(describing: weir.readiness.calls))")
  }

  private init(
    _ settings: [String: String], _ database: String?, _ beside: Int,
    _ audit: @escaping Weir.Audit, _ prepare: (DataFolder) throws -> Void
  ) throws {
    self.database = database
    folder = NSTemporaryDirectory() + "weir-stage-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try prepare(DataFolder(folder))
    var variables = [
      "WEIR_BATCH_INTERVAL_SECONDS": "1", "WEIR_LANE_RETRY_SECONDS": "1",
      "WEIR_SWAP_POLL_SECONDS": "1", "WEIR_CHAIN_POLL_SECONDS": "1",
    ]
    for (name, value) in settings { variables["WEIR_" + name] = value }
    let port = FreePort.next()
    var configuration = try Configuration.load(
      .sandbox, data: folder, listen: HTTPAddress(host: "127.0.0.1", port: port), file: nil,
      variables: variables)
    let started = try Sandbox.start(for: &configuration) { settings in
      settings.blockMilliseconds = 50
      settings.stepMilliseconds = 20
      settings.latencyMilliseconds = 1
    }
    sandbox = try #require(started)
    self.configuration = configuration
    let logger = Logger(secrets: configuration.secrets, clock: Weir.clock, sink: { _ in })
    weir = try Weir.start(configuration, logger: logger, audit: audit)
    var places: [String] = []
    var standing: [StandbyReads] = []
    for number in 0..<beside {
      var other = configuration
      other.data = folder + "/node\(number)"
      other.listen = HTTPAddress(host: "127.0.0.1", port: FreePort.next())
      standing.append(try StandbyReads.start(other, logger))
      places.append("http://\(other.listen)")
    }
    self.standing = standing
    self.places = places + ["http://127.0.0.1:\(port)"]
  }

  deinit {
    for node in standing { node.stop() }
    weir.stop()
    sandbox.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  // MARK: HTTP

  struct Reply {
    let status: Int
    let body: JSONValue
  }

  var base: String { "http://127.0.0.1:\(weir.port)" }

  func send(
    _ method: String, _ url: String, _ body: JSONValue? = nil, headers: HTTPHeaders = [:]
  ) async throws -> Reply {
    try await send(method, url, bytes: body?.written(.asIs) ?? [], headers: headers)
  }

  func send(
    _ method: String, _ url: String, bytes: [UInt8], headers: HTTPHeaders = [:]
  ) async throws -> Reply {
    var all = headers
    if !bytes.isEmpty { all.set("Content-Type", "application/json") }
    var request = HTTPClientRequest(method: method, url: url, headers: all, body: bytes)
    request.maximumAnswerBytes = 4 << 20
    let answer = try await http.send(request).get()
    let limits = JSONLimits(bytes: 4 << 20, depth: 32)
    let body = answer.body.isEmpty ? .null : try JSONValue.parse(answer.body, limits: limits)
    return Reply(status: answer.status, body: body)
  }

  var operatorKey: HTTPHeaders {
    ["Authorization": "Bearer \(configuration.operatorKeys[0].reveal())"]
  }

  /// One of the two who approve in a sandbox.
  func approverKey(_ number: Int) -> HTTPHeaders {
    ["Authorization": "Bearer \(configuration.approvers[number].key.reveal())"]
  }

  var key: HTTPHeaders {
    ["Authorization": "Bearer \(configuration.serviceKeys[0].reveal())"]
  }

  // MARK: What people do

  /// Registers the pair of `number`, an open channel `-100<number>`, tiers at 25, 50 and 30 USD.
  func register(
    _ number: Int, threshold: String?, currency: String = "XMR", network: String = "XMR",
    wallet: String = Stage.monero
  ) async throws {
    var fields: [JSONMember] = []
    func put(_ name: String, _ value: JSONValue) { fields.append(JSONMember(name, value)) }
    put("open_channel_id", .string(Stage.open(number)))
    put("open_channel_title", .string("Open \(number)"))
    put("open_channel_description", .string("News"))
    put("closed_channel_id", .string("-200\(1_000_000 + number)"))
    put("closed_channel_title", .string("Closed \(number)"))
    put("closed_channel_description", .string("More news"))
    put("tier_count", .integer(3))
    for (index, price) in ["25.00", "50.00", "30.00"].enumerated() {
      put("sub_\(index + 1)_price", .string(price))
      put("sub_\(index + 1)_time", .integer(30))
    }
    put("client_wallet_address", .string(wallet))
    put("client_payout_currency", .string(currency))
    put("client_payout_network", .string(network))
    put("payout_strategy", .string(threshold == nil ? "instant" : "threshold"))
    if let threshold { put("payout_threshold_usd", .string(threshold)) }
    let reply = try await send(
      "POST", base + "/api/channels/register", .object(fields), headers: key)
    try #require(reply.status == 201, "\(reply.body)")
  }

  static func open(_ number: Int) -> String { "-100\(1_000_000 + number)" }
  static let monero =
    "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3"
    + "XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A"

  /// Pays a channel's offer by an order of the old form, as the provider's page would.
  func pay(
    _ number: Int, _ price: String, user: Int, _ more: KeyValuePairs<String, JSONValue> = [:]
  ) async throws -> String {
    var fields = [
      JSONMember("order_id", .string("PGP-\(user)|\(Stage.open(number))")),
      JSONMember("price_amount", .number(price)),
      JSONMember("callback_url", .string(next() + "/webhooks/nowpayments")),
    ]
    for (name, value) in more { fields.append(JSONMember(name, value)) }
    let reply = try await send("POST", sandbox.adminURL + "/admin/pay", .object(fields))
    try #require(reply.status == 201, "\(reply.body)")
    return try #require(reply.body["payment_id"]?.text)
  }

  /// The node whose turn it is, beginning with one that stands by.
  private func next() -> String {
    let turn = turn.wrappingAdd(1, ordering: .relaxed).oldValue
    return places[turn % places.count]
  }

  // MARK: What can be seen

  /// Whether each node tells the same of a client, and the nodes that stand by had notices.
  func isAlike(_ number: Int) async throws -> Bool {
    guard !standing.isEmpty else { return true }
    let taken = #"weir_inbox_total{outcome="taken"}"#
    let answered = #"outcome="answered"}"#
    guard weir.metrics.page().contains(taken), weir.metrics.page().contains(answered) else {
      return false
    }
    for path in ["/timeline?limit=1000", "/balance", "/payouts"] {
      let own = try await send("GET", base + "/api/channels/\(Stage.open(number))" + path)
      for place in places.dropLast() {
        let other = try await send("GET", place + "/api/channels/\(Stage.open(number))" + path)
        guard own.status == 200, other.status == 200, other.body == own.body else { return false }
      }
    }
    return true
  }

  /// The client's facts so far, by name.
  func names(_ number: Int) async throws -> [String] {
    let reply = try await send(
      "GET", base + "/api/channels/\(Stage.open(number))/timeline?limit=1000")
    return reply.body["entries"]?.items?.compactMap { $0["name"]?.text } ?? []
  }

  func count(_ number: Int, _ name: String) async throws -> Int {
    try await names(number).count { $0 == name }
  }

  /// Amounts of the client's facts of one name, in order.
  func amounts(_ number: Int, _ name: String) async throws -> [String] {
    let reply = try await send(
      "GET", base + "/api/channels/\(Stage.open(number))/timeline?limit=1000")
    return (reply.body["entries"]?.items ?? []).filter { $0["name"]?.text == name }
      .compactMap { $0["amount"]?["amount"]?.text }
  }

  /// Every movement on the stand-in chain out of the host wallet.
  func sent() async throws -> [JSONValue] {
    let reply = try await send("GET", sandbox.adminURL + "/admin/chain/transfers")
    let wallet = weir.performer.key.address
    return (reply.body.items ?? []).filter { $0["from"]?.text == wallet }
  }

  /// Waits until something holds; false when `seconds` are over.
  func eventually(
    _ seconds: Double = 180, _ holds: () async throws -> Bool
  ) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
      if try await holds() { return true }
      try await Task.sleep(for: .milliseconds(50))
    }
    return try await holds()
  }
}
