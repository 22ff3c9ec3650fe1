import Gateways
import Kernel

/// A transaction that the chain has taken: signed by somebody, or one of the chain's own houses.
struct ChainTransaction {
  let hash: String
  let from: EthereumAddress
  let to: EthereumAddress
  let nonce: Int
  let value: Int128
  let data: [UInt8]
  let gasLimit: Int
  let maxFee: Int128
  let tip: Int128
  /// The order of arrival.
  let arrival: Int
  /// Nil of the chain's own houses, which sign nothing.
  var signed: EthereumTransaction.Signed?

  /// What it can cost at most; nil beyond `Int128`.
  var highestCost: Int128? {
    let (fees, over) = maxFee.multipliedReportingOverflow(by: Int128(gasLimit))
    let (cost, carry) = fees.addingReportingOverflow(value)
    return over || carry ? nil : cost
  }

  func price(baseFee: Int128) -> Int128 { min(maxFee, baseFee + min(tip, maxFee - baseFee)) }
}

/// A transaction in a block.
struct MinedTransaction {
  let transaction: ChainTransaction
  let block: Int
  let index: Int
  let succeeded: Bool
  let gasUsed: Int
  /// All gas of the block up to and with this one.
  let gasBefore: Int
  let price: Int128
  /// The movement of a token, which is the one log there can be.
  let log: Movement?
}

/// Value that moved in a block.
struct Movement {
  let block: Int
  let hash: String
  let from: EthereumAddress
  let to: EthereumAddress
  let money: Money
}

/// A number that changes from block to block, and what it was.
struct History {
  private var entries: [(block: Int, value: Int128)] = []

  var last: Int128 { entries.last?.value ?? 0 }

  mutating func set(_ value: Int128, block: Int) {
    if entries.last?.block == block { entries.removeLast() }
    entries.append((block, value))
  }

  /// Forgets everything after `block`.
  mutating func cut(after block: Int) { entries.removeAll { $0.block > block } }

  /// What it was after `block`.
  func value(at block: Int) -> Int128 { entries.last { $0.block <= block }?.value ?? 0 }
}

/// A JSON-RPC error as go-ethereum words it.
struct RPCError: Error {
  let code: Int
  let message: String
  var data: String?

  /// What go-ethereum says of a transaction it doesn't take.
  static func refused(_ message: String) -> RPCError { RPCError(code: -32000, message: message) }
  static func invalid(_ message: String) -> RPCError { RPCError(code: -32602, message: message) }
  /// A revert without a reason, as USDT's are.
  static let reverted = RPCError(code: 3, message: "execution reverted", data: "0x")
}
