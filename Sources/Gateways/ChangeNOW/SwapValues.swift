public import Kernel

/// What a swap takes, as decimal text of the asset that is given; no upper bound where nil.
public struct SwapRange: Hashable, Sendable {
  public let least: String
  public let most: String?

  public init(least: String, most: String?) {
    self.least = least
    self.most = most
  }

  /// Where an amount of the asset that is given lies.
  public enum Place: Hashable, Sendable { case below, inside, above }

  /// Where an amount lies; bounds finer than the asset's smallest unit are cut to it.
  public func place(of amount: Money) -> Place? {
    guard let least = Money(truncating: least, amount.asset) else { return nil }
    if !(amount >= least) { return .below }
    guard let most else { return .inside }
    guard let most = Money(truncating: most, amount.asset) else { return nil }
    return most >= amount ? .inside : .above
  }
}

/// A swap to be opened.
public struct SwapOrder: Hashable, Sendable {
  public let amount: Money
  public let to: Asset
  /// Who receives.
  public let wallet: String
  /// An address of ours for the asset that is given.
  public let refund: String
  public let flow: SwapFlow
  /// The rate's id of the estimate, for a fixed rate.
  public let rate: String?
  /// What the swap can be found by again: ours, up to 64 characters.
  public let correlator: String
  public let attempt: Int

  public init(
    amount: Money, to: Asset, wallet: String, refund: String, flow: SwapFlow, rate: String?,
    correlator: String, attempt: Int
  ) {
    self.amount = amount
    self.to = to
    self.wallet = wallet
    self.refund = refund
    self.flow = flow
    self.rate = rate
    self.correlator = correlator
    self.attempt = attempt
  }
}

/// A swap as the provider has it, found by where its deposit goes.
public struct FoundSwap: Hashable, Sendable {
  public let swap: SwapID
  public let payin: String
  /// Who receives, and what.
  public let payout: String
  public let to: Asset
  /// What was promised, as decimal text; nil where nothing was.
  public let toAmount: String?
  /// The tag or memo that the payout carries.
  public let payoutExtra: String?

  public init(
    swap: SwapID, payin: String, payout: String, to: Asset, toAmount: String?,
    payoutExtra: String? = nil
  ) {
    self.swap = swap
    self.payin = payin
    self.payout = payout
    self.to = to
    self.toAmount = toAmount
    self.payoutExtra = payoutExtra
  }

  /// Whether a registered wallet is where it pays, with its tag; letters in any case where there
  /// is none.
  public func isPaid(to wallet: String) -> Bool {
    let place = PayoutPlace(wallet, of: to)
    return place.isMeant(by: payout, payoutExtra, of: to)
      || place.extra == nil && payoutExtra == nil && payout.lowercased() == wallet.lowercased()
  }
}

/// How a swap stands; amounts as decimal text, nil until the provider knows them.
///
/// Before `finished` no amount is to be booked (SW-09).
public struct SwapStatus: Hashable, Sendable {
  public let status: String
  public var amountFrom: String?
  public var amountTo: String?
  public var payinHash: String?
  public var payoutHash: String?
  /// Of what is paid out, in the provider's word.
  public var payoutNetwork: String?
  public var refundHash: String?
  public var refundAmount: String?
  public var validUntil: Instant?
  /// What is to be paid in, where to, and where it goes back to.
  public var expectedFrom: String?
  public var payin: String?
  public var refundAddress: String?

  public init(
    status: String, amountFrom: String? = nil, amountTo: String? = nil, payinHash: String? = nil,
    payoutHash: String? = nil, refundHash: String? = nil, refundAmount: String? = nil,
    validUntil: Instant? = nil, expectedFrom: String? = nil, payin: String? = nil,
    refundAddress: String? = nil, payoutNetwork: String? = nil
  ) {
    self.payoutNetwork = payoutNetwork
    self.expectedFrom = expectedFrom
    self.payin = payin
    self.refundAddress = refundAddress
    self.status = status
    self.amountFrom = amountFrom
    self.amountTo = amountTo
    self.payinHash = payinHash
    self.payoutHash = payoutHash
    self.refundHash = refundHash
    self.refundAmount = refundAmount
    self.validUntil = validUntil
  }
}

extension Instant {
  /// Reads a time as providers write it: `2026-11-20T09:21:27.448Z`, with up to nine digits of
  /// fraction or none, those beyond microseconds cut; UTC only.
  init?(provider text: String) {
    guard text.hasSuffix("Z"), text.utf8.count <= 30 else { return nil }
    let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count) else { return nil }
    let fraction = parts.count == 2 ? parts[1] : "0"
    guard !fraction.isEmpty, fraction.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    let digits = String(fraction.prefix(6))
    let padding = String(repeating: "0", count: 6 - digits.utf8.count)
    self.init(text: "\(parts[0]).\(digits)\(padding)Z")
  }
}
