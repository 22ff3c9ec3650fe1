import Testing

@testable import Kernel

@Suite struct PaymentDeciderTests {
  @Test("does: a finished USDT payment is booked, grants access and is locked, in one append")
  func books() {
    var world = World.registered()
    let names = world.pay(1).names
    #expect(
      names == [
        "payment.observed.v1", "payment.finished.v1", "order.granted.v1", "payment.routed.v1",
        "accumulation.locked.v1", "accumulation.converted.v1",
      ])
    #expect(world.payable() == Sample.usdt("24.25"))
    #expect(world.state.books.balance(.fees, .usdt) == -Sample.usdt("0.75"))
    #expect(world.state.books.balance(.clearing, .usdt).units == 0)
  }

  @Test("ignores: the same notice again; another word changes nothing that is booked")
  func repeats() {
    var world = World.registered()
    world.pay(1)
    let order = Sample.order("o1")
    #expect(world.note(Sample.report(1, order: order)).isIgnored)
    let later = world.note(Sample.report(1, order: order, "26.00", at: "2"))
    #expect(later.names == ["payment.observed.v1", "payment.contradicted.v1"])
    let other = world.note(Sample.report(1, order: order, status: "refunded", at: "3"))
    #expect(other.names == ["payment.observed.v1", "payment.taken_back.v1"])
    #expect(world.payable() == Sample.usdt("24.25"))
  }

  @Test(
    "does: every status but finished is kept and has no effect", arguments: ProviderStatus.allCases)
  func statuses(_ status: ProviderStatus) {
    var world = World.registered()
    let order = world.order("o1")
    let names = world.note(Sample.report(1, order: order, status: status.text)).names
    #expect(names.contains("payment.finished.v1") == (status == .finished))
    if status != .finished { #expect(names == ["payment.observed.v1"]) }
    let after = world.note(Sample.report(1, order: order, at: "2")).names
    #expect(after.contains("payment.finished.v1") == (status != .finished))
  }

  // Where a second text stands, it is what goes into suspense.
  private static let obstacles: [(HoldReason, String?)] = [
    (.childPayment, "24.25"), (.zeroPaid, nil), (.outcomeMissing, nil),
    (.unknownOutcomeAsset, nil), (.outcomeNotConvertible, nil), (.belowTolerance, "12.49"),
    (.unknownOrder, "25.00"), (.otherEnvironment, "25.00"), (.unknownStatus, nil),
    (.unknownChannel, "25.00"), (.amountOutOfRange, nil),
  ]

  @Test(
    "does: what can't be fulfilled is held with its reason, and never dropped", arguments: obstacles
  )
  func holds(_ reason: HoldReason, _ suspended: String?) {
    var world = World.registered()
    let order = world.order("o1")
    var report = Sample.report(1, order: order)
    switch reason {
    case .childPayment:
      report = Sample.report(1, order: order, "24.25")
      report.parent = Sample.payment(9)
    case .zeroPaid: report.actuallyPaid = "0.000"
    case .outcomeMissing: report.outcomeAmount = nil
    case .unknownOutcomeAsset: report.outcomeCurrency = "newcoin"
    case .outcomeNotConvertible: report = Sample.report(1, order: order, "0.1", currency: "xmr")
    case .belowTolerance: report = Sample.report(1, order: order, "12.49")
    case .unknownOrder: report.order = "weir-sandbox-nobody"
    case .otherEnvironment: report.order = "weir-live-o1"
    case .unknownStatus: report = Sample.report(1, order: order, status: "on_the_moon")
    case .unknownChannel: report.order = "PGP-6270000001|-1009999999999"
    case .amountOutOfRange:
      report = Sample.report(1, order: order, "9" + String(repeating: "0", count: 31))
    case .noTierOfThatPrice, .severalTiersOfThatPrice, .valuationFailed: break
    }
    let decision = world.note(report)
    #expect(decision.names == ["payment.observed.v1", "payment.held.v1"])
    guard case .payment(.held(let held))? = decision.events.last else { return }
    #expect(held.reason == reason)
    if let suspended {
      #expect(held.received == Sample.usdt(suspended))
      #expect(world.state.books.balance(.suspense, .usdt) == -Sample.usdt(suspended))
    }
    #expect(world.payable().units == 0)
    #expect(world.count("order.granted.v1") == 0)
  }

  @Test(
    "does: no amount a provider could print stops the ledger",
    arguments: [
      "170141183460469231731687303715884", "99999999999999999999", "0.0000000000000000000001",
      "-25", "1e30", "NaN", "", String(repeating: "9", count: 400),
    ])
  func absurdAmounts(_ amount: String) {
    for currency in ["usdterc20", "usdtbsc", "eth", "btc"] {
      var world = World.registered()
      let order = world.order("o1")
      let decision = world.note(Sample.report(1, order: order, amount, currency: currency))
      #expect(decision.names.first == "payment.observed.v1")
      for rate in ["170141183460469231731", "0.000000000000000001"] {
        let rate = Rate(rate, from: .eth, to: .usdt)!
        world.ask(.payment(.noteRate(Sample.payment(1), rate, source: "x", world.policy)))
      }
    }
  }

  @Test("does: a held payment is booked when its notice is put right, and leaves suspense")
  func leavesSuspense() {
    var world = World.registered()
    let order = world.order("o1")
    world.note(Sample.report(1, order: order, "12.00"))
    #expect(world.state.books.balance(.suspense, .usdt) == -Sample.usdt("12.00"))
    let again = world.note(Sample.report(1, order: order, "12.00", at: "2"))
    #expect(again.names == ["payment.observed.v1"])
    world.note(Sample.report(1, order: order, "24.00", at: "3"))
    #expect(world.count("payment.finished.v1") == 1)
    #expect(world.state.books.balance(.suspense, .usdt).units == 0)
    #expect(world.state.books.balance(.custody, .usdt) == Sample.usdt("24.00"))
  }

  @Test("does: a held payment that is valued after all leaves suspense too")
  func leavesSuspenseAfterValuation() {
    var world = World.registered()
    let order = world.order("o1")
    let rate = Rate("5000", from: .eth, to: .usdt)!
    let id = Sample.payment(1)
    world.note(Sample.report(1, order: order, "0.005", currency: "eth"))
    world.ask(.payment(.noteNoRate(id)))
    #expect(world.state.books.balance(.suspense, .eth) == -Sample.eth("0.005"))
    let again = world.note(Sample.report(1, order: order, "0.005", currency: "eth", at: "2"))
    #expect(again.names == ["payment.observed.v1", "payment.valuation_requested.v1"])
    world.ask(.payment(.noteNoRate(id)))
    #expect(world.state.books.balance(.custody, .eth) == Sample.eth("0.005"))
    world.note(Sample.report(1, order: order, "0.005", currency: "eth", at: "3"))
    world.ask(.payment(.noteRate(id, rate, source: "x", world.policy)))
    #expect(world.count("payment.finished.v1") == 1)
    #expect(world.state.books.balance(.suspense, .eth).units == 0)
    #expect(world.state.books.balance(.custody, .eth) == Sample.eth("0.005"))
  }

  @Test("does: ETH is valued first, then locked at the recorded rate, fee taken in ETH")
  func values() {
    var world = World.registered()
    let order = world.order("o1")
    let first = world.note(Sample.report(1, order: order, "0.01", currency: "eth"))
    #expect(first.names == ["payment.observed.v1", "payment.valuation_requested.v1"])
    let while_ = world.note(Sample.report(1, order: order, "0.01", currency: "eth", at: "2"))
    #expect(while_.names == ["payment.observed.v1"])
    let rate = Rate("4000.00", from: .eth, to: .usdt)!
    let id = Sample.payment(1)
    let wrong = Rate("1", from: .usdt, to: .usdt)!
    #expect(
      world.ask(.payment(.noteRate(id, wrong, source: "x", world.policy))).refusal
        == .paymentNotValuing)
    let names = world.ask(.payment(.noteRate(id, rate, source: "x", world.policy))).names
    #expect(
      names == [
        "payment.finished.v1", "order.granted.v1", "payment.routed.v1", "accumulation.locked.v1",
      ])
    #expect(world.payable() == Sample.usdt("38.80"))
    #expect(world.state.books.balance(.fees, .eth) == -Sample.eth("0.0003"))
    #expect(world.ask(.payment(.noteRate(id, rate, source: "x", world.policy))).isIgnored)
    #expect(world.ask(.payment(.noteNoRate(id))).isIgnored)
  }

  @Test("refuses: rates for a payment nobody heard of")
  func refusesUnknown() {
    var world = World.registered()
    let rate = Rate("4000", from: .eth, to: .usdt)!
    let id = Sample.payment(404)
    #expect(
      world.ask(.payment(.noteRate(id, rate, source: "x", world.policy))).refusal
        == .paymentUnknown)
    #expect(world.ask(.payment(.noteNoRate(id))).refusal == .paymentUnknown)
  }

  @Test("does: an instant channel's payment leaves no accumulation")
  func instant() {
    var world = World.registered(Sample.payout(.instant))
    let decision = world.pay(1)
    #expect(decision.names.last == "payment.routed.v1")
    #expect(world.count("accumulation.locked.v1") == 0)
    #expect(
      world.state.books.balance(.reserved(Sample.channel), .usdt) == -Sample.usdt("24.25"))
    guard case .payment(.routed(let routed))? = decision.events.last else { return }
    #expect(routed.strategy == .instant)
    #expect(routed.fallback == nil)
  }

  @Test("does: accumulation switched off routes to instant and says why")
  func fallsBack() {
    var world = World.registered()
    world.policy = PaymentPolicy(
      fee: .standardFee, tolerance: .standardTolerance, isAccumulating: false)
    let decision = world.pay(1)
    guard case .payment(.routed(let routed))? = decision.events.last else {
      Issue.record("not routed")
      return
    }
    #expect(routed.strategy == .instant)
    #expect(routed.fallback == .accumulationDisabled)
    #expect(world.count("accumulation.locked.v1") == 0)
    world.policy = PaymentPolicy(
      fee: .standardFee, tolerance: .standardTolerance, isAccumulating: true)
    world.pay(2)
    #expect(world.count("accumulation.locked.v1") == 1)
  }

  @Test("does: a second payment of one order is booked and grants nothing")
  func secondPayment() {
    var world = World.registered()
    world.pay(1)
    world.note(Sample.report(2, order: Sample.order("o1")))
    #expect(world.count("payment.finished.v1") == 2)
    #expect(world.count("order.granted.v1") == 1)
  }

  @Test("does: a renewal counts from the running expiry, a lapsed one from now")
  func renews() {
    var world = World.registered()
    func expiry(_ world: World) -> Instant? {
      world.log.compactMap { event -> Instant? in
        guard case .order(.granted(let e)) = event else { return nil }
        return e.expires
      }.last
    }
    let start = world.now
    world.pay(1)
    #expect(expiry(world) == start.adding(days: 30))
    world.now = start.adding(days: 10)
    world.pay(2)
    #expect(expiry(world) == start.adding(days: 60))
    world.now = start.adding(days: 100)
    world.pay(3)
    #expect(expiry(world) == start.adding(days: 130))
  }

  @Test("does: a donation is booked and grants nothing")
  func donation() {
    var world = World.registered()
    let order = Sample.order("gift")
    world.ask(
      .order(
        .placeDonation(
          order, channel: Sample.channel, price: Sample.usd("7.00"), user: Sample.user,
          fee: .standardFee)))
    world.note(Sample.report(1, order: order, "7.00"))
    #expect(world.count("payment.finished.v1") == 1)
    #expect(world.count("order.granted.v1") == 0)
    #expect(world.payable() == Sample.usdt("6.79"))
  }
}
