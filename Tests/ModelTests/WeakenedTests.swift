import Model
import Support
import Testing

/// The protocol without one of its rules breaks, and this is the shortest way (reliability 3.7).
@Suite(.serialized) struct WeakenedTests {
  private func breaks(
    _ promise: Promise, _ states: Int, _ set: (inout Rules) -> Void, after way: String,
    at place: SourceLocation = #_sourceLocation
  ) async throws {
    var rules = Rules()
    set(&rules)
    let all = try await offPool { [rules] in Exploration(rules, watching: [promise]) }
    #expect(all.states == states, "the model is another one", sourceLocation: place)
    guard case .breaks(promise, let actions) = all.verdict else {
      Issue.record("\(all.verdict)", sourceLocation: place)
      return
    }
    let told = actions.map(\.description).joined(separator: "\n")
    #expect(told == way, "\(told)", sourceLocation: place)
  }

  @Test("breaks: no nonce is reserved, as on the platform before this one")
  func unreserved() async throws {
    try await breaks(
      .paidOnce, 69, { $0.reservesNonce = false },
      after: """
        p0 signs and broadcasts [w0 n0 pay b0]
        mined [w0 n0 pay b0]
        crash
        p0 signs and broadcasts [w0 n1 pay b0]
        mined [w0 n1 pay b0]
        """)
  }

  @Test("breaks: no hash is stored, and `nonce too low` gets another nonce")
  func renumbered() async throws {
    try await breaks(
      .paidOnce, 200, { ($0.storesHash, $0.tooLow) = (false, .takesAnother) },
      after: """
        p0 reserves nonce 0 for b0
        p0 signs and broadcasts [w0 n0 pay b0]
        mined [w0 n0 pay b0]
        one more of w0 is final
        crash
        p0 gives up the nonce of b0
        p0 reserves nonce 1 for b0
        p0 signs and broadcasts [w0 n1 pay b0]
        mined [w0 n1 pay b0]
        """)
  }

  @Test("breaks: no hash is stored, and what nobody knows halts: safe, and stuck for good")
  func halted() {
    var rules = Rules()
    rules.storesHash = false
    let all = Exploration(rules)
    #expect(all.states == 319)
    #expect(all.verdict == .holds(stuck: 52))
    #expect(
      all.stuckAfter.map(\.description).joined(separator: "\n") == """
        p0 reserves nonce 0 for b0
        p0 signs and broadcasts [w0 n0 pay b0]
        mined [w0 n0 pay b0]
        one more of w0 is final
        crash
        """)
  }

  @Test("breaks: a replacement takes another nonce")
  func replaced() async throws {
    try await breaks(
      .paidOnce, 506, { $0.keepsNonce = false },
      after: """
        p0 reserves nonce 0 for b0
        p0 signs [w0 n0 pay b0]
        p0 broadcasts [w0 n0 pay b0]
        mined [w0 n0 pay b0]
        p0 replaces b0 at nonce 1
        p0 broadcasts [w0 n1 pay b0]
        mined [w0 n1 pay b0]
        """)
  }

  @Test("breaks: the outcome is taken before finality")
  func hasty() async throws {
    try await breaks(
      .paidAtAll, 147, { $0.waitsForFinality = false },
      after: """
        p0 reserves nonce 0 for b0
        p0 signs [w0 n0 pay b0]
        p0 broadcasts [w0 n0 pay b0]
        mined [w0 n0 pay b0]
        p0 records b0 as paid
        reorg of w0
        """)
  }

  @Test("breaks: two processes, and an append doesn't name its position")
  func unfenced() async throws {
    try await breaks(
      .boundForLife, 10, { ($0.checksPosition, $0.processes) = (false, 2) },
      after: """
        p0 reserves nonce 0 for b0
        p1 reserves nonce 0 for b1
        """)
  }

  @Test("breaks: an older copy of the log is restored, and carries on")
  func carriesOn() async throws {
    try await breaks(
      .paidOnce, 6_807, { ($0.restores, $0.recovery) = (1, .carriesOn) },
      after: """
        p0 reserves nonce 0 for b0
        p0 signs [w0 n0 pay b0]
        p0 broadcasts [w0 n0 pay b0]
        mined [w0 n0 pay b0]
        restore of the log's first 0
        p0 reserves nonce 1 for b0
        p0 signs [w0 n1 pay b0]
        p0 broadcasts [w0 n1 pay b0]
        mined [w0 n1 pay b0]
        """)
  }

  @Test("breaks: an older copy is restored, adopts what the chain shows, and carries on")
  func adopts() async throws {
    try await breaks(
      .paidOnce, 14_000, { ($0.restores, $0.recovery) = (1, .adopts) },
      after: """
        p0 reserves nonce 0 for b0
        p0 signs [w0 n0 pay b0]
        p0 broadcasts [w0 n0 pay b0]
        restore of the log's first 0
        p0 reserves nonce 0 for b1
        mined [w0 n0 pay b0]
        p0 reserves nonce 1 for b0
        p0 signs [w0 n1 pay b0]
        p0 broadcasts [w0 n1 pay b0]
        mined [w0 n1 pay b0]
        """)
  }
}
