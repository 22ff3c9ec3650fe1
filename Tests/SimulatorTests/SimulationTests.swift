import Simulator
import Support
import Testing

@Suite struct SimulationTests {
  @Test(
    "does: some days of trouble end well, whatever the seed draws",
    arguments: 1...6 as ClosedRange<UInt64>)
  func days(seed: UInt64) async throws {
    let outcome = try await offPool { Simulation(Plan(seed: seed, days: 3)).run() }
    #expect(outcome.violation == nil, "seed \(seed): \(outcome.faults.map(\.rawValue))")
    #expect(outcome.events > 10)
  }

  @Test("does: the same seed lives the same life twice, another one another")
  func repeats() async throws {
    let digests = try await offPool {
      [5, 5, 6].map { Simulation(Plan(seed: $0, days: 2)).run().digest }
    }
    #expect(digests[0] == digests[1])
    #expect(digests[1] != digests[2])
  }
}
