import Kernel
import Projections
import Support
import Tables
import Testing

/// The seeds' tables by their own names: what the tools that read them may count on.
@Suite struct SeedTableTests {
  /// Deposit addresses of the story's swaps, but for the attempt.
  private static let payin = "0x00000000000000000000000000000000000000a"

  /// domain 2.1 to 2.10, both versions.
  static let seeds: [String: String] = [
    "main_clients_database": """
    id open_channel_id open_channel_title open_channel_description closed_channel_id \
    closed_channel_title closed_channel_description closed_channel_donation_message sub_1_price \
    sub_1_time sub_2_price sub_2_time sub_3_price sub_3_time client_wallet_address \
    client_payout_currency client_payout_network payout_strategy payout_threshold_usd \
    payout_threshold_updated_at client_id created_by updated_at notification_status \
    notification_id
    """,
    "private_channel_users_database": """
    id private_channel_id user_id sub_time sub_price timestamp datestamp expire_time expire_date \
    is_active nowpayments_payment_id nowpayments_invoice_id nowpayments_order_id \
    nowpayments_pay_address nowpayments_payment_status nowpayments_pay_amount \
    nowpayments_pay_currency nowpayments_outcome_amount nowpayments_outcome_currency \
    nowpayments_price_amount nowpayments_price_currency nowpayments_outcome_amount_usd \
    nowpayments_created_at nowpayments_updated_at payment_status
    """,
    "payout_accumulation": """
    id client_id user_id subscription_id payment_amount_usd payment_currency payment_timestamp \
    accumulated_amount_usdt eth_to_usdt_rate conversion_timestamp conversion_tx_hash \
    client_wallet_address client_payout_currency client_payout_network is_paid_out \
    payout_batch_id paid_out_at created_at updated_at conversion_status conversion_attempts \
    last_conversion_attempt batch_conversion_id nowpayments_payment_id nowpayments_pay_address \
    nowpayments_outcome_amount nowpayments_network_fee payment_fee_usd is_conversion_complete
    """,
    "payout_batches": """
    batch_id client_id client_wallet_address client_payout_currency client_payout_network \
    total_amount_usdt total_payments_count payout_amount_crypto usdt_to_crypto_rate \
    conversion_fee cn_api_id cn_payin_address tx_hash tx_status status created_at \
    processing_started_at completed_at
    """,
    "split_payout_request": """
    unique_id user_id closed_channel_id from_currency to_currency from_network to_network \
    from_amount to_amount client_wallet_address refund_address flow type actual_eth_amount \
    created_at updated_at
    """,
    "split_payout_que": """
    unique_id cn_api_id user_id closed_channel_id from_currency to_currency from_network \
    to_network from_amount to_amount payin_address payout_address client_wallet_address \
    refund_address flow type actual_eth_amount created_at updated_at
    """,
    "hostpay_transactions": """
    id unique_id cn_api_id from_currency from_network from_amount payin_address is_complete \
    tx_hash tx_status gas_used block_number actual_eth_amount created_at updated_at
    """,
    "currency_to_network_supported_mappings": """
    id currency network currency_name network_name is_active
    """,
  ]

  @Test("does: every table of the seeds is there with every column of theirs, in their order")
  func columns() throws {
    let folder = ScratchFolder()
    let store = try TableStore(path: folder.file("t.db"), projections: allProjections)
    for (table, columns) in Self.seeds {
      let wanted = columns.split(separator: " ").map(String.init)
      let ours = try store.columns(of: table).map(\.name)
      #expect(ours.filter { wanted.contains($0) } == wanted, "\(table)")
    }
  }

  @Test("does: 87 pairs on 16 networks, each once and named")
  func mappings() {
    let rows = folded(CurrencyToNetworkSupportedMappings.self, Story().log).all
    #expect(rows.count == 87)
    #expect(Set(rows.map(\.key.network)).count == 16)
    #expect(Set(rows.map(\.id)) == Set(1...87))
    #expect(rows.allSatisfy { !$0.currencyName.isEmpty && !$0.networkName.isEmpty })
    let shib = rows.first { $0.key.text == "SHIB-ETH" }
    #expect(shib?.currencyName == "Shiba Inu" && shib?.networkName == "Ethereum")
  }

  @Test("does: an accumulation is paid out only with its batch, and free again when that fails")
  func accumulations() throws {
    var story = Story()
    let channel = story.register(threshold: "50")
    story.troubles = [.swapRefused]
    story.buy(1, channel, tier: 2, user: 42, paying: "52")
    story.runBatches()
    let failed = try #require(folded(PayoutAccumulation.self, story.log).all.first)
    #expect(failed.batch == nil && !failed.isPaidOut)
    let reserved = try prefix(story.log) { event in
      if case .accumulation(.reserved) = event { return true }
      return false
    }
    let held = try #require(folded(PayoutAccumulation.self, reserved).all.first)
    #expect(held.batch?.text == "\(channel)-b1" && !held.isPaidOut && held.paidOutAt == nil)
    story.runBatches(isRetry: true)
    let paid = try #require(folded(PayoutAccumulation.self, story.log).all.first)
    #expect(paid.batch?.text == "\(channel)-b2" && paid.isPaidOut && paid.paidOutAt != nil)
    #expect(paid.locked == (try amount("50.44")))
    #expect(paid.received == (try amount("52", .usd)))
    #expect(paid.client.text == "-1001001" && paid.closed.text == "-2001001")
    #expect(paid.user == 42)
    #expect(paid.isConversionComplete && paid.conversion == nil)
  }

  @Test("does: a conversion is pending, swapping, completed, and its transaction stays with it")
  func conversions() throws {
    var story = Story()
    let channel = story.register(threshold: "50", asset: .usdt)
    story.buy(7, channel, tier: 1, paying: "0.01", "eth")
    var rows = Rows<PayoutAccumulation.Row>()
    var notes = Rows<PayoutAccumulation.Note>()
    var seen: [PayoutAccumulation.ConversionStatus] = []
    for recorded in story.log {
      take(recorded, PayoutAccumulation.self, &rows, &notes)
      if let status = rows.all.first?.conversionStatus, status != seen.last { seen.append(status) }
    }
    #expect(seen == [.pending, .swapping, .completed])
    let row = try #require(rows.all.first)
    #expect(row.conversionTransaction == "0xhash7")
    #expect(row.rate.text == "2500.00" && row.outcome?.text == "0.01")
    #expect(row.conversionAttempts == 1 && row.conversion?.text == "cv-7")
  }

  @Test("does: a conversion that failed is every member's failed status")
  func failedConversion() throws {
    var story = Story()
    let channel = story.register(threshold: "50", asset: .usdt)
    story.troubles = [.swapRefused]
    story.buy(7, channel, tier: 1, paying: "0.01", "eth")
    let row = try #require(folded(PayoutAccumulation.self, story.log).all.first)
    #expect(row.conversionStatus == .failed && !row.isConversionComplete)
    #expect(row.convertedAt == nil)
  }

  @Test("does: a renewal keeps the subscription's id and moves its end; a stranger has his own row")
  func subscriptions() throws {
    var story = Story()
    let channel = story.register(threshold: "100")
    story.buy(1, channel, tier: 1, user: 42, paying: "25")
    let first = try #require(folded(PrivateChannelUsersDatabase.self, story.log).all.first)
    #expect(first.date == "2026-11-24" && first.expireDate == "2026-12-24")
    #expect(first.said.invoice?.text == "inv1" && first.said.status == "finished")
    #expect(first.said.outcomeUSD == (try amount("25")))
    story.buy(2, channel, tier: 2, user: 42, paying: "50")
    story.buy(3, channel, tier: 1, user: 43, paying: "25")
    let rows = folded(PrivateChannelUsersDatabase.self, story.log).all
    #expect(rows.count == 2)
    let renewed = try #require(rows.first { $0.user == 42 })
    #expect(renewed.id == first.id && renewed.days == 90 && renewed.payment?.text == "2")
    #expect(renewed.expireDate == "2027-03-24" && renewed.expireTime == first.expireTime)
    let accumulations = folded(PayoutAccumulation.self, story.log).all
    #expect(accumulations.count == 3)
    for row in accumulations {
      #expect(row.subscription == rows.first { $0.user == row.user }?.id)
    }
  }

  @Test("does: a subscription is active until its subscriber is out, and again once he has paid")
  func removal() throws {
    var story = Story()
    let channel = story.register(threshold: "100")
    func row() throws -> PrivateChannelUsersDatabase.Row {
      try #require(folded(PrivateChannelUsersDatabase.self, story.log).all.first)
    }
    func grant() throws -> OrderEvent.Granted {
      try #require(
        story.log.compactMap { recorded -> OrderEvent.Granted? in
          if case .order(.granted(let e)) = recorded.event { e } else { nil }
        }.last)
    }
    story.buy(1, channel, tier: 1, user: 42, paying: "25")
    let first = try grant()
    story.perform(.invite(.request(first.order)))
    story.now = first.expires
    story.perform(.membership(.expire(first.order)))
    #expect(try row().isActive)
    // He buys again before he has left: his row is of the time to come.
    var other = story
    story.perform(.membership(.noteRemoved(first.order)))
    #expect(try !row().isActive)
    story.buy(2, channel, tier: 1, user: 42, paying: "25")
    #expect(try row().isActive)
    other.buy(2, channel, tier: 1, user: 42, paying: "25")
    other.perform(.membership(.noteRemoved(first.order)))
    story = other
    #expect(try row().isActive)
    #expect(story.log.last?.event.name == "invite.requested.v1")
  }

  @Test("does: swaps are rows of their own, and only the funded one delivers")
  func swaps() throws {
    var story = Story()
    let channel = story.register(threshold: "50")
    story.troubles = [.swapExpired]
    story.buy(1, channel, tier: 2, paying: "52")
    story.runBatches()
    #expect(folded(SplitPayoutRequest.self, story.log).all.count == 1)
    let swaps = folded(SplitPayoutQue.self, story.log).all.sorted { $0.key < $1.key }
    #expect(swaps.map(\.toAmount?.text) == ["0.0099", "0.0097"])
    #expect(swaps.map(\.payin) == [Self.payin + "1", Self.payin + "2"])
    let batch = try #require(folded(PayoutBatches.self, story.log).all.first)
    #expect(batch.swap == swaps[1].key && batch.payin == Self.payin + "2")
    #expect(batch.status == .completed && batch.transactionStatus == .success)
    #expect(batch.rate?.text == "0.000192307692307692")
  }

  @Test(
    "refuses: a hostpay row before the transfer is final",
    arguments: [
      (Story.Trouble.hostpayHeld, 0), (.transferReverts, 0), (.transferParked, 0),
      (.swapRefused, 0), (.nothingDelivered, 1), (.swapExpired, 1),
    ])
  func hostpay(trouble: Story.Trouble, rows: Int) throws {
    var story = Story()
    let channel = story.register(threshold: "50")
    story.troubles = [trouble]
    story.buy(1, channel, tier: 2, paying: "52")
    story.runBatches()
    let sent = folded(HostpayTransactions.self, story.log).all
    #expect(sent.count == rows)
    let funded = story.log.filter { recorded in
      if case .hostpay(.funded) = recorded.event { return true }
      return false
    }
    #expect(sent.map(\.id) == funded.map { Int($0.position) })
    for row in sent { #expect(row.gasUsed == 48_000 && row.block != nil && row.isComplete) }
  }

  @Test("does: the registry follows the owner's changes, and keeps the tiers")
  func registry() throws {
    var story = Story()
    let channel = story.register(threshold: "100")
    let before = try #require(folded(MainClientsDatabase.self, story.log).all.first)
    #expect(before.thresholdUpdatedAt == nil && before.tiers.count == 3)
    story.change(channel, threshold: nil)
    let after = try #require(folded(MainClientsDatabase.self, story.log).all.first)
    #expect(after.payout.strategy == .instant && after.tiers == before.tiers)
    #expect(after.thresholdUpdatedAt != nil && after.id == before.id)
  }
}
