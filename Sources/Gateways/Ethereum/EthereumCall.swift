public import Kernel

/// What a transaction does: from whom, to whom, with how many wei and which data.
public struct EthereumCall: Hashable, Sendable {
  public let from: String
  public let to: String
  public let value: Int128
  public let data: [UInt8]

  public init(from: String, to: String, value: Int128 = 0, data: [UInt8] = []) {
    self.from = from
    self.to = to
    self.value = value
    self.data = data
  }

  /// The call that pays `amount`: plain value for ETH, the token's `transfer` for anything else.
  ///
  /// Nil where the asset can't be sent, the amount is not positive, an address is none, or the
  /// money would be lost: sent to the zero address, to its own sender, or to the token itself.
  /// `contract` stands in for the asset's own on chains that have another.
  public static func paying(
    _ amount: Money, from: String, to: String, contract: String? = nil
  ) -> EthereumCall? {
    guard amount.isPositive, amount.asset.isSendable, let sender = EthereumAddress(from),
      let recipient = EthereumAddress(to), !recipient.isZero, recipient != sender
    else { return nil }
    if amount.asset == .eth {
      return EthereumCall(from: sender.text, to: recipient.text, value: amount.units)
    }
    guard let contract = contract ?? amount.asset.contract,
      let token = EthereumAddress(contract), token != recipient,
      let data = ERC20.transfer(to: to, amount: amount.units)
    else { return nil }
    return EthereumCall(from: sender.text, to: token.text, data: data)
  }
}
