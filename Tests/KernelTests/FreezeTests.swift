import Testing

@testable import Kernel

@Suite struct FreezeTests {
  private let freeze = LedgerCommand.ledger(.freeze(reason: "a payout nobody can explain"))

  private func unfreeze(_ who: String) -> LedgerCommand {
    .ledger(.unfreeze(reason: "it is explained", by: who))
  }

  private func thaw(_ world: inout World) {
    for who in ["ana", "ben"] { world.ask(unfreeze(who)) }
  }

  /// A transfer that waits for its nonce.
  private func requested() -> (World, SplitID) {
    var (world, _, split) = World.swapping()
    world.ask(.hostpay(.request(split)))
    world.ask(.transfer(.request(split)))
    return (world, split)
  }

  @Test("does: freezing and unfreezing are facts, each once")
  func facts() {
    var world = World()
    #expect(world.ask(unfreeze("ana")).isIgnored)
    #expect(world.ask(freeze).names == ["ledger.frozen.v1"])
    #expect(world.log.last?.place.stream == StreamName(unchecked: "ledger-main"))
    #expect(world.ask(freeze).isIgnored)
    #expect(world.ask(.ledger(.freeze(reason: "another"))).isIgnored)
    #expect(world.state.frozen == "a payout nobody can explain")
    thaw(&world)
    #expect(world.ask(unfreeze("cal")).isIgnored)
    #expect(world.state.frozen == nil)
    #expect(world.ask(freeze).names == ["ledger.frozen.v1"])
  }

  @Test("does: one person stops it, and two different ones let it go on; words don't outlive it")
  func twoPeople() {
    var world = World()
    world.ask(freeze)
    #expect(world.ask(unfreeze("ana")).names == ["ledger.unfreeze_approved.v1"])
    #expect(world.ask(unfreeze("ana")).isIgnored)
    #expect(world.ask(unfreeze("ANA")).isIgnored)
    #expect(world.state.frozen != nil && world.state.unfreezers == ["ana"])
    world.state = LedgerState.read(world.state.listed)!
    #expect(
      world.ask(unfreeze("ben")).names == ["ledger.unfreeze_approved.v1", "ledger.unfrozen.v1"])
    #expect(world.state.frozen == nil && world.state.unfreezers.isEmpty)
    world.ask(freeze)
    #expect(world.ask(unfreeze("ben")).names == ["ledger.unfreeze_approved.v1"])
    #expect(world.state.frozen != nil)
    #expect(world.ask(.ledger(.unfreeze(reason: "x", by: ""))).refusal == .textMissing)
  }

  @Test("refuses: no words, too many, and a ledger that isn't there")
  func refuses() {
    let long = String(repeating: "x", count: Limits.descriptionMost)
    var world = World()
    for command: (String) -> GenesisCommand in [
      { .freeze(reason: $0) }, { .unfreeze(reason: $0, by: "ana") },
    ] {
      let now = world.now
      #expect(LedgerState().decide(.ledger(command("x")), at: now).refusal == .ledgerNotOpened)
      #expect(world.ask(.ledger(command(""))).refusal == .textMissing)
      #expect(world.ask(.ledger(command(long + "x"))).refusal == .textTooLong)
      #expect(world.ask(.ledger(command(long))).names.count == 1)
    }
  }

  @Test("refuses: a nonce and a signature while frozen, and gives both afterwards, once")
  func holds() {
    var (world, split) = requested()
    let id = split.transfer
    let reserve = LedgerCommand.transfer(.reserveNonce(id, World.quote))
    world.ask(freeze)
    #expect(world.ask(reserve).refusal == .ledgerFrozen)
    thaw(&world)
    #expect(world.ask(reserve).names.last == "transfer.nonce_reserved.v1")
    world.ask(freeze)
    let sign = LedgerCommand.transfer(.noteSigned(id, World.signed(7)))
    #expect(world.ask(sign).refusal == .ledgerFrozen)
    #expect(world.state.hostWallet?.openNonces == 1)
    thaw(&world)
    #expect(world.ask(sign).names == ["transfer.signed.v1"])
    #expect(world.ask(sign).isIgnored)
  }

  @Test("does: what was signed before comes to its end while frozen, and payments come in")
  func goesOn() {
    var (world, batch, split) = World.sending()
    world.ask(freeze)
    world.settle(batch, split)
    #expect(world.count("transfer.confirmed.v1") == 1)
    #expect(world.count("batch.completed.v1") == 1)
    let before = world.count("payment.finished.v1")
    world.pay(99, tier: 1)
    #expect(world.count("payment.finished.v1") == before + 1)
    #expect(world.state.frozen != nil)
  }

  @Test("does: a frozen ledger is frozen in every fold of its log")
  func folds() {
    var world = World()
    world.ask(freeze)
    var state = LedgerState()
    for event in world.log { state.evolve(event) }
    #expect(state.frozen == world.state.frozen)
  }
}

@Suite struct InvariantTests {
  @Test("ignores: every state that facts lead to")
  func storms() {
    for seed in 1...6 {
      var storm = Storm(seed: UInt64(seed))
      for step in 0..<1_500 {
        _ = storm.step()
        guard let broken = storm.world.state.brokenInvariant() else { continue }
        Issue.record("seed \(seed), step \(step): \(broken)")
        return
      }
      #expect(storm.world.log.count > 300)
    }
  }

  @Test("finds: a wallet that counts or owes otherwise than its transfers")
  func wallet() {
    let (world, _, _) = World.sending()
    #expect(world.state.brokenInvariant() == nil)
    var state = world.state
    state.wallet?.openNonces += 1
    #expect(state.brokenInvariant() == "I8: the wallet counts 2 open nonces, and there are 1")
    state = world.state
    state.wallet?.promised[.usdt, default: 0] -= 1
    #expect(state.brokenInvariant()?.hasPrefix("I8: the wallet has promised") == true)
    state = world.state
    state.wallet?.promised[.eth, default: 0] = 0
    #expect(state.brokenInvariant()?.contains("ETH-ETH") == true)
  }

  @Test("finds: a balance that was read back wrong, in any of its numbers")
  func books() throws {
    // Payable, reserved and in transit; credited and settled; own accounts.
    let worlds = [World.due(), World.splitting().0, World.sending().0]
    for world in worlds {
      let listed = world.state.listed
      var books = LedgerState()
      books.genesis = world.state.genesis
      books.books = world.state.books
      let end = zip(books.listed, listed).prefix { $0 == $1 }.count
      var found: Set<String> = []
      // The clients' lines, and some of the own accounts.
      for index in Array(stride(from: 100, to: end - 700, by: 311)) + Array(end - 700..<end) {
        var changed = listed
        changed[index] ^= 1
        guard let state = LedgerState.read(changed), let broken = state.brokenInvariant() else {
          continue
        }
        found.insert(String(broken.prefix { $0 != ":" }))
      }
      #expect(found.isSuperset(of: ["I1", "I3", "I7"]), "\(found.sorted())")
    }
  }
}
