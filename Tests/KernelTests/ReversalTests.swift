import Testing

@testable import Kernel

/// Payments that the provider took back after they were booked (MO-12).
@Suite struct ReversalTests {
  private let id = Sample.payment(1)

  private func reverse(_ world: World, _ number: Int = 1) -> LedgerCommand {
    let booked = BookedPayment(world.log.filter { $0.place.stream.text == "payment-\(number)" })!
    return .payment(
      .rule(
        Sample.payment(number), .reverse(booked, transaction: "np-7"), reason: "charged back"))
  }

  private func balance(_ world: World, _ account: Account, _ asset: Asset = .usdt) -> Int128 {
    world.state.books.balance(account, asset).units
  }

  private var receivable: Account { .receivable(Sample.channel) }

  @Test("does: what waits behind the threshold is taken off, fee and all, and the books are empty")
  func waiting() {
    var world = World.registered()
    world.pay(1)
    let command = reverse(world)
    #expect(world.ask(command).names == ["payment.reversed.v1"])
    for account in [Account.custody, .fees, .clearing, .exchange, .payable(Sample.channel)] {
      #expect(balance(world, account) == 0, "\(account.text)")
    }
    #expect(world.ask(command).isIgnored)
    #expect(world.state.dueGroups().isEmpty)
    #expect(world.state.brokenInvariant() == nil)
    #expect(LedgerState.read(world.state.listed)?.listed == world.state.listed)
    let late = Sample.report(1, order: Sample.order("o1"), status: "refunded", at: "9")
    #expect(world.note(late).names == ["payment.observed.v1"])
  }

  @Test("refuses: to reverse what was never booked, or was booked as something else")
  func unbooked() {
    var world = World.registered()
    world.pay(1)
    let command = reverse(world)
    let elsewhere: (PaymentID) -> LedgerCommand = {
      guard case .payment(.rule(_, let ruling, let reason)) = command else { return command }
      return .payment(.rule($0, ruling, reason: reason))
    }
    #expect(world.ask(elsewhere(Sample.payment(2))).refusal == .paymentUnknown)
    world.note(Sample.report(2, order: world.order("o2"), "1.00"))
    #expect(world.ask(elsewhere(Sample.payment(2))).refusal == .paymentNotBooked)
    world.pay(3, tier: 2)
    #expect(world.ask(elsewhere(Sample.payment(3))).refusal == .paymentNotBooked)
    #expect(BookedPayment([]) == nil)
  }

  @Test("does: a batch of which nothing is signed is undone, and the rest is released without it")
  func rebuilt() {
    for stage in 0..<5 {
      var world = World.due()
      let batch = BatchID(composed: "\(Sample.channel)-b1")
      let split = SplitID(number: 1)
      world.ask(world.opening())
      if stage > 0 { world.ask(.split(.request(.batch(batch), .fixedRate))) }
      if stage > 1 { world.ask(.batch(.handOff(batch, split))) }
      if stage > 2 {
        world.estimate(split)
        world.openSwap(split)
        world.ask(.hostpay(.request(split)))
      }
      if stage > 3 { world.ask(.transfer(.request(split))) }
      let names = world.ask(reverse(world)).names
      #expect(
        names.suffix(3) == ["batch.failed.v1", "accumulation.released.v1", "payment.reversed.v1"],
        "\(stage): \(names)")
      #expect(names.contains("split.failed.v1") == (stage > 0), "\(stage): \(names)")
      #expect(world.payable() == Sample.usdt("77.60"), "\(stage)")
      #expect(balance(world, .reserved(Sample.channel)) == 0 && balance(world, receivable) == 0)
      // Nothing of the old one can be paid any more.
      #expect(world.ask(.transfer(.reserveNonce(split.transfer, World.quote))).events.isEmpty)
      #expect(world.ask(.transfer(.request(split))).events.isEmpty)
      // 77.60 is below the threshold; with another payment all three go out together.
      world.pay(4)
      #expect(world.openDue().map(\.names.first) == ["batch.opened.v1"], "\(stage)")
      #expect(world.state.brokenInvariant() == nil)
    }
  }

  @Test("does: what has a nonce is paid, and the client owes the payment's share of it")
  func paid() {
    var (world, batch, split) = World.sending()
    #expect(world.ask(reverse(world)).names == ["payment.reversed.v1"])
    #expect(world.state.books.balance(receivable, .usdt) == Sample.usdt("24.25"))
    world.settle(batch, split)
    #expect(world.count("accumulation.paid.v1") == 1)
    #expect(world.ask(reverse(world, 2)).names == ["payment.reversed.v1"])
    #expect(world.state.books.balance(receivable, .usdt) == Sample.usdt("72.75"))
    #expect(balance(world, .fees) == -900_000)
    #expect(world.state.brokenInvariant() == nil)
  }

  @Test("does: a payment that goes out at once is owed back, in the asset it is paid from")
  func instant() {
    var world = World.registered(Sample.payout(.instant))
    world.pay(1)
    #expect(world.ask(reverse(world)).names == ["payment.reversed.v1"])
    #expect(world.state.books.balance(receivable, .usdt) == Sample.usdt("24.25"))
    #expect(balance(world, .custody) == 0 && balance(world, .fees) == 0)
  }

  @Test("does: a conversion that ends after its payment went counts it for nobody")
  func converting() {
    var world = World.registered()
    world.claim()
    world.note(Sample.report(1, order: world.order("o1", tier: 2), "0.0203", currency: "eth"))
    let rate = Rate("2500", from: .eth, to: .usdt)!
    world.ask(.payment(.noteRate(id, rate, source: "x", world.policy)))
    world.ask(.conversion(.request(Sample.channel, id)))
    let conversion = ConversionID(of: id)
    world.ask(.split(.request(.conversion(conversion), .standard)))
    let split = SplitID(number: 1)
    world.ask(reverse(world))
    #expect(world.payable().units == 0)
    guard let source = world.state.splits[split]?.requested.source else { return }
    world.fund(split, source)
    world.ask(.split(.noteFinished(split, delivered: "48.90", payoutHash: nil)))
    let received = Sample.usdt("48.90")
    #expect(
      world.ask(.conversion(.complete(conversion, split, received: received))).names
        == ["conversion.completed.v1"])
    #expect(world.payable().units == 0 && world.state.dueGroups().isEmpty)
    #expect(world.state.brokenInvariant() == nil)
  }
}
