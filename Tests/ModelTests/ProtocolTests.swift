import Model
import Support
import Testing

/// The full protocol keeps every promise in every state, and there is none from which it can't end
/// well without another fault.
///
/// The numbers of states of the first four are those of reliability 3.7, where another program
/// counted them.
@Suite(.serialized) struct ProtocolTests {
  private func holds(
    _ states: Int, _ set: (inout Rules) -> Void, at place: SourceLocation = #_sourceLocation
  ) async throws {
    var rules = Rules()
    set(&rules)
    let all = try await offPool { [rules] in Exploration(rules) }
    let stuck = "\(all.verdict), \(all.stuckAfter)"
    #expect(all.verdict == .holds(stuck: 0), "\(stuck)", sourceLocation: place)
    #expect(all.states == states, "the model is another one", sourceLocation: place)
  }

  @Test("holds: a reorg, a cancel and fee bumps")
  func plain() async throws { try await holds(30_309) { _ in } }

  @Test("holds: a zombie twin, and fee bumps")
  func twin() async throws {
    try await holds(97_015) { ($0.processes, $0.reorgs, $0.cancels) = (2, 0, 0) }
  }

  @Test("holds: a restore of any prefix of the log, and another wallet")
  func restore() async throws {
    try await holds(23_479) { ($0.restores, $0.reorgs, $0.cancels, $0.bumps) = (1, 0, 0, 0) }
  }

  @Test("holds: a restore of any prefix of the log, another wallet, and a reorg")
  func restoreAndReorg() async throws {
    try await holds(60_795) { ($0.restores, $0.cancels, $0.bumps) = (1, 0, 0) }
  }

  @Test("holds: a restore, and open nonces closed by what the witness knows")
  func witness() async throws {
    try await holds(18_941) {
      ($0.restores, $0.reorgs, $0.cancels, $0.bumps) = (1, 0, 0, 0)
      $0.recovery = .closes
    }
  }

  @Test("holds: a payment that is reverted, a reorg and fee bumps")
  func reverted() async throws {
    try await holds(21_891) { ($0.reverts, $0.cancels, $0.entries) = (1, 0, 20) }
  }

  @Test("holds: a stranger with our key, while what was signed before is settled")
  func intrusion() async throws {
    try await holds(30_412) {
      ($0.intrusions, $0.cancels, $0.bumps) = (1, 0, 0)
      $0.isLoose = true
    }
  }

  @Test("holds: a quarantine at any time")
  func alarm() async throws {
    try await holds(10_571) {
      ($0.alarms, $0.reorgs, $0.cancels, $0.bumps) = (1, 0, 0, 0)
      $0.isLoose = true
    }
  }

  @Test("holds: a cancel of what isn't signed yet")
  func early() async throws {
    try await holds(1_645) {
      $0.bumps = 0
      $0.isLoose = true
    }
  }
}
