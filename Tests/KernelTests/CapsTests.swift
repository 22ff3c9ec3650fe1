import Testing

@testable import Kernel

@Suite struct CapsTests {
  private let day: Int64 = 86_400

  /// A transfer of 101.85 USDT that asks for its nonce, under caps.
  private func asking(_ caps: Caps) -> (World, SplitID, LedgerCommand) {
    var (world, _, split) = World.swapping()
    world.ask(.hostpay(.request(split)))
    world.ask(.transfer(.request(split)))
    #expect(world.ask(.ledger(.setCaps(caps))).names == ["ledger.caps_set.v1"])
    return (world, split, .transfer(.reserveNonce(split.transfer, World.quote)))
  }

  @Test("does: caps are facts, and the same again are none")
  func facts() {
    var world = World()
    #expect(world.ask(.ledger(.setCaps(Caps()))).isIgnored)
    let caps = Caps(
      transfer: [Sample.usdt("100"), Sample.eth("1")], clientDay: [Sample.usdt("200")],
      walletDay: [], plausible: 20_000)
    #expect(world.ask(.ledger(.setCaps(caps))).names == ["ledger.caps_set.v1"])
    #expect(world.state.caps == caps)
    #expect(world.ask(.ledger(.setCaps(caps))).isIgnored)
    // Lower ones are in force at once.
    let lower = Caps(
      transfer: [Sample.usdt("99"), Sample.eth("1")], clientDay: [Sample.usdt("200")],
      walletDay: [Sample.usdt("500")], plausible: 20_000)
    #expect(world.ask(.ledger(.setCaps(lower))).names == ["ledger.caps_set.v1"])
    #expect(world.state.caps == lower)
    for wrong in [
      Caps(transfer: [Sample.usdt("0")]), Caps(transfer: [Money("1", .usd)!]),
      Caps(walletDay: [Sample.usdt("-1")]), Caps(plausible: -1),
    ] {
      #expect(world.ask(.ledger(.setCaps(wrong))).refusal == .amountNotPositive)
    }
    let twice = Caps(clientDay: [Sample.usdt("1"), Sample.usdt("2")])
    #expect(world.ask(.ledger(.setCaps(twice))).refusal == .capTwice)
  }

  /// Two people's word for caps that let more pass.
  private func raise(_ world: inout World, to caps: Caps) {
    #expect(world.ask(.ledger(.setCaps(caps))).names == ["ledger.caps_asked.v1"])
    let digest = world.state.askedCaps?.digest ?? ""
    for who in ["ana", "ben"] { world.ask(.ledger(.approveCaps(digest: digest, by: who))) }
  }

  @Test("does: whatever lets more pass waits for two different people, bound to what they saw")
  func raising() {
    let caps = Caps(transfer: [Sample.usdt("100")], clientDay: [Sample.usdt("200")], plausible: 9)
    for more in [
      Caps(), Caps(transfer: [Sample.usdt("101")], clientDay: [Sample.usdt("200")], plausible: 9),
      Caps(transfer: [Sample.usdt("1")], plausible: 9),
      Caps(transfer: [Sample.usdt("1")], clientDay: [Sample.usdt("200")], plausible: 10),
      Caps(transfer: [Sample.usdt("1")], clientDay: [Sample.usdt("200")]),
    ] {
      var world = World()
      world.ask(.ledger(.setCaps(caps)))
      #expect(
        world.ask(.ledger(.approveCaps(digest: "x", by: "ana"))).refusal == .notHeld)
      #expect(world.ask(.ledger(.setCaps(more))).names == ["ledger.caps_asked.v1"])
      #expect(world.ask(.ledger(.setCaps(more))).isIgnored)
      let digest = world.state.askedCaps?.digest ?? ""
      func word(_ digest: String, _ who: String) -> LedgerCommand {
        .ledger(.approveCaps(digest: digest, by: who))
      }
      #expect(world.ask(word("x", "ana")).refusal == .approvalDiffers)
      #expect(world.ask(word(digest, "ana")).names == ["ledger.caps_approved.v1"])
      #expect(world.ask(word(digest, "Ana")).isIgnored)
      #expect(world.state.caps == caps)
      world.state = LedgerState.read(world.state.listed)!
      #expect(
        world.ask(word(digest, "ben")).names == ["ledger.caps_approved.v1", "ledger.caps_set.v1"])
      #expect(world.state.caps == more && world.state.askedCaps == nil)
      #expect(world.ask(word(digest, "cal")).refusal == .notHeld)
    }
    // Lower ones in between take away what was asked in the place of others.
    var world = World()
    world.ask(.ledger(.setCaps(caps)))
    world.ask(.ledger(.setCaps(Caps())))
    world.ask(
      .ledger(
        .setCaps(
          Caps(transfer: [Sample.usdt("9")], clientDay: [Sample.usdt("9")], plausible: 9))))
    #expect(world.state.askedCaps == nil)
  }

  @Test("does: a transfer at its cap passes and is counted; one above it is held, once")
  func perTransfer() {
    var (world, _, reserve) = asking(Caps(transfer: [Sample.usdt("101.85"), Sample.eth("0.1")]))
    #expect(
      world.ask(reserve).names == [
        "transfer.cleared.v1", "wallet.nonce_assigned.v1", "transfer.nonce_reserved.v1",
      ])
    for caps in [
      Caps(transfer: [Sample.usdt("101.849999")]), Caps(clientDay: [Sample.usdt("101.849999")]),
      Caps(walletDay: [Sample.usdt("101.849999")]), Caps(plausible: 9_000),
    ] {
      var (world, split, reserve) = asking(caps)
      #expect(world.ask(reserve).names == ["transfer.held.v1"], "\(caps)")
      #expect(world.ask(reserve).refusal == .approvalMissing)
      #expect(world.count("transfer.nonce_reserved.v1") == 0)
      let held = world.state.heldTransfers()
      #expect(held.map(\.transfer) == [split.transfer])
      #expect(held.first?.amount == Sample.usdt("101.85"))
      #expect(held.first?.wallet == Sample.wallet)
      // Where two people raised the caps nobody's word for the transfer is needed.
      raise(&world, to: Caps())
      #expect(world.ask(reserve).names.last == "transfer.nonce_reserved.v1")
      #expect(world.state.heldTransfers().isEmpty)
    }
  }

  @Test("does: two different people's word for exactly this lets it pass; one's doesn't, twice")
  func approvals() {
    var (world, split, reserve) = asking(Caps(transfer: [Sample.usdt("50")]))
    let id = split.transfer
    func word(_ digest: String, _ who: String) -> LedgerCommand {
      .transfer(.approve(id, digest: digest, by: who))
    }
    #expect(world.ask(word("x", "ana")).isIgnored)
    world.ask(reserve)
    let digest = world.state.heldTransfers()[0].digest
    #expect(digest.count == 64)
    #expect(world.ask(word("x", "ana")).refusal == .approvalDiffers)
    #expect(world.ask(word(digest, "")).refusal == .textMissing)
    #expect(world.ask(word(digest, "ana")).names == ["transfer.approved.v1"])
    #expect(world.ask(word(digest, "ana")).isIgnored)
    #expect(world.ask(word(digest, "ANA")).isIgnored)
    #expect(world.ask(reserve).refusal == .approvalMissing)
    #expect(world.ask(word(digest, "ben")).names == ["transfer.approved.v1"])
    #expect(world.ask(word(digest, "cal")).isIgnored)
    #expect(
      world.ask(reserve).names == [
        "transfer.cleared.v1", "wallet.nonce_assigned.v1", "transfer.nonce_reserved.v1",
      ])
    #expect(world.ask(word(digest, "cal")).isIgnored)
    // It waits no longer, and who let it pass can still be told.
    #expect(world.state.heldTransfers().isEmpty)
    #expect(world.state.heldTransfer(id)?.approvers == ["ana", "ben"])
    #expect(
      world.ask(.transfer(.approve(TransferID(composed: "x.fund"), digest: digest, by: "ana")))
        .refusal == .transferUnknown)
    // A frozen ledger signs nothing, whoever approves.
    var (frozen, other, again) = asking(Caps(transfer: [Sample.usdt("50")]))
    frozen.ask(again)
    for who in ["ana", "ben"] {
      frozen.ask(.transfer(.approve(other.transfer, digest: digest, by: who)))
    }
    frozen.ask(.ledger(.freeze(reason: "x")))
    #expect(frozen.ask(again).refusal == .ledgerFrozen)
  }

  @Test("does: a transfer that is asked for anew is held anew, and keeps the words it has")
  func anew() throws {
    var (world, split, reserve) = asking(Caps(transfer: [Sample.usdt("50")]))
    world.ask(reserve)
    let digest = world.state.heldTransfers()[0].digest
    world.ask(.transfer(.approve(split.transfer, digest: digest, by: "ana")))
    let asked = try #require(world.state.transfer(split.transfer)?.requested)
    world.state.evolve(.transfer(.requested(asked)))
    #expect(world.ask(reserve).names == ["transfer.held.v1"])
    #expect(world.state.heldTransfers().first?.approvers == ["ana"])
  }

  @Test("does: what is approved is this payout: another amount, wallet or member is another digest")
  func digests() {
    var digests: Set<String> = []
    for (tiers, wallet) in [
      ([1, 2, 3], Sample.wallet), ([2, 2, 3], Sample.wallet), ([1, 3, 2], Sample.wallet),
      ([1, 2, 3], Sample.wallet + "x"),
    ] {
      var world = World()
      world.ask(
        .channel(.register(Sample.form(payout: Sample.payout(.threshold, wallet: wallet)))))
      world.claim()
      for (index, tier) in tiers.enumerated() { world.pay(index + 1, tier: tier) }
      world.ask(
        .batch(.open(Sample.channel, wallet: wallet, asset: Sample.monero, isRetry: false)))
      let split = SplitID(number: 1)
      let batch = BatchID(composed: "\(Sample.channel)-b1")
      world.ask(.split(.request(.batch(batch), .fixedRate)))
      world.ask(.batch(.handOff(batch, split)))
      guard let opened = world.state.batches[batch]?.opened else {
        Issue.record("no batch")
        return
      }
      var requested = TransferEvent.Requested()
      requested.amount = opened.total
      requested.channel = opened.channel
      requested.split = split
      requested.transfer = split.transfer
      requested.wallet = Sample.host
      digests.insert(world.state.approvalDigest(of: requested))
      // The deposit's address isn't part of it: a swap that expires is followed by another.
      requested.to = "0xelsewhere"
      digests.insert(world.state.approvalDigest(of: requested))
    }
    #expect(digests.count == 4)
  }

  @Test("does: sums are of one UTC day, and the next one begins at nothing")
  func days() {
    let cap = Caps(clientDay: [Sample.usdt("150")], walletDay: [Sample.usdt("500")])
    var (world, batch, split) = World.swapping()
    world.ask(.ledger(.setCaps(cap)))
    world.ask(.hostpay(.request(split)))
    world.ask(.transfer(.request(split)))
    world.now = Instant(
      microseconds: (world.now.microseconds / 86_400_000_000 + 1) * 86_400_000_000 - 1)
    #expect(world.ask(.transfer(.reserveNonce(split.transfer, World.quote))).names.count == 3)
    #expect(world.state.guards.sent(.usdt, on: world.now.day) == Sample.usdt("101.85"))
    world.ask(.transfer(.noteSigned(split.transfer, World.signed(7))))
    world.settle(batch, split)
    // The same client again, on the same day and in the first microsecond of the next.
    for payment in 11...13 { world.pay(payment, tier: payment - 10) }
    world.ask(world.opening())
    let second = SplitID(number: 2)
    let next = BatchID(composed: "\(Sample.channel)-b2")
    world.ask(.split(.request(.batch(next), .fixedRate)))
    world.ask(.batch(.handOff(next, second)))
    world.estimate(second)
    world.openSwap(second, swap: "s2")
    world.ask(.hostpay(.request(second)))
    world.ask(.transfer(.request(second)))
    let reserve = LedgerCommand.transfer(
      .reserveNonce(
        second.transfer,
        TransferQuote(
          latestNonce: 8, pendingNonce: 8, gasLimit: 70_000, maxFeePerGas: "50000000000",
          maxPriorityFeePerGas: "2000000000")))
    #expect(world.ask(reserve).names == ["transfer.held.v1"])
    #expect(world.state.heldTransfers().first?.reason.contains("a client and day") == true)
    world.now = Instant(microseconds: world.now.microseconds + 1)
    #expect(world.ask(reserve).names.last == "transfer.nonce_reserved.v1")
    #expect(world.state.guards.sent(.usdt, on: world.now.day) == Sample.usdt("101.85"))
    #expect(Instant(microseconds: -1).day == -1)
    #expect(Instant(microseconds: -86_400_000_001).day == -2)
    #expect(Instant(microseconds: 0).day == 0)
  }

  @Test("does: a transfer that was cancelled isn't money sent")
  func plausible() {
    // 105 dollars of orders; 101.85 USDT of them are the client's.
    for (share, passes) in [(9_700, true), (9_699, false), (0, true)] {
      var (world, split, reserve) = asking(
        Caps(transfer: [Sample.eth("9")], plausible: share))
      let names = world.ask(reserve).names
      #expect((names.last == "transfer.nonce_reserved.v1") == passes, "\(share)")
      guard passes else { continue }
      #expect(world.state.guards.clients[Sample.channel]?.sent == 101_850_000)
      world.ask(.transfer(.noteSigned(split.transfer, World.signed(7))))
      world.ask(.transfer(.noteReverted(split.transfer, World.mined())))
      #expect(world.state.guards.clients[Sample.channel]?.sent == 0)
      #expect(world.state.guards.sent(.usdt, on: world.now.day) == .zero(.usdt))
    }
  }

  @Test("keeps: SHA-256 as it is published, at every length around a block")
  func digest() {
    #expect(
      ContentDigest.text(of: [])
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      ContentDigest.text(of: Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      ContentDigest.text(
        of: Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8))
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
  }
}
