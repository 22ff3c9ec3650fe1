import Testing

@testable import Kernel

/// T8 and T9: the nonce is closed by nothing, and what becomes of the value then.
@Suite struct CancelTests {
  private let closing = "0xc1"

  private func confirm(_ id: TransferID, _ hash: String = World.hash) -> LedgerCommand {
    .transfer(.confirm(id, World.mined(hash), amount: Sample.usdt("101.85")))
  }

  @Test("does: the cancel wins, and the members' value goes back to their balance")
  func cancelWins() {
    var (world, batch, split) = World.sending()
    let id = split.transfer
    let reserved = world.state.books.balance(.reserved(Sample.channel), .usdt)
    #expect(world.cancel(id).names == ["transfer.cancel_requested.v1"])
    #expect(world.cancel(id).isIgnored)
    #expect(world.bump(id).names == ["transfer.bump_requested.v1"])
    #expect(world.signBump(id, hash: closing).names == ["transfer.cancel_signed.v1"])
    #expect(
      world.ask(.transfer(.noteCancelled(id, World.mined(World.hash)))).refusal
        == .notOurTransaction)
    #expect(world.ask(confirm(id, closing)).refusal == .notOurTransaction)
    #expect(
      world.ask(.transfer(.noteReverted(id, World.mined(closing)))).refusal
        == .notOurTransaction)
    #expect(world.ask(.batch(.fail(batch, reason: "x"))).refusal == .moneyMayHaveLeft)
    let cancelled = LedgerCommand.transfer(.noteCancelled(id, World.mined(closing)))
    #expect(world.ask(cancelled).names == ["transfer.cancelled.v1", "split.failed.v1"])
    #expect(world.ask(cancelled).isIgnored && world.ask(confirm(id)).isIgnored)
    #expect(world.state.hostWallet?.openNonces == 0)
    #expect(world.state.hostWallet?.promised[.eth] == 0)
    #expect(world.state.books.balance(.gas, .eth) == Sample.eth("0.001"))
    #expect(
      world.ask(.batch(.fail(batch, reason: "x"))).names
        == ["batch.failed.v1", "accumulation.released.v1"])
    #expect(world.state.books.balance(.payable(Sample.channel), .usdt) == reserved)
    #expect(world.ask(.transfer(.request(split))).isIgnored)
    #expect(world.ask(.transfer(.release(id, reason: "x"))).refusal == .splitElsewhere)
  }

  @Test("does: the payment wins, and all goes on as if nobody had cancelled")
  func paymentWins() {
    var (world, batch, split) = World.sending()
    let id = split.transfer
    world.cancel(id)
    world.bump(id)
    world.signBump(id, hash: closing)
    #expect(world.ask(confirm(id)).names == ["transfer.confirmed.v1"])
    #expect(world.ask(.transfer(.noteCancelled(id, World.mined(closing)))).isIgnored)
    #expect(world.cancel(id).refusal == .moneyMayHaveLeft)
    #expect(world.ask(.hostpay(.noteFunded(split))).names == ["hostpay.funded.v1"])
    world.ask(.split(.noteFinished(split, delivered: "0.6241", payoutHash: nil)))
    #expect(world.count("split.completed.v1") == 1)
    #expect(world.ask(.batch(.fail(batch, reason: "x"))).refusal == .moneyMayHaveLeft)
    #expect(world.cancel(id).refusal == .moneyMayHaveLeft)
  }

  @Test("refuses: once a cancel is asked for, no other attempt of the payment is signed")
  func noMorePayments() {
    var (world, _, split) = World.sending()
    let id = split.transfer
    world.bump(id)
    world.cancel(id)
    let late = SignedTransfer(
      nonce: 7, attempt: 2, raw: "0x02", hash: "0x02", maxFeePerGas: World.bumped.0,
      maxPriorityFeePerGas: World.bumped.1)
    #expect(world.ask(.transfer(.noteSigned(id, late))).isIgnored)
    world.bump(id)
    #expect(world.ask(.transfer(.noteSigned(id, late))).isIgnored)
    #expect(world.signBump(id, hash: closing).names == ["transfer.cancel_signed.v1"])
    world.bump(id)
    #expect(world.signBump(id, hash: "0xc2").names == ["transfer.cancel_signed.v1"])
    #expect(
      world.ask(.transfer(.noteCancelled(id, World.mined(closing)))).names.first
        == "transfer.cancelled.v1")
  }

  @Test("does: a nonce that nothing was signed for is closed by a cancel of its own")
  func unsigned() {
    var (world, _, split) = World.swapping()
    let id = split.transfer
    world.ask(.hostpay(.request(split)))
    world.ask(.transfer(.request(split)))
    world.ask(.transfer(.reserveNonce(id, World.quote)))
    #expect(world.cancel(id, .neverMinable).names == ["transfer.cancel_requested.v1"])
    #expect(world.ask(.transfer(.noteSigned(id, World.signed(7)))).isIgnored)
    #expect(world.bump(id).isIgnored)
    let bid = TransferBid(gasLimit: 26_250, maxFeePerGas: "1000", maxPriorityFeePerGas: "1")
    #expect(world.bump(id, bid).names == ["transfer.bump_requested.v1"])
    guard case .transfer(.bumpRequested(let e))? = world.log.last else { return }
    #expect(e.attempt == 1 && e.cancels && e.gasLimit == 26_250)
    #expect(world.signBump(id, hash: closing).names == ["transfer.cancel_signed.v1"])
    #expect(
      world.ask(.transfer(.noteCancelled(id, World.mined(closing)))).names
        == ["transfer.cancelled.v1", "split.failed.v1"])
  }

  @Test("does: where no nonce is open, a cancel is done at once")
  func atOnce() {
    var (world, batch, split) = World.swapping()
    let id = split.transfer
    world.ask(.hostpay(.request(split)))
    world.ask(.transfer(.request(split)))
    #expect(world.cancel(id, .neverMinable).isIgnored && world.cancel(id, .swapExpired).isIgnored)
    #expect(world.cancel(id).names == ["transfer.cancel_requested.v1", "split.failed.v1"])
    #expect(world.cancel(id).isIgnored)
    #expect(world.ask(.transfer(.reserveNonce(id, World.quote))).isIgnored)
    #expect(world.ask(.batch(.fail(batch, reason: "x"))).names.first == "batch.failed.v1")
    #expect(world.state.hostWallet?.nextNonce == 7)
  }

  @Test("does: a swap that ran out is left for another one, under the same transfer's next nonce")
  func swapExpired() {
    var (world, _, split) = World.splitting()
    let id = split.transfer
    func open(_ attempt: Int) {
      world.estimate(split)
      world.openSwap(split, attempt: attempt, validFor: 1_200)
      world.ask(.hostpay(.request(split)))
      world.ask(.transfer(.request(split)))
    }
    open(1)
    world.send(id, nonce: 7, hash: World.hash)
    #expect(world.cancel(id, .swapExpired).isIgnored)
    world.now = world.now.adding(seconds: 1_200)
    #expect(world.cancel(id, .swapExpired).names == ["transfer.cancel_requested.v1"])
    world.bump(id)
    world.signBump(id, hash: closing)
    #expect(
      world.ask(.transfer(.noteCancelled(id, World.mined(closing)))).names
        == ["transfer.cancelled.v1", "split.swap_abandoned.v1"])
    open(2)
    world.send(id, nonce: 8, hash: "0x08")
    let reserved = world.log.compactMap { event -> [Int]? in
      guard case .transfer(.nonceReserved(let e)) = event else { return nil }
      return [e.nonce, e.generation]
    }
    #expect(reserved == [[7, 1], [8, 2]])
    #expect(world.ask(confirm(id)).refusal == .notOurTransaction)
    #expect(world.ask(confirm(id, "0x08")).names == ["transfer.confirmed.v1"])
  }

  @Test("does: a person who was asked already is asked again when the swap has run out")
  func expiredAndHeld() {
    var (world, _, split) = World.sending()
    let id = split.transfer
    world.ask(.hostpay(.hold(split, reason: "x")))
    world.cancel(id)
    world.bump(id)
    world.signBump(id, hash: closing)
    #expect(
      world.ask(.transfer(.noteCancelled(id, World.mined(closing)))).names
        == ["transfer.cancelled.v1", "split.failed.v1"])
  }

  @Test("does: an instant payment has no balance to go back to: it is held, and may be sent anew")
  func instant() {
    var (world, split) = World.direct()
    let id = split.transfer
    world.send(id, nonce: 7, hash: World.hash)
    world.cancel(id)
    world.bump(id)
    world.signBump(id, hash: closing)
    #expect(
      world.ask(.transfer(.noteCancelled(id, World.mined(closing)))).names
        == ["transfer.cancelled.v1", "split.held.v1"])
    #expect(
      world.ask(.transfer(.release(id, reason: "after all"))).names == ["transfer.released.v1"])
    #expect(world.ask(.transfer(.release(id, reason: "after all"))).isIgnored)
    world.send(id, nonce: 8, hash: "0x08")
    let confirm = LedgerCommand.transfer(
      .confirm(id, World.mined("0x08"), amount: Sample.usdt("24.25")))
    #expect(world.ask(confirm).names == ["transfer.confirmed.v1"])
    #expect(world.ask(.hostpay(.noteFunded(split))).names == ["hostpay.funded.v1"])
    #expect(world.ask(.split(.completeDirect(split))).names == ["split.completed.v1"])
  }

  @Test("does: after a revert the next generation is sent on a person's word, or taken back")
  func reverted() {
    for isSent in [true, false] {
      var (world, batch, split) = World.sending()
      let id = split.transfer
      world.ask(.transfer(.noteReverted(id, World.mined())))
      #expect(world.ask(.transfer(.reserveNonce(id, World.quote))).isIgnored)
      #expect(world.ask(.batch(.fail(batch, reason: "x"))).refusal == .moneyMayHaveLeft)
      guard isSent else {
        #expect(world.cancel(id).names == ["transfer.cancel_requested.v1", "split.failed.v1"])
        #expect(world.ask(.batch(.fail(batch, reason: "x"))).names.first == "batch.failed.v1")
        continue
      }
      let release = LedgerCommand.transfer(.release(id, reason: "the token is unpaused"))
      #expect(world.ask(release).names == ["transfer.released.v1"])
      world.send(id, nonce: 8, hash: "0x08")
      guard case .transfer(.nonceReserved(let e)) = world.log[world.log.count - 2] else {
        Issue.record("\(world.names.suffix(3))")
        return
      }
      #expect(e.generation == 2 && e.nonce == 8)
      #expect(world.ask(confirm(id)).refusal == .notOurTransaction)
      #expect(world.ask(confirm(id, "0x08")).names == ["transfer.confirmed.v1"])
    }
  }

  @Test("does: unparks what isn't signed; refuses: what is signed, or unknown, or without a word")
  func releases() {
    func release(_ world: inout World, _ id: TransferID, _ reason: String = "x") -> Decision {
      world.ask(.transfer(.release(id, reason: reason)))
    }
    var (world, _, split) = World.swapping()
    let id = split.transfer
    #expect(release(&world, id).refusal == .transferUnknown)
    world.ask(.hostpay(.request(split)))
    world.ask(.transfer(.request(split)))
    #expect(release(&world, id).isIgnored)
    let park = LedgerCommand.transfer(.park(id, reason: "x"))
    world.ask(park)
    #expect(release(&world, id, "").refusal == .textMissing)
    #expect(release(&world, id).names == ["transfer.released.v1"])
    world.ask(.transfer(.reserveNonce(id, World.quote)))
    world.ask(park)
    #expect(world.ask(.transfer(.noteSigned(id, World.signed(7)))).isIgnored)
    #expect(release(&world, id).names == ["transfer.released.v1"])
    #expect(
      world.ask(.transfer(.noteSigned(id, World.signed(7)))).names == ["transfer.signed.v1"])
    #expect(release(&world, id).isIgnored)
    world.ask(park)
    #expect(release(&world, id).refusal == .moneyMayHaveLeft)
    world.ask(confirm(id))
    #expect(release(&world, id).refusal == .moneyMayHaveLeft)
  }
}
