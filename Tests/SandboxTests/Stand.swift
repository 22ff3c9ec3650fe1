import Gateways
import HTTP
import JSON
import Kernel
import Support
import Testing

@testable import Sandbox

/// A sandbox of a test's own, quick, with clients of the project's.
final class Stand: Sendable {
  static let walletHex = "0x4646464646464646464646464646464646464646464646464646464646464646"
  static let secret = "sandbox-ipn-secret"

  let sandbox: Sandbox
  let http = HTTPClient()
  let key: EthereumKey
  let node: EthereumNode
  let swaps: ChangeNOWClient
  let payments: NOWPaymentsClient

  init(
    _ folder: ScratchFolder? = nil, change: (inout SandboxSettings) -> Void = { _ in }
  ) throws {
    key = try #require(EthereumKey(hex: Self.walletHex))
    var settings = SandboxSettings()
    settings.hostWallet = key.address
    settings.blockMilliseconds = 30
    settings.stepMilliseconds = 20
    settings.latencyMilliseconds = 0
    settings.rateMilliseconds = 20 * 60_000
    settings.changeNOWCallsPerSecond = 0
    settings.folder = folder?.file("sandbox")
    change(&settings)
    sandbox = try Sandbox.start(settings)
    node = EthereumNode(url: sandbox.ethereumURL, http: http)
    swaps = ChangeNOWClient(
      url: sandbox.changeNOWURL, apiKey: settings.changeNOWKey, http: http)
    payments = NOWPaymentsClient(
      url: sandbox.nowPaymentsURL, apiKey: settings.nowPaymentsKey, http: http)
  }

  deinit { sandbox.stop() }

  // MARK: Requests

  func get(_ url: String) async throws -> JSONValue {
    let response = try await http.send(HTTPClientRequest(url: url)).get()
    return try JSONValue.parse(response.body, limits: JSONLimits(bytes: 1 << 22))
  }

  @discardableResult
  func post(
    _ url: String, _ body: JSONValue, headers: HTTPHeaders = [:]
  ) async throws -> (status: Int, body: JSONValue) {
    var headers = headers
    headers.add("Content-Type", "application/json")
    let request = HTTPClientRequest(
      method: "POST", url: url, headers: headers, body: body.written(.asIs))
    let response = try await http.send(request).get()
    return (response.status, try JSONValue.parse(response.body))
  }

  @discardableResult
  func admin(_ path: String, _ body: JSONValue) async throws -> JSONValue {
    let (status, body) = try await post(sandbox.adminURL + "/admin/" + path, body)
    #expect((200..<300).contains(status), "\(path): \(body)")
    return body
  }

  func look(_ path: String) async throws -> [JSONValue] {
    try await get(sandbox.adminURL + "/admin/" + path).items ?? []
  }

  /// One JSON-RPC call's whole answer.
  func rpc(_ method: String, _ params: [JSONValue] = []) async throws -> JSONValue {
    try await post(
      sandbox.ethereumURL,
      .object([
        "jsonrpc": .string("2.0"), "id": .integer(7), "method": .string(method),
        "params": .array(params),
      ])
    ).body
  }

  /// Movements to an account.
  func arrivals(at address: String) async throws -> [JSONValue] {
    try await look("chain/transfers").filter { $0["to"]?.text == address }
  }

  // MARK: Transfers

  struct Fees {
    var most = "3000000000"
    var tip = "100000000"
    var gas = 100_000
    var chainID = 31_337
  }

  func transaction(
    _ amount: Money, to: String, nonce: Int, _ fees: Fees = Fees()
  ) throws -> (raw: String, hash: String) {
    let call = try #require(EthereumCall.paying(amount, from: key.address, to: to))
    let transaction = try #require(
      EthereumTransaction(
        call, chainID: fees.chainID, nonce: nonce, maxFeePerGas: fees.most,
        maxPriorityFeePerGas: fees.tip, gasLimit: fees.gas))
    return transaction.signed(with: key)
  }

  /// Sends with the next nonce and waits until it is mined.
  @discardableResult
  func pay(_ amount: Money, to: String) async throws -> Receipt {
    let nonce = try await node.nonce(of: key.address, at: .pending)
    let (raw, hash) = try transaction(amount, to: to, nonce: nonce)
    #expect(try await node.send(raw: raw) == .accepted)
    return try await eventually { try await self.node.receipt(hash) }
  }

  func status(_ swap: SwapID, is wanted: String) async throws -> SwapStatus {
    try await eventually {
      let status = try await self.swaps.status(swap)
      return status.status == wanted ? status : nil
    }
  }
}

struct NeverHappened: Error {}

/// Asks until there is an answer, for up to ten seconds.
func eventually<Value>(_ ask: () async throws -> Value?) async throws -> Value {
  for _ in 0..<1000 {
    if let value = try await ask() { return value }
    try await Task.sleep(for: .milliseconds(10))
  }
  throw NeverHappened()
}

func usdt(_ text: String) -> Money { Money(text, .usdt) ?? .blank }
func eth(_ text: String) -> Money { Money(text, .eth) ?? .blank }

let somebody = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
let somebodyElse = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"
