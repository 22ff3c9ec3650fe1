import JSON
public import Kernel

/// What a block says of a transaction in it.
public struct Receipt: Hashable, Sendable {
  public let hash: String
  public let block: Int
  public let blockHash: String
  /// False where it was mined and reverted: the nonce is used, the gas is paid, nothing moved.
  public let isSuccess: Bool
  public let gasUsed: Int
  /// Wei.
  public let effectiveGasPrice: Int128
  /// Every token movement its logs tell of, in order.
  public let transfers: [ERC20.Transfer]

  public init(
    hash: String, block: Int, blockHash: String, isSuccess: Bool, gasUsed: Int,
    effectiveGasPrice: Int128, transfers: [ERC20.Transfer]
  ) {
    self.hash = hash
    self.block = block
    self.blockHash = blockHash
    self.isSuccess = isSuccess
    self.gasUsed = gasUsed
    self.effectiveGasPrice = effectiveGasPrice
    self.transfers = transfers
  }

  /// What the gas cost, in ETH.
  public var fee: Money { Money(Int128(gasUsed) * effectiveGasPrice, .eth) }

  /// What a token moved from one account to another; other contracts' logs don't count (CH-15).
  public func moved(contract: String, from: String, to: String) -> Int128 {
    let wanted = [contract, from, to].map { $0.lowercased() }
    return transfers.filter {
      [$0.contract, $0.from, $0.to].map { $0.lowercased() } == wanted
    }.reduce(0) { $0 + $1.amount }
  }
}

extension Receipt {
  /// Reads a node's receipt; nil where a part of it is not what it must be.
  init?(_ value: JSONValue) {
    guard let hash = value["transactionHash"]?.text, let blockHash = value["blockHash"]?.text,
      let block = value["blockNumber"].quantity.flatMap({ Int(exactly: $0) }),
      let status = value["status"].quantity, status == 0 || status == 1,
      let gasUsed = value["gasUsed"].quantity.flatMap({ Int(exactly: $0) }),
      let price = value["effectiveGasPrice"].quantity, price <= Int128(Int.max),
      let logs = value["logs"]?.items
    else { return nil }
    self.init(
      hash: hash.lowercased(), block: block, blockHash: blockHash.lowercased(),
      isSuccess: status == 1, gasUsed: gasUsed, effectiveGasPrice: price,
      transfers: logs.compactMap { ERC20.Transfer($0) })
  }
}

extension ERC20.Transfer {
  /// Reads a log; nil where it is no token's `Transfer`, or was taken back by a reorganisation.
  init?(_ log: JSONValue) {
    guard log["removed"]?.flag != true,
      let contract = log["address"]?.text.flatMap({ EthereumAddress($0) }),
      let topics = log["topics"]?.items, topics.count == 3,
      topics[0].text?.lowercased() == ERC20.transferTopic,
      let from = topics[1].text.flatMap({ Hex.bytes($0) }).flatMap({ EthereumAddress(word: $0) }),
      let to = topics[2].text.flatMap({ Hex.bytes($0) }).flatMap({ EthereumAddress(word: $0) }),
      let amount = log["data"]?.text.flatMap({ Hex.bytes($0) }).flatMap({ Hex.word($0) })
    else { return nil }
    self.init(contract: contract.text, from: from.text, to: to.text, amount: amount)
  }
}

extension JSONValue? {
  /// A JSON-RPC quantity.
  var quantity: Int128? { self?.text.flatMap { Hex.quantity($0) } }
}
