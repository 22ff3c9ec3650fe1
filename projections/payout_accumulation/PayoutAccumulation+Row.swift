public import Kernel

extension PayoutAccumulation {
  public struct Row: TableRow {
    public var key: PaymentID
    public var id = 0
    public var client: OpenChannelID = .blank
    public var closed: ClosedChannelID = .blank
    public var user = 0
    public var subscription: Int?
    public var received = Money.zero(.usd)
    public var currency = "usd"
    public var paidAt: Instant = .blank
    public var locked = Money.zero(.usdt)
    public var rate: AmountText = .blank
    public var convertedAt: Instant?
    public var conversionTransaction: String?
    public var wallet = ""
    public var asset = Asset.usdt
    public var isPaidOut = false
    public var batch: BatchID?
    public var paidOutAt: Instant?
    public var createdAt: Instant = .blank
    public var updatedAt: Instant = .blank
    public var conversionStatus = ConversionStatus.pending
    public var conversionAttempts = 0
    public var lastConversionAt: Instant?
    public var conversion: ConversionID?
    public var payAddress: String?
    public var outcome: AmountText?
    public var isConversionComplete = false
    public var channel: ChannelKey = .blank
    public var position = 0

    public init(key: PaymentID) { self.key = key }

    public mutating func list<F: Fields>(_ fields: inout F) {
      var (payoutCurrency, payoutNetwork) = (asset.currency, asset.network)
      fields.integer("id", &id)
      fields.text("client_id", &client)
      fields.text("closed_channel_id", &closed)
      fields.integer("user_id", &user)
      fields.integer("subscription_id", &subscription)
      fields.amount("payment_amount_usd", &received, in: .usd)
      fields.text("payment_currency", &currency)
      fields.text("payment_timestamp", &paidAt)
      fields.amount("accumulated_amount_usdt", &locked, in: .usdt)
      fields.text("eth_to_usdt_rate", &rate)
      fields.text("conversion_timestamp", &convertedAt)
      fields.text("conversion_tx_hash", &conversionTransaction)
      fields.text("client_wallet_address", &wallet)
      fields.text("client_payout_currency", &payoutCurrency)
      fields.text("client_payout_network", &payoutNetwork)
      fields.flag("is_paid_out", &isPaidOut)
      fields.text("payout_batch_id", &batch)
      fields.text("paid_out_at", &paidOutAt)
      fields.text("created_at", &createdAt)
      fields.text("updated_at", &updatedAt)
      fields.text("conversion_status", &conversionStatus)
      fields.integer("conversion_attempts", &conversionAttempts)
      fields.text("last_conversion_attempt", &lastConversionAt)
      fields.text("batch_conversion_id", &conversion)
      fields.text("nowpayments_payment_id", &key)
      fields.text("nowpayments_pay_address", &payAddress)
      fields.text("nowpayments_outcome_amount", &outcome)
      fields.unfilled("nowpayments_network_fee")
      fields.unfilled("payment_fee_usd")
      fields.flag("is_conversion_complete", &isConversionComplete)
      fields.text("channel", &channel)
      fields.integer("position", &position)
      asset = asset.reread(payoutCurrency, payoutNetwork)
    }
  }

  /// What the fold remembers of a subject.
  ///
  /// - `channel/<key>`: the pair's two ids
  /// - `payment/<id>`: pay-in address, outcome and subscription
  /// - `subscription/<channel>/<user>`: the first grant
  /// - `conversion/<id>`: the funding transaction, and how many members it has
  /// - `member/<conversion>/<n>`: the n-th of them
  public struct Note: TableNote {
    public var key: Subject
    public var open: OpenChannelID?
    public var closed: ClosedChannelID?
    public var number = 0
    public var text: String?
    public var amount: AmountText?
    public var position = 0

    public init(key: Subject) { self.key = key }

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("subject", &key)
      fields.text("open_id", &open)
      fields.text("closed_id", &closed)
      fields.integer("number", &number)
      fields.text("text", &text)
      fields.text("amount", &amount)
      fields.integer("position", &position)
    }
  }
}
