import Model
import Simulator
import Support
import Testing

@Suite struct SimulationTests {
  @Test("does: days of trouble end well, whatever the seed draws", arguments: [1, 2, 3, 5])
  func days(seed: UInt64) async throws {
    let outcome = try await offPool { Simulation(Plan(seed: seed, days: 2)).run() }
    #expect(outcome.violation == nil, "seed \(seed): \(outcome.faults.map(\.rawValue))")
    #expect(outcome.events > 10)
  }

  @Test("does: what log and chain of a seed tell is one of the model's ways")
  func followed() async throws {
    let (payouts, refused) = try await offPool {
      var (payouts, refused) = (0, [String]())
      for seed in [22, 26, 30, 31] as [UInt64] {
        let simulation = Simulation(Plan(seed: seed, days: 2))
        payouts += simulation.run().payouts
        let chain = simulation.consumed.map {
          Consumed(nonce: $0.nonce, hash: $0.hash, isSuccess: $0.isMoving)
        }
        let verdict = try Trace(of: try simulation.facts(), chain: chain).check()
        if verdict != .accepted { refused.append("seed \(seed): \(verdict)") }
      }
      return (payouts, refused)
    }
    #expect(refused == [])
    #expect(payouts > 0)
  }

  // Bytes that leave before their sync are missed only where a sync is slow and ends with a kill:
  // that takes more days.
  @Test(
    "refuses: a service that leaves a rule out",
    arguments: [(Weakness.settleAtHead, 2), (.forgetCommands, 2), (.callBeforeSync, 5)])
  func weaknesses(weakness: Weakness, days: Int) async throws {
    let caught = try await offPool {
      (1...20 as ClosedRange<UInt64>).first { seed in
        Simulation(Plan(seed: seed, days: days), weakness: weakness).run().violation != nil
      }
    }
    #expect(caught != nil, "nobody missed \(weakness.rawValue)")
  }
}
