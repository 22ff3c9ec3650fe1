extension LegacyEvent {
  /// A batch payout (`payout_batches`), wherever it had come to.
  public struct Batched: BlankFact {
    public static let name = "ledger.legacy_batched.v1"
    public internal(set) var asset: Asset = .none
    public internal(set) var batch: BatchID = .blank
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var completed: Instant?
    public internal(set) var count = 0
    public internal(set) var created: Instant = .blank
    public internal(set) var deliveredAmount: String?
    public internal(set) var fee: String?
    public internal(set) var payin: String?
    public internal(set) var rate: String?
    public internal(set) var started: Instant?
    public internal(set) var status: LegacyBatch = .pending
    public internal(set) var swap: SwapID?
    public internal(set) var total = Money.zero(.usdt)
    public internal(set) var transaction: String?
    public internal(set) var transactionStatus: LegacyTransaction?
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("asset", &asset)
      fields.text("batch", &batch)
      fields.text("channel", &channel)
      fields.text("completed", &completed)
      fields.integer("count", &count)
      fields.text("created", &created)
      fields.text("deliveredAmount", &deliveredAmount)
      fields.text("fee", &fee)
      fields.text("payin", &payin)
      fields.text("rate", &rate)
      fields.text("started", &started)
      fields.text("status", &status)
      fields.text("swap", &swap)
      fields.money("total", &total)
      fields.text("transaction", &transaction)
      fields.text("transactionStatus", &transactionStatus)
      fields.text("wallet", &wallet)
    }
  }

  /// A payout request (`split_payout_request`).
  public struct Requested: BlankFact {
    public static let name = "ledger.legacy_requested.v1"
    public internal(set) var asset: Asset = .none
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var created: Instant = .blank
    public internal(set) var eth = Money.zero(.eth)
    public internal(set) var flow: SwapFlow = .standard
    /// For the books: never a swap's input.
    public internal(set) var marketValue: String?
    public internal(set) var request: SplitID = .blank
    public internal(set) var source: Money = .blank
    public internal(set) var type = ""
    public internal(set) var updated: Instant = .blank
    /// `0` for a batch.
    public internal(set) var user: Personal = .blank
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("asset", &asset)
      fields.text("channel", &channel)
      fields.text("created", &created)
      fields.money("eth", &eth)
      fields.text("flow", &flow)
      fields.text("marketValue", &marketValue)
      fields.text("request", &request)
      fields.money("source", &source)
      fields.text("type", &type)
      fields.text("updated", &updated)
      fields.text("user", &user)
      fields.text("wallet", &wallet)
    }
  }

  /// A request's exchange at the swap provider (`split_payout_que`).
  public struct Swapped: BlankFact {
    public static let name = "ledger.legacy_swapped.v1"
    public internal(set) var asset: Asset = .none
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var created: Instant = .blank
    public internal(set) var eth = Money.zero(.eth)
    public internal(set) var flow: SwapFlow = .standard
    public internal(set) var payin = ""
    public internal(set) var payout = ""
    public internal(set) var request: SplitID = .blank
    public internal(set) var source: Money = .blank
    public internal(set) var swap: SwapID = .blank
    public internal(set) var toAmount: String?
    public internal(set) var type = ""
    public internal(set) var updated: Instant = .blank
    public internal(set) var user: Personal = .blank
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("asset", &asset)
      fields.text("channel", &channel)
      fields.text("created", &created)
      fields.money("eth", &eth)
      fields.text("flow", &flow)
      fields.text("payin", &payin)
      fields.text("payout", &payout)
      fields.text("request", &request)
      fields.money("source", &source)
      fields.text("swap", &swap)
      fields.text("toAmount", &toAmount)
      fields.text("type", &type)
      fields.text("updated", &updated)
      fields.text("user", &user)
      fields.text("wallet", &wallet)
    }
  }

  /// A transfer of the old host wallet (`split_payout_hostpay`, of the seeds
  /// `hostpay_transactions`).
  public struct Sent: BlankFact {
    public static let name = "ledger.legacy_sent.v1"
    public internal(set) var amount: Money = .blank
    public internal(set) var block: Int?
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var created: Instant = .blank
    public internal(set) var eth = Money.zero(.eth)
    public internal(set) var gasUsed: Int?
    public internal(set) var isComplete = false
    public internal(set) var payin = ""
    public internal(set) var request: SplitID = .blank
    public internal(set) var status: LegacyTransaction = .pending
    public internal(set) var swap: SwapID?
    public internal(set) var transaction: String?
    public internal(set) var updated: Instant = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.money("amount", &amount)
      fields.integer("block", &block)
      fields.text("channel", &channel)
      fields.text("created", &created)
      fields.money("eth", &eth)
      fields.integer("gasUsed", &gasUsed)
      fields.flag("isComplete", &isComplete)
      fields.text("payin", &payin)
      fields.text("request", &request)
      fields.text("status", &status)
      fields.text("swap", &swap)
      fields.text("transaction", &transaction)
      fields.text("updated", &updated)
    }
  }
}

/// How far a batch had come in the old system.
public enum LegacyBatch: String, Word {
  case pending, processing, completed, failed
}

/// What had become of a transaction in the old system.
public enum LegacyTransaction: String, Word {
  case pending, success, failed
}
