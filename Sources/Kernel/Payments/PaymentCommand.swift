/// What may be asked of a payment.
public enum PaymentCommand: Hashable, Sendable {
  /// The provider said something, by signed notice or when asked.
  case note(PaymentReport, PaymentPolicy)
  /// The rate that was asked for came back.
  case noteRate(PaymentID, Rate, source: String, PaymentPolicy)
  /// No rate can be had; a person decides.
  case noteNoRate(PaymentID)
  /// What a person decides about one that is held, or was taken back.
  case rule(PaymentID, PaymentRuling, reason: String)
}

/// A provider's words about one payment, amounts as decimal text.
public struct PaymentReport: Hashable, Sendable {
  public let payment: PaymentID
  public let status: String
  public let source: ObservationSource
  public let raw: String
  public var order: String?
  public var parent: PaymentID?
  public var priceAmount: String?
  public var priceCurrency: String?
  public var payAmount: String?
  public var payCurrency: String?
  public var payAddress: String?
  public var actuallyPaid: String?
  public var outcomeAmount: String?
  public var outcomeCurrency: String?
  public var updatedAt: String?

  public init(payment: PaymentID, status: String, source: ObservationSource, raw: String) {
    self.payment = payment
    self.status = status
    self.source = source
    self.raw = raw
  }

  /// Two reports that say the same say it once; providers give notices no id (external-apis 1.4).
  var identity: ReportIdentity {
    ReportIdentity(status, order, actuallyPaid, outcomeAmount, outcomeCurrency, updatedAt)
  }
}

/// The platform's terms when a payment is decided; configuration, snapshotted in the facts.
public struct PaymentPolicy: Hashable, Sendable {
  /// For payments whose order carries no fee of its own.
  public let fee: BasisPoints
  /// The least part of the price that must arrive (domain 3.9).
  public let tolerance: BasisPoints
  /// Off sends every payment the instant way, with its reason and an alarm (C-6).
  public let isAccumulating: Bool

  public init(fee: BasisPoints, tolerance: BasisPoints, isAccumulating: Bool) {
    self.fee = fee
    self.tolerance = tolerance
    self.isAccumulating = isAccumulating
  }
}

/// NOWPayments' payment statuses (external-apis 1.5).
public enum ProviderStatus: String, Word {
  case waiting, confirming, confirmed, sending, finished, failed, refunded, expired, cancelled
  case partiallyPaid = "partially_paid"
}

/// NOWPayments' codes of the coins that may arrive, as assets of ours.
///
/// An explicit list: names are never built by joining strings (external-apis 2.1).
public enum OutcomeCurrency {
  /// The asset a code stands for; nil where it is no coin we know.
  ///
  /// Any case of letters.
  public static func asset(_ code: String) -> Asset? { codes[code.lowercased()] }

  private static let codes: [String: Asset] = {
    let pairs: [(String, String)] = [
      ("eth", "ETH-ETH"), ("usdterc20", "USDT-ETH"), ("usdt", "USDT-ETH"),
      ("usdttrc20", "USDT-TRX"), ("usdtbsc", "USDT-BSC"), ("usdtmatic", "USDT-MATIC"),
      ("usdtsol", "USDT-SOL"), ("usdtton", "USDT-TON"), ("usdtbase", "USDT-BASE"),
      ("usdc", "USDC-ETH"), ("usdcerc20", "USDC-ETH"), ("usdcsol", "USDC-SOL"),
      ("usdcbase", "USDC-BASE"), ("usdcmatic", "USDC-MATIC"), ("usdcbsc", "USDC-BSC"),
      ("dai", "DAI-ETH"), ("btc", "BTC-BTC"), ("ltc", "LTC-LTC"), ("trx", "TRX-TRX"),
      ("bnbbsc", "BNB-BSC"), ("sol", "SOL-SOL"), ("xmr", "XMR-XMR"), ("doge", "DOGE-DOGE"),
      ("xrp", "XRP-XRP"), ("ada", "ADA-ADA"), ("bch", "BCH-BCH"), ("ton", "TON-TON"),
      ("xlm", "XLM-XLM"), ("zec", "ZEC-ZEC"), ("ethbase", "ETH-BASE"), ("ethbsc", "ETH-BSC"),
    ]
    var codes: [String: Asset] = [:]
    for (code, text) in pairs { codes[code] = Asset(text: text) }
    return codes
  }()
}
