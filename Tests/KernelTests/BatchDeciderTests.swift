import Testing

@testable import Kernel

@Suite struct BatchDeciderTests {
  private let delivered = Money("0.6241", Sample.monero)!

  @Test("does: opens a batch of every free member with its own amount, and reserves them")
  func opens() {
    var world = World.due()
    let decision = world.ask(world.opening())
    guard case .batch(.opened(let opened))? = decision.events.first,
      case .accumulation(.reserved(let reserved))? = decision.events.last
    else {
      Issue.record("\(decision)")
      return
    }
    #expect(opened.members.map(\.payment) == (1...3).map(Sample.payment))
    #expect(opened.members.map(\.amount.amountText) == ["24.25", "48.50", "29.10"])
    #expect(opened.total == Sample.usdt("101.85"))
    #expect(reserved.payments == opened.members.map(\.payment))
    #expect(world.payable().units == 0)
  }

  @Test("refuses: below the threshold, an unknown channel, another group, twice")
  func refuses() {
    var world = World.registered()
    #expect(world.ask(world.opening()).refusal == .channelUnknown)
    world.pay(1, tier: 2)
    #expect(world.ask(world.opening()).refusal == .belowThreshold)
    world.pay(2, tier: 2)
    #expect(world.ask(world.opening()).refusal == .belowThreshold)
    world.pay(3, tier: 2)
    let other = LedgerCommand.batch(
      .open(Sample.channel, wallet: "elsewhere", asset: Sample.monero, isRetry: false))
    #expect(world.ask(other).refusal == .belowThreshold)
    #expect(world.ask(world.opening()).refusal == nil)
    #expect(world.ask(world.opening()).refusal == .belowThreshold)
  }

  @Test("does: unconverted members don't count; they do once their conversion is complete")
  func waitsForConversion() {
    var world = World.registered()
    world.claim()
    let order = world.order("o1", tier: 2)
    world.note(Sample.report(1, order: order, "0.05", currency: "eth"))
    let rate = Rate("4000", from: .eth, to: .usdt)!
    world.ask(.payment(.noteRate(Sample.payment(1), rate, source: "x", world.policy)))
    #expect(world.payable() == Sample.usdt("194.00"))
    #expect(world.openDue().isEmpty)
  }

  @Test("does: a changed wallet is another group; what is locked keeps its own (C-28)")
  func groups() {
    var world = World.due()
    let moved = Sample.payout(.threshold, wallet: String(repeating: "8", count: 95))
    world.moveWallet(moved)
    world.pay(9, tier: 2)
    let due = world.state.dueGroups()
    #expect(due.map(\.wallet) == [Sample.wallet])
    world.ask(due[0].command().1)
    guard case .batch(.opened(let opened))? = world.log.dropLast().last else { return }
    #expect(opened.members.count == 3)
    #expect(world.payable() == Sample.usdt("48.50"))
  }

  @Test("does: the same due group has the same command id until it opens, then the next")
  func ids() {
    var world = World.due()
    let first = world.state.dueGroups()[0].command()
    #expect(world.state.dueGroups()[0].command().0 == first.0)
    world.ask(first.1)
    for tier in 1...3 { world.pay(10 + tier, tier: tier) }
    #expect(world.state.dueGroups()[0].command().0 != first.0)
  }

  @Test("does: hands off, completes and pays its members, each once")
  func completes() {
    var (world, batch, split) = World.sending()
    let complete = LedgerCommand.batch(
      .complete(batch, split, delivered: delivered, transaction: World.hash))
    #expect(world.ask(.batch(.handOff(batch, split))).isIgnored)
    world.settle(batch, split)
    #expect(world.count("batch.completed.v1") == 1)
    #expect(world.count("accumulation.paid.v1") == 1)
    #expect(world.ask(complete).isIgnored)
    #expect(world.ask(.batch(.fail(batch, reason: "late"))).isIgnored)
    #expect(world.state.books.settled(Sample.channel, .usdt) == Sample.usdt("101.85"))
    #expect(world.state.books.balance(.reserved(Sample.channel), .usdt).units == 0)
    #expect(world.openDue().isEmpty)
  }

  @Test("refuses: completing before the split has, or with a split of something else")
  func completesTooEarly() {
    var (world, batch, split) = World.sending()
    let complete = LedgerCommand.batch(
      .complete(batch, split, delivered: delivered, transaction: World.hash))
    #expect(world.ask(complete).refusal == .splitElsewhere)
    let stranger = SplitID(number: 99)
    #expect(
      world.ask(
        .batch(.complete(batch, stranger, delivered: delivered, transaction: World.hash))
      ).refusal == .splitElsewhere)
    var (other, again, _) = World.splitting()
    #expect(other.ask(.batch(.handOff(again, stranger))).isIgnored)
    var pending = World.due()
    pending.ask(pending.opening())
    #expect(pending.ask(.batch(.handOff(again, stranger))).refusal == .splitElsewhere)
  }

  @Test("refuses: batches nobody opened")
  func unknown() {
    var world = World.due()
    let id = BatchID(composed: "b")
    let split = SplitID(number: 1)
    let commands: [BatchCommand] = [
      .handOff(id, split), .fail(id, reason: ""),
      .complete(id, split, delivered: delivered, transaction: ""),
    ]
    for command in commands { #expect(world.ask(.batch(command)).refusal == .batchUnknown) }
  }

  @Test("does: failing releases the members; the same sum waits, a retry or a new sum does not")
  func fails() {
    var (world, batch, split) = World.splitting()
    #expect(world.ask(.batch(.fail(batch, reason: "x"))).refusal == .moneyMayHaveLeft)
    world.ask(.split(.fail(split, reason: "x")))
    let names = world.ask(.batch(.fail(batch, reason: "x"))).names
    #expect(names == ["batch.failed.v1", "accumulation.released.v1"])
    #expect(world.payable() == Sample.usdt("101.85"))
    #expect(world.ask(world.opening()).refusal == .waitsAfterFailure)
    #expect(world.openDue().isEmpty)
    #expect(world.state.dueGroups(isRetry: true).count == 1)
    var retried = world
    #expect(retried.ask(retried.opening(isRetry: true)).refusal == nil)
    world.pay(4)
    #expect(world.openDue().count == 1)
  }

  @Test("does: a failed sum is forgotten once a batch of the group has opened")
  func forgetsFailedSum() {
    var (world, batch, split) = World.splitting()
    world.ask(.split(.fail(split, reason: "x")))
    world.ask(.batch(.fail(batch, reason: "x")))
    world.pay(4)
    #expect(world.openDue().count == 1)
    for tier in 1...3 { world.pay(10 + tier, tier: tier) }
    #expect(world.openDue().count == 1)
  }

  @Test("refuses: a failed batch can't be split any more, and nothing is sent for it")
  func staysFailed() {
    var world = World.due()
    world.ask(world.opening())
    let batch = BatchID(composed: "\(Sample.channel)-b1")
    world.ask(.batch(.fail(batch, reason: "before any split")))
    #expect(
      world.ask(.split(.request(.batch(batch), .fixedRate))).refusal == .splitUnknown)
  }

  @Test("does: one client's failing batch leaves another's alone")
  func isolates() {
    var (world, batch, split) = World.splitting()
    let open = OpenChannelID(text: "-1005555555555")!
    let form = Sample.form(open: open, closed: ClosedChannelID(text: "-1006666666666")!)
    world.ask(.channel(.register(form)))
    let key = ChannelKey(registering: open)
    for number in 21...23 {
      let order = Sample.order("x\(number)")
      world.ask(
        .order(
          .placeSubscription(
            order, channel: key, tier: 2, user: Sample.user, fee: .standardFee)))
      world.note(Sample.report(number, order: order, "50.00"))
    }
    world.ask(.split(.fail(split, reason: "x")))
    world.ask(.batch(.fail(batch, reason: "x")))
    #expect(world.state.dueGroups().map(\.channel) == [key])
    #expect(world.openDue().first?.names.first == "batch.opened.v1")
  }
}
