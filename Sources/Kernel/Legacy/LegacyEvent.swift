/// What the old system left behind, row by row; stored in stream `ledger-<channel>`.
///
/// History, and nothing a saga starts from. What was accumulated and not paid is owed by the
/// accumulation's own facts, which stand in the same append before `accumulated`.
public indirect enum LegacyEvent: Hashable, Sendable {
  case subscribed(Subscribed)
  case accumulated(Accumulated)
  case batched(Batched)
  case requested(Requested)
  case swapped(Swapped)
  case sent(Sent)

  /// A subscriber of a paid channel (`private_channel_users_database`).
  public struct Subscribed: BlankFact {
    public static let name = "ledger.legacy_subscribed.v1"
    public internal(set) var bought: Instant = .blank
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var days = 0
    public internal(set) var expires: Instant = .blank
    public internal(set) var invoice: InvoiceID?
    public internal(set) var isActive = false
    /// The order's text of the old form, which names the subscriber.
    public internal(set) var orderText: Personal?
    public internal(set) var outcomeAmount: String?
    public internal(set) var outcomeCurrency: String?
    public internal(set) var outcomeUSD: String?
    public internal(set) var payAddress: String?
    public internal(set) var payAmount: String?
    public internal(set) var payCurrency: String?
    public internal(set) var payment: PaymentID?
    public internal(set) var price = Money.zero(.usd)
    public internal(set) var priceAmount: String?
    public internal(set) var priceCurrency: String?
    /// The provider's word.
    public internal(set) var providerStatus: String?
    /// The row's number in the old system.
    public internal(set) var row = 0
    /// pending, confirmed or failed, as the old system had it.
    public internal(set) var status = ""
    public internal(set) var updated: Instant?
    public internal(set) var user: Personal = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("bought", &bought)
      fields.text("channel", &channel)
      fields.integer("days", &days)
      fields.text("expires", &expires)
      fields.text("invoice", &invoice)
      fields.flag("isActive", &isActive)
      fields.text("orderText", &orderText)
      fields.text("outcomeAmount", &outcomeAmount)
      fields.text("outcomeCurrency", &outcomeCurrency)
      fields.text("outcomeUSD", &outcomeUSD)
      fields.text("payAddress", &payAddress)
      fields.text("payAmount", &payAmount)
      fields.text("payCurrency", &payCurrency)
      fields.text("payment", &payment)
      fields.money("price", &price)
      fields.text("priceAmount", &priceAmount)
      fields.text("priceCurrency", &priceCurrency)
      fields.text("providerStatus", &providerStatus)
      fields.integer("row", &row)
      fields.text("status", &status)
      fields.text("updated", &updated)
      fields.text("user", &user)
    }

    /// Whether the old system had the money and did with it what was to be done.
    var isSettled: Bool { status == "confirmed" || providerStatus == "finished" }
  }

  /// A payment that went behind a threshold (`payout_accumulation`), owed still or paid long ago.
  public struct Accumulated: BlankFact {
    public static let name = "ledger.legacy_accumulated.v1"
    /// The row's amount, digit by digit; what is owed of it is `locked`.
    public internal(set) var accumulated = ""
    public internal(set) var arrived: Instant = .blank
    public internal(set) var asset: Asset = .none
    public internal(set) var batch: BatchID?
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var conversionAttempts = 0
    /// The old system's number for a pool of conversions.
    public internal(set) var conversionGroup: ConversionID?
    public internal(set) var conversionStatus: LegacyConversion = .completed
    public internal(set) var conversionTransaction: String?
    public internal(set) var converted: Instant?
    public internal(set) var created: Instant = .blank
    public internal(set) var currency = ""
    /// Whether the old system held it as USDT; else it is an open position.
    public internal(set) var isConverted = false
    /// Paid out by the old system: history, and owed to nobody.
    public internal(set) var isPaid = false
    public internal(set) var lastConversion: Instant?
    public internal(set) var locked = Money.zero(.usdt)
    public internal(set) var outcomeAmount: String?
    public internal(set) var paid: Instant?
    public internal(set) var payAddress: String?
    /// The provider's id; where the row had none, six zeros and the row's number, which no
    /// provider's id begins with.
    public internal(set) var payment: PaymentID = .blank
    public internal(set) var rate: String?
    /// Gross, as the subscriber paid.
    public internal(set) var received = Money.zero(.usd)
    public internal(set) var row = 0
    public internal(set) var subscription: Int?
    public internal(set) var updated: Instant = .blank
    public internal(set) var user: Personal = .blank
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("accumulated", &accumulated)
      fields.text("arrived", &arrived)
      fields.text("asset", &asset)
      fields.text("batch", &batch)
      fields.text("channel", &channel)
      fields.integer("conversionAttempts", &conversionAttempts)
      fields.text("conversionGroup", &conversionGroup)
      fields.text("conversionStatus", &conversionStatus)
      fields.text("conversionTransaction", &conversionTransaction)
      fields.text("converted", &converted)
      fields.text("created", &created)
      fields.text("currency", &currency)
      fields.flag("isConverted", &isConverted)
      fields.flag("isPaid", &isPaid)
      fields.text("lastConversion", &lastConversion)
      fields.money("locked", &locked)
      fields.text("outcomeAmount", &outcomeAmount)
      fields.text("paid", &paid)
      fields.text("payAddress", &payAddress)
      fields.text("payment", &payment)
      fields.text("rate", &rate)
      fields.money("received", &received)
      fields.integer("row", &row)
      fields.integer("subscription", &subscription)
      fields.text("updated", &updated)
      fields.text("user", &user)
      fields.text("wallet", &wallet)
    }
  }
}

/// How far a payment's conversion had come in the old system.
public enum LegacyConversion: String, Word {
  case pending, swapping, completed, failed
}
