import Foundation
import Gateways
import HTTP
import JSON
import Kernel
import Log
import Tables
import Testing

@testable import Service

/// What arrives at the webhook: repeated, shuffled, at once, forged, and what is held.
@Suite struct NoticeStormTests {
  struct Notice: Sendable {
    let body: [UInt8]
    let signature: String
  }

  private func notice(
    _ stage: Stage, payment: Int, status: String, _ more: [String: JSONValue] = [:]
  ) -> Notice {
    let user = 9_000 + payment % 100
    var members: [String: JSONValue] = [
      "payment_id": .integer(payment), "payment_status": .string(status),
      "order_id": .string("PGP-\(user)|\(Stage.open(1))"), "price_amount": .integer(25),
      "price_currency": .string("usd"), "pay_amount": .number("25"),
      "actually_paid": .number(status == "waiting" ? "0" : "25"),
      "pay_currency": .string("usdterc20"), "outcome_amount": .number("25"),
      "outcome_currency": .string("usdterc20"), "updated_at": .integer(1_795_000_000_000),
    ]
    for (name, value) in more { members[name] = value }
    let pairs = members.sorted { $0.key < $1.key }.map { JSONMember($0.key, $0.value) }
    let body = JSONValue.object(pairs).written(.sorted)
    let secret = stage.configuration.nowPayments.ipnSecrets[0].reveal()
    return Notice(body: body, signature: NOWPaymentsNotice.signature(of: body, secret: secret)!)
  }

  private func deliver(_ notice: Notice, to stage: Stage) async throws -> Int {
    try await stage.send(
      "POST", stage.base + "/webhooks/nowpayments", bytes: notice.body,
      headers: ["x-nowpayments-sig": notice.signature]
    ).status
  }

  /// Twenty payments, each seen at every status on its way.
  private func notices(_ stage: Stage) -> [Notice] {
    (1...20).flatMap { payment in
      ["waiting", "confirming", "confirmed", "sending", "finished"].map {
        notice(stage, payment: 4_000 + payment, status: $0)
      }
    }
  }

  /// What the tables say, times and positions left out.
  private func digest(_ stage: Stage) async throws -> [String] {
    let head = stage.weir.store.head.position
    #expect(try await stage.eventually { stage.weir.tables.place >= head })
    let left: [String: Set<String>] = [
      "accumulation_totals": ["position"], "trial_balance": ["position"],
      "payout_accumulation": [
        "id", "subscription_id", "payment_timestamp", "conversion_timestamp", "created_at",
        "updated_at", "position",
      ],
    ]
    return try left.sorted { $0.key < $1.key }.map {
      let digest = try stage.weir.tables.digest(of: $0.key, leavingOut: $0.value)
      return "\($0.key) \(digest.rows) \(digest.digest)"
    }
  }

  private func play(_ arrange: ([Notice]) -> [Notice], atOnce: Int = 1) async throws -> [String] {
    let stage = try await Stage.open()
    try await stage.register(1, threshold: "100000")
    let arranged = arrange(notices(stage))
    for start in stride(from: 0, to: arranged.count, by: atOnce) {
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for notice in arranged[start..<min(start + atOnce, arranged.count)] {
          group.addTask { try await deliver(notice, to: stage) }
        }
        return try await group.reduce(into: [Int]()) { $0.append($1) }
      }
      #expect(statuses.allSatisfy { $0 == 200 })
    }
    #expect(try await stage.count(1, "payment.finished.v1") == 20)
    #expect(try await stage.count(1, "accumulation.locked.v1") == 20)
    return try await digest(stage)
  }

  @Test("ignores: notices delivered twice, ten times, shuffled and 200 at once: one state digest")
  func storms() async throws {
    let once = try await play { $0 }
    #expect(try await play { notices in notices.flatMap { [$0, $0] } } == once)
    #expect(
      try await play({ notices in (0..<10).flatMap { _ in notices } }, atOnce: 50) == once)
    for seed in 1...3 as ClosedRange<UInt64> {
      var random = SplitMix(state: seed)
      let shuffled = try await play(
        { notices in
          var all = notices + notices
          for index in all.indices.dropFirst() {
            all.swapAt(index, Int(random.next() % UInt64(index + 1)))
          }
          return all
        }, atOnce: 200)
      #expect(shuffled == once, "seed \(seed)")
    }
    #expect(
      try await play(
        { notices in (0..<10).flatMap { _ in notices.suffix(20) } + notices }, atOnce: 200) == once)
  }

  @Test("refuses: a forged, an unsigned and an altered notice with 403, and no payment is left")
  func forged() async throws {
    let stage = try await Stage.open()
    try await stage.register(1, threshold: "100000")
    let good = notice(stage, payment: 4_100, status: "finished")
    let forged = Notice(body: good.body, signature: String(repeating: "ab", count: 64))
    let altered = Notice(
      body: Array(
        String(decoding: good.body, as: UTF8.self)
          .replacing("\"outcome_amount\":25", with: "\"outcome_amount\":2500").utf8),
      signature: good.signature)
    for bad in [forged, altered] { #expect(try await deliver(bad, to: stage) == 403) }
    let unsigned = try await stage.send(
      "POST", stage.base + "/webhooks/nowpayments", bytes: good.body)
    #expect(unsigned.status == 403)
    #expect(try stage.weir.store.version(of: StreamName(text: "payment-4100")!) == 0)
    #expect(try await deliver(good, to: stage) == 200)
    #expect(try await stage.count(1, "payment.finished.v1") == 1)
  }

  @Test("ignores: every status but finished has no business effect")
  func statuses() async throws {
    let stage = try await Stage.open()
    try await stage.register(1, threshold: "100000")
    let words = [
      "waiting", "confirming", "confirmed", "sending", "partially_paid", "failed", "refunded",
      "expired",
    ]
    for (index, word) in words.enumerated() {
      let status = try await deliver(
        notice(stage, payment: 4_200 + index, status: word), to: stage)
      #expect(status == 200)
    }
    #expect(
      try await stage.names(1)
        == ["channel.registered.v1"] + words.map { _ in "payment.observed.v1" })
  }

  @Test(
    "refuses: finished with a child, nothing paid, or a coin nobody knows: held with its reason")
  func held() async throws {
    let stage = try await Stage.open()
    try await stage.register(1, threshold: "100000")
    let cases: [(JSONValue, String, String)] = [
      (.integer(4_999), "parent_payment_id", "child_payment"),
      (.integer(0), "actually_paid", "zero_paid"),
      (.string("wowcoin"), "outcome_currency", "unknown_outcome_asset"),
      (.null, "outcome_amount", "outcome_missing"),
      (.number("12.4"), "outcome_amount", "below_tolerance"),
      (.string("PGP-1|-1009999999999"), "order_id", "unknown_channel"),
      (.integer(26), "price_amount", "no_tier_of_that_price"),
    ]
    for (index, (value, field, reason)) in cases.enumerated() {
      let payment = 4_300 + index
      let status = try await deliver(
        notice(stage, payment: payment, status: "finished", [field: value]), to: stage)
      #expect(status == 200)
      let stream = StreamName(text: "payment-\(payment)")!
      let events = try stage.weir.store.read(stream, after: 0, limit: 10)
      #expect(events.map(\.name) == ["payment.observed.v1", "payment.held.v1"], "\(reason)")
      let body = try JSONValue.parse(#require(events.last).body)
      #expect(body["reason"]?.text == reason)
    }
    #expect(stage.weir.metrics.page().contains(#"weir_alarms_total{kind="payment_held"} 7"#))
  }
}
