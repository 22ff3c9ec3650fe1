import JSON
import Kernel

/// A transaction as a node shows it, whoever signed it.
public struct SeenTransaction: Hashable, Sendable {
  public let hash: String
  /// As the node spells them.
  public let from: String
  /// Nil where it creates a contract.
  public let to: String?
  public let nonce: Int
  /// Wei; nil beyond `Int128`.
  public let value: Int128?
  public let data: [UInt8]
  /// Nil while it waits in the node's pool.
  public let block: Int?
  /// The signed bytes, put together again; nil where they don't come to the hash: another type, or
  /// a node that says something else than it has.
  public let raw: String?

  /// Nil where a part of it is not what it must be.
  init?(_ answer: JSONValue) {
    guard let hash = answer["hash"]?.text, let from = answer["from"]?.text,
      let nonce = answer["nonce"].quantity.flatMap({ Int(exactly: $0) }),
      let data = answer["input"]?.text.flatMap({ Hex.bytes($0) })
    else { return nil }
    self.hash = hash.lowercased()
    self.from = from
    self.nonce = nonce
    self.data = data
    to = answer["to"]?.text
    value = answer["value"].quantity
    block = answer["blockNumber"].quantity.flatMap { Int(exactly: $0) }
    raw = Self.raw(answer, hash: hash.lowercased(), nonce, data)
  }

  private static func raw(
    _ answer: JSONValue, hash: String, _ nonce: Int, _ data: [UInt8]
  ) -> String? {
    func integer(_ key: String) -> Int? { answer[key].quantity.flatMap { Int(exactly: $0) } }
    guard let chain = integer("chainId"), let gas = integer("gas"),
      let fee = answer["maxFeePerGas"].quantity, let tip = answer["maxPriorityFeePerGas"].quantity,
      let to = answer["to"]?.text, let value = answer["value"].quantity,
      let parity = integer("yParity") ?? integer("v"), parity == 0 || parity == 1,
      let r = word(answer["r"]?.text), let s = word(answer["s"]?.text),
      let transaction = EthereumTransaction(
        chainID: chain, nonce: nonce, maxFeePerGas: String(fee), maxPriorityFeePerGas: String(tip),
        gasLimit: gas, to: to, value: value, data: data)
    else { return nil }
    let made = transaction.signed(parity: parity, r: r, s: s)
    return made.hash == hash ? made.raw : nil
  }

  /// 32 bytes of a quantity that may be larger than any number here.
  private static func word(_ text: String?) -> [UInt8]? {
    guard let text, text.hasPrefix("0x"), text.utf8.count <= 66 else { return nil }
    let digits = text.dropFirst(2)
    return Hex.bytes("0x" + String(repeating: "0", count: 64 - digits.utf8.count) + digits)
  }
}

extension EthereumNode {
  /// What consumed a nonce of an account up to a block; nil where nothing did.
  ///
  /// Asks for the account's nonces of earlier blocks, back to the one that holds it: where that is
  /// more than some hundred blocks ago, only a node that keeps them all, an archive, can say.
  public func consumer(
    of nonce: Int, by account: String, upTo block: Int
  ) async throws(GatewayFailure) -> SeenTransaction? {
    guard block >= 0, try await self.nonce(of: account, atBlock: block) > nonce else { return nil }
    var (low, high, step) = (0, block, 1)
    while block - step >= 0 {
      guard try await self.nonce(of: account, atBlock: block - step) > nonce else {
        low = block - step + 1
        break
      }
      high = block - step
      step *= 2
    }
    while low < high {
      let middle = low + (high - low) / 2
      if try await self.nonce(of: account, atBlock: middle) > nonce {
        high = middle
      } else {
        low = middle + 1
      }
    }
    let answer = try await read(
      "eth_getBlockByNumber", [Hex.quantity(Int128(low)).json, .bool(true)])
    let seen = (answer["transactions"]?.items ?? []).compactMap { SeenTransaction($0) }
    let found = seen.first { $0.nonce == nonce && $0.from.lowercased() == account.lowercased() }
    guard let found else {
      throw .transient(
        "block \(low) must have nonce \(nonce) of \(account), and shows no such transaction",
        retryAfterSeconds: nil)
    }
    return found
  }

  /// What waits in this node's pool for a nonce; nil where nothing does, or the node doesn't tell.
  public func waiting(for nonce: Int, of account: String) async -> SeenTransaction? {
    guard let pool = try? await read("txpool_contentFrom", [account.json]) else { return nil }
    for part in ["pending", "queued"] {
      if let seen = pool[part]?[String(nonce)].flatMap({ SeenTransaction($0) }) { return seen }
    }
    return nil
  }

  /// The newest block that won't be replaced; `confirmations` as for `LiveEndpoints.sight`.
  public func finalHead(_ confirmations: Int?) async throws(GatewayFailure) -> Int {
    try await finalBlock(confirmations)
  }
}
