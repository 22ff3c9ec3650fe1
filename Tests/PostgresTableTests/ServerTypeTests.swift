import Log
import Projections
import Support
import Tables
import Testing

@testable import PostgresTables

/// What the tools that read the seeds' tables find in `information_schema`.
@Suite struct ServerTypeTests {
  /// domain 2.1 to 2.10: columns and types, by the words of `information_schema`.
  ///
  /// Not the seeds': times have a zone (architecture, section 7); a log position doesn't fit an
  /// INTEGER for ever; enumerations, which don't cover what is paid out, are texts.
  private static let seeds: [(table: String, columns: String)] = [
    (
      "main_clients_database",
      """
      id:bigint open_channel_id:text open_channel_title:text open_channel_description:text \
      closed_channel_id:text closed_channel_title:text closed_channel_description:text \
      closed_channel_donation_message:text sub_1_price:numeric sub_1_time:smallint \
      sub_2_price:numeric sub_2_time:smallint sub_3_price:numeric sub_3_time:smallint \
      client_wallet_address:text client_payout_currency:text client_payout_network:text \
      payout_strategy:text payout_threshold_usd:numeric payout_threshold_updated_at:instant \
      client_id:uuid created_by:text updated_at:instant notification_status:boolean \
      notification_id:bigint
      """
    ),
    (
      "private_channel_users_database",
      """
      id:bigint private_channel_id:text user_id:bigint sub_time:smallint sub_price:text \
      timestamp:time datestamp:date expire_time:time expire_date:date is_active:boolean \
      nowpayments_payment_id:text nowpayments_invoice_id:text nowpayments_order_id:text \
      nowpayments_pay_address:text nowpayments_payment_status:text \
      nowpayments_pay_amount:numeric nowpayments_pay_currency:text \
      nowpayments_outcome_amount:numeric nowpayments_outcome_currency:text \
      nowpayments_price_amount:numeric nowpayments_price_currency:text \
      nowpayments_outcome_amount_usd:numeric nowpayments_created_at:instant \
      nowpayments_updated_at:text payment_status:text
      """
    ),
    (
      "payout_accumulation",
      """
      id:bigint client_id:text user_id:bigint subscription_id:bigint \
      payment_amount_usd:numeric payment_currency:text payment_timestamp:instant \
      accumulated_amount_usdt:numeric eth_to_usdt_rate:numeric conversion_timestamp:instant \
      conversion_tx_hash:text client_wallet_address:text client_payout_currency:text \
      client_payout_network:text is_paid_out:boolean payout_batch_id:text paid_out_at:instant \
      created_at:instant updated_at:instant conversion_status:text conversion_attempts:integer \
      last_conversion_attempt:instant batch_conversion_id:text nowpayments_payment_id:text \
      nowpayments_pay_address:text nowpayments_outcome_amount:numeric \
      nowpayments_network_fee:numeric payment_fee_usd:numeric is_conversion_complete:boolean
      """
    ),
    (
      "payout_batches",
      """
      batch_id:text client_id:text client_wallet_address:text client_payout_currency:text \
      client_payout_network:text total_amount_usdt:numeric total_payments_count:integer \
      payout_amount_crypto:numeric usdt_to_crypto_rate:numeric conversion_fee:numeric \
      cn_api_id:text cn_payin_address:text tx_hash:text tx_status:text status:text \
      created_at:instant processing_started_at:instant completed_at:instant
      """
    ),
    (
      "split_payout_request",
      """
      unique_id:text user_id:bigint closed_channel_id:text from_currency:text to_currency:text \
      from_network:text to_network:text from_amount:numeric to_amount:numeric \
      client_wallet_address:text refund_address:text flow:text type:text \
      actual_eth_amount:numeric created_at:instant updated_at:instant
      """
    ),
    (
      "split_payout_que",
      """
      unique_id:text cn_api_id:text user_id:bigint closed_channel_id:text from_currency:text \
      to_currency:text from_network:text to_network:text from_amount:numeric to_amount:numeric \
      payin_address:text payout_address:text client_wallet_address:text refund_address:text \
      flow:text type:text actual_eth_amount:numeric created_at:instant updated_at:instant
      """
    ),
    (
      "hostpay_transactions",
      """
      id:bigint unique_id:text cn_api_id:text from_currency:text from_network:text \
      from_amount:numeric payin_address:text is_complete:boolean tx_hash:text tx_status:text \
      gas_used:integer block_number:integer actual_eth_amount:numeric created_at:instant \
      updated_at:instant
      """
    ),
    (
      "currency_to_network_supported_mappings",
      """
      id:integer currency:text network:text currency_name:text network_name:text \
      is_active:boolean
      """
    ),
  ]

  private static let words = [
    "text": "character varying", "instant": "timestamp with time zone",
    "time": "time without time zone",
  ]

  @Test("does: the seeds' tables have the seeds' columns and types, and ours behind them")
  func types() async throws {
    let world = try await TableWorld.fresh()
    try await offPool {
      try world.write(upTo: 3)
      _ = try world.keep()
      for (table, columns) in Self.seeds {
        let expected = columns.split(separator: " ").map { column in
          let parts = column.split(separator: ":").map(String.init)
          return "\(parts[0])|\(Self.words[parts[1]] ?? parts[1])"
        }
        let found = try world.sql(
          "SELECT column_name, data_type FROM information_schema.columns "
            + "WHERE table_schema = 'weir_tables' AND table_name = '\(table)' "
            + "AND column_name NOT IN ('channel', 'position') "
            + (table == "payout_accumulation" || table == "payout_batches"
              ? "AND column_name <> 'closed_channel_id' " : "")
            + "ORDER BY ordinal_position")
        #expect(found.split(separator: "\n").map(String.init) == expected, "\(table)")
      }
    }
  }

  @Test("does: no table has a double, a clock without a zone, or a bound that a value can break")
  func noDoubles() async throws {
    let world = try await TableWorld.fresh()
    try await offPool {
      try world.write(upTo: 3)
      _ = try world.keep()
      let odd = try world.sql(
        "SELECT table_name, column_name, data_type FROM information_schema.columns "
          + "WHERE table_schema = 'weir_tables' AND (data_type IN ('double precision', 'real', "
          + "'money', 'timestamp without time zone', 'character') "
          + "OR character_maximum_length IS NOT NULL "
          + "OR (data_type = 'numeric' AND numeric_precision IS NOT NULL))")
      #expect(odd == "")
      let tables = try world.sql(
        "SELECT count(DISTINCT table_name) FROM information_schema.columns "
          + "WHERE table_schema = 'weir_tables' AND table_name IN "
          + "(SELECT table_name FROM table_places)")
      #expect(tables == String(allProjections.count))
    }
  }

  @Test("refuses: what is no amount of money")
  func noNaN() async throws {
    let world = try await TableWorld.fresh()
    try await offPool {
      try world.write(upTo: 3)
      _ = try world.keep()
      for value in ["NaN", "Infinity", "-Infinity"] {
        #expect(throws: StoreError.self) { try world.sql("SELECT '\(value)'::amount_text") }
      }
    }
  }

  @Test("does: every index that a projection's SQL asks for is there")
  func indexes() async throws {
    let world = try await TableWorld.fresh()
    try await offPool {
      try world.write(upTo: 3)
      let database = try world.keep()
      let names = database.keepers.flatMap(\.script.indexNames)
      #expect(names.count > 15)
      let found = try world.sql("SELECT indexname FROM pg_indexes WHERE schemaname = 'weir_tables'")
        .split(separator: "\n").map(String.init)
      for name in names { #expect(found.contains(name), "\(name)") }
    }
  }
}
