/// What a unit of gas may cost, in decimal wei, as the facts hold it.
public struct EthereumFees: Hashable, Sendable {
  public let maxFeePerGas: String
  public let maxPriorityFeePerGas: String

  public init(maxFeePerGas: String, maxPriorityFeePerGas: String) {
    self.maxFeePerGas = maxFeePerGas
    self.maxPriorityFeePerGas = maxPriorityFeePerGas
  }

  /// Both fees an eighth higher, so that nodes take the replacement (T7, CH-08).
  ///
  /// Start from the highest ever broadcast. It goes as high as the market asks, and no higher than
  /// `cap`, in wei: nil where less would be no raise, or a fee is no number.
  public func raised(to market: EthereumFees? = nil, cap: Int128) -> EthereumFees? {
    guard let most = Int128(maxFeePerGas), let tip = Int128(maxPriorityFeePerGas), most >= 0,
      tip >= 0, most <= cap, tip <= most
    else { return nil }
    let asked = market.flatMap { Int128($0.maxFeePerGas) } ?? 0
    let tipped = market.flatMap { Int128($0.maxPriorityFeePerGas) } ?? 0
    let fee = max(Self.raised(most), min(asked, cap))
    let raisedTip = max(Self.raised(tip), min(tipped, fee))
    guard fee <= cap, raisedTip <= fee else { return nil }
    return EthereumFees(maxFeePerGas: String(fee), maxPriorityFeePerGas: String(raisedTip))
  }

  private static func raised(_ fee: Int128) -> Int128 {
    max(fee + 1, fee + (fee + 7) / 8)
  }
}

/// The corridor fees stay in, in wei; the platform's, never a node's word alone (CH-25).
public struct EthereumFeePolicy: Hashable, Sendable {
  public static let `default` = EthereumFeePolicy()

  /// The least and the most tip: a hundredth of a gwei, and 5 gwei.
  public var tipLeast: Int128 = 10_000_000
  public var tipMost: Int128 = 5_000_000_000
  /// The most a unit of gas may cost, tip included: 200 gwei.
  public var feeMost: Int128 = 200_000_000_000
  /// The most a payment offers, so that a cancel, an eighth above it, stays under the cap.
  public var paymentMost: Int128 { feeMost / 9 * 8 + feeMost % 9 * 8 / 9 }
  /// The most gas a transfer may ask for.
  public var gasMost = 500_000
  /// What is added to an estimate of gas, in hundredths of it.
  public var gasMarginPercent = 25

  public init() {}

  /// A tip inside the corridor, and a fee that survives six full blocks: twice the next base fee
  /// and the tip, cut at the cap.
  ///
  /// Nil while the next block costs more than the cap: then it is time to wait (CH-12).
  func fees(nextBase: Int128, medianTip: Int128) -> EthereumFees? {
    let tip = min(max(medianTip, tipLeast), tipMost)
    let most = paymentMost
    guard nextBase >= 0, nextBase <= most, nextBase + tip <= most else { return nil }
    return EthereumFees(
      maxFeePerGas: String(min(2 * nextBase + tip, most)), maxPriorityFeePerGas: String(tip))
  }

  /// A limit with the margin; nil above the cap.
  func gasLimit(estimate: Int128) -> Int? {
    guard estimate > 0, estimate <= Int128(gasMost) else { return nil }
    let limit = estimate + (estimate * Int128(gasMarginPercent) + 99) / 100
    return limit <= Int128(gasMost) ? Int(limit) : nil
  }
}
