import Testing

@testable import Kernel

@Suite struct DifferenceTests {
  private typealias Look = OutsideLook

  /// Two looks at the same outside, with `between` happening meanwhile.
  @discardableResult
  private func compare(
    _ world: inout World, _ first: (World) -> Look, _ second: ((World) -> Look)? = nil,
    between: (inout World) -> Void = { _ in }
  ) -> Decision {
    let weighed = world.state.weigh(first(world))
    between(&world)
    let look = second.map { $0(world) } ?? first(world)
    return world.ask(.ledger(.compare(look, after: weighed)))
  }

  private func wallet(
    _ holdings: [Money], block: Int = 30_000_000, mined: [WalletLook.Mined] = []
  ) -> (World) -> Look {
    { world in
      Look(
        at: world.now,
        wallet: WalletLook(address: Sample.host, block: block, holdings: holdings, mined: mined))
    }
  }

  private func swap(_ id: String, _ status: String?) -> (World) -> Look {
    { Look(at: $0.now, swaps: [SwapLook(swap: SwapID(text: id)!, status: status)]) }
  }

  private func payment(_ number: Int, _ status: String?) -> (World) -> Look {
    {
      Look(
        at: $0.now,
        payments: [
          PaymentLook(payment: Sample.payment(number), status: status, outcome: "25 usdt")
        ])
    }
  }

  private static let found = "ledger.difference_found.v1"
  private static let closed = "ledger.difference_closed.v1"
  private static let counted = "ledger.wallet_counted.v1"

  @Test("does: money beside the books is found, and once explained it is reckoned with")
  func walletOver() {
    var world = World.due()
    #expect(compare(&world, wallet([Sample.usdt("1105.00")])).names == [Self.counted])
    #expect(compare(&world, wallet([Sample.usdt("1105.00")])).isIgnored)
    let first = world.now
    #expect(compare(&world, wallet([Sample.usdt("1355.00")])).names == [Self.found])
    world.now = world.now.adding(seconds: 3_600)
    #expect(compare(&world, wallet([Sample.usdt("1355.00")])).isIgnored)
    let standing = world.state.standingDifferences()
    #expect(standing.map(\.number) == [1] && standing[0].kind == .walletOver)
    #expect(standing[0].amount == Sample.usdt("250.00") && standing[0].since == first)
    #expect(standing[0].ledger == "the books come to 1105.00 USDT-ETH")
    #expect(world.state.frozen == nil)
    // It grows: the same one.
    #expect(compare(&world, wallet([Sample.usdt("1356.00")])).names == [Self.found])
    #expect(world.state.standingDifferences()[0].amount == Sample.usdt("251.00"))
    #expect(world.state.standingDifferences()[0].since == first)
    let explain = LedgerCommand.ledger(.explain(difference: 1, reason: "topped up"))
    #expect(world.ask(explain).names == ["ledger.difference_explained.v1"])
    #expect(world.state.standingDifferences().isEmpty)
    #expect(world.ask(explain).refusal == .differenceUnknown)
    #expect(compare(&world, wallet([Sample.usdt("1356.00")])).isIgnored)
  }

  @Test("does: money that is missing freezes at once; what comes back closes the difference")
  func walletShort() {
    var world = World.due()
    compare(&world, wallet([Sample.usdt("1105.00"), Sample.eth("2")]))
    let taken = wallet([Sample.usdt("1105.00"), Sample.eth("1.5")])
    #expect(compare(&world, taken).names == [Self.found, "ledger.frozen.v1"])
    #expect(world.state.frozen?.hasPrefix("I19: wallet_short ETH-ETH") == true)
    // A person who lets signing go on isn't overruled by what is known.
    for who in ["ana", "ben"] {
      world.ask(.ledger(.unfreeze(reason: "it is being looked at", by: who)))
    }
    #expect(compare(&world, taken).isIgnored)
    #expect(world.state.frozen == nil)
    #expect(
      compare(&world, wallet([Sample.usdt("1105.00"), Sample.eth("2")])).names == [Self.closed])
    #expect(world.state.standingDifferences().isEmpty)
  }

  @Test("ignores: what is under way, on either side, between the two looks")
  func underWay() {
    var world = World.due()
    compare(&world, wallet([Sample.usdt("1105.00")]))
    // Paid out by the provider before its notice: there already, and booked by the second look.
    let early = compare(
      &world, wallet([Sample.usdt("1130.00")]), between: { $0.pay(7, tier: 1) })
    #expect(early.isIgnored)
    // Booked, and on chain only at the second look.
    world.pay(8, tier: 1)
    #expect(
      compare(&world, wallet([Sample.usdt("1130.00")]), wallet([Sample.usdt("1155.00")]))
        .isIgnored)
    // A look of before a block that the books know already says nothing.
    #expect(world.state.standingDifferences().isEmpty)
  }

  @Test("does: a transfer that is mined and not settled yet is reckoned with, value and fee")
  func minedTransfer() {
    var (world, batch, split) = World.sending()
    let fee = Sample.eth("0.001")
    let mined = [WalletLook.Mined(transfer: split.transfer, spent: [Sample.usdt("101.85"), fee])]
    let before = wallet([Sample.usdt("1105.00"), Sample.eth("2")])
    let after = wallet([Sample.usdt("1003.15"), Sample.eth("1.999")], mined: mined)
    // Nothing is counted in the midst of it.
    #expect(compare(&world, after).isIgnored)
    #expect(compare(&world, before).names == [Self.counted, Self.counted])
    #expect(compare(&world, after).isIgnored)
    #expect(compare(&world, before, after).isIgnored)
    #expect(compare(&world, after, between: { $0.settle(batch, split) }).isIgnored)
    // A look of before the block of the settlement doesn't count.
    #expect(compare(&world, wallet([Sample.usdt("1")], block: 19_000_122)).isIgnored)
    #expect(compare(&world, wallet([Sample.usdt("1")])).names.first == Self.found)
  }

  @Test("does: a settled transfer that the chain doesn't have, or otherwise, freezes")
  func transfers() {
    for moved in [nil, Sample.usdt("101.84")] as [Money?] {
      var (world, batch, split) = World.sending()
      world.settle(batch, split)
      func look(_ moved: Money?) -> (World) -> Look {
        {
          Look(
            at: $0.now,
            transfers: [
              TransferLook(
                transfer: split.transfer, hash: World.hash, amount: Sample.usdt("101.85"),
                moved: moved)
            ])
        }
      }
      #expect(compare(&world, look(Sample.usdt("101.85"))).isIgnored)
      #expect(compare(&world, look(moved), look(Sample.usdt("101.85"))).isIgnored)
      #expect(compare(&world, look(moved)).names == [Self.found, "ledger.frozen.v1"])
      #expect(compare(&world, look(Sample.usdt("101.85"))).names == [Self.closed])
    }
  }

  @Test("does: swaps nobody opened, and other ends than the ledger's, are found and closed")
  func swaps() {
    var (world, batch, split) = World.sending()
    #expect(compare(&world, swap("s1", "waiting")).isIgnored)
    #expect(compare(&world, swap("s9", "waiting")).names == [Self.found])
    #expect(compare(&world, swap("s9", "waiting")).isIgnored)
    #expect(compare(&world, swap("s9", "expired")).names == [Self.closed])
    world.settle(batch, split)
    #expect(compare(&world, swap("s1", "finished")).isIgnored)
    #expect(compare(&world, swap("s1", "refunded")).names == [Self.found])
    #expect(compare(&world, swap("s1", nil)).names == [Self.closed])
    #expect(world.state.frozen == nil)
    // A swap whose answer was lost, and that is known by the second look.
    var (other, _, opening) = World.splitting()
    other.estimate(opening)
    #expect(
      compare(&other, swap("s1", "waiting"), between: { $0.openSwap(opening) }).isIgnored)
  }

  @Test("does: a payment that no notice told of is found; one explained stays so until it is gone")
  func payments() {
    var world = World.due()
    #expect(compare(&world, payment(77, "waiting")).isIgnored)
    #expect(compare(&world, payment(77, "finished")).names == [Self.found])
    world.ask(.ledger(.explain(difference: 1, reason: "a test payment")))
    #expect(world.state.standingDifferences().map(\.explained) == ["a test payment"])
    #expect(compare(&world, payment(77, "finished")).isIgnored)
    world.note(Sample.report(77, order: nil))
    #expect(compare(&world, payment(77, "finished")).names == [Self.closed])
    #expect(world.state.standingDifferences().isEmpty)
    // Booked as paid, and taken back.
    #expect(compare(&world, payment(1, "finished")).isIgnored)
    #expect(compare(&world, payment(1, "refunded")).names == [Self.found])
    #expect(world.state.standingDifferences().map(\.kind) == [.paymentDiffers])
    #expect(world.state.standingDifferences().map(\.number) == [2])
  }

  @Test("refuses: an explanation without words, with too many, or of nothing")
  func refuses() {
    var world = World.due()
    func explain(_ number: Int, _ reason: String) -> Refusal? {
      world.ask(.ledger(.explain(difference: number, reason: reason))).refusal
    }
    #expect(explain(1, "x") == .differenceUnknown)
    compare(&world, payment(77, "finished"))
    #expect(explain(1, "") == .textMissing)
    #expect(explain(1, String(repeating: "x", count: Limits.descriptionMost + 1)) == .textTooLong)
    #expect(explain(1, "x") == nil && explain(2, "x") == .differenceUnknown)
    let look = OutsideLook(at: world.now)
    let weighed = world.state.weigh(look)
    #expect(
      LedgerState().decide(.ledger(.compare(look, after: weighed)), at: world.now).refusal
        == .ledgerNotOpened)
  }

  @Test("does: what stands is in the state's listing, and in every fold of the log")
  func folds() {
    var world = World.due()
    compare(&world, wallet([Sample.usdt("1105.00")]))
    compare(&world, wallet([Sample.usdt("1104.00")]))
    compare(&world, payment(77, "finished"))
    world.ask(.ledger(.explain(difference: 2, reason: "known")))
    #expect(world.state.standingDifferences().count == 2)
    var state = LedgerState()
    for event in world.log { state.evolve(event) }
    #expect(state.standingDifferences() == world.state.standingDifferences())
    #expect(state.listed == world.state.listed)
    let read = LedgerState.read(world.state.listed)
    #expect(read?.standingDifferences() == world.state.standingDifferences())
    #expect(read?.listed == world.state.listed)
  }
}
