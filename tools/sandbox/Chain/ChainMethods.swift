import Gateways
import JSON
import Kernel

/// The JSON-RPC methods that only look, over the world at one time.
struct ChainMethods {
  let chain: Chain
  let time: Int

  func call(_ method: String, _ params: Params) throws(RPCError) -> JSONValue {
    switch method {
    case "web3_clientVersion": return .string("weir-sandbox/1")
    case "net_version": return .string(String(chain.rules.chainID))
    case "eth_chainId": return quantity(chain.rules.chainID)
    case "eth_syncing": return .bool(false)
    case "eth_blockNumber": return quantity(chain.height(at: time))
    case "eth_gasPrice":
      return .string(Hex.quantity(nextBaseFee + Chain.suggestedTip))
    case "eth_maxPriorityFeePerGas": return .string(Hex.quantity(Chain.suggestedTip))
    case "eth_feeHistory": return try feeHistory(params)
    case "eth_getBalance":
      let account = try params.address(0)
      let block = try block(params, 1)
      return .string(Hex.quantity(chain.balances[account]?.value(at: block) ?? 0))
    case "eth_getTransactionCount": return try transactionCount(params)
    case "eth_getCode":
      let isToken = Chain.assets[try params.address(0)] != nil
      return .string(isToken ? "0x60806040" : "0x")
    case "eth_call": return try simulate(params)
    case "eth_estimateGas": return try estimate(params)
    case "eth_getTransactionByHash": return try transaction(params.hash(0))
    case "txpool_contentFrom": return waiting(of: try params.address(0))
    case "eth_getTransactionReceipt":
      guard let mined = chain.mined[try params.hash(0)], isSeen(mined) else { return .null }
      return receipt(mined)
    case "eth_getBlockByNumber":
      let number = try tag(params, 0)
      return number <= chain.height(at: time) ? block(number, full: params.flag(1)) : .null
    default:
      throw RPCError(
        code: -32601, message: "the method \(method) does not exist/is not available")
    }
  }

  /// A node that lags doesn't know the newest blocks.
  func isSeen(_ mined: MinedTransaction) -> Bool { mined.block <= chain.height(at: time) }

  private var nextBaseFee: Int128 { chain.baseFee(of: chain.height(at: time) + 1) }

  func quantity(_ value: Int) -> JSONValue { .string(Hex.quantity(Int128(value))) }

  /// A block's number by its name or itself.
  private func tag(_ params: Params, _ index: Int) throws(RPCError) -> Int {
    let height = chain.height(at: time)
    switch params.text(index) ?? "latest" {
    case "latest", "pending": return height
    case "finalized": return chain.finalHeight(at: time)
    case "safe": return max(0, height - chain.rules.confirmations / 2)
    case "earliest": return 0
    case let text:
      guard let number = Hex.quantity(text).flatMap({ Int(exactly: $0) }) else {
        throw .invalid("invalid argument \(index): hex string without 0x prefix")
      }
      return number
    }
  }

  /// A block that there is.
  private func block(_ params: Params, _ index: Int) throws(RPCError) -> Int {
    let number = try tag(params, index)
    guard number <= chain.height(at: time) else { throw .refused("header not found") }
    return number
  }

  private func transactionCount(_ params: Params) throws(RPCError) -> JSONValue {
    let account = try params.address(0)
    if params.text(1) == "pending" {
      return quantity(chain.pendingNonce(of: account, at: chain.height(at: time)))
    }
    let block = try block(params, 1)
    return .string(Hex.quantity(chain.nonces[account]?.value(at: block) ?? 0))
  }

  private func feeHistory(_ params: Params) throws(RPCError) -> JSONValue {
    guard let count = params.count(0), count > 0 else {
      throw .invalid("missing value for required argument 0")
    }
    let newest = try block(params, 1)
    let oldest = max(0, newest - min(count, 1024) + 1)
    let tip = JSONValue.string(Hex.quantity(Chain.suggestedTip))
    let percentiles = params.items(2).count
    var members = [
      JSONMember("oldestBlock", quantity(oldest)),
      JSONMember(
        "baseFeePerGas",
        .array((oldest...(newest + 1)).map { .string(Hex.quantity(chain.baseFee(of: $0))) })),
      JSONMember("gasUsedRatio", .array((oldest...newest).map { _ in .number("0.5") })),
    ]
    if percentiles > 0 {
      let row = JSONValue.array(Array(repeating: tip, count: percentiles))
      members.append(JSONMember("reward", .array((oldest...newest).map { _ in row })))
    }
    return .object(members)
  }

  private func simulate(_ params: Params) throws(RPCError) -> JSONValue {
    let call = try params.call(0)
    switch try effect(call, at: try block(params, 1)) {
    case .plain: return .string("0x")
    case .answers(let word): return .string(Hex.text(word))
    case .moves(let token, _, _):
      // USDT says nothing; the others say true.
      let isSilent = Chain.assets[token] == .usdt
      return .string(isSilent ? "0x" : "0x" + String(repeating: "0", count: 63) + "1")
    case .reverts: throw .reverted
    }
  }

  private func estimate(_ params: Params) throws(RPCError) -> JSONValue {
    let call = try params.call(0)
    let effect = try effect(call)
    if case .reverts = effect { throw .reverted }
    let gas = chain.gas(of: effect, data: call.data)
    if let price = call.maxFee, price > 0 {
      let allowance = (chain.balance(of: call.from) - call.value) / price
      guard allowance >= Int128(gas) else {
        throw .refused("gas required exceeds allowance (\(allowance))")
      }
    }
    return quantity(gas)
  }

  /// As of a block only where it is a question.
  private func effect(
    _ call: Params.Call, at block: Int? = nil
  ) throws(RPCError) -> Chain.Effect {
    let balance = chain.balance(of: call.from)
    guard balance >= call.value else {
      throw .refused(
        "insufficient funds for gas * price + value: address \(call.from) "
          + "have \(balance) want \(call.value)")
    }
    return chain.effect(
      from: call.from, to: call.to, value: call.value, data: call.data, at: block)
  }
}
