import Kernel
import Projections
import Support
import Testing

@Suite struct HeldPaymentsTests {
  private func rule(_ payment: Int, _ ruling: PaymentRuling) throws -> LedgerCommand {
    .payment(.rule(try #require(PaymentID(text: "\(payment)")), ruling, reason: "why"))
  }

  private func reverse(_ payment: Int, _ story: Story) throws -> LedgerCommand {
    let stream = story.log.map(\.event).filter { $0.place.stream.text == "payment-\(payment)" }
    let booked = try #require(BookedPayment(stream))
    return try rule(payment, .reverse(booked, transaction: "0xback"))
  }

  private func takeBack(_ payment: Int, _ story: inout Story) throws {
    let id = try #require(PaymentID(text: "\(payment)"))
    let report = PaymentReport(payment: id, status: "refunded", source: .poll, raw: "{}")
    story.perform(.payment(.note(report, story.policy)))
  }

  @Test("does: what is held or taken back waits in the list until somebody rules on it")
  func waits() throws {
    var story = Story()
    let channel = story.register(threshold: "100")
    var orders: [OrderID] = []
    for payment in 1...4 {
      orders.append(story.order(channel))
      story.pay(payment, for: orders[payment - 1], "1")
    }
    story.buy(5, channel, paying: "25")
    try takeBack(5, &story)
    func waiting() -> [String] {
      folded(HeldPayments.self, story.log).all.filter(\.isWaiting).map(\.key.text).sorted()
    }
    #expect(waiting() == ["1", "2", "3", "4", "5"])
    story.perform(try rule(1, .accept(order: nil, rate: nil, story.policy)))
    story.perform(try rule(2, .refund(transaction: "0xback")))
    story.perform(try rule(3, .writeOff))
    story.perform(try reverse(5, story))
    story.pay(4, for: orders[3], "25")
    #expect(waiting().isEmpty)
    let rows = Dictionary(
      uniqueKeysWithValues: folded(HeldPayments.self, story.log).all.map { ($0.key.text, $0) })
    #expect(
      ["1", "2", "3", "4", "5"].map { rows[$0]?.state }
        == [.booked, .refunded, .writtenOff, .booked, .reversed])
    #expect(rows["2"]?.transaction == "0xback" && rows["2"]?.ruling == "why")
    #expect(rows["1"]?.reason == "below_tolerance" && rows["1"]?.amount?.text == "1.00")
    for row in rows.values { #expect(row.heldAt <= row.since && row.channel == channel) }
    let views = try #require(folded(ClientViews.self, story.log).all.first)
    #expect(views.heldPayments == 0)
  }

  @Test("does: a payment under two orders waits, and whoever it is booked for is counted right")
  func misnamed() throws {
    var story = Story()
    let (one, other) = (story.register(1), story.register(2))
    let (first, second) = (story.order(one), story.order(other))
    story.pay(1, for: first, "25")
    story.pay(2, for: first, "1")
    func row(_ id: String) -> HeldPayments.Row? {
      folded(HeldPayments.self, story.log).all.first { $0.key.text == id }
    }
    #expect(row("1") == nil && row("2")?.reason == "below_tolerance")
    for payment in [1, 2] { story.pay(payment, for: second, "25") }
    #expect(row("1")?.state == .contradicted && row("1")?.isWaiting == true)
    #expect(row("1")?.channel == one && row("1")?.reason.contains("\(other)") == true)
    #expect(row("2")?.state == .held && row("2")?.isWaiting == true)
    #expect(row("2")?.reason.contains("another order") == true)
    story.perform(try rule(1, .uphold))
    story.perform(try rule(2, .accept(order: second, rate: nil, story.policy)))
    #expect([row("1")?.state, row("2")?.state] == [.booked, .booked])
    story.pay(3, for: first, "1")
    story.perform(try rule(3, .writeOff))
    story.pay(3, for: second, "25")
    #expect(row("3")?.state == .writtenOff && row("3")?.isWaiting == true)
    story.perform(try rule(3, .uphold))
    #expect(row("3")?.state == .writtenOff && row("3")?.isWaiting == false)
    for view in folded(ClientViews.self, story.log).all { #expect(view.heldPayments == 0) }
    #expect(story.state.brokenInvariant() == nil)
  }

  @Test("does: after reversals every table says what the books say, for what waited or was paid")
  func agrees() throws {
    var story = Story()
    let channel = story.register(threshold: "50", asset: .usdt)
    story.buy(1, channel, tier: 2, paying: "52")
    story.runBatches()
    story.buy(2, channel, paying: "25")
    story.buy(3, channel, paying: "0.01", "eth")
    for payment in [1, 2, 3] {
      try takeBack(payment, &story)
      story.perform(try reverse(payment, story))
    }
    let view = try #require(folded(ClientViews.self, story.log).all.first)
    #expect(view.received == .zero(.usdt) && view.fees == .zero(.usdt))
    #expect(view.payable == .zero(.usdt))
    #expect(view.paid == view.receivable)
    #expect(view.paid == (try amount("50.44")))
    let totals = try #require(folded(AccumulationTotals.self, story.log).all.first)
    #expect(totals.locked == totals.paid && totals.lockedCount == 1)
    #expect(totals.pending == .zero(.usdt) && totals.pendingCount == 0)
    #expect(totals.converted == totals.paid && totals.convertedCount == 1)
    #expect(folded(PayoutAccumulation.self, story.log).all.map(\.key.text) == ["1"])
    for row in folded(TrialBalance.self, story.log).all {
      #expect(row.debit - row.credit == row.balance)
      if row.account.hasPrefix("receivable:") { #expect(row.balance == view.receivable) }
      if row.account.hasPrefix("payable:") { #expect(row.balance.units == 0) }
    }
    #expect(story.state.brokenInvariant() == nil)
  }

  @Test("does: a debt that is netted or written off leaves every table as the books have it")
  func debts() throws {
    for isForgiven in [false, true] {
      var story = Story()
      let channel = story.register(threshold: "50", asset: .usdt)
      story.buy(1, channel, tier: 2, paying: "52")
      story.runBatches()
      try takeBack(1, &story)
      story.perform(try reverse(1, story))
      story.buy(2, channel, paying: "25")
      if isForgiven {
        story.perform(.channel(.forgive(channel, reason: "why")))
      } else {
        // 24.25 of 50.44: used up; and of the next payment a part.
        story.perform(.channel(.net(channel, reason: "why")))
        story.buy(3, channel, tier: 2, paying: "52")
        story.perform(.channel(.net(channel, reason: "why")))
      }
      let waiting = try amount("24.25")
      let view = try #require(folded(ClientViews.self, story.log).all.first)
      #expect(view.receivable == .zero(.usdt) && view.payable == waiting, "\(isForgiven)")
      #expect(story.state.debts(of: channel).isEmpty)
      let totals = try #require(folded(AccumulationTotals.self, story.log).all.first)
      #expect(totals.pending == waiting && totals.pendingCount == 1)
      #expect(totals.locked == totals.paid + waiting && totals.lockedCount == 2)
      let rows = folded(PayoutAccumulation.self, story.log).all.filter { !$0.isPaidOut }
      #expect(rows.map(\.locked) == [waiting])
      for row in folded(TrialBalance.self, story.log).all {
        if row.account.hasPrefix("receivable:") { #expect(row.balance.units == 0) }
        if row.account.hasPrefix("payable:") { #expect(-row.balance == waiting) }
      }
      #expect(story.state.brokenInvariant() == nil)
    }
  }
}
