import Testing

@testable import Kernel

/// Amounts finer than a swap takes: cut before the swap is asked for, and the rest booked.
@Suite struct DustTests {
  static let fine = "0.030123456789012345"

  /// A payment of `fine` ETH at 4,000 USDT, for a tier of 100 US dollars.
  private func paid(_ payout: PayoutSettings) throws -> World {
    var world = World.registered(payout, prices: ["100.00"])
    world.claim()
    try pay(&world, 1)
    return world
  }

  private func pay(_ world: inout World, _ number: Int) throws {
    let order = world.order("o\(number)")
    world.note(Sample.report(number, order: order, Self.fine, currency: "eth"))
    let rate = try #require(Rate("4000", from: .eth, to: .usdt))
    world.ask(.payment(.noteRate(Sample.payment(number), rate, source: "x", world.policy)))
  }

  private func dust(_ world: World) -> Money { -world.state.books.balance(.dust, .eth) }

  @Test("does: cuts toward zero and hands the rest back; assets of fewer decimals stay whole")
  func cuts() {
    let (part, rest) = Sample.eth("0.123456789").cut(to: 8)
    #expect(part == Sample.eth("0.12345678"))
    #expect(rest == Sample.eth("0.000000009"))
    #expect(Sample.usdt("1.234567").cut(to: 8).part == Sample.usdt("1.234567"))
    #expect(Sample.eth("0.000000009").swappable.part == Sample.eth("0.000000009"))
  }

  @Test("does: an instant payment in ETH is owed in eight decimals, the rest is dust")
  func instant() throws {
    var world = try paid(Sample.payout(.instant))
    guard case .payment(.routed(let routed)) = world.log.last else {
      Issue.record("\(world.names)")
      return
    }
    #expect(routed.value.units % 10_000_000_000 == 0)
    #expect(dust(world) == routed.net - routed.value)
    #expect(dust(world).isPositive)
    world.ask(.split(.request(.payment(Sample.payment(1)), .fixedRate)))
    guard case .split(.requested(let split)) = world.log.last else {
      Issue.record("\(world.names)")
      return
    }
    #expect(split.source == routed.value)
    #expect(world.state.books.balance(.clearing, .eth).units == 0)
  }

  @Test("does: what goes straight to a wallet goes to the last wei")
  func direct() throws {
    let wallet = "0x52908400098527886E0F7030069857D2E4169EE7"
    let world = try paid(Sample.payout(.instant, asset: .eth, wallet: wallet))
    guard case .payment(.routed(let routed)) = world.log.last else {
      Issue.record("\(world.names)")
      return
    }
    #expect(routed.value == routed.net)
    #expect(dust(world).units == 0)
  }

  @Test("does: a conversion sells eight decimals, and no position stays open for the rest")
  func conversion() throws {
    var world = try paid(Sample.payout(.threshold))
    world.ask(.conversion(.request(Sample.channel, Sample.payment(1))))
    guard case .conversion(.requested(let asked)) = world.log.last else {
      Issue.record("\(world.names)")
      return
    }
    #expect(asked.amount.units % 10_000_000_000 == 0)
    #expect(asked.dust == dust(world))
    let id = ConversionID(of: Sample.payment(1))
    let split = SplitID(number: 1)
    world.ask(.split(.request(.conversion(id), .standard)))
    world.estimate(split, to: "115")
    world.openSwap(split, from: asked.amount.amountText, payout: Sample.host)
    world.ask(.hostpay(.request(split)))
    world.ask(.transfer(.request(split)))
    world.ask(.transfer(.reserveNonce(split.transfer, World.quote)))
    world.ask(.transfer(.noteSigned(split.transfer, World.signed(7))))
    world.ask(.transfer(.confirm(split.transfer, World.mined(), amount: asked.amount)))
    world.ask(.hostpay(.noteFunded(split)))
    world.ask(.split(.noteFinished(split, delivered: "115", payoutHash: nil)))
    world.ask(.conversion(.complete(id, split, received: Sample.usdt("115"))))
    #expect(world.count("accumulation.converted.v1") == 1)
    #expect(world.state.books.balance(.exchange, .eth).units == 0)
    #expect(world.state.books.balance(.exchange, .usdt).units == 0)
  }

  @Test("does: dust that has come to what a swap carries is income, and the rest stays dust")
  func swept() throws {
    var world = try paid(Sample.payout(.instant))
    let sweep = LedgerCommand.ledger(.sweepDust(.eth))
    #expect(dust(world).isPositive && world.ask(sweep).isIgnored)
    #expect(world.state.dueDust().isEmpty)
    for number in 2...4 { try pay(&world, number) }
    let (whole, rest) = (Sample.eth("0.00000001"), dust(world) - Sample.eth("0.00000001"))
    #expect(rest.isPositive && world.state.dueDust() == [DueDust(asset: .eth, amount: whole)])
    let fees = world.state.books.balance(.fees, .eth)
    for other in [Asset.usdt, Sample.monero] {
      #expect(world.ask(.ledger(.sweepDust(other))).isIgnored)
    }
    #expect(world.ask(sweep).names == ["ledger.dust_swept.v1"])
    #expect(dust(world) == rest && world.state.books.balance(.fees, .eth) == fees - whole)
    #expect(world.state.dueDust().isEmpty && world.ask(sweep).isIgnored)
    #expect(world.state.brokenInvariant() == nil)
  }

  @Test("refuses: a rate out of a provider's absurd figures, without ending the process")
  func absurd() throws {
    let much = Money(Int128.ten(37), .usdt)
    #expect(Rate(selling: Money(1, .eth), for: much) == nil)
    #expect(Rate(selling: Money(Int128.ten(37), .eth), for: Money(1, .usdt)) == nil)
    #expect(Rate(selling: Sample.eth("1"), for: Sample.usdt("4000"))?.text == "4000.00")
  }
}
