/// Estimate and swap that turn released value into another currency; stream `split-<id>`.
public indirect enum SplitEvent: Hashable, Sendable {
  case requested(Requested)
  case estimated(Estimated)
  case swapIntended(SwapIntended)
  case swapOpened(SwapOpened)
  case swapAbandoned(SwapAbandoned)
  case swapObserved(SwapObserved)
  case completed(Completed)
  case held(Held)
  case failed(Failed)
  case asked(Asked)
  case released(Released)
  case retried(Retried)
  case swapRegressed(SwapRegressed)
  case refunded(Refunded)
  case replaced(Replaced)

  /// Value is to be turned into `asset` at `wallet`; intent of the estimate.
  public struct Requested: BlankFact {
    public static let name = "split.requested.v1"
    /// What the wallet is to receive.
    public internal(set) var asset: Asset = .none
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var flow: SwapFlow = .blank
    public internal(set) var purpose: SplitPurpose = .blank
    public internal(set) var route: SplitRoute = .blank
    /// What is sent, in its own asset: an explicit parameter (P-26).
    public internal(set) var source: Money = .blank
    public internal(set) var split: SplitID = .blank
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("asset", &asset)
      fields.text("channel", &channel)
      fields.text("flow", &flow)
      fields.group("purpose", &purpose)
      fields.text("route", &route)
      fields.money("source", &source)
      fields.text("split", &split)
      fields.text("wallet", &wallet)
    }
  }

  /// The provider's estimate; outcome of the estimate call.
  public struct Estimated: BlankFact {
    public static let name = "split.estimated.v1"
    public internal(set) var channel: ChannelKey = .blank
    /// Provider's decimal text, as are the other amounts here.
    public internal(set) var depositFee = ""
    /// Before the provider's fees; a figure for the books, never a swap's input (P-23).
    public internal(set) var marketValue = ""
    /// Fixes the rate where the flow is fixed-rate.
    public internal(set) var rate: String?
    public internal(set) var split: SplitID = .blank
    public internal(set) var toAmount = ""
    public internal(set) var validUntil: Instant?
    public internal(set) var withdrawalFee = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("depositFee", &depositFee)
      fields.text("marketValue", &marketValue)
      fields.text("rate", &rate)
      fields.text("split", &split)
      fields.text("toAmount", &toAmount)
      fields.text("validUntil", &validUntil)
      fields.text("withdrawalFee", &withdrawalFee)
    }
  }

  /// A swap is about to be created; intent of the create call, S0.
  public struct SwapIntended: BlankFact {
    public static let name = "split.swap_intended.v1"
    public internal(set) var amount: Money = .blank
    /// From 1; a second exchange is harmless while it is unfunded.
    public internal(set) var attempt = 0
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var flow: SwapFlow = .blank
    public internal(set) var rate: String?
    public internal(set) var split: SplitID = .blank
    public internal(set) var to: Asset = .none
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.money("amount", &amount)
      fields.integer("attempt", &attempt)
      fields.text("channel", &channel)
      fields.text("flow", &flow)
      fields.text("rate", &rate)
      fields.text("split", &split)
      fields.text("to", &to)
      fields.text("wallet", &wallet)
    }
  }

  /// The provider opened the swap and every echoed field was as intended, S2.
  public struct SwapOpened: BlankFact {
    public static let name = "split.swap_opened.v1"
    public internal(set) var amount: Money = .blank
    public internal(set) var attempt = 0
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var payin = ""
    /// A memo or tag the deposit must carry.
    public internal(set) var payinExtra: String?
    public internal(set) var split: SplitID = .blank
    public internal(set) var swap: SwapID = .blank
    public internal(set) var toAmount: String?
    public internal(set) var validUntil: Instant?

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.money("amount", &amount)
      fields.integer("attempt", &attempt)
      fields.text("channel", &channel)
      fields.text("payin", &payin)
      fields.text("payinExtra", &payinExtra)
      fields.text("split", &split)
      fields.text("swap", &swap)
      fields.text("toAmount", &toAmount)
      fields.text("validUntil", &validUntil)
    }
  }

  /// The swap can't be funded any more and nothing was signed for it, S4.
  public struct SwapAbandoned: BlankFact {
    public static let name = "split.swap_abandoned.v1"
    public internal(set) var attempt = 0
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var reason = ""
    public internal(set) var split: SplitID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("attempt", &attempt)
      fields.text("channel", &channel)
      fields.text("reason", &reason)
      fields.text("split", &split)
    }
  }

  /// The provider's status of a funded swap changed; amounts are read only at `finished` (P-51).
  public struct SwapObserved: BlankFact {
    public static let name = "split.swap_observed.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var split: SplitID = .blank
    /// The provider's word.
    public internal(set) var status = ""
    public internal(set) var swap: SwapID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("split", &split)
      fields.text("status", &status)
      fields.text("swap", &swap)
    }
  }

  /// The value arrived in the wallet.
  public struct Completed: BlankFact {
    public static let name = "split.completed.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var delivered: Money = .blank
    public internal(set) var payoutHash: String?
    public internal(set) var purpose: SplitPurpose = .blank
    public internal(set) var source: Money = .blank
    public internal(set) var split: SplitID = .blank
    public internal(set) var swap: SwapID?
    public internal(set) var transaction = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.money("delivered", &delivered)
      fields.text("payoutHash", &payoutHash)
      fields.group("purpose", &purpose)
      fields.money("source", &source)
      fields.text("split", &split)
      fields.text("swap", &swap)
      fields.text("transaction", &transaction)
    }
  }

  /// Stopped for a person, with the reason; the money stays where it is.
  public struct Held: BlankFact {
    public static let name = "split.held.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var reason = ""
    public internal(set) var split: SplitID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("reason", &reason)
      fields.text("split", &split)
    }
  }

  /// Ended before any money left: the value goes back to where it came from.
  public struct Failed: BlankFact {
    public static let name = "split.failed.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var purpose: SplitPurpose = .blank
    public internal(set) var reason = ""
    public internal(set) var split: SplitID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.group("purpose", &purpose)
      fields.text("reason", &reason)
      fields.text("split", &split)
    }
  }
}
