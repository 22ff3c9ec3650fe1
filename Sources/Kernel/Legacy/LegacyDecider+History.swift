// What the old system's payments, payouts and transfers become.

extension LedgerState {
  func accumulation(_ reader: inout LegacyReader) -> [LedgerEvent] {
    let channel = channel(&reader, "client_id")
    var e = LegacyEvent.Accumulated()
    e.channel = channel?.key ?? .blank
    e.row = reader.integer("id") ?? 0
    e.payment =
      reader.value("nowpayments_payment_id") ?? PaymentID(composed: "000000\(e.row)")
    e.user = reader.user("user_id")
    e.subscription = reader.integer("subscription_id")
    e.received = reader.money("payment_amount_usd", .usd)
    e.currency = reader.needed("payment_currency")
    e.arrived = reader.needed("payment_timestamp", Instant.self)
    e.accumulated = reader.decimal("accumulated_amount_usdt") ?? ""
    e.locked = reader.money("accumulated_amount_usdt", .usdt)
    e.rate = reader.decimal("eth_to_usdt_rate")
    e.converted = reader.value("conversion_timestamp")
    e.conversionTransaction = reader.text("conversion_tx_hash")
    e.wallet = reader.needed("client_wallet_address")
    e.asset = reader.asset("client_payout_currency", "client_payout_network")
    e.isPaid = reader.flag("is_paid_out") ?? false
    e.batch = reader.value("payout_batch_id")
    e.paid = reader.value("paid_out_at")
    e.created = reader.value("created_at") ?? e.arrived
    e.updated = reader.value("updated_at") ?? e.created
    e.conversionStatus = reader.value("conversion_status") ?? .completed
    e.isConverted =
      e.conversionStatus == .completed || reader.flag("is_conversion_complete") ?? false
    e.conversionAttempts = reader.integer("conversion_attempts") ?? 0
    e.lastConversion = reader.value("last_conversion_attempt")
    e.conversionGroup = reader.value("batch_conversion_id")
    e.payAddress = reader.text("nowpayments_pay_address")
    e.outcomeAmount = reader.decimal("nowpayments_outcome_amount")
    if payments.isKnown(e.payment) {
      reader.refuse("nowpayments_payment_id", "\(e.payment) is a payment of the ledger already")
    }
    let history = LedgerEvent.ledger(.legacy(.accumulated(e)))
    return e.isPaid ? [history] : owing(e, channel, &reader) + [history]
  }

  /// The row's money is owed from here on, as if it had arrived as USDT.
  private func owing(
    _ e: LegacyEvent.Accumulated, _ channel: ChannelState?, _ reader: inout LegacyReader
  ) -> [LedgerEvent] {
    // Whether a batch under way paid it, only its provider and the chain can say.
    if let batch = e.batch, reader.text("batch_status") != LegacyBatch.failed.text {
      reader.refuse(
        "payout_batch_id",
        "batch \(batch) is \(reader.text("batch_status") ?? "not there"), so it may be paid: set "
          + "is_paid_out, or empty this column, and import again")
    }
    if !e.locked.isPositive { reader.refuse("accumulated_amount_usdt", "owes nothing") }
    let payout = PayoutSettings(
      asset: e.asset, wallet: e.wallet, strategy: .instant, threshold: .zero(.usd))
    if e.asset != .none, !e.wallet.isEmpty, let obstacle = obstacle(to: payout) {
      reader.refuse("client_wallet_address", obstacle.text)
    }
    let threshold = channel?.payout.threshold ?? .zero(.usd)
    return [
      .accumulation(
        .locked(
          AccumulationEvent.Locked(
            asset: e.asset, channel: e.channel, locked: e.locked, net: e.locked,
            payment: e.payment, received: e.received, rate: .oneToOne(.usdt, .usdt),
            threshold: threshold, user: e.user, wallet: e.wallet))),
      .accumulation(
        .converted(
          AccumulationEvent.Converted(channel: e.channel, conversion: nil, payment: e.payment))),
    ]
  }

  func subscription(_ reader: inout LegacyReader) -> [LedgerEvent] {
    var e = LegacyEvent.Subscribed()
    e.channel = channel(&reader, "private_channel_id")?.key ?? .blank
    e.row = reader.integer("id") ?? 0
    e.user = reader.user("user_id")
    e.days = reader.integer("sub_time") ?? 0
    e.price = reader.money("sub_price", .usd)
    e.bought = reader.needed("timestamp", Instant.self)
    e.expires = reader.needed("expire_time", Instant.self)
    e.isActive = reader.flag("is_active") ?? false
    e.payment = reader.value("nowpayments_payment_id")
    e.invoice = reader.value("nowpayments_invoice_id")
    e.orderText = reader.text("nowpayments_order_id").map { Personal($0) }
    e.payAddress = reader.text("nowpayments_pay_address")
    e.providerStatus = reader.text("nowpayments_payment_status")
    e.payAmount = reader.decimal("nowpayments_pay_amount")
    e.payCurrency = reader.text("nowpayments_pay_currency")
    e.outcomeAmount = reader.decimal("nowpayments_outcome_amount")
    e.outcomeCurrency = reader.text("nowpayments_outcome_currency")
    e.priceAmount = reader.decimal("nowpayments_price_amount")
    e.priceCurrency = reader.text("nowpayments_price_currency")
    e.outcomeUSD = reader.decimal("nowpayments_outcome_amount_usd")
    e.updated = reader.value("nowpayments_updated_at")
    e.status = reader.text("payment_status") ?? "confirmed"
    return [.ledger(.legacy(.subscribed(e)))]
  }

  func batch(_ reader: inout LegacyReader) -> [LedgerEvent] {
    var e = LegacyEvent.Batched()
    e.batch = reader.needed("batch_id", BatchID.self)
    e.channel = channel(&reader, "client_id")?.key ?? .blank
    e.wallet = reader.needed("client_wallet_address")
    e.asset = reader.asset("client_payout_currency", "client_payout_network")
    e.total = reader.money("total_amount_usdt", .usdt)
    e.count = reader.integer("total_payments_count") ?? 0
    e.deliveredAmount = reader.decimal("payout_amount_crypto")
    e.rate = reader.decimal("usdt_to_crypto_rate")
    e.fee = reader.decimal("conversion_fee")
    e.swap = reader.value("cn_api_id")
    e.payin = reader.text("cn_payin_address")
    e.transaction = reader.label("tx_hash")
    e.transactionStatus = reader.value("tx_status")
    e.status = reader.value("status") ?? .pending
    e.created = reader.needed("created_at", Instant.self)
    e.started = reader.value("processing_started_at")
    e.completed = reader.value("completed_at")
    if batches[e.batch] != nil { reader.refuse("batch_id", "is a batch of the ledger already") }
    return [.ledger(.legacy(.batched(e)))]
  }

  func request(_ reader: inout LegacyReader) -> [LedgerEvent] {
    var e = LegacyEvent.Requested()
    e.request = reader.request()
    e.channel = channel(&reader, "closed_channel_id")?.key ?? .blank
    e.user = reader.user("user_id", orNobody: true)
    let source = reader.asset("from_currency", "from_network")
    e.asset = reader.asset("to_currency", "to_network")
    e.source = reader.money("from_amount", source)
    e.marketValue = reader.decimal("to_amount")
    e.wallet = reader.needed("client_wallet_address")
    e.flow = reader.value("flow") ?? .standard
    e.type = reader.text("type") ?? "direct"
    e.eth = reader.eth()
    e.created = reader.needed("created_at", Instant.self)
    e.updated = reader.value("updated_at") ?? e.created
    return [.ledger(.legacy(.requested(e)))]
  }

  func swap(_ reader: inout LegacyReader) -> [LedgerEvent] {
    var e = LegacyEvent.Swapped()
    e.request = reader.request()
    e.swap = reader.needed("cn_api_id", SwapID.self)
    e.channel = channel(&reader, "closed_channel_id")?.key ?? .blank
    e.user = reader.user("user_id", orNobody: true)
    let source = reader.asset("from_currency", "from_network")
    e.asset = reader.asset("to_currency", "to_network")
    e.source = reader.money("from_amount", source)
    e.toAmount = reader.decimal("to_amount")
    e.payin = reader.needed("payin_address")
    e.wallet = reader.needed("client_wallet_address")
    e.payout = reader.text("payout_address") ?? e.wallet
    e.flow = reader.value("flow") ?? .standard
    e.type = reader.text("type") ?? "direct"
    e.eth = reader.eth()
    e.created = reader.needed("created_at", Instant.self)
    e.updated = reader.value("updated_at") ?? e.created
    return [.ledger(.legacy(.swapped(e)))]
  }

  func transfer(_ reader: inout LegacyReader) -> [LedgerEvent] {
    var e = LegacyEvent.Sent()
    e.request = reader.request()
    e.channel = channel(&reader, "client_id")?.key ?? .blank
    e.swap = reader.value("cn_api_id")
    let asset = reader.asset("from_currency", "from_network")
    e.amount = reader.money("from_amount", asset)
    e.payin = reader.needed("payin_address")
    e.isComplete = reader.flag("is_complete") ?? false
    e.transaction = reader.label("tx_hash")
    e.status = reader.value("tx_status") ?? .pending
    e.gasUsed = reader.integer("gas_used")
    e.block = reader.integer("block_number")
    e.eth = reader.eth()
    e.created = reader.needed("created_at", Instant.self)
    e.updated = reader.value("updated_at") ?? e.created
    return [.ledger(.legacy(.sent(e)))]
  }
}

extension LegacyReader {
  fileprivate mutating func user(_ column: String, orNobody: Bool = false) -> Personal {
    let text = needed(column)
    if UserID(text: text) == nil, !(orNobody && text == "0"), !text.isEmpty {
      refuse(column, "\(Self.shown(text)) is nobody's number")
    }
    return Personal(text)
  }

  fileprivate mutating func request() -> SplitID {
    let id = needed("unique_id", SplitID.self)
    // Numbers of our own are given in order, and none twice.
    if id.number != nil { refuse("unique_id", "\(id) has the form of this ledger's own") }
    return id
  }

  fileprivate mutating func eth() -> Money {
    text("actual_eth_amount") == nil ? .zero(.eth) : money("actual_eth_amount", .eth)
  }
}
