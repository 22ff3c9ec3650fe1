import Testing

@testable import Kernel

/// One payment id under two orders (PP-14): the first stands, and a person decides.
@Suite struct NamingTests {
  private let id = Sample.payment(1)
  private let other = ChannelKey(registering: OpenChannelID(text: "-1002222222222")!)
  private let misnamed = ["payment.observed.v1", "payment.misnamed.v1"]

  private func rule(_ ruling: PaymentRuling) -> LedgerCommand {
    .payment(.rule(id, ruling, reason: "looked at"))
  }

  /// Two clients, and an order of each: `o1` and `x`.
  private func world(_ payout: PayoutSettings = Sample.payout(.threshold, threshold: "50.00"))
    -> World
  {
    var world = World.registered(payout)
    let open = OpenChannelID(text: "-1002222222222")!
    let closed = ClosedChannelID(text: "-1003333333333")!
    world.claim()
    world.ask(.channel(.register(Sample.form(open: open, closed: closed))))
    world.order("o1", tier: 2)
    world.ask(
      .order(
        .placeSubscription(
          Sample.order("x"), channel: other, tier: 1, user: Sample.user, fee: .standardFee)))
    return world
  }

  private func say(
    _ world: inout World, _ order: String, _ amount: String? = "60.00",
    _ status: String = "finished", _ currency: String = "usdterc20", at: String = "1"
  ) -> Decision {
    world.note(
      Sample.report(
        1, order: Sample.order(order), amount, status: status, currency: currency, at: at))
  }

  @Test("does: what is booked stands, and goes nowhere until a person says so")
  func booked() throws {
    // The very same words but for the order, and others.
    for (amount, status) in [("60.00", "finished"), ("25.00", "finished"), (nil, "waiting")] {
      var world = world()
      #expect(say(&world, "o1").names.contains("payment.finished.v1"))
      let said = say(&world, "x", amount, status)
      #expect(Array(said.names.prefix(2)) == misnamed)
      #expect(said.names.contains("payment.contradicted.v1") == (amount == "25.00"))
      guard case .payment(.ruled(.misnamed(let e)))? = said.events.dropFirst().first else { return }
      #expect(e.channel == Sample.channel && e.named == other && e.status == status)
      #expect(!"\(e)".contains(Sample.order("x").text))
      #expect(world.payable() == Sample.usdt("58.20") && world.payable(other).units == 0)
      #expect(world.openDue().isEmpty)
      #expect(LedgerState.read(world.state.listed)?.listed == world.state.listed)
      // Again, and in other words: nothing new, and never ignored where it is news.
      #expect(say(&world, "x", amount, status).isIgnored)
      #expect(say(&world, "x", amount, status, at: "2").names.prefix(2) != misnamed[...])
      #expect(world.count("payment.misnamed.v1") == 1)
      #expect(world.ask(rule(.uphold)).names == ["payment.upheld.v1"])
      #expect(world.openDue().map(\.names.first) == ["batch.opened.v1"])
      #expect(world.count("payment.finished.v1") == 1 && world.count("order.granted.v1") == 1)
      #expect(world.state.brokenInvariant() == nil)
    }
  }

  @Test("does: what is paid out at once is held, with its split or before it has one")
  func instant() {
    for hasSplit in [true, false] {
      var world = world(Sample.payout(.instant))
      _ = say(&world, "o1")
      let request = LedgerCommand.split(.request(.payment(id), .standard))
      if hasSplit { world.ask(request) }
      let said = say(&world, "x")
      #expect(said.names.contains("split.held.v1") == hasSplit)
      if !hasSplit {
        #expect(world.ask(request).names == ["split.requested.v1", "split.held.v1"])
      }
      #expect(world.ask(.transfer(.request(SplitID(number: 1)))).events.isEmpty)
      #expect(world.ask(rule(.uphold)).names == ["payment.upheld.v1"])
      let release = LedgerCommand.split(
        .operate(SplitID(number: 1), .release, reason: "looked at"))
      #expect(world.ask(release).names == ["split.released.v1"])
    }
  }

  @Test("does: what isn't booked is held, and booked once, for the order that a person names")
  func unbooked() {
    for order in ["o1", "x"] {
      var world = world()
      #expect(say(&world, "o1", nil, "waiting").names == ["payment.observed.v1"])
      #expect(say(&world, "x").names == misnamed + ["payment.held.v1"])
      #expect(say(&world, "o1").names == ["payment.observed.v1"])
      #expect(world.state.books.balance(.suspense, .usdt) == Sample.usdt("-60.00"))
      #expect(world.ask(rule(.uphold)).refusal == .notHeld)
      #expect(
        world.ask(rule(.accept(order: nil, rate: nil, world.policy))).refusal == .orderUnknown)
      let accept = rule(.accept(order: Sample.order(order), rate: nil, world.policy))
      #expect(world.ask(accept).names.contains("payment.finished.v1"))
      #expect(world.ask(accept).refusal == .notHeld)
      #expect(world.payable(order == "x" ? other : Sample.channel) == Sample.usdt("58.20"))
      #expect(world.state.books.balance(.suspense, .usdt).units == 0)
      // The order that was ruled is the payment's from here on.
      #expect(say(&world, order, at: "7").names == ["payment.observed.v1"])
      let rest = say(&world, order == "x" ? "o1" : "x", at: "8")
      #expect(rest.names == misnamed)
      #expect(world.state.brokenInvariant() == nil)
    }
  }

  @Test("does: money that waits is what came first, not what the other order says")
  func first() {
    var world = world()
    #expect(say(&world, "o1", "12.00").names.last == "payment.held.v1")
    #expect(say(&world, "x", "60.00").names == misnamed + ["payment.held.v1"])
    let accept = rule(.accept(order: Sample.order("o1"), rate: nil, world.policy))
    #expect(world.ask(accept).names.contains("payment.finished.v1"))
    #expect(world.payable() == Sample.usdt("11.64"))
    #expect(world.state.books.balance(.custody, .usdt) == Sample.usdt("12.00"))
    #expect(world.state.books.balance(.suspense, .usdt).units == 0)
  }

  @Test("does: a payment whose rate was asked for is held, and the rate books it no more")
  func valued() {
    var world = world()
    #expect(
      say(&world, "o1", "0.02", "finished", "eth").names.last == "payment.valuation_requested.v1")
    #expect(say(&world, "x", nil, "confirming").names == misnamed + ["payment.held.v1"])
    let rate = LedgerCommand.payment(
      .noteRate(id, Rate("2500", from: .eth, to: .usdt)!, source: "swap", world.policy))
    #expect(world.ask(rate).isIgnored)
    #expect(world.state.books.balance(.suspense, .eth) == Sample.eth("-0.02"))
    #expect(world.ask(rule(.refund(transaction: "0x"))).names == ["payment.refunded.v1"])
    #expect(world.state.books.balance(.suspense, .eth).units == 0)
  }

  @Test("does: one that a person ended is shown again, and books nothing")
  func ended() {
    var world = world()
    _ = say(&world, "o1", "12.00")
    world.ask(rule(.writeOff))
    #expect(say(&world, "o1", "12.00", at: "2").names == ["payment.observed.v1"])
    #expect(say(&world, "x", "12.00").names == misnamed)
    #expect(say(&world, "x", "12.00", at: "3").names == ["payment.observed.v1"])
    #expect(LedgerState.read(world.state.listed)?.listed == world.state.listed)
    #expect(world.ask(rule(.uphold)).names == ["payment.upheld.v1"])
    #expect(world.ask(rule(.uphold)).refusal == .notHeld)
    #expect(world.count("payment.finished.v1") == 0)
  }
}
