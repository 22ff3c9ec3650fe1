import Testing

@testable import Kernel

/// What time alone asks of a step: to be told that it is late, and to be tried again.
@Suite struct StepTests {
  private func attempt(_ key: ProcessKey, _ number: Int) -> LedgerCommand {
    .ledger(.step(.attempt(key, number: number)))
  }

  private func key(_ split: SplitID) -> ProcessKey { ProcessKey(.split, split.text) }

  @Test("does: a step that stands too long is a fact once it is due, and while it stands")
  func overdue() throws {
    var (world, batch, split) = World.sending()
    let since = world.now
    func late(_ key: ProcessKey, _ state: StepState) -> LedgerCommand {
      .ledger(.step(.noteOverdue(key, Sample.channel, state, since: since)))
    }
    let transfer = ProcessKey(.transfer, split.transfer.text)
    world.now = since.adding(seconds: 3_599)
    #expect(world.ask(late(transfer, .signed)).isIgnored)
    world.now = since.adding(seconds: 3_600)
    #expect(world.ask(late(transfer, .signed)).names == ["ledger.step_overdue.v1"])
    let fact = try #require(world.log.last)
    #expect(fact.place.stream.text == "ledger-transfer-\(split.transfer)")
    #expect(fact.place.tags.map(\.text) == ["channel:\(Sample.channel)"])
    #expect(fact.remark?.contains("waits for a final block with it") == true)
    // Where it doesn't stand nothing is late, and a person's time isn't counted.
    for (key, state) in [
      (transfer, StepState.requested), (transfer, .nonceReserved), (transfer, .held),
      (key(split), .estimating), (key(split), .held), (key(split), .watching),
      (ProcessKey(.batch, batch.text), .opened), (ProcessKey(.batch, "nobody-b1"), .handedOff),
    ] {
      #expect(world.ask(late(key, state)).isIgnored, "\(key) \(state)")
    }
    #expect(world.ask(late(ProcessKey(.hostpay, split.text), .requested)).names.count == 1)
    world.now = since.adding(seconds: 21_600)
    #expect(world.ask(late(ProcessKey(.batch, batch.text), .handedOff)).names.count == 1)
    world.settle(batch, split)
    for key in [transfer, ProcessKey(.hostpay, split.text), ProcessKey(.batch, batch.text)] {
      for state in [StepState.signed, .requested, .checked, .handedOff] {
        #expect(world.ask(late(key, state)).isIgnored, "\(key) \(state)")
      }
    }
  }

  @Test("does: a payout that failed before anything was sent is tried again, three times at most")
  func batches() {
    var (world, batch, _) = World.splitting()
    for number in 1...4 {
      guard let split = world.state.split(of: .batch(batch)) else {
        Issue.record("\(batch) has no split")
        return
      }
      #expect(world.ask(attempt(ProcessKey(.batch, batch.text), number)).isIgnored)
      world.ask(.split(.fail(split, reason: "the pair is closed")))
      world.ask(.batch(.fail(batch, reason: "the pair is closed")))
      let key = ProcessKey(.batch, batch.text)
      // A number that isn't the next one is of another time.
      #expect(world.ask(attempt(key, number + 1)).isIgnored)
      let decision = world.ask(attempt(key, number))
      guard number < 4 else {
        #expect(decision.isIgnored)
        break
      }
      #expect(
        decision.names == [
          "ledger.step_attempted.v1", "batch.retried.v1", "batch.opened.v1",
          "accumulation.reserved.v1",
        ])
      #expect(world.ask(attempt(key, number)).isIgnored)
      batch = BatchID(composed: "\(Sample.channel)-b\(number + 1)")
      world.ask(.split(.request(.batch(batch), .fixedRate)))
      guard let next = world.state.split(of: .batch(batch)) else { continue }
      world.ask(.batch(.handOff(batch, next)))
      #expect(LedgerState.read(world.state.listed)?.listed == world.state.listed)
    }
    #expect(world.state.brokenInvariant() == nil)
    // A person may, as always.
    let word = world.ask(.batch(.retry(batch, reason: "the pair is open")))
    #expect(word.names.first == "batch.retried.v1")
  }

  @Test("does: a split is tried again only where no transfer of it ever had a nonce")
  func evidence() {
    func hold(_ world: inout World, _ split: SplitID) {
      world.ask(.split(.hold(split, reason: "odd")))
    }
    for isAsked in [false, true] {
      var (world, _, split) = World.swapping()
      if isAsked {
        world.ask(.hostpay(.request(split)))
        world.ask(.transfer(.request(split)))
      }
      #expect(world.ask(attempt(key(split), 1)).isIgnored)
      hold(&world, split)
      let decision = world.ask(attempt(key(split), 1))
      #expect(decision.names == ["ledger.step_attempted.v1", "split.retried.v1"], "\(isAsked)")
      #expect(world.ask(attempt(key(split), 1)).isIgnored)
    }
    for place in 0..<4 {
      var (world, batch, split) = World.sending()
      if place == 1 { world.ask(.transfer(.noteReverted(split.transfer, World.mined()))) }
      if place == 2 { world.cancel(split.transfer) }
      if place == 3 {
        world.settle(batch, split)
      } else {
        hold(&world, split)
      }
      #expect(world.ask(attempt(key(split), 1)).isIgnored, "\(place)")
      #expect(world.ask(attempt(ProcessKey(.batch, batch.text), 1)).isIgnored, "\(place)")
      #expect(world.ask(attempt(ProcessKey(.transfer, split.transfer.text), 1)).isIgnored)
    }
  }

  @Test("ignores: what a person holds until a person lets it go on, and everything while frozen")
  func stopped() {
    var (world, _, split) = World.swapping()
    world.ask(.split(.hold(split, reason: "odd")))
    world.ask(.ledger(.freeze(reason: "stop")))
    #expect(world.ask(attempt(key(split), 1)).isIgnored)
    for who in ["ana", "ben"] { world.ask(.ledger(.unfreeze(reason: "go on", by: who))) }
    let word = LedgerCommand.split(.operate(split, .hold, reason: "the client asked for it"))
    #expect(world.ask(word).names == ["ledger.attempts_stopped.v1"])
    #expect(world.ask(word).isIgnored)
    #expect(world.ask(attempt(key(split), 1)).isIgnored)
    #expect(LedgerState.read(world.state.listed)?.listed == world.state.listed)
    world.ask(.split(.operate(split, .release, reason: "it may")))
    world.ask(.split(.hold(split, reason: "odd again")))
    #expect(world.ask(attempt(key(split), 1)).names.first == "ledger.step_attempted.v1")
  }
}
