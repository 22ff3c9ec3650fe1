import Testing

@testable import Kernel

/// What an estimate is held against before it is taken (MO-16).
@Suite struct SwapRateTests {
  private let id = ConversionID(composed: "cv-1")
  private let first = SplitID(number: 1)

  /// 0.0097 ETH that its owner was credited 38.80 USDT for, before its estimate.
  private func converting() -> World {
    var world = World.registered()
    world.claim()
    let order = world.order("o1")
    world.note(Sample.report(1, order: order, "0.01", currency: "eth"))
    let rate = Rate("4000", from: .eth, to: .usdt)!
    world.ask(.payment(.noteRate(Sample.payment(1), rate, source: "x", world.policy)))
    world.ask(.conversion(.request(Sample.channel, Sample.payment(1))))
    world.ask(.split(.request(.conversion(id), .fixedRate)))
    return world
  }

  /// One batch brought 0.6241 XMR for 101.85 USDT, and another one of as much waits for its
  /// estimate.
  private func paidOnce() -> (World, SplitID) {
    var (world, batch, split) = World.sending()
    world.settle(batch, split)
    for number in 4...6 { world.pay(number, tier: number - 3) }
    let next = BatchID(composed: "\(Sample.channel)-b2")
    world.ask(world.opening())
    world.ask(.split(.request(.batch(next), .fixedRate)))
    world.ask(.batch(.handOff(next, SplitID(number: 2))))
    return (world, SplitID(number: 2))
  }

  @Test(
    "does: a conversion is estimated at half to twice of what was credited, or waits for a person",
    arguments: [
      ("38.80", true), ("19.40", true), ("77.60", true), ("19.399999", false),
      ("77.600001", false), ("0", false), ("0.000001", false), ("3880", false), ("-38.80", false),
      ("99999999999999999999", false),
    ])
  func conversions(text: String, isTaken: Bool) {
    var world = converting()
    let names = world.estimate(first, to: text).names
    #expect(names == [isTaken ? "split.estimated.v1" : "split.held.v1"])
    guard !isTaken else { return }
    // Nothing is opened or paid for it, and nothing is given back either.
    #expect(world.ask(.split(.intendSwap(first))).isIgnored)
    #expect(world.ask(.hostpay(.request(first))).events.isEmpty)
    #expect(world.ask(.transfer(.request(first))).refusal == .hostpayUnknown)
    #expect(world.ask(.conversion(.fail(id, reason: "x"))).refusal == .moneyMayHaveLeft)
    #expect(world.estimate(first, to: "38.80").isIgnored)
  }

  @Test("does: asked again it must be a better one; released by a person, any is taken, once")
  func operated() {
    var world = converting()
    func operate(_ action: SplitAction) -> LedgerCommand {
      .split(.operate(first, action, reason: "looked"))
    }
    #expect(world.estimate(first, to: "5").names == ["split.held.v1"])
    world.ask(operate(.retry))
    #expect(world.estimate(first, to: "5").names == ["split.held.v1"])
    world.ask(operate(.release))
    #expect(LedgerState.read(world.state.listed)?.listed == world.state.listed)
    #expect(world.estimate(first, to: "5").names == ["split.estimated.v1"])
    world.ask(operate(.hold))
    world.ask(operate(.retry))
    #expect(world.estimate(first, to: "5").names == ["split.held.v1"])
    world.ask(operate(.retry))
    #expect(world.estimate(first, to: "38").names == ["split.estimated.v1"])
  }

  @Test(
    "does: a payout in a coin is held against what the coin cost last",
    arguments: [
      ("0.6241", true), ("0.312051", true), ("1.248199", true), ("0.312", false),
      ("1.2483", false), ("62.41", false), ("0.00001", false), ("99999999999999999999", false),
    ])
  func coins(text: String, isTaken: Bool) {
    var (world, split) = paidOnce()
    #expect(world.state.splits[split]?.requested.source == Sample.usdt("101.85"))
    #expect(LedgerState.read(world.state.listed)?.listed == world.state.listed)
    let names = world.estimate(split, to: text).names
    #expect(names == [isTaken ? "split.estimated.v1" : "split.held.v1"])
    guard case .split(.held(let held))? = world.log.last, !isTaken else { return }
    #expect(held.reason.contains("XMR-XMR, worth ") && held.reason.hasSuffix("101.85 USDT-ETH"))
  }

  @Test("does: nothing is known of a coin that was never bought, and a delivery teaches it")
  func unknown() {
    for text in ["0.00001", "0.6241", "9000"] {
      var (world, _, split) = World.splitting()
      #expect(world.estimate(split, to: text).names == ["split.estimated.v1"], "\(text)")
    }
    // What came for the first batch is the rate, not what was estimated for it.
    var (world, batch, split) = World.sending()
    world.ask(.transfer(.confirm(split.transfer, World.mined(), amount: Sample.usdt("101.85"))))
    world.ask(.hostpay(.noteFunded(split)))
    #expect(world.state.swapRates.worth(Money("1", Sample.monero)!) == nil)
    world.ask(.split(.noteFinished(split, delivered: "2.0370", payoutHash: nil)))
    #expect(world.state.swapRates.worth(Money("1", Sample.monero)!) == Sample.usdt("50"))
    #expect(!world.ask(.batch(.fail(batch, reason: "x"))).names.contains("batch.failed.v1"))
  }

  @Test("refuses: to fund a swap that promises less than half, or twice, of its estimate")
  func promises() {
    for (text, isTaken) in [
      ("0.6241", true), ("0.31205", true), ("1.2482", true), ("0.31204", false), ("1.2483", false),
      ("0", false), ("much", false),
    ] {
      var (world, _, split) = World.splitting()
      world.estimate(split)
      world.ask(.split(.intendSwap(split)))
      let swap = OpenedSwap(
        swap: SwapID(composed: "s1"), attempt: 1, fromAmount: "101.85", payin: Sample.payin,
        payinExtra: nil, payout: Sample.wallet, toAmount: text, validUntil: nil)
      #expect(
        world.ask(.split(.noteSwap(split, swap))).names
          == [isTaken ? "split.swap_opened.v1" : "split.held.v1"], "\(text)")
    }
  }
}
