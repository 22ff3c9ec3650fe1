import Foundation
import HTTP
import JSON
import Kernel
import Support
import Testing

@testable import Gateways

/// A real EVM behind JSON-RPC, run by `tools/evmnode/start`; it ends with this process.
///
/// Blocks are made by `mine` only. One node serves all tests; each takes an account of its own.
final class EVMNode: Sendable {
  static let shared = Result { try EVMNode() }

  struct Refused: Error, CustomStringConvertible {
    let description: String
  }

  let url: String
  /// The USDT-like token; the first development account holds its supply and owns it.
  let token: String
  let node: EthereumNode
  let owner: EthereumKey
  private let process: EVMProcess

  private init() throws {
    process = try EVMProcess()
    url = process.url
    token = try #require(EthereumAddress(process.token)).text
    node = EthereumNode(url: url, http: HTTPClient())
    owner = try #require(EthereumKey(hex: EVMProcess.ownerKey))
  }

  /// Makes the node do what only tests may ask for.
  @discardableResult
  func control(_ method: String, _ parameters: JSONValue...) async throws -> JSONValue {
    switch await node.ask(method, parameters, seconds: 20) {
    case .result(let value): return value
    case .refused(_, let message): throw Refused(description: message)
    case .nothing(let failure): throw failure
    }
  }

  func mine(_ blocks: Int = 1) async throws {
    try await control("evm_mine", Hex.quantity(Int128(blocks)).json)
  }

  /// The next `count` calls of a method go wrong in a way.
  func fault(_ method: String, _ mode: String, message: String = "injected") async throws {
    let wish = JSONValue.object([
      "method": method.json, "mode": mode.json, "count": .integer(1), "code": .integer(-32603),
      "message": message.json,
    ])
    try await control("test_fault", wish)
  }

  /// A new key whose account holds a hundred ETH.
  func account(wei: Int128 = 100_000_000_000_000_000_000) async throws -> EthereumKey {
    var random = SystemRandomNumberGenerator()
    let bytes = (0..<32).map { _ in UInt8.random(in: 1...254, using: &random) }
    let key = try #require(EthereumKey(hex: HexText.of(bytes)))
    try await control("anvil_setBalance", key.address.json, Hex.quantity(wei).json)
    return key
  }

  /// Signs what a call says with fees that any block takes.
  func signed(
    _ call: EthereumCall, by key: EthereumKey, nonce: Int, gas: Int = 100_000, chain: Int = 31337,
    most: String = "20000000000", tip: String = "1000000000"
  ) throws -> (raw: String, hash: String) {
    let transaction = try #require(
      EthereumTransaction(
        call, chainID: chain, nonce: nonce, maxFeePerGas: most, maxPriorityFeePerGas: tip,
        gasLimit: gas))
    return transaction.signed(with: key)
  }

  /// Has the token's owner do something, in a block of its own.
  func ownerCalls(_ data: [UInt8]) async throws {
    let call = EthereumCall(from: owner.address, to: token, data: data)
    let nonce = try await node.nonce(of: owner.address, at: .pending)
    let signed = try signed(call, by: owner, nonce: nonce, gas: 200_000)
    #expect(try await node.send(raw: signed.raw) == .accepted)
    try await mine()
    #expect(try await node.receipt(signed.hash)?.isSuccess == true)
  }

  func giveTokens(_ units: Int128, to address: String) async throws {
    try await ownerCalls(#require(ERC20.transfer(to: address, amount: units)))
  }
}
