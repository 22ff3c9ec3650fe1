/// The token standard: call data of what we ask, and the log that says what was moved.
///
/// USDT returns nothing from `transfer` (external-apis 4.6), so that success is read from the log
/// alone, never from a return value or from the call data.
public enum ERC20 {
  /// First four bytes of the hash of `transfer(address,uint256)`.
  static let transferSelector: [UInt8] = [0xa9, 0x05, 0x9c, 0xbb]
  static let balanceSelector: [UInt8] = [0x70, 0xa0, 0x82, 0x31]
  /// Hash of `Transfer(address,address,uint256)`.
  public static let transferTopic =
    "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"

  /// Call data of `transfer`; nil where `to` is no address or the amount is negative.
  public static func transfer(to: String, amount: Int128) -> [UInt8]? {
    guard let to = EthereumAddress(to), amount >= 0 else { return nil }
    return transferSelector + to.word + word(amount)
  }

  /// Call data of `balanceOf`; nil where `account` is no address.
  public static func balance(of account: String) -> [UInt8]? {
    EthereumAddress(account).map { balanceSelector + $0.word }
  }

  /// One movement of a token; addresses with checksum.
  public struct Transfer: Hashable, Sendable {
    public let contract: String
    public let from: String
    public let to: String
    public let amount: Int128

    public init(contract: String, from: String, to: String, amount: Int128) {
      self.contract = contract
      self.from = from
      self.to = to
      self.amount = amount
    }
  }

  /// Reads `transfer` call data as the recipient and the amount; nil for any other data.
  public static func readTransfer(_ data: [UInt8]) -> (to: String, amount: Int128)? {
    guard data.count == 68, data.starts(with: transferSelector),
      let to = EthereumAddress(word: Array(data[4..<36])),
      let amount = Hex.word(Array(data[36...]))
    else { return nil }
    return (to.text, amount)
  }

  /// Reads `balanceOf` call data as the account that is asked about; nil for any other data.
  public static func readBalance(_ data: [UInt8]) -> String? {
    guard data.count == 36, data.starts(with: balanceSelector) else { return nil }
    return EthereumAddress(word: Array(data[4...]))?.text
  }

  /// The topics and data of a Transfer log, for chains of our own; nil where an address is none.
  public static func log(
    from: String, to: String, amount: Int128
  ) -> (topics: [String], data: String)? {
    guard let from = EthereumAddress(from), let to = EthereumAddress(to), amount >= 0 else {
      return nil
    }
    let topics = [transferTopic, Hex.text(from.word), Hex.text(to.word)]
    return (topics, Hex.text(word(amount)))
  }

  /// A number as a 32-byte word; negative ones trap.
  static func word(_ value: Int128) -> [UInt8] {
    precondition(value >= 0, "a negative word")
    let low = (0..<16).map { UInt8(truncatingIfNeeded: value >> ((15 - $0) * 8)) }
    return [UInt8](repeating: 0, count: 16) + low
  }
}
