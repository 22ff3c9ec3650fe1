import Gateways
import JSON
import Kernel

/// Who may enter the pool and who takes whose place, with go-ethereum's words.
extension Chain {
  /// EIP-7825's cap.
  private static let highestGas = 1 << 24
  /// go-ethereum's `--rpc.txfeecap`: one ether.
  private static let highestFee: Int128 = 1_000_000_000_000_000_000
  /// Of both fees, for a transaction that takes another's place.
  private static let replacementPercent: Int128 = 110

  /// Takes a signed transaction, `{result: hash}`, or says why not, `{error: …}`.
  mutating func submit(_ raw: String) -> Reply {
    do throws(RPCError) {
      let hash = try admit(raw)
      return Reply(.object(["result": .string(hash)]))
    } catch {
      return .refused(200, .object(["error": error.json]))
    }
  }

  private mutating func admit(_ raw: String) throws(RPCError) -> String {
    let signed: EthereumTransaction.Signed
    do throws(EthereumTransaction.DecodingFailure) {
      signed = try EthereumTransaction.decode(raw: raw)
    } catch {
      throw Self.refusal(error)
    }
    let asked = signed.transaction
    guard asked.chainID == rules.chainID else {
      throw .refused(
        "invalid chain id for signer: have \(asked.chainID) want \(rules.chainID)")
    }
    guard let from = EthereumAddress(signed.sender), let to = EthereumAddress(asked.to) else {
      throw .refused("invalid sender")
    }
    let slots = pool[from] ?? [:]
    if slots[asked.nonce]?.hash == signed.hash { throw .refused("already known") }
    let transaction = ChainTransaction(
      hash: signed.hash, from: from, to: to, nonce: asked.nonce, value: asked.value,
      data: asked.data, gasLimit: asked.gasLimit, maxFee: asked.maxFeePerGas,
      tip: asked.maxPriorityFeePerGas, arrival: arrivals + 1, signed: signed)
    try checkFields(transaction)
    let next = nonce(of: from)
    guard asked.nonce >= Int(next) else {
      throw .refused("nonce too low: next nonce \(next), tx nonce \(asked.nonce)")
    }
    try checkFunds(transaction, others: slots.values.filter { $0.nonce != asked.nonce })
    if let holder = slots[asked.nonce], !Self.outbids(transaction, holder) {
      throw .refused("replacement transaction underpriced")
    }
    _ = nextArrival()
    pool[from, default: [:]][asked.nonce] = transaction
    return signed.hash
  }

  private static func refusal(_ failure: EthereumTransaction.DecodingFailure) -> RPCError {
    switch failure {
    case .notHex: .invalid("invalid argument 0: hex string expected")
    case .notTypeTwo: .refused("transaction type not supported")
    case .malformed: .refused("rlp: value size exceeds available input length")
    case .hasAccessList: .refused("access lists are not supported by this chain")
    case .createsContract: .refused("contract creation is not supported by this chain")
    case .badSignature: .refused("invalid sender")
    }
  }

  private func checkFields(_ transaction: ChainTransaction) throws(RPCError) {
    let gas = transaction.gasLimit
    guard gas <= Self.highestGas else {
      throw .refused("transaction gas limit too high (cap: \(Self.highestGas), tx: \(gas))")
    }
    guard transaction.tip >= 1 else {
      throw .refused("transaction underpriced: gas tip cap \(transaction.tip), minimum needed 1")
    }
    let (fee, over) = transaction.maxFee.multipliedReportingOverflow(by: Int128(gas))
    guard !over, fee <= Self.highestFee else {
      throw .refused("tx fee exceeds the configured cap (1.00 ether)")
    }
    let least = Self.intrinsicGas(transaction.data)
    guard gas >= least else {
      throw .refused("intrinsic gas too low: gas \(gas), minimum needed \(least)")
    }
  }

  /// What waits of the same sender counts too.
  private func checkFunds(
    _ transaction: ChainTransaction, others: [ChainTransaction]
  ) throws(RPCError) {
    let balance = balance(of: transaction.from)
    let start = "insufficient funds for gas * price + value: balance \(balance), "
    guard let cost = transaction.highestCost else { throw .refused(start + "tx cost too large") }
    guard balance >= cost else {
      throw .refused(start + "tx cost \(cost), overshot \(cost - balance)")
    }
    let queued = others.reduce(0) { $0 + ($1.highestCost ?? 0) }
    guard balance - cost >= queued else {
      throw .refused(
        start + "queued cost \(queued), tx cost \(cost), overshot \(cost + queued - balance)")
    }
  }

  private static func outbids(_ challenger: ChainTransaction, _ holder: ChainTransaction) -> Bool {
    [(challenger.maxFee, holder.maxFee), (challenger.tip, holder.tip)].allSatisfy { asked, paid in
      asked > paid && asked >= paid * replacementPercent / 100
    }
  }

  /// 21,000 and the call data's, with the floor of EIP-7623.
  static func intrinsicGas(_ data: [UInt8]) -> Int {
    let zeros = data.count { $0 == 0 }
    let others = data.count - zeros
    return 21_000 + max(zeros * 4 + others * 16, (zeros + others * 4) * 10)
  }

}

extension RPCError {
  var json: JSONValue {
    var members = [
      JSONMember("code", .integer(code)), JSONMember("message", .string(message)),
    ]
    if let data { members.append(JSONMember("data", .string(data))) }
    return .object(members)
  }
}
