import Testing

@testable import Kernel

/// What the provider says against a booking (PP-03, PP-04, MO-12), and against a rate (MO-16).
@Suite struct ContestTests {
  private let id = Sample.payment(1)
  private let uphold = LedgerCommand.payment(
    .rule(Sample.payment(1), .uphold, reason: "it is in the wallet"))

  private func say(
    _ world: inout World, _ status: String, _ amount: String = "25.00", at: String
  ) -> Decision {
    world.note(Sample.report(1, order: Sample.order("o1"), amount, status: status, at: at))
  }

  @Test("does: failed after finished leaves the booking, and its money goes nowhere until upheld")
  func failed() {
    for status in ["failed", "expired", "cancelled", "refunded"] {
      var world = World.due()
      let due = world.state.dueGroups().count
      #expect(due == 1)
      let fact = status == "refunded" ? "payment.taken_back.v1" : "payment.contradicted.v1"
      #expect(say(&world, status, at: "2").names == ["payment.observed.v1", fact])
      #expect(world.payable() == Sample.usdt("101.85"))
      // What is left without it is below the threshold.
      #expect(world.state.dueGroups().isEmpty && world.openDue().isEmpty)
      #expect(LedgerState.read(world.state.listed)?.listed == world.state.listed)
      if status != "refunded" {
        #expect(say(&world, status, at: "3").names == ["payment.observed.v1"])
      }
      #expect(world.ask(uphold).names == ["payment.upheld.v1"])
      #expect(world.ask(uphold).refusal == .notHeld)
      #expect(world.openDue().map(\.names.first) == ["batch.opened.v1"])
      #expect(world.state.brokenInvariant() == nil)
    }
  }

  @Test("does: another amount later is a fact of its own; the first is what is credited")
  func amounts() {
    var world = World.due()
    #expect(say(&world, "finished", "25.0", at: "2").names == ["payment.observed.v1"])
    let said = say(&world, "finished", "26.00", at: "3")
    guard case .payment(.ruled(.contradicted(let e)))? = said.events.last else {
      Issue.record("\(said.names)")
      return
    }
    #expect(e.amount == Sample.usdt("26.00") && e.status == "finished")
    #expect(world.payable() == Sample.usdt("101.85"))
    #expect(world.count("payment.finished.v1") == 3)
    #expect(world.openDue().isEmpty)
    #expect(world.ask(uphold).names == ["payment.upheld.v1"])
    #expect(say(&world, "finished", "25.00", at: "4").names == ["payment.observed.v1"])
  }

  @Test("does: a batch that nothing was signed for is undone, one that may be paid goes its way")
  func batched() {
    for isSigned in [false, true] {
      var (world, _, split) = isSigned ? World.sending() : World.swapping()
      let names = say(&world, "failed", at: "2").names
      #expect(names.contains("batch.failed.v1") == !isSigned, "\(names)")
      #expect(world.ask(.hostpay(.request(split))).events.isEmpty)
      #expect(world.openDue().isEmpty)
      #expect(world.state.brokenInvariant() == nil)
    }
  }

  @Test("does: what is paid out at once is held, as long as there is no nonce")
  func instant() {
    var world = World.registered(Sample.payout(.instant))
    world.claim()
    world.pay(1)
    world.ask(.split(.request(.payment(id), .standard)))
    let names = say(&world, "failed", at: "2").names
    #expect(
      names.prefix(3) == ["payment.observed.v1", "payment.contradicted.v1", "split.held.v1"])
    #expect(world.ask(.transfer(.request(SplitID(number: 1)))).events.isEmpty)
  }

  @Test("refuses: to uphold what nothing speaks against, and a reversal ends what did")
  func nothing() {
    var world = World.registered()
    #expect(world.ask(uphold).refusal == .paymentUnknown)
    world.pay(1)
    #expect(world.ask(uphold).refusal == .notHeld)
    #expect(say(&world, "waiting", at: "2").names == ["payment.observed.v1"])
    #expect(say(&world, "failed", at: "3").names.last == "payment.contradicted.v1")
    let booked = BookedPayment(world.log.filter { $0.place.stream.text == "payment-1" })!
    world.ask(.payment(.rule(id, .reverse(booked, transaction: "np"), reason: "gone")))
    #expect(world.payable().units == 0)
    #expect(world.ask(uphold).refusal == .notHeld)
  }

  @Test("does: money that comes after a person ended a payment is said aloud, and books nothing")
  func ended() {
    // Held with what had come short, and with nothing.
    for (before, status) in [("12.00", "finished"), (nil, "on_the_moon")] as [(String?, String)] {
      var world = World.registered()
      let order = world.order("o1")
      world.note(Sample.report(1, order: order, before, status: status))
      world.ask(.payment(.rule(id, .writeOff, reason: "nobody's")))
      let written = world.state.books.balance(.writeoffs, .usdt)
      // The same words again are no news, nor is any but that it was paid.
      for (amount, word) in [("12.00", "finished"), ("25.00", "failed"), ("0", "finished")] {
        let names = say(&world, word, amount, at: "2\(word)\(amount)").names
        let isNews = amount == "12.00" && before == nil
        #expect(names.count == (isNews ? 2 : 1), "\(names)")
      }
      let said = say(&world, "finished", "25.00", at: "3")
      #expect(said.names == ["payment.observed.v1", "payment.contradicted.v1"])
      #expect(world.count("payment.finished.v1") == 0)
      #expect(world.state.books.balance(.writeoffs, .usdt) == written)
      #expect(LedgerState.read(world.state.listed)?.listed == world.state.listed)
      #expect(world.ask(uphold).names == ["payment.upheld.v1"])
      #expect(world.ask(uphold).refusal == .notHeld)
    }
  }

  /// A payment of 50 dollars that arrived as ether, whose rate was asked for.
  private func valuing(_ asked: String?) -> World {
    var world = World.registered()
    var report = Sample.report(1, order: world.order("o1", tier: 2), "0.02", currency: "eth")
    report.priceAmount = "50"
    report.priceCurrency = "usd"
    report.payAmount = asked
    report.actuallyPaid = asked
    world.note(report)
    return world
  }

  private func rate(_ text: String) -> LedgerCommand {
    let policy = World().policy
    return .payment(
      .noteRate(id, Rate(text, from: .eth, to: .usdt)!, source: "swap", policy))
  }

  @Test("does: a rate that is half or twice of what the payer's side says is nobody's word")
  func rates() {
    for (text, isBelieved) in [
      ("2500", true), ("1240", false), ("5010", false), ("4900", true), ("250000", false),
    ] {
      var world = valuing("0.0201")
      let names = world.ask(rate(text)).names
      #expect((names.first == "payment.finished.v1") == isBelieved, "\(text): \(names)")
      if !isBelieved { #expect(names == ["payment.held.v1"]) }
      // Nothing to compare with: the swap's word is all there is.
      var alone = valuing(nil)
      #expect((alone.ask(rate("250000")).names.first) == "payment.finished.v1")
    }
  }

  @Test("does: failed before the rate came is held, and no rate books it after that")
  func valued() {
    var world = valuing("0.0201")
    #expect(say(&world, "failed", at: "2").names == ["payment.observed.v1", "payment.held.v1"])
    #expect(world.ask(rate("2500")).isIgnored)
    #expect(world.state.books.balance(.suspense, .eth).units != 0)
    #expect(world.payable().units == 0)
  }
}
