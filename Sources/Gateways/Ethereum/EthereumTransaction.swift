/// A transaction of EIP-1559 (type 2) that calls or pays one account.
///
/// It has no access list and creates no contract: this program needs neither, so what holds either
/// is not read. Amounts are wei.
public struct EthereumTransaction: Hashable, Sendable {
  public let chainID: Int
  public let nonce: Int
  public let maxPriorityFeePerGas: Int128
  public let maxFeePerGas: Int128
  public let gasLimit: Int
  /// With checksum.
  public let to: String
  public let value: Int128
  public let data: [UInt8]
  private let target: EthereumAddress

  /// Fees are decimal wei, as the facts hold them.
  ///
  /// Nil where `to` is no address, a number is negative or no number, or the tip is above the fee.
  public init?(
    chainID: Int, nonce: Int, maxFeePerGas: String, maxPriorityFeePerGas: String, gasLimit: Int,
    to: String, value: Int128, data: [UInt8] = []
  ) {
    guard let target = EthereumAddress(to), let most = Int128(maxFeePerGas),
      let tip = Int128(maxPriorityFeePerGas)
    else { return nil }
    self.init(
      chainID: chainID, nonce: nonce, maxFeePerGas: most, maxPriorityFeePerGas: tip,
      gasLimit: gasLimit, target: target, value: value, data: data)
  }

  /// A transaction that does what `call` says; whose key signs it is the sender.
  public init?(
    _ call: EthereumCall, chainID: Int, nonce: Int, maxFeePerGas: String,
    maxPriorityFeePerGas: String, gasLimit: Int
  ) {
    self.init(
      chainID: chainID, nonce: nonce, maxFeePerGas: maxFeePerGas,
      maxPriorityFeePerGas: maxPriorityFeePerGas, gasLimit: gasLimit, to: call.to,
      value: call.value, data: call.data)
  }

  init?(
    chainID: Int, nonce: Int, maxFeePerGas: Int128, maxPriorityFeePerGas: Int128, gasLimit: Int,
    target: EthereumAddress, value: Int128, data: [UInt8]
  ) {
    guard chainID > 0, nonce >= 0, gasLimit >= 0, value >= 0, maxPriorityFeePerGas >= 0,
      maxFeePerGas >= maxPriorityFeePerGas
    else { return nil }
    self.chainID = chainID
    self.nonce = nonce
    self.maxPriorityFeePerGas = maxPriorityFeePerGas
    self.maxFeePerGas = maxFeePerGas
    self.gasLimit = gasLimit
    self.to = target.text
    self.value = value
    self.data = data
    self.target = target
  }

  private var unsigned: [RLP] {
    [
      .number(Int128(chainID)), .number(Int128(nonce)), .number(maxPriorityFeePerGas),
      .number(maxFeePerGas), .number(Int128(gasLimit)), .bytes(target.bytes), .number(value),
      .bytes(data), .list([]),
    ]
  }

  private static let type: UInt8 = 0x02

  /// What is hashed and signed.
  var unsignedPayload: [UInt8] { [Self.type] + RLP.list(unsigned).encoded }

  /// Signs it: the same transaction and key give the same bytes (RFC 6979).
  ///
  /// Both texts are `0x` and lower-case hex; the hash is known before anything is sent.
  public func signed(with key: EthereumKey) -> (raw: String, hash: String) {
    let signature = key.sign(Keccak.hash(unsignedPayload))
    return signed(parity: Int(signature.parity), r: signature.r, s: signature.s)
  }

  /// The bytes that a signature makes of it, whoever's it is; both numbers are 32 bytes.
  func signed(parity: Int, r: [UInt8], s: [UInt8]) -> (raw: String, hash: String) {
    let ends: [RLP] = [.number(Int128(parity)), .trimmed(r), .trimmed(s)]
    let raw = [Self.type] + RLP.list(unsigned + ends).encoded
    return (Hex.text(raw), Hex.text(Keccak.hash(raw)))
  }

  /// A signed transaction and who signed it.
  public struct Signed: Hashable, Sendable {
    public let transaction: EthereumTransaction
    /// With checksum.
    public let sender: String
    public let hash: String
    /// 0 or 1.
    public let parity: Int
    /// 32 bytes each.
    public let r: [UInt8]
    public let s: [UInt8]
  }

  /// Why bytes are no transaction that this program could have sent.
  public enum DecodingFailure: Error, Hashable, Sendable {
    case notHex
    /// Another type than 2.
    case notTypeTwo
    /// No RLP, not in its one encoding, or not the twelve items.
    case malformed
    case hasAccessList
    case createsContract
    /// Out of range, in the upper half (EIP-2), or nobody's.
    case badSignature
  }

  /// Reads signed bytes strictly and finds their sender.
  public static func decode(raw: String) throws(DecodingFailure) -> Signed {
    guard let bytes = Hex.bytes(raw) else { throw .notHex }
    guard bytes.first == type else { throw .notTypeTwo }
    guard case .list(let items)? = RLP(decoding: Array(bytes.dropFirst())), items.count == 12,
      case .bytes(let to) = items[5], case .bytes(let data) = items[7],
      case .list(let accessList) = items[8]
    else { throw .malformed }
    guard accessList.isEmpty else { throw .hasAccessList }
    guard !to.isEmpty else { throw .createsContract }
    guard let target = EthereumAddress(bytes: to), let value = items[6].number,
      let tip = items[2].number, let most = items[3].number,
      let chainID = items[0].integer, let nonce = items[1].integer, let gas = items[4].integer,
      let transaction = EthereumTransaction(
        chainID: chainID, nonce: nonce, maxFeePerGas: most, maxPriorityFeePerGas: tip,
        gasLimit: gas, target: target, value: value, data: data),
      let r = items[10].padded, let s = items[11].padded, let parity = items[9].integer
    else { throw .malformed }
    guard parity == 0 || parity == 1 else { throw .badSignature }
    let signature = Secp256k1.Signature(r: r, s: s, parity: UInt8(parity))
    let digest = Keccak.hash(transaction.unsignedPayload)
    guard let signer = Secp256k1.signer(of: digest, signature) else { throw .badSignature }
    return Signed(
      transaction: transaction, sender: EthereumAddress(publicKey: signer).text,
      hash: Hex.text(Keccak.hash(bytes)), parity: parity, r: r, s: s)
  }
}

extension RLP {
  /// A 32-byte number without its leading zeros.
  fileprivate static func trimmed(_ bytes: [UInt8]) -> RLP {
    .bytes(Array(bytes.drop { $0 == 0 }))
  }

  /// A number of up to 32 bytes, its leading zeros put back.
  fileprivate var padded: [UInt8]? {
    guard case .bytes(let bytes) = self, bytes.first != 0, bytes.count <= 32 else { return nil }
    return [UInt8](repeating: 0, count: 32 - bytes.count) + bytes
  }

  fileprivate var integer: Int? { number.flatMap { Int(exactly: $0) } }
}
