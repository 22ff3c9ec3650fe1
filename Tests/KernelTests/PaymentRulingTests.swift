import Testing

@testable import Kernel

/// What people decide about payments that were held, or taken back (C-21, MO-12).
@Suite struct PaymentRulingTests {
  private let id = Sample.payment(1)

  private func rule(_ ruling: PaymentRuling, _ reason: String = "why") -> LedgerCommand {
    .payment(.rule(id, ruling, reason: reason))
  }

  private func accept(
    _ world: World, order: OrderID? = nil, rate: String? = nil, from: Asset = .eth
  ) -> LedgerCommand {
    rule(
      .accept(order: order, rate: rate.flatMap { Rate($0, from: from, to: .usdt) }, world.policy))
  }

  /// One payment, held for its reason.
  private func held(_ edit: (inout PaymentReport) -> Void = { $0.outcomeAmount = "12.00" })
    -> World
  {
    var world = World.registered()
    world.claim()
    var report = Sample.report(1, order: world.order("o1"))
    edit(&report)
    let names = world.note(report).names
    #expect(names == ["payment.observed.v1", "payment.held.v1"])
    return world
  }

  private func balance(_ world: World, _ account: Account, _ asset: Asset = .usdt) -> Int128 {
    world.state.books.balance(account, asset).units
  }

  @Test("does: what came short is credited with what arrived, and no more, with access and fee")
  func accepts() {
    var world = held()
    #expect(
      world.ask(accept(world)).names == [
        "payment.accepted.v1", "payment.finished.v1", "order.granted.v1", "payment.routed.v1",
        "accumulation.locked.v1", "accumulation.converted.v1",
      ])
    #expect(world.payable() == Sample.usdt("11.64"))
    #expect(balance(world, .suspense) == 0 && balance(world, .clearing) == 0)
    #expect(world.state.books.balance(.custody, .usdt) == Sample.usdt("12.00"))
    // It is booked: a second word, of any kind, finds nothing that waits.
    for again in [accept(world), rule(.writeOff), rule(.refund(transaction: "0x"))] {
      #expect(world.ask(again).refusal == .notHeld)
    }
    #expect(
      world.note(Sample.report(1, order: Sample.order("o1"), "25.00", at: "9")).names
        == ["payment.observed.v1", "payment.contradicted.v1"])
  }

  @Test("does: a payment without an order is credited to the one that is named, if there is one")
  func names() {
    var world = held { $0.order = "weir-sandbox-nobody" }
    #expect(world.ask(accept(world)).refusal == .orderUnknown)
    #expect(world.ask(accept(world, order: Sample.order("none"))).refusal == .orderUnknown)
    #expect(world.ask(accept(world, order: Sample.order("o1"))).names.count == 6)
    #expect(world.payable() == Sample.usdt("24.25"))
  }

  @Test("does: a repeated deposit is credited, and grants access no second time")
  func child() {
    var world = World.registered()
    world.pay(7)
    var report = Sample.report(1, order: Sample.order("o7"), "24.25")
    report.parent = Sample.payment(7)
    world.note(report)
    #expect(!world.ask(accept(world)).names.contains("order.granted.v1"))
    #expect(world.count("order.granted.v1") == 1 && world.count("payment.finished.v1") == 2)
  }

  @Test("does: a coin is credited at the rate a person names, and refused without one")
  func values() {
    var world = held {
      $0.outcomeAmount = "0.005"
      $0.outcomeCurrency = "eth"
      $0.parent = Sample.payment(9)
    }
    #expect(world.ask(accept(world)).refusal == .rateMissing)
    #expect(world.ask(accept(world, rate: "5000", from: .usdt)).refusal == .rateMissing)
    #expect(world.ask(accept(world, rate: "9999999999")).refusal == .rateMissing)
    #expect(world.ask(accept(world, rate: "0.000000000000000001")).refusal == .amountNotPositive)
    #expect(world.ask(accept(world, rate: "5000")).names.contains("accumulation.locked.v1"))
    #expect(world.payable() == Sample.usdt("24.25"))
    #expect(balance(world, .suspense, .eth) == 0)
  }

  @Test("refuses: to accept what nobody knows the worth of; it can be written off all the same")
  func worthless() {
    let cases: [(Refusal, (inout PaymentReport) -> Void)] = [
      (.outcomeUnknown, { $0.outcomeAmount = nil }),
      (.outcomeUnknown, { $0.outcomeCurrency = "newcoin" }),
      // What wasn't paid hasn't arrived, whatever else is said of it.
      (.outcomeUnknown, { $0.actuallyPaid = "0" }),
      (
        .outcomeUnknown,
        {
          $0.actuallyPaid = "0.00"
          $0.parent = Sample.payment(9)
        }
      ),
      (.outcomeUnknown, { $0 = Sample.report(1, order: nil, status: "on_the_moon") }),
      (.outcomeNotConvertible, { $0.outcomeCurrency = "xmr" }),
      (.tierUnknown, { $0.order = "PGP-6270000001|\(Sample.open)" }),
    ]
    for (refusal, edit) in cases {
      var world = held(edit)
      #expect(world.ask(accept(world, rate: "100")).refusal == refusal)
      #expect(world.ask(rule(.writeOff)).names == ["payment.written_off.v1"])
      #expect(balance(world, .suspense) == 0)
    }
  }

  @Test("does: a refund takes the money out of suspense and custody, once, by its transaction")
  func refunds() {
    var world = held()
    #expect(world.ask(rule(.refund(transaction: ""))).refusal == .textMissing)
    #expect(world.ask(rule(.refund(transaction: "0x9"), "")).refusal == .textMissing)
    #expect(world.ask(rule(.refund(transaction: "0x9"))).names == ["payment.refunded.v1"])
    #expect(balance(world, .suspense) == 0 && balance(world, .custody) == 0)
    #expect(world.ask(rule(.refund(transaction: "0x8"))).isIgnored)
    #expect(world.ask(rule(.writeOff)).refusal == .notHeld)
    #expect(world.ask(accept(world)).refusal == .notHeld)
    // Whatever the provider says later of that money is an observation.
    for (status, at) in [("finished", "5"), ("refunded", "6"), ("odd", "7")] {
      let report = Sample.report(1, order: Sample.order("o1"), "12.00", status: status, at: at)
      #expect(world.note(report).names == ["payment.observed.v1"], "\(status)")
    }
    #expect(LedgerState.read(world.state.listed)?.listed == world.state.listed)
  }

  @Test(
    "does: what is found by no hash is found by the rest, and its log opens again",
    arguments: ["by hand", "überwiesen", String(repeating: "x", count: 240)])
  func words(transaction: String) throws {
    var world = held()
    let answer = world.ask(rule(.refund(transaction: transaction)))
    let place = try #require(answer.events.first).place
    #expect(place.stream.text == "payment-\(id)")
    #expect(place.tags.map(\.text) == ["channel:\(Sample.channel)", "payment:\(id)"])
  }

  @Test("does: what is written off stays in custody, and is the platform's")
  func writesOff() {
    var world = held()
    #expect(world.ask(rule(.writeOff)).names == ["payment.written_off.v1"])
    #expect(balance(world, .suspense) == 0)
    #expect(world.state.books.balance(.custody, .usdt) == Sample.usdt("12.00"))
    #expect(world.state.books.balance(.writeoffs, .usdt) == -Sample.usdt("12.00"))
    #expect(world.ask(rule(.writeOff)).isIgnored)
    #expect(world.state.brokenInvariant() == nil)
  }

  @Test("does: a held payment's newest notice is what is accepted, also over a snapshot")
  func newest() {
    var world = held()
    world.note(Sample.report(1, order: Sample.order("o1"), "12.10", at: "2"))
    world.state = LedgerState.read(world.state.listed)!
    #expect(world.state.heldOutcome(id) == Sample.usdt("12.10"))
    world.ask(accept(world))
    #expect(world.state.books.balance(.custody, .usdt) == Sample.usdt("12.10"))
    #expect(balance(world, .suspense) == 0)
  }
}
