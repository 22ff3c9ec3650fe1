import Foundation
import Gateways
import HTTP
import JSON
import Kernel
import Model
import Sandbox
import Support
import Testing

/// The outside of a service that is killed: providers that live on, notices sent until they are
/// taken, and what must hold in the end.
final class KillWorld: @unchecked Sendable {  // One test uses it, one step at a time.
  /// One signed notice of one payment.
  struct Notice {
    let payment: Int
    let status: String
    let body: [UInt8]
    let signature: String
  }

  let data: String
  var log: String { data + "/service.log" }
  /// Where every checkpoint goes, as if on another disk.
  var witness: String { data + "-witness" }
  let sandbox: Sandbox
  let http = HTTPClient()
  /// Where the node listens that is talked to.
  var port: Int
  private let secret = "kill-tests-ipn-secret"
  let key = "kill-tests-service-key-of-32-characters"
  private var state: UInt64
  private(set) var delivered: Set<String> = []
  let wallet: String
  var environment: [String: String] = [:]

  /// Channels that accumulate 25, 50 and 30 USDT, are paid 50 at once, or accumulate ETH.
  private let threshold = 1...8
  private let instant = 11...14
  private let converting = 21...22

  init(seed: UInt64 = 20_261_125, usdt: String = "100000") throws {
    state = seed
    data = NSTemporaryDirectory() + "weir-kills-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    let hex = String(repeating: "4c", count: 32)
    let keyFile = data + "/wallet-key"
    _ = FileManager.default.createFile(
      atPath: keyFile, contents: Data(hex.utf8), attributes: [.posixPermissions: 0o600])
    wallet = try #require(EthereumKey(hex: hex)).address
    var settings = SandboxSettings()
    settings.hostWallet = wallet
    settings.firstUSDT = usdt
    settings.ipnSecret = secret
    settings.blockMilliseconds = 50
    settings.stepMilliseconds = 20
    settings.changeNOWCallsPerSecond = 0
    sandbox = try Sandbox.start(settings)
    port = FreePort.next()
    environment = [
      "WEIR_NOWPAYMENTS_URL": sandbox.nowPaymentsURL, "WEIR_CHANGENOW_URL": sandbox.changeNOWURL,
      "WEIR_ETHEREUM_RPC_URL": sandbox.ethereumURL, "WEIR_NOWPAYMENTS_IPN_SECRET": secret,
      "WEIR_NOWPAYMENTS_API_KEY": settings.nowPaymentsKey,
      "WEIR_CHANGENOW_API_KEY": settings.changeNOWKey, "WEIR_SERVICE_KEY": key,
      "WEIR_HOST_WALLET_KEY_FILE": keyFile, "WEIR_BATCH_INTERVAL_SECONDS": "1",
      "WEIR_LANE_RETRY_SECONDS": "1", "WEIR_SWAP_POLL_SECONDS": "1",
      "WEIR_CHAIN_POLL_SECONDS": "1", "WEIR_WITNESS_PATH": data + "-witness",
    ]
  }

  deinit {
    sandbox.stop()
    for path in [data, witness, witness + "-signed"] {
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  func random(below bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }

  var base: String { "http://127.0.0.1:\(port)" }

  func start() throws -> Life { try start(on: data) }

  func start(
    on data: String, _ options: [String] = [], _ variables: [String: String] = [:]
  ) throws -> Life {
    try Life(
      ["serve", "--sandbox", "--data", data, "--listen", "127.0.0.1:\(port)"] + options,
      environment.merging(variables) { $1 }, log: log)
  }

  func channel(_ number: Int) -> String { "-100\(7_000_000 + number)" }

  func begin() async throws {
    try await register(
      (Array(threshold) + Array(instant) + Array(converting)).map {
        registration($0, instant.contains($0) ? nil : 100)
      })
  }

  /// Registers channels in a first life that is left alone.
  func register(_ registrations: [[UInt8]]) async throws {
    let service = try start()
    #expect(await isUp(within: 240), "not up: see \(log)")
    for registration in registrations {
      let status = await post(
        "/api/channels/register", registration, ["Authorization": "Bearer \(key)"], seconds: 10)
      try #require(status == 201)
    }
    try await offPool { service.kill() }
  }

  func isUp(within seconds: Double) async -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
      let answer = await http.send(HTTPClientRequest(method: "GET", url: base + "/ready"))
      if case .success(let response) = answer, response.status == 200 { return true }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return false
  }

  func registration(
    _ number: Int, _ limit: Int?, wallet: String = "LdP8Qox1VAhCzLJNqrr74YovaWYyNBUWvL",
    currency: String = "LTC", network: String? = nil
  ) -> [UInt8] {
    var fields: [JSONMember] = []
    func put(_ name: String, _ value: JSONValue) { fields.append(JSONMember(name, value)) }
    put("open_channel_id", .string(channel(number)))
    put("closed_channel_id", .string("-200\(7_000_000 + number)"))
    for side in ["open", "closed"] {
      put("\(side)_channel_title", .string("\(side) \(number)"))
      put("\(side)_channel_description", .string("d"))
    }
    put("tier_count", .integer(3))
    for (index, price) in [25, 50, 30].enumerated() {
      put("sub_\(index + 1)_price", .integer(price))
      put("sub_\(index + 1)_time", .integer(30))
    }
    put("client_wallet_address", .string(wallet))
    put("client_payout_currency", .string(currency))
    put("client_payout_network", .string(network ?? currency))
    put("payout_strategy", .string(limit == nil ? "instant" : "threshold"))
    if let limit { put("payout_threshold_usd", .integer(limit)) }
    return JSONValue.object(fields).written(.asIs)
  }

  /// Every notice of the story, in the order in which it is first sent.
  func story() -> [Notice] {
    var notices: [Notice] = []
    var payment = 80_000
    func pay(_ number: Int, _ price: Int, _ outcome: String, _ currency: String) {
      payment += 1
      for status in ["waiting", "confirming", "finished"] {
        notices.append(notice(payment, status, number, price, outcome, currency))
      }
    }
    for price in [25, 50, 30] {
      for number in threshold { pay(number, price, "\(price)", "usdterc20") }
    }
    for number in instant { pay(number, 50, "50", "usdterc20") }
    for number in converting { pay(number, 50, "0.08", "eth") }
    return notices
  }

  func notice(
    _ payment: Int, _ status: String, _ number: Int, _ price: Int, _ outcome: String,
    _ currency: String
  ) -> Notice {
    let body = JSONValue.object([
      JSONMember("actually_paid", .number(outcome)),
      JSONMember("order_id", .string("PGP-\(payment)|\(channel(number))")),
      JSONMember("outcome_amount", .number(outcome)),
      JSONMember("outcome_currency", .string(currency)),
      JSONMember("payment_id", .integer(payment)), JSONMember("payment_status", .string(status)),
      JSONMember("price_amount", .integer(price)), JSONMember("price_currency", .string("usd")),
    ]).written(.sorted)
    let signature = NOWPaymentsNotice.signature(of: body, secret: secret) ?? ""
    return Notice(payment: payment, status: status, body: body, signature: signature)
  }

  func post(
    _ path: String, _ body: [UInt8], _ headers: HTTPHeaders, seconds: Int
  ) async -> Int? {
    var all = headers
    all.set("Content-Type", "application/json")
    var request = HTTPClientRequest(method: "POST", url: base + path, headers: all, body: body)
    request.timeoutMilliseconds = seconds * 1_000
    guard case .success(let response) = await http.send(request) else { return nil }
    return response.status
  }

  private func name(_ notice: Notice) -> String { "\(notice.payment) \(notice.status)" }

  /// Sends what was not acknowledged yet, and now and then something again that was.
  func deliver(_ story: ArraySlice<Notice>, before deadline: ContinuousClock.Instant) async {
    for notice in story where !delivered.contains(name(notice)) || random(below: 60) == 0 {
      guard ContinuousClock.now < deadline else { return }
      let headers: HTTPHeaders = ["x-nowpayments-sig": notice.signature]
      let status = await post("/webhooks/nowpayments", notice.body, headers, seconds: 1)
      guard let status else { return }
      if status == 200 { delivered.insert(name(notice)) }
    }
  }

  /// Sends until everything is acknowledged.
  func deliverAll(_ story: [Notice], before deadline: ContinuousClock.Instant) async throws {
    while delivered.count < story.count, ContinuousClock.now < deadline {
      await deliver(story[...], before: deadline)
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(delivered.count == story.count)
  }

  /// Sends everything again, as to another service.
  func forgetDelivered() { delivered = [] }

  /// Lets the story come to its end in a life that nobody cuts short.
  func settle(_ story: [Notice]) async throws {
    let deadline = ContinuousClock.now + .seconds(300)
    try await deliverAll(story, before: deadline)
    let expected = threshold.count + instant.count + converting.count
    while ContinuousClock.now < deadline {
      let paid = try await log("split.completed.v1").count {
        $0["body"]?["purpose"]?["conversion"] == nil
      }
      if paid >= expected { return }
      try await Task.sleep(for: .milliseconds(500))
    }
    Issue.record("not settled: see \(log)")
  }

  /// How many lives got as far as answering requests.
  func lives() throws -> Int {
    try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
      .count { $0.contains(#""event":"listening""#) }
  }

  /// The facts of one name.
  private func log(_ name: String) async throws -> [JSONValue] { try await log(name, of: data) }

  func log(_ name: String, of data: String) async throws -> [JSONValue] {
    let store = environment.filter { $0.key == "WEIR_STORE" }
    let words = ["log", "export", "--data", data]
    let export = try await offPool { try WeirProcess.run(words, store) }
    return try export.out.split(separator: "\n")
      .filter { $0.contains("\"name\":\"\(name)\"") }
      .map { try JSONValue.parse(Array($0.utf8), limits: JSONLimits(bytes: 1 << 20, depth: 32)) }
  }

  /// Nothing acknowledged is missing, everything is there once, and the sums are the story's.
  func checkLog(_ story: [Notice]) async throws {
    let observed = try await log("payment.observed.v1").compactMap { event -> String? in
      guard let body = event["body"], let payment = body["payment"]?.text,
        let status = body["status"]?.text
      else { return nil }
      return "\(payment) \(status)"
    }
    #expect(observed.sorted() == story.map(name).sorted())
    #expect(try await log("payment.finished.v1").count == story.count / 3)
    let batches = try await log("batch.opened.v1").compactMap {
      $0["body"]?["total"]?["amount"]?.text
    }
    let wanted = threshold.map { _ in "101.85" }
    #expect(batches.filter { $0 == "101.85" } == wanted)
    #expect(batches.count == threshold.count + converting.count)
    #expect(try await log("conversion.completed.v1").count == converting.count)
    #expect(try await log("transfer.parked.v1").isEmpty)
    #expect(try await log("split.held.v1").isEmpty)
  }

  /// Transfers of the host wallet that are on the chain.
  func sent() async throws -> [JSONValue] {
    let request = HTTPClientRequest(method: "GET", url: sandbox.adminURL + "/admin/chain/transfers")
    let answer = try await http.send(request).get()
    let limits = JSONLimits(bytes: 1 << 22, depth: 32)
    return try JSONValue.parse(answer.body, limits: limits).items?
      .filter { $0["from"]?.text == wallet } ?? []
  }

  /// On the chain each obligation moved once: no deposit address was paid twice.
  func checkChain() async throws {
    let sent = try await sent()
    let addresses = sent.compactMap { $0["to"]?.text }
    #expect(Set(addresses).count == addresses.count)
    let expected = threshold.count + instant.count + converting.count * 2
    #expect(sent.count == expected)
    #expect(sent.count { $0["amount"]?.text == "101.85" } == threshold.count)
    #expect(sent.count { $0["amount"]?.text == "48.50" } == instant.count)
    let signed = try await log("transfer.signed.v1").compactMap { $0["body"]?["nonce"]?.integer }
    #expect(signed.sorted() == Array(0..<expected))
    let node = EthereumNode(url: sandbox.ethereumURL, http: http)
    #expect(try await trace(at: node).check() == .accepted)
  }
}
