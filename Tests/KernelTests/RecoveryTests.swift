import Testing

@testable import Kernel

@Suite struct RecoveryTests {
  private func recover(_ owed: String, _ reason: String) -> LedgerCommand {
    .ledger(.recover(owed: owed, reason: reason))
  }

  @Test("does: the end of a recovery is a fact, with what was owed and a person's words")
  func recovers() {
    var world = World()
    let decision = world.ask(recover("restored from a backup", "the chain agrees"))
    #expect(decision.names == ["ledger.recovered.v1"])
    #expect(decision.events.first?.place.stream == StreamName(unchecked: "ledger-main"))
    // Another restore, another recovery.
    #expect(world.ask(recover("restored again", "it agrees again")).names.count == 1)
    #expect(world.state.genesis?.log == "00ff")
  }

  @Test("refuses: a recovery of no log, without words, or with too many")
  func refuses() {
    #expect(LedgerState().decide(recover("x", "y"), at: World().now).refusal == .ledgerNotOpened)
    var world = World()
    #expect(world.ask(recover("restored", "")).refusal == .textMissing)
    #expect(world.ask(recover("", "agreed")).refusal == .textMissing)
    let long = String(repeating: "x", count: Limits.descriptionMost)
    #expect(world.ask(recover("restored", long + "x")).refusal == .textTooLong)
    #expect(world.ask(recover("restored", long)).names.count == 1)
  }

  @Test("does: the beginning of an adoption is a fact; refuses: no words, too many, no log")
  func adopts() {
    func adopt(_ reason: String) -> LedgerCommand {
      .ledger(.beginAdoption(forgotten: 2, reason: reason))
    }
    var world = World()
    #expect(world.ask(adopt("the disk is lost")).names == ["ledger.adoption_begun.v1"])
    #expect(world.ask(adopt("")).refusal == .textMissing)
    let long = String(repeating: "x", count: Limits.descriptionMost + 1)
    #expect(world.ask(adopt(long)).refusal == .textTooLong)
    #expect(LedgerState().decide(adopt("x"), at: world.now).refusal == .ledgerNotOpened)
  }
}
