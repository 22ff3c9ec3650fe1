import Engine
import Foundation
import Kernel
import Log
import Sagas
import Support
import Testing

@testable import Service

/// What must not come of rows of the old system.
@Suite struct LegacyAttackTests {
  /// A client whose whole history is in the old tables, and one who is owed.
  private static func filled() throws -> LegacyDatabase {
    let database = try LegacyDatabase.fresh()
    try database.register(1, threshold: 100)
    try database.register(2, threshold: nil)
    try database.run(
      """
      INSERT INTO payout_batches (batch_id, client_id, client_wallet_address,
        client_payout_currency, client_payout_network, total_amount_usdt, total_payments_count,
        status) SELECT s || '-1', '\(Stage.open(1))', '\(Stage.monero)', 'XMR', 'XMR', 50, 1, s
      FROM unnest(ARRAY['pending', 'processing', 'completed', 'failed']) s
      """)
    try database.accumulate(1, "40.00000099", ["nowpayments_payment_id": "'6000001'"])
    try database.accumulate(
      1, "50", ["is_paid_out": "true", "payout_batch_id": "'completed-1'"])
    try database.accumulate(1, "60", ["payout_batch_id": "'failed-1'"])
    return database
  }

  @Test("refuses: each row that doesn't fit by its column; mended, it comes over, and it alone")
  func misfits() async throws {
    try await offPool {
      let database = try Self.filled()
      try database.register(3, threshold: 20)
      try database.register(4, threshold: 100, wallet: "with blank")
      try database.accumulate(1, "5", ["payout_batch_id": "'processing-1'"])
      try database.accumulate(1, "5", ["payout_batch_id": "'gone'"])
      try database.accumulate(9, "5")
      try database.accumulate(1, "0")
      try database.accumulate(1, "5", ["nowpayments_payment_id": "'6000001'"])
      try database.accumulate(1, "'NaN'")
      try database.run(
        """
        UPDATE payout_accumulation SET client_payout_currency = 'FOO' WHERE id = 7;
        INSERT INTO registered_users VALUES
          ('3f2b8c1e-5d47-4a90-9b1c-7e6f0a2d4c58', 'ada', 'nowhere', 'x');
        INSERT INTO private_channel_users_database (private_channel_id, user_id, sub_time,
          sub_price, timestamp, datestamp, expire_time, expire_date, is_active)
        VALUES ('-2001000001', 7, 30, 'free', '10:00', '2025-10-01', '10:00', '2025-11-01', true);
        INSERT INTO split_payout_hostpay (unique_id, from_currency, from_network, from_amount,
          payin_address) VALUES ('NOBODYS', 'ETH', 'ETH', 1, '0xab'),
          ('batch_failed-1', 'ETH', 'ETH', 1, '0xab'), ('batch_failed-1', 'ETH', 'ETH', 2, '0xab');
        """)
      let log = try LegacyLog()
      let dry = try log.take(database, isDry: true)
      #expect(try log.facts().count == 1)
      let (report, findings) = try log.take(database)
      let told = findings.filter { $0.kind == .misfit }.map {
        "\($0.table.rawValue) \($0.key) \($0.column)"
      }
      #expect(
        told == [
          "registered_users 3f2b8c1e-5d47-4a90-9b1c-7e6f0a2d4c58 email",
          "main_clients_database -1001000003 payout_threshold_usd",
          "main_clients_database -1001000004 client_wallet_address",
          "payout_accumulation 4 payout_batch_id", "payout_accumulation 5 payout_batch_id",
          "payout_accumulation 6 client_id", "payout_accumulation 7 client_payout_currency",
          "payout_accumulation 7 accumulated_amount_usdt",
          "payout_accumulation 8 nowpayments_payment_id",
          "payout_accumulation 9 accumulated_amount_usdt",
          "private_channel_users_database 1 sub_price",
          "split_payout_hostpay batch_failed-1 ", "split_payout_hostpay NOBODYS client_id",
        ])
      #expect(dry.findings == findings && dry.report.owed == report.owed)
      #expect(dry.report.to - dry.report.from == report.to - report.from)
      #expect(report.owed == Money("100", .usdt))
      let cut = findings.filter { $0.kind == .change && $0.column == "accumulated_amount_usdt" }
      #expect(cut.map(\.key) == ["1"])

      // Nobody knew whether the fourth was paid; a person does.
      let before = try log.facts().count
      try database.run(
        """
        UPDATE payout_accumulation SET payout_batch_id = NULL WHERE id = 4;
        UPDATE payout_accumulation SET user_id = 12 WHERE id = 1;
        """)
      let again = try log.take(database)
      #expect(again.report.owed == Money("5", .usdt))
      #expect(again.findings.contains { $0.key == "1" && $0.why.hasPrefix("has changed") })
      #expect(try log.facts().count == before + 3)
      #expect(try log.state().brokenInvariant() == nil)
    }
  }

  @Test(
    "does: a run that broke off is gone on with, and ends as one that didn't",
    .enabled(if: LegacyRows.isLong))
  func brokenOff() async throws {
    try await offPool {
      let database = try LegacyDatabase.fresh()
      try database.run(LegacyDatabase.standing(.many))
      let (whole, broken) = (try LegacyLog(), try LegacyLog())
      _ = try whole.take(database)
      for groups in [1, 3, 9] {
        #expect(throws: StoreError.self) {
          try broken.take(database, into: CutStore(broken.store, groups: groups))
        }
      }
      let last = try broken.take(database)
      #expect(last.report.isWhole && last.report.from > 1_000)
      let (events, others) = (try whole.facts().map(\.event), try broken.facts().map(\.event))
      #expect(events == others)
    }
  }

  @Test("starts nothing: no process asks or owes anything because of a row, paid or owed")
  func silent() async throws {
    try await offPool {
      let database = try LegacyDatabase.fresh()
      try database.run(LegacyDatabase.standing(.few))
      let log = try LegacyLog()
      _ = try log.take(database)
      var process = PayoutProcess(
        terms: SagaTerms(flow: .fixedRate), batchIntervalSeconds: 300, batchesAtOnce: false)
      for recorded in try log.facts() {
        let reaction = process.take(recorded)
        #expect(reaction.commands.isEmpty && reaction.opened.isEmpty, "\(recorded.event.name)")
      }
    }
  }

  @Test("ignores: what the provider still says of a payment that the old system had")
  func late() async throws {
    try await offPool {
      let database = try Self.filled()
      try database.run(
        """
        INSERT INTO private_channel_users_database (private_channel_id, user_id, sub_time,
          sub_price, timestamp, datestamp, expire_time, expire_date, is_active,
          nowpayments_payment_id, payment_status)
        SELECT '-2001000002', 7 + n, 30, '25.00', '10:00', '2025-10-01', '10:00', '2030-11-01',
          true, 6000001 + n, CASE n WHEN 1 THEN 'confirmed' ELSE 'pending' END
        FROM generate_series(1, 2) n
        """)
      let log = try LegacyLog()
      let taken = try log.take(database)
      #expect(taken.report.isWhole, "\(taken.findings)")
      func said(_ payment: Int, _ channel: Int) throws -> [String] {
        var report = PaymentReport(
          payment: PaymentID(text: "\(payment)")!, status: "finished", source: .notice, raw: "{}")
        report.order = "PGP-700001|\(Stage.open(channel))"
        (report.priceAmount, report.priceCurrency) = ("25", "usd")
        (report.payAmount, report.actuallyPaid) = ("25", "25")
        (report.outcomeAmount, report.outcomeCurrency) = ("25", "usdterc20")
        let policy = PaymentPolicy(fee: .zero, tolerance: .zero, isAccumulating: true)
        return try log.decide(.payment(.note(report, policy))).map(\.name)
      }
      // Accumulated; given access for; and the one that the old system still waited for.
      #expect(try said(6_000_001, 1) == ["payment.observed.v1"])
      #expect(try said(6_000_002, 2) == ["payment.observed.v1"])
      #expect(try said(6_000_003, 2).contains("payment.finished.v1"))
    }
  }
}
