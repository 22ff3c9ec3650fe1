import Testing

@testable import Kernel

/// Coin is swapped only once all that the books say came in is in our wallets (PP-10).
@Suite struct DepositTests {
  private static let income = "0.05"
  private let split = SplitID(number: 1)

  /// A payment in ether, booked on the provider's word, whose conversion waits for a nonce.
  private func asked(_ more: Int = 0) throws -> World {
    var world = World.registered(Sample.payout(.threshold), prices: ["100.00"])
    world.claim()
    for number in 1...(1 + more) {
      let order = world.order("o\(number)")
      world.note(Sample.report(number, order: order, Self.income, currency: "eth"))
      let rate = try #require(Rate("2500", from: .eth, to: .usdt))
      world.ask(.payment(.noteRate(Sample.payment(number), rate, source: "x", world.policy)))
      request(&world, number)
    }
    return world
  }

  private func request(_ world: inout World, _ number: Int) {
    let split = SplitID(number: number)
    let id = ConversionID(of: Sample.payment(number))
    world.ask(.conversion(.request(Sample.channel, Sample.payment(number))))
    world.ask(.split(.request(.conversion(id), .standard)))
    world.estimate(split, to: "121")
    world.openSwap(split, from: "0.0485", payout: Sample.host, swap: "s\(number)")
    world.ask(.hostpay(.request(split)))
    world.ask(.transfer(.request(split)))
  }

  private func look(
    _ held: Money, block: Int = 30_000_000, mined: [WalletLook.Mined] = [],
    of address: String = Sample.host
  ) -> WalletLook {
    WalletLook(address: address, block: block, holdings: [held], mined: mined)
  }

  private func reserve(_ world: inout World, _ number: Int, _ look: WalletLook) -> Decision {
    let nonce = world.state.hostWallet?.nextNonce ?? 0
    var quote = TransferQuote(
      latestNonce: nonce, pendingNonce: nonce, gasLimit: 65_000,
      maxFeePerGas: "50000000000", maxPriorityFeePerGas: "2000000000")
    quote.deposits = look
    return world.ask(.transfer(.reserveNonce(SplitID(number: number).transfer, quote)))
  }

  @Test("refuses: a nonce to a conversion as long as a wei of what came in isn't there")
  func missing() throws {
    var world = try asked()
    #expect(world.state.depositQuestion(of: split)?.assets == [.eth])
    for held in ["0", "0.0485", "0.049999999999999999"] {
      let seen = look(Sample.eth(held))
      #expect(reserve(&world, 1, seen).refusal == .fundsMissing)
      #expect(
        world.state.missingDeposit(of: split, in: seen)
          == Sample.eth(Self.income) - Sample.eth(held))
    }
    // What says nothing has seen nothing: another coin, another wallet.
    for nothing in [look(Sample.usdt("1000")), look(Sample.eth("9"), of: Sample.payin)] {
      #expect(reserve(&world, 1, nothing).refusal == .fundsMissing)
    }
    let names = reserve(&world, 1, look(Sample.eth(Self.income))).names
    #expect(names == ["wallet.nonce_assigned.v1", "transfer.nonce_reserved.v1"])
  }

  @Test("refuses: what was in the wallet before stands for no deposit")
  func float() throws {
    var world = try asked()
    // Ten of our own are counted beside what the books have.
    let counted = OutsideLook(at: world.now, wallet: look(Sample.eth("10.05")))
    world.ask(.ledger(.compare(counted, after: world.state.weigh(counted))))
    #expect(world.count("ledger.wallet_counted.v1") == 1)
    // Another payment is said to have come.
    world.note(Sample.report(2, order: world.order("o2"), Self.income, currency: "eth"))
    let rate = try #require(Rate("2500", from: .eth, to: .usdt))
    world.ask(.payment(.noteRate(Sample.payment(2), rate, source: "x", world.policy)))
    request(&world, 2)
    // Coins have no names: neither conversion is paid for before it is there.
    for number in 1...2 {
      #expect(reserve(&world, number, look(Sample.eth("10.05"))).refusal == .fundsMissing)
    }
    #expect(!reserve(&world, 1, look(Sample.eth("10.1"))).events.isEmpty)
  }

  @Test("does: what a transfer on its way took out of the wallet is no missing deposit")
  func underWay() throws {
    var world = try asked(1)
    #expect(!reserve(&world, 1, look(Sample.eth("0.1"))).events.isEmpty)
    let first = split.transfer
    world.ask(.transfer(.noteSigned(first, World.signed(7))))
    // It is mined, and not final: without its receipt its coin is missing.
    let left = Sample.eth("0.0505")
    #expect(reserve(&world, 2, look(left)).refusal == .fundsMissing)
    let mined = WalletLook.Mined(
      transfer: first, spent: [Sample.eth("0.0485"), Sample.eth("0.001")])
    #expect(
      reserve(&world, 2, look(left - Money(1, .eth), mined: [mined])).refusal == .fundsMissing)
    let second = SplitID(number: 2)
    #expect(world.state.missingDeposit(of: second, in: look(left, mined: [mined])) == nil)
    // Final, and the look is from before that block.
    world.ask(.transfer(.confirm(first, World.mined(), amount: Sample.eth("0.0485"))))
    #expect(reserve(&world, 2, look(left, block: 19_000_122)).refusal == .fundsMissing)
    #expect(!reserve(&world, 2, look(left, block: 19_000_123)).events.isEmpty)
    #expect(world.state.brokenInvariant() == nil)
  }

  @Test("ignores: what other splits are paid from")
  func others() {
    var (world, _, split) = World.swapping()
    world.ask(.hostpay(.request(split)))
    world.ask(.transfer(.request(split)))
    #expect(world.state.depositQuestion(of: split) == nil)
    #expect(world.state.missingDeposit(of: split, in: look(Sample.usdt("0"))) == nil)
    #expect(!reserve(&world, 1, look(Sample.usdt("0"))).events.isEmpty)
  }
}
