/// What can become of one provider payment; stored in stream `payment-<id>`.
public indirect enum PaymentEvent: Hashable, Sendable {
  case observed(Observed)
  case valuationRequested(ValuationRequested)
  case finished(Finished)
  case routed(Routed)
  case held(Held)
  case ruled(PaymentRulingEvent)

  /// The provider said something about the payment, at any status; an observation, no effect.
  ///
  /// Amounts are the provider's own decimal text. The same notice again adds nothing.
  public struct Observed: BlankFact {
    public static let name = "payment.observed.v1"
    public internal(set) var actuallyPaid: String?
    /// Where the order or the channel could be resolved.
    public internal(set) var channel: ChannelKey?
    public internal(set) var order: Personal?
    public internal(set) var outcomeAmount: String?
    public internal(set) var outcomeCurrency: String?
    public internal(set) var parent: PaymentID?
    public internal(set) var payAddress: String?
    public internal(set) var payAmount: String?
    public internal(set) var payCurrency: String?
    public internal(set) var payment: PaymentID = .blank
    public internal(set) var priceAmount: String?
    public internal(set) var priceCurrency: String?
    /// The notice as it came, byte for byte.
    public internal(set) var raw: KeptPersonal = .blank
    public internal(set) var source: ObservationSource = .blank
    /// The provider's word, kept verbatim (P-03).
    public internal(set) var status = ""
    public internal(set) var updatedAt: String?

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("actuallyPaid", &actuallyPaid)
      fields.text("channel", &channel)
      fields.text("order", &order)
      fields.text("outcomeAmount", &outcomeAmount)
      fields.text("outcomeCurrency", &outcomeCurrency)
      fields.text("parent", &parent)
      fields.text("payAddress", &payAddress)
      fields.text("payAmount", &payAmount)
      fields.text("payCurrency", &payCurrency)
      fields.text("payment", &payment)
      fields.text("priceAmount", &priceAmount)
      fields.text("priceCurrency", &priceCurrency)
      fields.kept("raw", &raw)
      fields.text("source", &source)
      fields.text("status", &status)
      fields.text("updatedAt", &updatedAt)
    }
  }

  /// The outcome is in an asset whose dollar value must be asked for first; intent of that call.
  public struct ValuationRequested: BlankFact {
    public static let name = "payment.valuation_requested.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var outcome: Money = .blank
    public internal(set) var payment: PaymentID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.money("outcome", &outcome)
      fields.text("payment", &payment)
    }
  }

  /// The money is ours: booked once per payment, valued, and the platform's fee taken.
  public struct Finished: BlankFact {
    public static let name = "payment.finished.v1"
    public internal(set) var channel: ChannelKey = .blank
    /// Taken on what arrived, once per payment (P-29a, P-29b).
    public internal(set) var fee: Money = .blank
    public internal(set) var feeRate = BasisPoints.zero
    /// What is left for the client, in the asset that arrived.
    public internal(set) var net: Money = .blank
    public internal(set) var order: OrderID?
    public internal(set) var outcome: Money = .blank
    public internal(set) var payment: PaymentID = .blank
    public internal(set) var price = Money.zero(.usd)
    public internal(set) var rate: Rate = .blank
    public internal(set) var rateSource = ""
    /// What an earlier hold had put into suspense, taken out again here.
    public internal(set) var suspended: Money?
    public internal(set) var user: Personal = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.money("fee", &fee)
      BasisPoints.listed("feeBasisPoints", &feeRate, &fields)
      fields.money("net", &net)
      fields.text("order", &order)
      fields.money("outcome", &outcome)
      fields.text("payment", &payment)
      fields.money("price", &price)
      fields.group("rate", &rate)
      fields.text("rateSource", &rateSource)
      fields.money("suspended", &suspended)
      fields.text("user", &user)
    }
  }

  /// Which way the net value goes; decided once, with the payment, and never silently (C-6).
  public struct Routed: BlankFact {
    public static let name = "payment.routed.v1"
    public internal(set) var channel: ChannelKey = .blank
    /// Why a threshold channel's payment went the instant way.
    public internal(set) var fallback: RoutingFallback?
    public internal(set) var net: Money = .blank
    public internal(set) var payment: PaymentID = .blank
    public internal(set) var payout: PayoutSettings = .blank
    public internal(set) var strategy: PayoutStrategy = .blank
    /// What the client is owed, in the asset it will be paid from.
    public internal(set) var value: Money = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("fallback", &fallback)
      fields.money("net", &net)
      fields.text("payment", &payment)
      fields.group("payout", &payout)
      fields.text("strategy", &strategy)
      fields.money("value", &value)
    }
  }

  /// The payment waits for a person, with the reason; its money, where known, is in suspense.
  public struct Held: BlankFact {
    public static let name = "payment.held.v1"
    public internal(set) var channel: ChannelKey?
    public internal(set) var payment: PaymentID = .blank
    public internal(set) var reason: HoldReason = .blank
    public internal(set) var received: Money?

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("payment", &payment)
      fields.text("reason", &reason)
      fields.money("received", &received)
    }
  }
}

/// How an observation came in.
public enum ObservationSource: String, Word {
  /// The provider's signed notice.
  case notice
  /// Our own question to the provider.
  case poll

  public static let words = WordList<ObservationSource>()
}

/// Why a threshold payment was paid at once all the same.
public enum RoutingFallback: String, Word {
  case accumulationDisabled = "accumulation_disabled"

  public static let words = WordList<RoutingFallback>()
}

/// Why a payment waits for a person, most basic first.
public enum HoldReason: String, Word {
  case unknownStatus = "unknown_status"
  /// The order names another environment (PP-13).
  case otherEnvironment = "other_environment"
  case unknownOrder = "unknown_order"
  case unknownChannel = "unknown_channel"
  /// An order of the old form whose price fits no tier of the channel, or several.
  case noTierOfThatPrice = "no_tier_of_that_price"
  case severalTiersOfThatPrice = "several_tiers_of_that_price"
  /// A repeated or wrong-asset deposit; it never fulfils an order (MO-10).
  case childPayment = "child_payment"
  case zeroPaid = "zero_paid"
  case outcomeMissing = "outcome_missing"
  /// An amount that is none, or beyond what any payment can be.
  case amountOutOfRange = "amount_out_of_range"
  case unknownOutcomeAsset = "unknown_outcome_asset"
  /// Known, but neither USDT nor something the host wallet can send to a swap.
  case outcomeNotConvertible = "outcome_not_convertible"
  case belowTolerance = "below_tolerance"
  case valuationFailed = "valuation_failed"

  public static let words = WordList<HoldReason>()
}
