import Testing

@testable import Kernel

@Suite struct AccessDeciderTests {
  private let channel = Sample.channel

  /// A subscriber who has paid and whose link was asked for.
  private func invited(_ number: Int = 1) -> (World, OrderID) {
    var world = World.registered()
    world.pay(number)
    let order = Sample.order("o\(number)")
    world.ask(.invite(.request(order)))
    return (world, order)
  }

  private func end(_ world: World) -> Instant {
    for case .order(.granted(let e)) in world.log.reversed() { return e.expires }
    return .blank
  }

  private func created(_ world: inout World, _ order: OrderID, attempt: Int = 1) -> Decision {
    world.ask(
      .invite(
        .noteCreated(
          order, attempt: attempt, link: "https://t.me/+a\(attempt)",
          validUntil: world.now.adding(seconds: Limits.inviteSeconds))))
  }

  @Test("does: a paid order gets one link, however often it is asked for and paid")
  func once() throws {
    var (world, order) = invited()
    guard case .invite(.requested(let e)) = try #require(world.log.last) else {
      Issue.record("\(world.names)")
      return
    }
    #expect(e.attempt == 1 && e.closed == Sample.closed && e.title == "Signals" && e.days == 30)
    #expect(e.expires == end(world) && e.tryUntil == world.now.adding(seconds: 86_400))
    #expect(e.tier == 1 && e.price == Sample.usd("25.00") && e.user.value == Sample.user.text)
    #expect(world.ask(.invite(.request(order))).isIgnored)
    // P-11: another payment of the same order, and the same notice again.
    world.note(Sample.report(9, order: order, "25.00"))
    world.note(Sample.report(1, order: order, "25.00", at: "2"))
    #expect(world.count("order.granted.v1") == 1)
    #expect(world.ask(.invite(.request(order))).isIgnored)
    #expect(world.count("invite.requested.v1") == 1)
  }

  @Test("refuses: a link for a donation, for what isn't paid, and for what nobody ordered")
  func unpaid() {
    var world = World.registered()
    let gift = Sample.order("gift")
    world.ask(
      .order(
        .placeDonation(
          gift, channel: channel, price: Sample.usd("25.00"), user: Sample.user,
          fee: .standardFee)))
    world.note(Sample.report(1, order: gift, "25.00"))
    #expect(world.count("payment.finished.v1") == 1)
    let open = world.order("open")
    for order in [gift, open, Sample.order("none")] {
      #expect(world.ask(.invite(.request(order))).refusal == .orderUnknown)
    }
    #expect(world.ask(.membership(.expire(gift))).isIgnored)
    #expect(world.count("invite.requested.v1") == 0)
  }

  @Test("does: an order of the old form gets its link too, of whoever is named in it")
  func old() throws {
    var world = World.registered()
    let text = try #require(OrderID(text: "PGP-\(Sample.user)|\(Sample.open)"))
    #expect(world.ask(.invite(.request(text))).isIgnored)
    var report = Sample.report(1, order: text, "50.00")
    report.priceAmount = "50"
    report.priceCurrency = "usd"
    world.note(report)
    #expect(world.ask(.invite(.request(text))).names == ["invite.requested.v1"])
    guard case .invite(.requested(let e)) = try #require(world.log.last) else { return }
    #expect(e.user.value == Sample.user.text && e.channel == channel && e.expires == end(world))
  }

  @Test("ignores: answers that come twice, late, or about another link")
  func late() {
    var (world, order) = invited()
    #expect(created(&world, order, attempt: 2).isIgnored)
    #expect(world.ask(.invite(.noteDelivered(order, attempt: 1, message: 1))).isIgnored)
    #expect(world.ask(.invite(.renew(order, attempt: 1))).isIgnored)
    #expect(created(&world, order).names == ["invite.created.v1"])
    // An answer that was lost made another link, which nobody was told of.
    #expect(created(&world, order).isIgnored)
    #expect(world.ask(.invite(.noteDelivered(order, attempt: 2, message: 1))).isIgnored)
    #expect(world.ask(.invite(.noteDelivered(order, attempt: 1, message: 1))).names.count == 1)
    for command in [
      InviteCommand.noteDelivered(order, attempt: 1, message: 2), .renew(order, attempt: 1),
      .fail(order, reason: "late"), .request(order),
    ] { #expect(world.ask(.invite(command)).isIgnored, "\(command)") }
  }

  @Test("does: a link that ran out untold makes way for one other, and tries end as they would")
  func renews() {
    var (world, order) = invited()
    _ = created(&world, order)
    #expect(world.ask(.invite(.renew(order, attempt: 1))).isIgnored)
    let first = world.log.compactMap { event -> InviteEvent.Requested? in
      if case .invite(.requested(let e)) = event { e } else { nil }
    }
    world.now = world.now.adding(seconds: Limits.inviteSeconds)
    guard
      case .invite(.requested(let e))? = world.ask(.invite(.renew(order, attempt: 1))).events.first
    else {
      Issue.record("no other link")
      return
    }
    #expect(e.attempt == 2 && e.tryUntil == first[0].tryUntil && e.expires == first[0].expires)
    #expect(world.ask(.invite(.renew(order, attempt: 1))).isIgnored)
    #expect(world.ask(.invite(.noteDelivered(order, attempt: 1, message: 1))).isIgnored)
    #expect(created(&world, order, attempt: 2).names == ["invite.created.v1"])
    #expect(world.ask(.invite(.noteDelivered(order, attempt: 2, message: 1))).names.count == 1)
  }

  @Test("does: who asks once more is told of the link that lives, and of another where it ran out")
  func resends() {
    var (world, order) = invited()
    #expect(world.ask(.invite(.resend(Sample.order("none")))).refusal == .orderUnknown)
    #expect(world.ask(.invite(.resend(order))).isIgnored)
    _ = created(&world, order)
    #expect(world.ask(.invite(.resend(order))).isIgnored)
    world.ask(.invite(.noteDelivered(order, attempt: 1, message: 1)))
    let again = world.ask(.invite(.resend(order)))
    #expect(again.names == ["invite.requested.v1", "invite.created.v1"])
    guard case .invite(.created(let e))? = again.events.last else { return }
    #expect(e.link.value == "https://t.me/+a1" && e.attempt == 1)
    #expect(world.ask(.invite(.resend(order))).isIgnored)
    world.now = world.now.adding(seconds: Limits.inviteSeconds)
    world.ask(.invite(.noteDelivered(order, attempt: 1, message: 2)))
    let other = world.ask(.invite(.resend(order)))
    guard case .invite(.requested(let next))? = other.events.first else { return }
    #expect(other.names.count == 1 && next.attempt == 2)
    #expect(next.tryUntil == world.now.adding(seconds: Limits.inviteTries))
    world.ask(.invite(.fail(order, reason: "no start")))
    world.now = end(world)
    #expect(world.ask(.invite(.resend(order))).refusal == .alreadyEnded)
  }

  @Test("does: access ends at its end and not before; what was removed is gone for good")
  func expires() {
    var (world, order) = invited()
    let end = end(world)
    world.now = Instant(microseconds: end.microseconds - 1)
    #expect(world.ask(.membership(.expire(order))).isIgnored)
    #expect(world.ask(.membership(.noteRemoved(order))).isIgnored)
    world.now = end
    #expect(world.ask(.membership(.expire(order))).names == ["membership.expired.v1"])
    #expect(world.ask(.membership(.expire(order))).isIgnored)
    // The link that was on its way leads nowhere any more.
    #expect(created(&world, order).isIgnored)
    #expect(world.ask(.invite(.request(order))).isIgnored)
    #expect(world.ask(.membership(.noteRemoved(order))).names == ["membership.removed.v1"])
    #expect(world.ask(.membership(.noteRemoved(order))).isIgnored)
    #expect(world.ask(.membership(.failRemoval(order, reason: "x"))).isIgnored)
    #expect(world.ask(.invite(.request(order))).isIgnored)
  }

  @Test("does: a renewal counts from the running end, and the first order's end removes nobody")
  func renewal() {
    var (world, first) = invited()
    let end = end(world)
    world.now = Instant(microseconds: end.microseconds - 1)
    world.pay(2)
    let second = Sample.order("o2")
    #expect(self.end(world) == end.adding(days: 30))
    #expect(world.ask(.invite(.request(second))).names == ["invite.requested.v1"])
    world.now = end
    #expect(world.ask(.membership(.expire(first))).isIgnored)
    #expect(world.ask(.membership(.expire(second))).isIgnored)
    world.now = end.adding(days: 30)
    #expect(world.ask(.membership(.expire(second))).names == ["membership.expired.v1"])
    #expect(world.ask(.membership(.expire(first))).isIgnored)
  }

  @Test(
    "does: who buys again while he is being removed is let in when he is out, in one append",
    arguments: [false, true])
  func again(fails: Bool) {
    var (world, first) = invited()
    world.now = end(world)
    world.ask(.membership(.expire(first)))
    world.pay(2)
    world.pay(3)
    let orders = ["o2", "o3"].map(Sample.order)
    for order in orders { #expect(world.ask(.invite(.request(order))).isIgnored) }
    let ended: MembershipCommand =
      fails ? .failRemoval(first, reason: "an administrator") : .noteRemoved(first)
    let name = fails ? "membership.removal_failed.v1" : "membership.removed.v1"
    let decision = world.ask(.membership(ended))
    #expect(decision.names == [name, "invite.requested.v1"])
    guard case .invite(.requested(let e))? = decision.events.last else { return }
    #expect(e.order == orders[1] && e.expires == world.now.adding(days: 60))
    #expect(world.ask(.membership(.expire(orders[1]))).isIgnored)
    #expect(world.ask(.invite(.request(orders[0]))).names == ["invite.requested.v1"])
  }

  @Test("does: a state that was written and read back decides the same at every step")
  func listing() throws {
    var (world, first) = invited()
    let end = end(world)
    var steps: [(Instant, LedgerCommand)] = [
      (world.now, .invite(.noteCreated(first, attempt: 1, link: "l", validUntil: end))),
      (world.now, .invite(.noteDelivered(first, attempt: 1, message: 5))),
      (end, .membership(.expire(first))),
      (end, .invite(.request(Sample.order("o2")))),
      (end, .membership(.noteRemoved(first))),
      (end, .invite(.fail(Sample.order("o2"), reason: "r"))),
      (end, .invite(.request(Sample.order("o2")))),
    ]
    for (index, step) in steps.enumerated() {
      if index == 3 {
        world.now = end
        world.pay(2)
      }
      let listed = world.state.listed
      let read = try #require(LedgerState.read(listed))
      #expect(read.listed == listed)
      let expected = world.state.decide(step.1, at: step.0)
      #expect("\(read.decide(step.1, at: step.0))" == "\(expected)", "\(index)")
      world.now = step.0
      world.ask(step.1)
    }
    steps = []
    #expect(world.count("membership.removed.v1") == 1 && world.count("invite.failed.v1") == 1)
  }
}
