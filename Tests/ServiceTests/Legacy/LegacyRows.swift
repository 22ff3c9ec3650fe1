import Foundation

/// How many rows an old database has, beside its 13 channels and two users.
struct LegacyRows: Sendable {
  let subscriptions: Int
  let batches: Int
  let accumulations: Int
  let requests: Int
  let swaps: Int
  let transfers: Int

  var count: Int { 15 + subscriptions + batches + accumulations + requests + swaps + transfers }

  /// Enough that every kind of row is there; 534 of them.
  static let few = LegacyRows(
    subscriptions: 130, batches: 11, accumulations: 300, requests: 30, swaps: 27, transfers: 21)
  /// 10,000.
  static let many = LegacyRows(
    subscriptions: 2_600, batches: 85, accumulations: 6_000, requests: 500, swaps: 450,
    transfers: 350)
  static let isLong = ProcessInfo.processInfo.environment["WEIR_TEST_LONG"] != nil
}

extension LegacyDatabase {
  /// 13 channels and their rows: every number follows from its row's.
  static func standing(_ rows: LegacyRows) -> String {
    """
    INSERT INTO registered_users (user_id, username, email, password_hash, is_active,
      email_verified)
    VALUES ('00000000-0000-0000-0000-000000000000', 'legacy_system', 'legacy@system.local', 'x',
      FALSE, FALSE),
      ('3f2b8c1e-5d47-4a90-9b1c-7e6f0a2d4c58', 'ada', 'ada@example.org', '$2b$12$x', TRUE, TRUE);
    INSERT INTO main_clients_database (open_channel_id, open_channel_title,
      open_channel_description, closed_channel_id, closed_channel_title,
      closed_channel_description, sub_1_price, sub_1_time, sub_2_price, sub_2_time,
      client_wallet_address, client_payout_currency, client_payout_network, payout_strategy,
      payout_threshold_usd, client_id, created_by)
    SELECT '-100' || 1000000 + n, 'Open ' || n, 'News ' || n, '-200' || 1000000 + n, 'Closed ' || n,
      'More ' || n, 5 + n, 30, CASE WHEN n % 2 = 0 THEN 20 + n END, CASE WHEN n % 2 = 0 THEN 90 END,
      CASE WHEN n % 3 = 0 THEN 'LdP8Qox1VAhCzLJNqrr74YovaWYyNBUWvL' ELSE '\(monero)' END,
      (CASE WHEN n % 3 = 0 THEN 'LTC' ELSE 'XMR' END)::currency_type,
      (CASE WHEN n % 3 = 0 THEN 'LTC' ELSE 'XMR' END)::network_type,
      CASE WHEN n > 9 THEN 'threshold' ELSE 'instant' END, CASE WHEN n > 9 THEN 100000 ELSE 0 END,
      CASE WHEN n = 1 THEN '3f2b8c1e-5d47-4a90-9b1c-7e6f0a2d4c58' WHEN n < 8
        THEN '00000000-0000-0000-0000-000000000000' END::uuid, 'ada'
    FROM generate_series(1, 13) n;
    INSERT INTO private_channel_users_database (private_channel_id, user_id, sub_time, sub_price,
      timestamp, datestamp, expire_time, expire_date, is_active, nowpayments_payment_id,
      nowpayments_outcome_amount_usd, payment_status)
    SELECT '-200' || 1000001 + n % 13, 700000 + n, 30, '25.00', time '10:00' + n * interval '1 s',
      date '2025-10-01' + n % 30, time '10:00' + n * interval '1 s', date '2025-11-01' + n % 90,
      n % 4 > 0, CASE WHEN n % 2 = 0 THEN (5000000 + n)::text END,
      CASE WHEN n % 2 = 0 THEN 24.12345678 END,
      CASE WHEN n % 50 = 0 THEN 'pending' ELSE 'confirmed' END
    FROM generate_series(1, \(rows.subscriptions)) n;
    INSERT INTO payout_batches (batch_id, client_id, client_wallet_address, client_payout_currency,
      client_payout_network, total_amount_usdt, total_payments_count, status, created_at)
    SELECT 'b0000000-0000-4000-8000-' || lpad(n::text, 12, '0'), '-100' || 1000001 + n % 13,
      '\(monero)', 'XMR', 'XMR', n * 1.0000005, n, CASE WHEN n % 10 = 0 THEN 'failed'
        ELSE 'completed' END, timestamp '2025-10-01 00:00' + n * interval '1 hour'
    FROM generate_series(1, \(rows.batches)) n;
    INSERT INTO payout_accumulation (client_id, user_id, subscription_id, payment_amount_usd,
      payment_currency, payment_timestamp, accumulated_amount_usdt, eth_to_usdt_rate,
      conversion_timestamp, client_wallet_address, client_payout_currency, client_payout_network,
      is_paid_out, payout_batch_id, paid_out_at, nowpayments_payment_id, conversion_status)
    SELECT CASE WHEN n % 2 = 0 THEN '-100' ELSE '-200' END || 1000001 + n % 13, 700000 + n, n,
      10 + n % 90, 'usd', timestamp '2025-10-01 00:00' + n * interval '1 minute',
      (10 + n % 90) * 0.97 + (n % 7) * 0.00000011, 1.0,
      timestamp '2025-10-01 00:01' + n * interval '1 minute', '\(monero)', 'XMR', 'XMR', n % 3 > 0,
      CASE WHEN n % 3 > 0 THEN 'b0000000-0000-4000-8000-'
        || lpad((1 + n % \(rows.batches))::text, 12, '0') END,
      CASE WHEN n % 3 > 0 THEN timestamp '2025-11-01' END,
      CASE WHEN n % 5 = 0 THEN (6000000 + n)::text END,
      CASE WHEN n % 11 = 0 THEN 'pending' ELSE 'completed' END
    FROM generate_series(1, \(rows.accumulations)) n;
    """ + payouts(rows)
  }

  private static func payouts(_ rows: LegacyRows) -> String {
    """
    INSERT INTO split_payout_request (unique_id, user_id, closed_channel_id, from_currency,
      to_currency, from_network, to_network, from_amount, to_amount, client_wallet_address)
    SELECT 'R' || lpad(n::text, 15, '0'), 700000 + n, '-200' || 1000001 + n % 13, 'USDT', 'XMR',
      'ETH', 'XMR', 20.1234567 + n, 0.12345678, '\(monero)'
    FROM generate_series(1, \(rows.requests)) n;
    INSERT INTO split_payout_que (unique_id, cn_api_id, user_id, closed_channel_id, from_currency,
      to_currency, from_network, to_network, from_amount, to_amount, payin_address,
      payout_address, client_wallet_address)
    SELECT 'R' || lpad(n::text, 15, '0'), 'cn' || lpad(n::text, 12, '0'), 700000 + n,
      '-200' || 1000001 + n % 13, 'USDT', 'XMR', 'ETH', 'XMR', 20 + n, 0.12345678,
      '0x9858effd232b4033e47d90003d41ec34ecaeda94', '\(monero)', '\(monero)'
    FROM generate_series(1, \(rows.swaps)) n;
    INSERT INTO split_payout_hostpay (unique_id, cn_api_id, from_currency, from_network,
      from_amount, payin_address, is_complete, tx_hash, tx_status, gas_used, block_number,
      actual_eth_amount)
    SELECT 'R' || lpad(n::text, 15, '0'), 'cn' || lpad(n::text, 12, '0'), 'ETH', 'ETH', 0.01 * n,
      '0x9858effd232b4033e47d90003d41ec34ecaeda94', n % 20 > 0,
      CASE WHEN n % 20 > 0 THEN '0x' || lpad(to_hex(n), 64, '0') END,
      CASE WHEN n % 20 > 0 THEN 'success' ELSE 'pending' END, 21000, 19000000 + n, 0.01 * n
    FROM generate_series(1, \(rows.transfers)) n;
    """
  }
}
