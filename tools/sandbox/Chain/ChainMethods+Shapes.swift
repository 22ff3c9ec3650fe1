import Gateways
import JSON
import Kernel

/// Blocks, transactions and receipts in the shapes of the JSON-RPC specification.
extension ChainMethods {
  func transaction(_ hash: String) -> JSONValue {
    if let mined = chain.mined[hash] {
      return shape(mined.transaction, isSeen(mined) ? mined : nil)
    }
    for slots in chain.pool.values {
      for waiting in slots.values where waiting.hash == hash { return shape(waiting, nil) }
    }
    return .null
  }

  /// What waits of an account, by nonce (go-ethereum's `txpool_contentFrom`).
  func waiting(of account: EthereumAddress) -> JSONValue {
    let slots = chain.pool[account, default: [:]].sorted { $0.key < $1.key }
    let members = slots.map { JSONMember(String($0.key), shape($0.value, nil)) }
    return .object(["pending": .object(members), "queued": .object([JSONMember]())])
  }

  private func shape(_ transaction: ChainTransaction, _ mined: MinedTransaction?) -> JSONValue {
    let members: [JSONMember] = [
      JSONMember("type", .string("0x2")),
      JSONMember("hash", .string(transaction.hash)),
      JSONMember("nonce", quantity(transaction.nonce)),
      JSONMember("blockHash", mined.map { .string(chain.blockHash($0.block)) } ?? .null),
      JSONMember("blockNumber", mined.map { quantity($0.block) } ?? .null),
      JSONMember("transactionIndex", mined.map { quantity($0.index) } ?? .null),
      JSONMember("from", address(transaction.from)),
      JSONMember("to", address(transaction.to)),
      JSONMember("value", .string(Hex.quantity(transaction.value))),
      JSONMember("gas", quantity(transaction.gasLimit)),
      JSONMember("gasPrice", .string(Hex.quantity(mined?.price ?? transaction.maxFee))),
      JSONMember("maxFeePerGas", .string(Hex.quantity(transaction.maxFee))),
      JSONMember("maxPriorityFeePerGas", .string(Hex.quantity(transaction.tip))),
      JSONMember("input", .string(Hex.text(transaction.data))),
      JSONMember("chainId", quantity(chain.rules.chainID)),
      JSONMember("accessList", .array([])),
    ]
    return .object(members + (transaction.signed.map(signature) ?? []))
  }

  private func signature(_ signed: EthereumTransaction.Signed) -> [JSONMember] {
    func number(_ bytes: [UInt8]) -> JSONValue {
      let digits = HexText.of(bytes).drop { $0 == "0" }
      return .string("0x" + (digits.isEmpty ? "0" : digits))
    }
    let parity = quantity(signed.parity)
    return [
      JSONMember("yParity", parity), JSONMember("v", parity), JSONMember("r", number(signed.r)),
      JSONMember("s", number(signed.s)),
    ]
  }

  private static let noBloom = JSONValue.string("0x" + String(repeating: "0", count: 512))

  func receipt(_ mined: MinedTransaction) -> JSONValue {
    let blockHash = JSONValue.string(chain.blockHash(mined.block))
    return .object([
      "type": .string("0x2"),
      "status": quantity(mined.succeeded ? 1 : 0),
      "transactionHash": .string(mined.transaction.hash),
      "transactionIndex": quantity(mined.index),
      "blockHash": blockHash,
      "blockNumber": quantity(mined.block),
      "from": address(mined.transaction.from),
      "to": address(mined.transaction.to),
      "contractAddress": .null,
      "cumulativeGasUsed": quantity(mined.gasBefore + mined.gasUsed),
      "gasUsed": quantity(mined.gasUsed),
      "effectiveGasPrice": .string(Hex.quantity(mined.price)),
      "logs": .array(mined.log.map { [log($0, mined, blockHash)] } ?? []),
      "logsBloom": Self.noBloom,
    ])
  }

  private func log(
    _ movement: Movement, _ mined: MinedTransaction, _ blockHash: JSONValue
  ) -> JSONValue {
    let parts = ERC20.log(
      from: movement.from.text, to: movement.to.text, amount: movement.money.units)
    let before = chain.blocks[mined.block, default: []].prefix(mined.index)
    return .object([
      "address": address(mined.transaction.to),
      "topics": .array((parts?.topics ?? []).map { .string($0) }),
      "data": .string(parts?.data ?? "0x"),
      "blockNumber": quantity(mined.block),
      "blockHash": blockHash,
      "transactionHash": .string(mined.transaction.hash),
      "transactionIndex": quantity(mined.index),
      "logIndex": quantity(before.count { chain.mined[$0]?.log != nil }),
      "removed": .bool(false),
    ])
  }

  private static let noBlock = "0x" + String(repeating: "0", count: 64)

  func block(_ number: Int, full: Bool) -> JSONValue {
    let hashes = chain.blocks[number, default: []]
    let gas = hashes.reduce(0) { $0 + (chain.mined[$1]?.gasUsed ?? 0) }
    return .object([
      "number": quantity(number),
      "hash": .string(chain.blockHash(number)),
      "parentHash": .string(number == 0 ? Self.noBlock : chain.blockHash(number - 1)),
      "timestamp": quantity(chain.timestamp(of: number)),
      "gasLimit": quantity(Chain.blockGasLimit),
      "gasUsed": quantity(gas),
      "baseFeePerGas": .string(Hex.quantity(chain.baseFee(of: number))),
      "miner": address(chain.faucet),
      "difficulty": .string("0x0"),
      "extraData": .string("0x"),
      "uncles": .array([]),
      "withdrawals": .array([]),
      "transactions": .array(hashes.map { full ? transaction($0) : .string($0) }),
    ])
  }

  private func address(_ address: EthereumAddress) -> JSONValue {
    .string(address.text.lowercased())
  }
}
