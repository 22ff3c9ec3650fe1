import Testing

@testable import Kernel

/// What a client owes since a payment was taken back after its payout, and what ends it.
@Suite struct DebtTests {
  private let channel = Sample.channel

  /// A client who was paid 101.85 and owes 24.25 of it.
  private func owing() -> World {
    var (world, batch, split) = World.sending()
    world.settle(batch, split)
    world.ask(reverse(world, 1))
    #expect(world.state.debts(of: channel) == [Sample.usdt("24.25")])
    return world
  }

  private func reverse(_ world: World, _ number: Int) -> LedgerCommand {
    let booked = BookedPayment(world.log.filter { $0.place.stream.text == "payment-\(number)" })!
    return .payment(
      .rule(
        Sample.payment(number), .reverse(booked, transaction: "np-7"), reason: "charged back"))
  }

  private var net: LedgerCommand { .channel(.net(channel, reason: "charged back")) }

  @Test("does: what waits pays the debt, the oldest first, and the rest is paid out")
  func nets() throws {
    var world = owing()
    #expect(world.ask(net).refusal == .nothingWaits)
    world.pay(11, tier: 1, "20.00")
    world.pay(12, tier: 2)
    let waiting = world.payable()
    let decision = world.ask(net)
    #expect(decision.names == ["accumulation.netted.v1", "accumulation.netted.v1"])
    #expect(world.state.debts(of: channel).isEmpty)
    #expect(waiting - world.payable() == Sample.usdt("24.25"))
    #expect(world.ask(net).refusal == .nothingOwed)
    // The first was used up, and the second is less by the rest.
    let members = try #require(world.state.accumulations[channel]?.members)
    #expect(members.map(\.payment) == [Sample.payment(12)])
    #expect(members.first?.amount == world.payable())
    #expect(world.state.brokenInvariant() == nil)
    #expect(LedgerState.read(world.state.listed)?.listed == world.state.listed)
    world.pay(13, tier: 2)
    world.pay(14, tier: 2)
    guard case .batch(.opened(let e)) = try #require(world.openDue().first?.events.first) else {
      Issue.record("\(world.names)")
      return
    }
    #expect(e.total == e.members.reduce(.zero(.usdt)) { $0 + $1.amount })
    #expect(e.members.first?.amount == members.first?.amount)
    // What a debt took of a payment can't be taken back from what waits.
    #expect(world.state.brokenInvariant() == nil)
  }

  @Test("does: a payment of which a part paid a debt is owed back whole when it goes too")
  func partly() {
    var world = owing()
    world.pay(12, tier: 2)
    world.ask(net)
    let left = world.payable()
    #expect(left == Sample.usdt("24.25"))
    #expect(world.ask(reverse(world, 12)).names == ["payment.reversed.v1"])
    #expect(world.payable() == left)
    #expect(world.state.debts(of: channel) == [Sample.usdt("48.50")])
    #expect(world.ask(net).names == ["accumulation.netted.v1"])
    #expect(world.payable() == .zero(.usdt))
    #expect(world.state.debts(of: channel) == [Sample.usdt("24.25")])
    #expect(world.state.brokenInvariant() == nil)
  }

  @Test("ignores: what is in a batch or not USDT yet; it isn't there to pay a debt")
  func busy() {
    var world = owing()
    for number in 11...13 { world.pay(number, tier: 2) }
    #expect(world.openDue().map(\.names.first) == ["batch.opened.v1"])
    #expect(world.ask(net).refusal == .nothingWaits)
  }

  @Test("does: a debt is written off in every asset, as a loss, and the books hold")
  func forgives() {
    var world = owing()
    let word = LedgerCommand.channel(.forgive(channel, reason: "not worth a letter"))
    #expect(world.ask(word).names == ["accumulation.forgiven.v1"])
    #expect(world.state.debts(of: channel).isEmpty)
    #expect(world.state.books.balance(.writeoffs, .usdt) == Sample.usdt("24.25"))
    #expect(world.ask(word).refusal == .nothingOwed)
    #expect(world.state.brokenInvariant() == nil)
  }

  @Test("refuses: words that are none, and a client that nobody knows")
  func refuses() {
    var world = owing()
    let nobody = ChannelKey(text: "ch-9")!
    for command: (ChannelKey, String) -> ChannelCommand in [
      { .net($0, reason: $1) }, { .forgive($0, reason: $1) },
    ] {
      #expect(world.ask(.channel(command(channel, ""))).refusal == .textMissing)
      #expect(world.ask(.channel(command(nobody, "why"))).refusal == .channelUnknown)
    }
  }

  // MARK: Access

  private func reverseWithAccess(_ world: World, _ number: Int) -> LedgerCommand {
    let payment = world.log.filter { $0.place.stream.text == "payment-\(number)" }
    let order = world.log.filter { event in
      if case .order(.granted(let e)) = event { return e.order == Sample.order("o\(number)") }
      return false
    }
    return .payment(
      .rule(
        Sample.payment(number),
        .reverse(BookedPayment(payment, order: order)!, transaction: "np-7"),
        reason: "charged back"))
  }

  private func invite(_ world: inout World, _ number: Int, isTold: Bool) {
    let order = Sample.order("o\(number)")
    world.ask(.invite(.request(order)))
    guard isTold else { return }
    world.ask(
      .invite(
        .noteCreated(
          order, attempt: 1, link: "https://t.me/+a",
          validUntil: world.now.adding(seconds: Limits.inviteSeconds))))
    world.ask(.invite(.noteDelivered(order, attempt: 1, message: 7)))
  }

  @Test("does: access that a payment gave ends with its reversal, and the member is removed")
  func revokes() {
    var world = World.registered()
    world.pay(1)
    invite(&world, 1, isTold: true)
    world.now = world.now.adding(days: 2)
    let names = world.ask(reverseWithAccess(world, 1)).names
    #expect(
      names == ["payment.reversed.v1", "membership.revoked.v1", "membership.expired.v1"])
    #expect(world.ask(.membership(.noteRemoved(Sample.order("o1")))).names.count == 1)
    #expect(LedgerState.read(world.state.listed)?.listed == world.state.listed)
    // Another payment of the same order lets in again.
    let again = world.note(Sample.report(9, order: Sample.order("o1"), "25.00"))
    #expect(again.names.contains("order.granted.v1"))
    #expect(world.ask(.invite(.request(Sample.order("o1")))).names == ["invite.requested.v1"])
  }

  @Test("does: a link that may still be used ends first, so that nobody comes back by it")
  func link() throws {
    var world = World.registered()
    world.pay(1)
    invite(&world, 1, isTold: true)
    let names = world.ask(reverseWithAccess(world, 1)).names
    #expect(names == ["payment.reversed.v1", "membership.revoked.v1"])
    guard case .membership(.revoked(let e)) = try #require(world.log.last) else { return }
    #expect(e.expires == world.now.adding(seconds: Limits.inviteSeconds) && e.days == 30)
    let end = LedgerCommand.membership(.expire(Sample.order("o1")))
    #expect(world.ask(end).isIgnored)
    world.now = e.expires
    #expect(world.ask(end).names == ["membership.expired.v1"])
  }

  @Test("does: one whose link isn't made yet gets none")
  func unmade() {
    var world = World.registered()
    world.pay(1)
    invite(&world, 1, isTold: false)
    let names = world.ask(reverseWithAccess(world, 1)).names
    #expect(names.suffix(2) == ["membership.revoked.v1", "membership.expired.v1"])
    let late = world.ask(
      .invite(
        .noteCreated(
          Sample.order("o1"), attempt: 1, link: "https://t.me/+a",
          validUntil: world.now.adding(seconds: 60))))
    #expect(late.isIgnored)
  }

  @Test("does: what other orders gave stays; a payment that gave nothing takes nothing")
  func others() throws {
    var world = World.registered()
    world.pay(1)
    world.pay(2)
    invite(&world, 1, isTold: true)
    // P-11: the second payment of an order gave no access.
    world.note(Sample.report(8, order: Sample.order("o2"), "25.00"))
    #expect(
      world.ask(reverseWithAccess(world, 8)).names == ["payment.reversed.v1"])
    #expect(
      world.ask(reverseWithAccess(world, 2)).names
        == ["payment.reversed.v1", "membership.revoked.v1"])
    guard case .membership(.revoked(let e)) = try #require(world.log.last) else { return }
    #expect(e.expires == world.now.adding(days: 30))
    #expect(world.ask(.membership(.expire(Sample.order("o1")))).isIgnored)
    // What is over already ends no earlier.
    world.now = world.now.adding(days: 31)
    #expect(world.ask(reverseWithAccess(world, 1)).names == ["payment.reversed.v1"])
  }
}
