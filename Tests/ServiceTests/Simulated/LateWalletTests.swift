import Engine
import Kernel
import Log
import Sagas
import Testing

@testable import Service

/// Payments from before anybody knew the host wallet: the node was down when the service began.
@Suite struct LateWalletTests {
  @Test("does: what was paid before the wallet was claimed is paid out after it, with a restart")
  func late() throws {
    for isRestarted in [false, true] {
      let story = SimulatedLineTests()
      var line = SimulatedLine(
        store: MemoryStore(), world: ScriptedWorld(seed: 5, lossOneIn: 0),
        start: SimulatedLineTests.start)
      line.submit(.ledger(.open(environment: .sandbox, log: "00ff")), "genesis", after: 0)
      line.submit(story.register("-1001000000001", .threshold), "r1", after: 1)
      line.submit(story.register("-1001000000002", .instant), "r2", after: 1)
      line.submit(
        story.notice("300", "-1001000000001", "50", "0.08", "eth"), "n300", after: 10)
      line.submit(
        story.notice("200", "-1001000000002", "25", "25", "usdterc20"), "n200", after: 20)
      try line.run(until: SimulatedLineTests.start.adding(seconds: 3_600))
      if isRestarted { try line.crash() }
      line.submit(
        .wallet(
          .claim(address: "0x00000000000000000000000000000000000000bb", chain: 1, nonce: 0)),
        "wallet", after: 0)
      try line.run(until: SimulatedLineTests.start.adding(seconds: 12_000))
      let counts = try story.names(line)
      #expect(counts["split.requested.v1"] == 3, "\(counts)")
      #expect(counts["conversion.completed.v1"] == 1)
      #expect(counts["batch.completed.v1"] == 1)
      #expect(counts["transfer.confirmed.v1"] == 3)
      #expect(line.machine.runner.count == 0)
    }
  }

  @Test("does: looks at a channel at once where configured so, and only at those that changed")
  func atOnce() throws {
    var process = PayoutProcess(
      terms: SagaTerms(flow: .fixedRate), batchIntervalSeconds: 300, batchesAtOnce: true)
    let start = SimulatedLineTests.start
    #expect(process.wake(at: start, LedgerState()).isEmpty)
    #expect(process.wakeAt == start.adding(seconds: 300))
    // Set back by a day, the next run is not a day away.
    _ = process.wake(at: start.adding(seconds: -86_400), LedgerState())
    #expect(process.wakeAt == start.adding(seconds: 300 - 86_400))
  }
}
