import Testing

@testable import Kernel

/// The last look before a nonce is given: the swap's time, and the wallet's money.
@Suite struct FundingTests {
  /// A batch whose transfer was asked for, its swap valid for so many seconds.
  private func requested(validFor seconds: Int64) -> (World, SplitID) {
    var (world, _, split) = World.splitting()
    world.estimate(split)
    open(split, 1, seconds, &world)
    return (world, split)
  }

  private func open(_ split: SplitID, _ attempt: Int, _ seconds: Int64, _ world: inout World) {
    world.openSwap(
      split, attempt: attempt,
      payin: attempt == 1 ? Sample.payin : "0x52908400098527886E0F7030069857D2E4169EE7",
      validFor: seconds)
    world.ask(.hostpay(.request(split)))
    world.ask(.transfer(.request(split)))
  }

  @Test("does: a swap whose time ran out while the transfer waited is left, and the next is paid")
  func late() {
    var (world, split) = requested(validFor: 1_200)
    world.now = world.now.adding(seconds: 301)
    let reserve = LedgerCommand.transfer(.reserveNonce(split.transfer, World.quote))
    #expect(world.ask(reserve).names == ["split.swap_abandoned.v1"])
    #expect(world.ask(reserve).refusal == .transferUnknown)
    #expect(world.state.hostWallet?.openNonces == 0)
    world.estimate(split)
    open(split, 2, 1_200, &world)
    #expect(world.count("transfer.requested.v1") == 2)
    #expect(
      world.ask(reserve).names == ["wallet.nonce_assigned.v1", "transfer.nonce_reserved.v1"])
    world.now = world.now.adding(seconds: 5_000)
    #expect(world.ask(reserve).isIgnored)
    #expect(
      world.ask(.split(.abandonSwap(split, attempt: 2, reason: "x"))).refusal
        == .moneyMayHaveLeft)
  }

  @Test("does: a swap that is over by the last look is left before the nonce, and only then")
  func over() {
    var (world, _, split) = World.swapping()
    world.ask(.hostpay(.request(split)))
    let over = LedgerCommand.transfer(
      .noteSwapOver(split.transfer, SwapID(composed: "s1"), reason: "swap is expired"))
    #expect(world.ask(over).refusal == .transferUnknown)
    world.ask(.transfer(.request(split)))
    let other = SwapID(composed: "s2")
    #expect(
      world.ask(.transfer(.noteSwapOver(split.transfer, other, reason: "x"))).isIgnored)
    #expect(world.ask(over).names == ["split.swap_abandoned.v1"])
    #expect(world.ask(over).refusal == .transferUnknown)
    // What has a nonce is the transfer's own to cancel.
    var (signed, _, same) = World.sending()
    #expect(
      signed.ask(
        .transfer(.noteSwapOver(same.transfer, SwapID(composed: "s1"), reason: "x"))
      ).isIgnored)
    // What waits for a person doesn't get another swap by itself.
    var (held, _, third) = World.swapping()
    held.ask(.hostpay(.request(third)))
    held.ask(.transfer(.request(third)))
    held.ask(.split(.hold(third, reason: "odd")))
    #expect(
      held.ask(
        .transfer(.noteSwapOver(third.transfer, SwapID(composed: "s1"), reason: "x"))
      ).names == ["transfer.parked.v1"])
  }

  @Test("does: a batch whose only transfer went with its swap can fail and be released")
  func failsAfter() {
    var (world, split) = requested(validFor: 10)
    world.ask(.transfer(.reserveNonce(split.transfer, World.quote)))
    #expect(world.ask(.split(.fail(split, reason: "x"))).names == ["split.failed.v1"])
    let batch = BatchID(composed: "\(Sample.channel)-b1")
    #expect(world.ask(.batch(.fail(batch, reason: "x"))).names.first == "batch.failed.v1")
    #expect(world.ask(.transfer(.request(split))).refusal != nil)
  }

  private func quote(_ tokens: String, _ wei: String) -> TransferQuote {
    TransferQuote(
      latestNonce: 7, pendingNonce: 7, gasLimit: 65_000, maxFeePerGas: "50000000000",
      maxPriorityFeePerGas: "2000000000", holdings: [Sample.usdt(tokens), Sample.eth(wei)])
  }

  @Test("refuses: what open transfers leave is less than the next one needs, value and gas")
  func overcommitted() {
    var world = World.registered(Sample.payout(.instant))
    world.claim()
    let splits = [SplitID(number: 1), SplitID(number: 2)]
    for (index, split) in splits.enumerated() {
      world.pay(index + 1)
      world.ask(.split(.request(.payment(Sample.payment(index + 1)), .fixedRate)))
      world.estimate(split)
      world.openSwap(split, from: "24.25", swap: "s\(index)")
      world.ask(.hostpay(.request(split)))
      world.ask(.transfer(.request(split)))
    }
    func reserve(_ index: Int, _ tokens: String, _ wei: String) -> Decision {
      world.ask(.transfer(.reserveNonce(splits[index].transfer, quote(tokens, wei))))
    }
    #expect(reserve(0, "24.24", "1").refusal == .fundsMissing)
    #expect(reserve(0, "24.25", "0.00324").refusal == .fundsMissing)
    #expect(reserve(0, "24.25", "0.00325").names.count == 2)
    #expect(reserve(1, "48.49", "1").refusal == .fundsMissing)
    #expect(reserve(1, "48.50", "0.00649").refusal == .fundsMissing)
    world.ask(.transfer(.noteSigned(splits[0].transfer, World.signed(7))))
    world.ask(
      .transfer(.confirm(splits[0].transfer, World.mined(), amount: Sample.usdt("24.25"))))
    #expect(reserve(1, "24.25", "0.00325").names.count == 2)
  }

  @Test("does: a swap that wants a memo with its deposit is held, for none can be sent")
  func memo() {
    var (world, _, split) = World.splitting()
    world.estimate(split)
    world.ask(.split(.intendSwap(split)))
    let swap = OpenedSwap(
      swap: SwapID(composed: "s1"), attempt: 1, fromAmount: "101.85", payin: Sample.payin,
      payinExtra: "4711", payout: Sample.wallet, toAmount: nil, validUntil: nil)
    #expect(world.ask(.split(.noteSwap(split, swap))).names == ["split.held.v1"])
  }

  @Test("does: a swap that is another split's already is held, not paid a second time")
  func sameSwap() {
    var world = World.registered(Sample.payout(.instant))
    world.claim()
    for number in 1...2 {
      world.pay(number)
      let split = SplitID(number: number)
      world.ask(.split(.request(.payment(Sample.payment(number)), .fixedRate)))
      world.estimate(split)
      let opened = world.openSwap(split, from: "24.25", swap: "s1")
      #expect(opened.names == [number == 1 ? "split.swap_opened.v1" : "split.held.v1"])
    }
  }

  @Test("refuses: the host wallet as a client's")
  func ownWallet() {
    var world = World()
    world.claim()
    let payout = Sample.payout(.instant, asset: .usdt, wallet: Sample.host.uppercased())
    let form = Sample.form(payout: payout)
    #expect(world.ask(.channel(.register(form))).refusal == .walletMalformed)
  }

  @Test("does: two wallets of one channel are opened in one run, each under an id of its own")
  func twoWallets() {
    var world = World.registered(prices: ["100.00"])
    world.pay(1, fee: .zero)
    let other = Sample.payout(.threshold, wallet: String(repeating: "8", count: 95))
    world.moveWallet(other)
    world.pay(2, fee: .zero)
    let due = world.state.dueGroups()
    #expect(due.count == 2)
    #expect(Set(due.map { $0.command().0 }).count == 2)
    #expect(world.state.dueGroups(in: [Sample.channel]) == due)
    #expect(world.state.dueGroups(in: []).isEmpty)
    #expect(world.openDue().flatMap(\.names).count == 4)
  }
}
