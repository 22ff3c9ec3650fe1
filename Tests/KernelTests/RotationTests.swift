import Testing

@testable import Kernel

@Suite struct RotationTests {
  private static let successor = "0x00000000000000000000000000000000000000c1"
  private static let hashes = (0..<9).map { "0x5eeb\($0)" }

  private func retire(
    _ successor: String = Self.successor, second: String = "ben", reason: String = "key is out"
  ) -> LedgerCommand {
    .wallet(.rotation(.retire(successor: successor, second: second, reason: reason)))
  }

  private func sweep(
    _ nonce: Int, _ hash: String, attempt: Int = 1, _ amount: Money = Sample.usdt("812.5")
  ) -> LedgerCommand {
    .wallet(
      .rotation(
        .noteSweepSigned(
          SignedSweep(
            amount: amount, signed: World.signed(nonce, attempt: attempt, hash: hash)))))
  }

  private func swept(_ hash: String, _ amount: Money = Sample.usdt("812.5")) -> LedgerCommand {
    .wallet(.rotation(.noteSwept(World.mined(hash), amount: amount)))
  }

  private func lost(_ nonce: Int, _ hash: String, fee: Money? = nil) -> LedgerCommand {
    .wallet(
      .rotation(
        .noteNonceLost(
          nonce: nonce, hash: hash, block: 9, fee: fee, reason: "ana and ben have looked")))
  }

  private let finish = LedgerCommand.wallet(.rotation(.finish(nonce: 0, left: [])))

  private func quote(_ nonce: Int) -> TransferQuote {
    TransferQuote(
      latestNonce: nonce, pendingNonce: nonce, gasLimit: 65_000, maxFeePerGas: "50000000000",
      maxPriorityFeePerGas: "2000000000")
  }

  @Test("does: what is open ends with the old wallet, the rest is signed by the new one only")
  func line() throws {
    var (world, split) = World.direct()
    let id = split.transfer
    #expect(world.ask(sweep(7, Self.hashes[0])).refusal == .walletNotRetired)
    #expect(world.ask(.wallet(.quarantine(nonce: 7, reason: "x"))).names.count == 1)
    #expect(world.ask(retire()).names == ["wallet.retired.v1"])
    #expect(world.ask(retire()).isIgnored)
    let reserve = LedgerCommand.transfer(.reserveNonce(id, World.quote))
    #expect(world.ask(reserve).refusal == .walletRetired)
    #expect(world.ask(sweep(7, Self.hashes[0])).names == ["wallet.sweep_signed.v1"])
    #expect(world.ask(sweep(7, Self.hashes[0])).isIgnored)
    #expect(world.ask(sweep(7, Self.hashes[1])).refusal == .transferElsewhere)
    #expect(world.ask(sweep(7, Self.hashes[1], attempt: 2)).names.count == 1)
    #expect(world.ask(finish).refusal == .sweepOpen)
    #expect(world.ask(swept("0xother")).refusal == .notOurTransaction)
    #expect(world.ask(swept(Self.hashes[0], Sample.eth("1"))).refusal == .notOurTransaction)
    let gas = world.state.books.balance(.gas, .eth)
    // The older attempt may win.
    #expect(world.ask(swept(Self.hashes[0])).names == ["wallet.swept.v1"])
    #expect(world.state.books.balance(.gas, .eth) == gas + Sample.eth("0.001"))
    #expect(world.state.hostWallet?.nextNonce == 8)
    // Read back from a snapshot it goes on the same way.
    world.state = try #require(LedgerState.read(world.state.listed))
    #expect(world.ask(finish).names == ["wallet.rotated.v1", "wallet.claimed.v1"])
    #expect(world.state.hostWallet?.address == Self.successor)
    #expect(world.state.hostWallet?.isQuarantined == false)
    #expect(world.state.formerWallets == [Sample.host])
    #expect(world.ask(.wallet(.claim(address: Sample.host, chain: 1, nonce: 9))).refusal != nil)
    #expect(world.ask(.transfer(.reserveNonce(id, quote(0)))).names.count == 2)
    guard case .transfer(.nonceReserved(let e))? = world.log.last else {
      Issue.record("no nonce")
      return
    }
    #expect(e.wallet == Self.successor && e.nonce == 0)
    #expect(world.state.brokenInvariant() == nil)
    // Neither is anybody's to be paid at.
    #expect(world.ask(retire(Sample.host)).refusal == .walletClaimedElsewhere)
    #expect(world.ask(retire(Self.successor.uppercased())).refusal == .walletClaimedElsewhere)
  }

  @Test("does: a nonce that is open is signed, bumped and cancelled, also in quarantine")
  func finishing() {
    var (world, split) = World.direct()
    let id = split.transfer
    world.ask(.transfer(.reserveNonce(id, World.quote)))
    world.ask(.wallet(.quarantine(nonce: 7, reason: "x")))
    let sign = LedgerCommand.transfer(.noteSigned(id, World.signed(7)))
    #expect(world.ask(sign).refusal == .walletQuarantined)
    world.ask(retire())
    #expect(world.ask(finish).refusal == .nonceOpen)
    #expect(world.ask(sign).names == ["transfer.signed.v1"])
    #expect(world.bump(id).names == ["transfer.bump_requested.v1"])
    #expect(world.cancel(id).names == ["transfer.cancel_requested.v1"])
    world.ask(.ledger(.freeze(reason: "x")))
    #expect(world.bump(id).names == ["transfer.bump_requested.v1"])
    #expect(world.signBump(id, hash: "0xc1").refusal == .ledgerFrozen)
  }

  @Test("does: a nonce that something else took is closed, and its transfer waits for a person")
  func taken() {
    var (world, split) = World.direct()
    let id = split.transfer
    world.send(id, nonce: 7, hash: World.hash)
    #expect(world.ask(lost(7, "0xbad")).refusal == .walletNotRetired)
    world.ask(retire())
    #expect(world.ask(lost(7, World.hash)).refusal == .notOurTransaction)
    #expect(world.ask(lost(9, "0xbad")).refusal == .noncesUnexplained)
    #expect(
      world.ask(lost(7, "0xbad", fee: Sample.eth("0.002"))).names == [
        "transfer.parked.v1", "wallet.nonce_lost.v1",
      ])
    #expect(world.ask(lost(7, "0xbad")).isIgnored)
    #expect(world.state.hostWallet?.openNonces == 0)
    #expect(world.state.books.balance(.gas, .eth) == Sample.eth("0.002"))
    #expect(world.state.brokenInvariant() == nil)
    // Late receipts of it change nothing, and it is not sent again by itself.
    let confirm = LedgerCommand.transfer(
      .confirm(id, World.mined(), amount: Sample.usdt("48.5")))
    #expect(world.ask(confirm).isIgnored)
    world.ask(sweep(8, Self.hashes[0]))
    world.ask(swept(Self.hashes[0]))
    world.ask(finish)
    #expect(world.ask(.transfer(.reserveNonce(id, quote(0)))).isIgnored)
    #expect(world.ask(.transfer(.release(id, reason: "it wasn't paid"))).names.count == 1)
    #expect(world.ask(.transfer(.reserveNonce(id, quote(0)))).names.count == 2)
  }

  @Test("does: a sweep that takes an open nonce closes its transfer in the same append")
  func overOpen() {
    var (world, split) = World.direct()
    world.send(split.transfer, nonce: 7, hash: World.hash)
    world.ask(retire())
    #expect(world.ask(sweep(6, Self.hashes[0])).refusal == .transferElsewhere)
    #expect(world.ask(sweep(7, Self.hashes[0])).names == ["wallet.sweep_signed.v1"])
    #expect(
      world.ask(swept(Self.hashes[0])).names == [
        "transfer.parked.v1", "wallet.nonce_lost.v1", "wallet.swept.v1",
      ])
    #expect(world.state.hostWallet?.nextNonce == 8)
    #expect(world.ask(finish).names.count == 2)
  }

  @Test("does: a forgotten past below the sweep is taken in, in order, and nothing else is")
  func forgotten() throws {
    var (world, split) = World.direct()
    world.ask(.wallet(.quarantine(nonce: 7, reason: "the log was restored")))
    world.ask(retire())
    // 7 is nobody's, 8 the transfer's, 9 and 10 sweeps: nothing is given before a sweep says so.
    #expect(world.ask(.transfer(.reserveNonce(split.transfer, quote(7)))).refusal == .walletRetired)
    world.ask(sweep(9, Self.hashes[0]))
    world.ask(swept(Self.hashes[0]))
    #expect(world.state.hostWallet?.nextNonce == 7 && world.state.hostWallet?.knownNonce == 10)
    #expect(world.ask(finish).refusal == .noncesUnexplained)
    #expect(world.ask(lost(8, "0xbad")).refusal == .noncesUnexplained)
    #expect(world.ask(lost(7, "0xbad")).names == ["wallet.nonce_lost.v1"])
    world.ask(sweep(10, Self.hashes[1], Sample.eth("1")))
    world.ask(swept(Self.hashes[1], Sample.eth("1")))
    // What the chain says now is no nonce of then.
    #expect(
      world.ask(.transfer(.reserveNonce(split.transfer, quote(11)))).refusal == .walletRetired)
    world.ask(.ledger(.freeze(reason: "R2")))
    #expect(world.ask(.transfer(.reserveNonce(split.transfer, quote(8)))).names.count == 2)
    #expect(world.state.hostWallet?.nextNonce == 11)
    let sign = LedgerCommand.transfer(.noteSigned(split.transfer, World.signed(8)))
    #expect(world.ask(sign).names == ["transfer.signed.v1"])
    let amount = try #require(
      world.log.compactMap { event -> Money? in
        guard case .transfer(.requested(let e)) = event else { return nil }
        return e.amount
      }.last)
    let confirm = LedgerCommand.transfer(
      .confirm(split.transfer, World.mined(), amount: amount))
    #expect(world.ask(confirm).names == ["transfer.confirmed.v1"])
    #expect(world.ask(finish).names.count == 2)
  }

  @Test("refuses: too few words, too many, and another successor once something is swept")
  func refuses() {
    var world = World()
    #expect(world.ask(retire()).refusal == .walletUnknown)
    world.claim()
    #expect(world.ask(retire(second: "")).refusal == .textMissing)
    #expect(world.ask(retire(reason: "")).refusal == .textMissing)
    #expect(world.ask(retire(Sample.host.uppercased())).refusal == .walletClaimedElsewhere)
    let long = String(repeating: "x", count: Limits.descriptionMost + 1)
    #expect(world.ask(retire(reason: long)).refusal == .textTooLong)
    world.ask(retire())
    let other = "0x00000000000000000000000000000000000000c2"
    #expect(world.ask(retire(other)).names == ["wallet.retired.v1"])
    world.ask(sweep(7, Self.hashes[0]))
    #expect(world.ask(retire()).refusal == .sweepOpen)
    #expect(world.ask(sweep(8, Self.hashes[1], Sample.usdt("0"))).refusal == .amountNotPositive)
  }

  @Test("does: what was approved for the old wallet's transfer is approved anew for the new one's")
  func approvals() {
    var (world, split) = World.direct()
    let id = split.transfer
    world.ask(.ledger(.setCaps(Caps(transfer: [Sample.usdt("1")]))))
    world.ask(.transfer(.reserveNonce(id, World.quote)))
    let digest = world.state.heldTransfer(id)?.digest ?? ""
    for name in ["ana", "ben"] {
      #expect(world.ask(.transfer(.approve(id, digest: digest, by: name))).names.count == 1)
    }
    world.ask(retire())
    #expect(world.ask(finish).names.count == 2)
    #expect(world.ask(.transfer(.reserveNonce(id, quote(0)))).names == ["transfer.held.v1"])
    #expect(world.state.heldTransfer(id)?.approvers == [])
    #expect(world.ask(.transfer(.reserveNonce(id, quote(0)))).refusal == .approvalMissing)
    #expect(
      world.ask(.transfer(.approve(id, digest: digest, by: "ana"))).refusal == .approvalDiffers)
  }
}
