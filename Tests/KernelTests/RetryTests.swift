import Testing

@testable import Kernel

/// Conversions and batches that failed, tried again.
@Suite struct RetryTests {
  /// A payment in ETH behind the threshold, whose conversion failed.
  private func failed() -> (World, ConversionID) {
    var world = World.registered()
    world.claim()
    let order = world.order("o1", tier: 2)
    world.note(Sample.report(1, order: order, "0.0203", currency: "eth"))
    world.ask(
      .payment(
        .noteRate(
          Sample.payment(1), Rate("2500", from: .eth, to: .usdt)!, source: "x", world.policy)))
    let id = ConversionID(of: Sample.payment(1))
    world.ask(.conversion(.request(Sample.channel, Sample.payment(1))))
    fail(id, &world)
    return (world, id)
  }

  private func fail(_ id: ConversionID, _ world: inout World) {
    world.ask(.split(.request(.conversion(id), .standard)))
    let split = world.state.split(of: .conversion(id))!
    world.ask(.split(.fail(split, reason: "no pair")))
    #expect(
      world.ask(.conversion(.fail(id, reason: "no pair"))).names == ["conversion.failed.v1"])
  }

  private func retry(_ id: ConversionID) -> LedgerCommand {
    .conversion(.retry(id, reason: "the pair is open again"))
  }

  @Test("does: a failed conversion is asked again under its own id, and its payment gets payable")
  func converts() {
    var (world, id) = failed()
    let dust = world.state.books.balance(.dust, .eth)
    #expect(
      world.ask(retry(id)).names == ["conversion.retried.v1", "conversion.requested.v1"])
    let next = ConversionID(composed: "\(id)-2")
    #expect(world.state.books.balance(.dust, .eth) == dust)
    #expect(world.ask(retry(id)).refusal == .notFailed)
    #expect(world.ask(retry(next)).refusal == .notFailed)
    #expect(!world.ask(.split(.request(.conversion(next), .standard))).events.isEmpty)
    let split = world.state.split(of: .conversion(next))!
    #expect(split == SplitID(number: 2))
    #expect(world.state.split(of: .conversion(id)) == nil)
    // What the first one's split says has no say any more.
    let received = Sample.usdt("48.90")
    #expect(
      world.ask(.conversion(.complete(id, SplitID(number: 1), received: received))).isIgnored)
    #expect(world.ask(.conversion(.fail(id, reason: "late"))).isIgnored)
    #expect(world.ask(.conversion(.request(Sample.channel, Sample.payment(1)))).isIgnored)
    guard case .split(.requested(let asked))? = world.log.last else {
      Issue.record("\(world.names)")
      return
    }
    world.fund(split, asked.source)
    world.ask(.split(.noteFinished(split, delivered: "48.90", payoutHash: nil)))
    #expect(
      world.ask(.conversion(.complete(next, split, received: received))).names
        == ["conversion.completed.v1", "accumulation.converted.v1"])
    #expect(world.ask(retry(next)).refusal == .notFailed)
    // The difference between locked and received is the platform's.
    let locked = world.payable()
    #expect(locked.isPositive)
    #expect(world.state.books.balance(.fx, .usdt) == locked - received)
    #expect(world.state.books.balance(.exchange, .usdt).units == 0)
  }

  @Test("refuses: another conversion of a payment while one is open, and more than may be")
  func many() {
    var (world, id) = failed()
    var last = id
    for number in 2...Limits.conversionAttemptsMost {
      #expect(!world.ask(retry(last)).events.isEmpty)
      last = ConversionID(composed: "\(id)-\(number)")
      #expect(world.ask(retry(last)).refusal == .notFailed)
      fail(last, &world)
    }
    #expect(world.ask(retry(last)).refusal == .tooManyAttempts)
    for text in ["cv-1-1", "cv-1-02x", "cv-1-", "cv-1-100", "cv-2", "cv-", "x"] {
      let decision = world.ask(retry(ConversionID(composed: text)))
      #expect(decision.refusal == .conversionUnknown, "\(text)")
    }
  }

  @Test("does: a failed batch's group is released again as the next batch, once")
  func batch() {
    var (world, batch, split) = World.splitting()
    let retry = LedgerCommand.batch(.retry(batch, reason: "the pair is open again"))
    #expect(world.ask(retry).refusal == .notFailed)
    world.ask(.split(.fail(split, reason: "no pair")))
    world.ask(.batch(.fail(batch, reason: "no pair")))
    #expect(
      world.ask(retry).names
        == ["batch.retried.v1", "batch.opened.v1", "accumulation.reserved.v1"])
    #expect(world.ask(retry).refusal == .notFailed)
    let nothing = LedgerCommand.batch(.retry(BatchID(composed: "b9"), reason: "x"))
    #expect(world.ask(nothing).refusal == .batchUnknown)
  }

  @Test("refuses: a failed batch whose money went on to another one")
  func elsewhere() {
    var (world, batch, split) = World.splitting()
    world.ask(.split(.fail(split, reason: "no pair")))
    world.ask(.batch(.fail(batch, reason: "no pair")))
    world.pay(4, tier: 1)
    #expect(!world.ask(world.opening()).events.isEmpty)
    let retry = LedgerCommand.batch(.retry(batch, reason: "the pair is open again"))
    #expect(world.ask(retry).refusal == .notFailed)
  }
}

extension World {
  /// From an estimate to the final transfer.
  mutating func fund(
    _ split: SplitID, _ amount: Money, to wallet: String = Sample.host, nonce: Int = 7,
    attempt: Int = 1
  ) {
    prepare(split, amount, to: wallet, attempt: attempt)
    let quote = TransferQuote(
      latestNonce: nonce, pendingNonce: nonce, gasLimit: 65_000,
      maxFeePerGas: Self.quote.maxFeePerGas,
      maxPriorityFeePerGas: Self.quote.maxPriorityFeePerGas)
    ask(.transfer(.reserveNonce(split.transfer, quote)))
    let hash = "0xhash\(nonce)"
    ask(.transfer(.noteSigned(split.transfer, Self.signed(nonce, hash: hash))))
    ask(.transfer(.confirm(split.transfer, Self.mined(hash), amount: amount)))
    ask(.hostpay(.noteFunded(split)))
  }

  /// From an estimate to the transfer that is asked for.
  mutating func prepare(
    _ split: SplitID, _ amount: Money, to wallet: String = Sample.host, attempt: Int = 1
  ) {
    ask(
      .split(
        .noteEstimate(
          split,
          SplitEstimate(
            fromAmount: amount.amountText, toAmount: "49", depositFee: "0", withdrawalFee: "0",
            rate: nil, validUntil: nil))))
    openSwap(
      split, attempt: attempt, from: amount.amountText, payout: wallet,
      swap: attempt == 1 ? "sw\(split)" : "sw\(split)-\(attempt)")
    ask(.hostpay(.request(split)))
    ask(.transfer(.request(split)))
  }
}
