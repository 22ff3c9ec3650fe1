import Testing

@testable import Kernel

@Suite struct SplitDeciderTests {
  @Test("does: one split a purpose; the same again is ignored")
  func requests() {
    var (world, batch, _) = World.splitting()
    #expect(world.ask(.split(.request(.batch(batch), .standard))).isIgnored)
    #expect(world.count("split.requested.v1") == 1)
    let nothing = BatchID(composed: "nothing")
    #expect(world.ask(.split(.request(.batch(nothing), .standard))).refusal == .splitUnknown)
    let payment = SplitPurpose.payment(Sample.payment(1))
    #expect(world.ask(.split(.request(payment, .standard))).refusal == .splitUnknown)
  }

  @Test("does: an estimate, a swap as intended, its status, the amount delivered")
  func line() {
    var (world, _, split) = World.splitting()
    #expect(world.estimate(split).names == ["split.estimated.v1"])
    #expect(world.estimate(split).isIgnored)
    #expect(world.openSwap(split).names == ["split.swap_opened.v1"])
    #expect(world.openSwap(split).isIgnored)
    let swap = SwapID(composed: "s1")
    let status = LedgerCommand.split(.noteStatus(split, swap, status: "waiting"))
    #expect(world.ask(status).names == ["split.swap_observed.v1"])
    #expect(world.ask(status).isIgnored)
    let other = SwapID(composed: "s2")
    #expect(
      world.ask(.split(.noteStatus(split, other, status: "x"))).refusal == .splitElsewhere)
    #expect(
      world.ask(.split(.noteFinished(split, delivered: "1", payoutHash: nil))).refusal
        == .splitElsewhere)
  }

  @Test("does: a swap that differs from what was asked holds the split, and is never funded")
  func differs() {
    let different: [(inout World, SplitID) -> Decision] = [
      { $0.openSwap($1, from: "101.84") }, { $0.openSwap($1, from: "x") },
      { $0.openSwap($1, payin: "") }, { $0.openSwap($1, payin: Sample.wallet) },
      { $0.openSwap($1, payin: Sample.host.uppercased()) },
      { $0.openSwap($1, payout: "elsewhere") },
    ]
    for change in different {
      var (world, _, split) = World.splitting()
      world.estimate(split)
      #expect(change(&world, split).names == ["split.held.v1"])
      #expect(world.ask(.hostpay(.request(split))).isIgnored)
      #expect(world.ask(.transfer(.request(split))).refusal == .hostpayUnknown)
    }
    var (world, _, split) = World.splitting()
    world.estimate(split)
    #expect(world.openSwap(split, attempt: 2).isIgnored)
  }

  @Test(
    "does: an estimate that is no amount, or beyond all amounts, holds the split",
    arguments: ["x", "", "1e3", "170141183460469231731", "99999999999999999999"])
  func brokenEstimate(_ amount: String) {
    var (world, _, split) = World.splitting()
    let estimate = SplitEstimate(
      fromAmount: "99999999999999999999", toAmount: amount,
      depositFee: "99999999999999999998.999999999999999999",
      withdrawalFee: "99999999999999999999", rate: nil, validUntil: nil)
    #expect(world.ask(.split(.noteEstimate(split, estimate))).names == ["split.held.v1"])
  }

  @Test("does: an abandoned swap is followed by another, five times, then held")
  func abandons() {
    var (world, _, split) = World.splitting()
    for attempt in 1...Limits.swapAttemptsMost {
      world.estimate(split)
      #expect(world.openSwap(split, attempt: attempt).names == ["split.swap_opened.v1"])
      let abandon = LedgerCommand.split(.abandonSwap(split, attempt: attempt, reason: "expired"))
      #expect(world.ask(abandon).names == ["split.swap_abandoned.v1"])
      #expect(world.ask(abandon).isIgnored)
    }
    world.estimate(split)
    #expect(world.ask(.split(.intendSwap(split))).names == ["split.held.v1"])
    #expect(world.ask(.split(.intendSwap(split))).isIgnored)
  }

  @Test("refuses: giving up once a transfer exists")
  func mayHaveSent() {
    var (world, batch, split) = World.sending()
    for command: SplitCommand in [
      .abandonSwap(split, attempt: 1, reason: ""), .fail(split, reason: ""),
    ] {
      #expect(world.ask(.split(command)).refusal == .moneyMayHaveLeft)
    }
    #expect(world.ask(.batch(.fail(batch, reason: ""))).refusal == .moneyMayHaveLeft)
    #expect(world.ask(.split(.hold(split, reason: "look"))).names == ["split.held.v1"])
    #expect(world.ask(.split(.hold(split, reason: "look"))).isIgnored)
    #expect(world.ask(.split(.fail(split, reason: ""))).refusal == .moneyMayHaveLeft)
    world.settle(batch, split)
    #expect(world.count("split.completed.v1") == 1)
    for command: SplitCommand in [
      .fail(split, reason: ""), .hold(split, reason: ""),
      .noteFinished(split, delivered: "1", payoutHash: nil), .completeDirect(split),
      .noteStatus(split, SwapID(composed: "s1"), status: "x"),
    ] {
      #expect(world.ask(.split(command)).isIgnored)
    }
  }

  @Test("does: finished with nothing delivered is held", arguments: ["0", "", "x", "-1"])
  func deliversNothing(_ amount: String) {
    var (world, _, split) = World.sending()
    world.ask(.transfer(.confirm(split.transfer, World.mined(), amount: Sample.usdt("101.85"))))
    world.ask(.hostpay(.noteFunded(split)))
    let finished = LedgerCommand.split(
      .noteFinished(split, delivered: amount, payoutHash: nil))
    #expect(world.ask(finished).names == ["split.held.v1"])
  }

  @Test("does: what is wanted in USDT goes straight to the wallet; no swap can be abandoned")
  func direct() {
    var world = World.registered(
      Sample.payout(.threshold, asset: .usdt, wallet: "0x52908400098527886E0F7030069857D2E4169EE7")
    )
    world.claim()
    for tier in 1...3 { world.pay(tier, tier: tier) }
    _ = world.openDue()
    let batch = BatchID(composed: "\(Sample.channel)-b1")
    let split = SplitID(number: 1)
    world.ask(.split(.request(.batch(batch), .fixedRate)))
    #expect(world.ask(.split(.completeDirect(split))).refusal == .splitElsewhere)
    #expect(world.ask(.split(.abandonSwap(split, attempt: 0, reason: ""))).isIgnored)
    #expect(world.ask(.hostpay(.request(split))).names == ["hostpay.requested.v1"])
    world.ask(.batch(.handOff(batch, split)))
    world.ask(.transfer(.request(split)))
    world.ask(.transfer(.reserveNonce(split.transfer, World.quote)))
    world.ask(.transfer(.noteSigned(split.transfer, World.signed(7))))
    world.ask(.transfer(.confirm(split.transfer, World.mined(), amount: Sample.usdt("101.85"))))
    world.ask(.hostpay(.noteFunded(split)))
    #expect(world.ask(.split(.completeDirect(split))).names == ["split.completed.v1"])
  }

  @Test("does: an instant payment's split that fails is held, for there is no balance to return to")
  func instantFails() {
    var world = World.registered(Sample.payout(.instant))
    world.claim()
    world.pay(1)
    world.ask(.split(.request(.payment(Sample.payment(1)), .fixedRate)))
    let split = SplitID(number: 1)
    #expect(world.ask(.split(.fail(split, reason: "x"))).names == ["split.held.v1"])
    let again = SplitPurpose.payment(Sample.payment(1))
    #expect(world.ask(.split(.request(again, .fixedRate))).isIgnored)
  }

  @Test("refuses: splits nobody requested")
  func unknown() {
    var world = World.due()
    let id = SplitID(number: 7)
    let swap = SwapID(composed: "s")
    let commands: [SplitCommand] = [
      .intendSwap(id), .abandonSwap(id, attempt: 1, reason: ""), .completeDirect(id),
      .noteStatus(id, swap, status: ""), .noteFinished(id, delivered: "", payoutHash: nil),
      .hold(id, reason: ""), .fail(id, reason: ""),
    ]
    for command in commands { #expect(world.ask(.split(command)).refusal == .splitUnknown) }
    #expect(world.estimate(id).refusal == .splitUnknown)
    #expect(world.openSwap(id).refusal == .splitUnknown)
  }
}

@Suite struct ConversionDeciderTests {
  private static func locked() -> World {
    var world = World.registered()
    world.claim()
    let order = world.order("o1")
    world.note(Sample.report(1, order: order, "0.01", currency: "eth"))
    let rate = Rate("4000", from: .eth, to: .usdt)!
    world.ask(.payment(.noteRate(Sample.payment(1), rate, source: "x", world.policy)))
    return world
  }
  private let id = ConversionID(composed: "cv-1")
  private let split = SplitID(number: 1)

  @Test("does: asks for the net amount once, and books the difference to the platform")
  func completes() {
    var world = Self.locked()
    let request = LedgerCommand.conversion(.request(Sample.channel, Sample.payment(1)))
    #expect(world.ask(request).names == ["conversion.requested.v1"])
    #expect(world.ask(request).isIgnored)
    let complete = LedgerCommand.conversion(
      .complete(id, split, received: Sample.usdt("38.00")))
    #expect(world.ask(complete).refusal == .splitElsewhere)
    world.ask(.split(.request(.conversion(id), .fixedRate)))
    #expect(world.ask(complete).refusal == .splitElsewhere)
    #expect(world.ask(.conversion(.fail(id, reason: "x"))).refusal == .moneyMayHaveLeft)
    world.ask(
      .split(
        .noteEstimate(
          split,
          SplitEstimate(
            fromAmount: "0.0097", toAmount: "38", depositFee: "0", withdrawalFee: "0", rate: nil,
            validUntil: nil))))
    world.openSwap(split, from: "0.0097", payout: Sample.host)
    world.ask(.hostpay(.request(split)))
    world.ask(.transfer(.request(split)))
    world.ask(.transfer(.reserveNonce(split.transfer, World.quote)))
    world.ask(.transfer(.noteSigned(split.transfer, World.signed(7))))
    world.ask(.transfer(.confirm(split.transfer, World.mined(), amount: Sample.eth("0.0097"))))
    world.ask(.hostpay(.noteFunded(split)))
    world.ask(.split(.noteFinished(split, delivered: "38.00", payoutHash: nil)))
    #expect(
      world.ask(.conversion(.complete(id, split, received: .zero(.usdt)))).refusal
        == .amountNotPositive)
    #expect(
      world.ask(.conversion(.complete(id, split, received: Sample.eth("1")))).refusal
        == .amountNotPositive)
    #expect(
      world.ask(complete).names == ["conversion.completed.v1", "accumulation.converted.v1"])
    #expect(world.ask(complete).isIgnored)
    #expect(world.payable() == Sample.usdt("38.80"))
    #expect(world.state.books.balance(.fx, .usdt) == Sample.usdt("0.80"))
    #expect(world.state.books.balance(.exchange, .usdt).units == 0)
    #expect(world.state.books.balance(.exchange, .eth).units == 0)
    #expect(world.ask(.conversion(.fail(id, reason: ""))).isIgnored)
  }

  @Test("does: fails when its split has; refuses what it never heard of")
  func fails() {
    var world = Self.locked()
    #expect(
      world.ask(.conversion(.request(Sample.channel, Sample.payment(2)))).refusal
        == .accumulationUnknown)
    #expect(world.ask(.conversion(.fail(id, reason: ""))).refusal == .conversionUnknown)
    #expect(
      world.ask(.conversion(.complete(id, split, received: Sample.usdt("1")))).refusal
        == .conversionUnknown)
    world.ask(.conversion(.request(Sample.channel, Sample.payment(1))))
    world.ask(.split(.request(.conversion(id), .fixedRate)))
    world.ask(.split(.fail(split, reason: "x")))
    #expect(world.ask(.conversion(.fail(id, reason: "x"))).names == ["conversion.failed.v1"])
    #expect(world.ask(.conversion(.fail(id, reason: "x"))).isIgnored)
  }

  @Test("ignores: USDT that arrived as USDT has nothing to convert")
  func nothingToDo() {
    var world = World.registered()
    world.pay(1)
    let request = LedgerCommand.conversion(.request(Sample.channel, Sample.payment(1)))
    #expect(world.ask(request).isIgnored)
  }
}
