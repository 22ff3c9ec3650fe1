import Testing

@testable import Kernel

@Suite struct PayoutHoldTests {
  private static let other = Sample.payout(.threshold, wallet: String(repeating: "8", count: 95))
  private static let third = Sample.payout(.threshold, wallet: String(repeating: "9", count: 95))
  private static let held = "channel.payout_change_held.v1"
  private static let changed = "channel.payout_settings_changed.v1"
  private static let cancelled = "channel.payout_change_cancelled.v1"

  private func change(_ payout: PayoutSettings) -> LedgerCommand {
    .channel(.changePayoutSettings(Sample.channel, payout))
  }

  private func end(_ effective: Instant) -> LedgerCommand {
    .channel(.endHold(Sample.channel, effective: effective))
  }

  private let cancel = LedgerCommand.channel(
    .cancelPayoutChange(Sample.channel, reason: "its owner cancelled it"))

  private func channel(_ world: World) -> ChannelState { world.state.channel(Sample.channel)! }

  @Test("does: another wallet waits 48 h; payments until then are locked for the old one")
  func waits() {
    var world = World.registered()
    let began = world.now
    #expect(world.ask(change(Self.other)).names == [Self.held])
    #expect(channel(world).payout == Sample.payout(.threshold))
    let effective = began.adding(seconds: 48 * 3_600)
    #expect(channel(world).held?.effective == effective)
    #expect(world.state.heldPayoutChanges.map(\.wallet) == [Self.other.wallet])
    world.now = effective.adding(seconds: -1)
    #expect(world.ask(end(effective)).isIgnored, "too early")
    for tier in 1...3 { world.pay(tier, tier: tier) }
    // A batch made a moment before keeps what it was made for.
    #expect(world.state.dueGroups().map(\.wallet) == [Sample.wallet])
    _ = world.openDue()
    world.now = effective
    #expect(world.ask(end(effective)).names == [Self.changed])
    #expect(channel(world).payout == Self.other && channel(world).held == nil)
    #expect(world.ask(end(effective)).isIgnored, "told again")
    for tier in 1...3 { world.pay(10 + tier, tier: tier) }
    #expect(world.state.dueGroups().map(\.wallet) == [Self.other.wallet])
    let opened = world.log.compactMap { event -> String? in
      guard case .batch(.opened(let e)) = event else { return nil }
      return e.wallet
    }
    #expect(opened == [Sample.wallet])
  }

  @Test("does: the latest of two changes stands, and its clock begins anew; the same again doesn't")
  func anew() {
    var world = World.registered()
    let first = world.now.adding(seconds: Limits.payoutHoldSeconds)
    world.ask(change(Self.other))
    world.now = world.now.adding(seconds: 47 * 3_600)
    #expect(world.ask(change(Self.other)).isIgnored, "the same is no other change")
    #expect(channel(world).held?.effective == first)
    world.ask(change(Self.third))
    let second = world.now.adding(seconds: Limits.payoutHoldSeconds)
    world.now = first
    #expect(world.ask(end(first)).isIgnored, "the first was replaced")
    #expect(channel(world).payout == Sample.payout(.threshold))
    world.now = second
    #expect(world.ask(end(first)).isIgnored)
    #expect(world.ask(end(second)).names == [Self.changed])
    #expect(channel(world).payout == Self.third)
  }

  @Test("does: cancelled within the time nothing changes; refuses: to cancel none, or afterwards")
  func cancels() {
    var world = World.registered()
    #expect(world.ask(cancel).refusal == .nothingPending)
    let effective = world.now.adding(seconds: Limits.payoutHoldSeconds)
    world.ask(change(Self.other))
    #expect(world.ask(cancel).names == [Self.cancelled])
    #expect(world.ask(cancel).refusal == .nothingPending)
    world.now = effective
    #expect(world.ask(end(effective)).isIgnored)
    #expect(channel(world).payout == Sample.payout(.threshold))
    world.ask(change(Self.other))
    world.now = world.now.adding(seconds: Limits.payoutHoldSeconds)
    world.ask(end(world.now))
    #expect(world.ask(cancel).refusal == .nothingPending)
    #expect(channel(world).payout == Self.other)
  }

  @Test("does: how payouts go changes at once, also while where they go waits")
  func apart() {
    var world = World.registered()
    let moved = Sample.payout(.threshold, threshold: "80", wallet: Self.other.wallet)
    #expect(world.ask(change(moved)).names == [Self.changed, Self.held])
    #expect(channel(world).payout == Sample.payout(.threshold, threshold: "80"))
    let effective = world.now.adding(seconds: Limits.payoutHoldSeconds)
    // A form that sends the old wallet along with another threshold wishes nothing back.
    #expect(world.ask(change(Sample.payout(.threshold, threshold: "90"))).names == [Self.changed])
    #expect(channel(world).held?.wallet == Self.other.wallet)
    world.now = effective
    world.ask(end(effective))
    let now = Sample.payout(.threshold, threshold: "90", wallet: Self.other.wallet)
    #expect(channel(world).payout == now)
    let coin = Sample.payout(.threshold, threshold: "90", asset: .eth, wallet: Self.other.wallet)
    #expect(world.ask(change(coin)).names == [Self.held], "another coin waits as well")
  }

  @Test("does: a form's change waits too, and a wallet that became ours meanwhile is cancelled")
  func forms() {
    var world = World.registered()
    let key = Sample.channel
    let form = Sample.form(payout: Sample.payout(.threshold, wallet: Sample.host))
    #expect(world.ask(.channel(.edit(key, form, version: 1))).names == [Self.held])
    #expect(channel(world).version == 2)
    world.claim()
    world.now = world.now.adding(seconds: Limits.payoutHoldSeconds)
    #expect(world.ask(end(world.now)).names == [Self.cancelled])
    #expect(world.log.last?.remark == "wallet_malformed")
    #expect(channel(world).payout == Sample.payout(.threshold))
  }

  @Test("does: whoever was told before the change hears of each step, and not whom it names")
  func told() {
    var world = World()
    func form(_ payout: PayoutSettings, _ notify: String) -> ChannelRegistration {
      let form = Sample.form(payout: payout)
      return ChannelRegistration(
        open: form.open, closed: form.closed, tiers: form.tiers, payout: form.payout,
        donationMessage: nil, notify: Personal(notify))
    }
    world.ask(.chat(.switchOn(bot: "1", alarms: nil, isPosting: false)))
    world.ask(.channel(.register(form(Sample.payout(.threshold), "111111"))))
    world.ask(.channel(.edit(Sample.channel, form(Self.other, "222222"), version: 1)))
    world.ask(cancel)
    let told = world.log.compactMap { event -> String? in
      guard case .chat(.noticeRequested(let e)) = event else { return nil }
      return "\(e.chat.value) \(e.kind.text)"
    }
    #expect(told == ["111111 wallet", "222222 wallet"])
  }
}
