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

  // Each takes something that isn't there every day: bytes that leave before their sync a slow one
  // and a kill, a nonce that is forgotten a start, an append from the past somebody who sends it.
  // Looked for from a seed on that had it once.
  @Test(
    "refuses: a service that leaves a rule out",
    arguments: [
      (Weakness.settleAtHead, 2, 1, "I12"), (.forgetCommands, 4, 4, "people"),
      (.callBeforeSync, 6, 5, "I10"), (.forgetNonces, 4, 25, "I8"), (.anyVersion, 4, 7, "I8"),
      (.payUnasked, 4, 8, "S4"),
    ])
  func weaknesses(weakness: Weakness, days: Int, first: UInt64, invariant: String) async throws {
    let broken = try await offPool {
      (first...first + 30).lazy.compactMap { seed in
        Simulation(Plan(seed: seed, days: days), weakness: weakness).run().violation
      }.first
    }
    #expect(broken?.hasPrefix(invariant) == true, "\(weakness.rawValue): \(broken ?? "unseen")")
  }

  // Where one is restored several times a day: now its mirror is found, now only the witness knows.
  @Test("does: an older copy signs nothing until it is repaired, and its books end as the chain")
  func restored() async throws {
    let (broken, marks) = try await offPool {
      var (broken, marks) = ([String](), Marks())
      for seed in [1, 2, 3, 4] as [UInt64] {
        let outcome = Simulation(Plan(seed: seed, days: 3, often: [.restore])).run()
        if let violation = outcome.violation { broken.append("seed \(seed): \(violation)") }
        marks.add(outcome.marks)
      }
      return (broken, marks)
    }
    #expect(broken == [])
    for mark in ["facts came back", "after adoption", "with a new epoch"] {
      let isSeen = marks.counts.keys.contains {
        $0.hasPrefix("recovery: completed") && $0.hasSuffix(mark)
      }
      #expect(isSeen, "\(mark)")
    }
    #expect(marks.counts["recovery: what was signed was adopted"] != nil)
  }

  @Test(
    "refuses: a start, a disk, a witness and tables that are believed unseen",
    arguments: [
      (Weakness.startUnchecked, [Fault.restore], ["recovery"]),
      (.sameEpoch, [.restore], ["recovery", "I15"]),
      (.trustDisk, [.lie, .power], ["I14"]), (.otherRows, [], ["I17"]),
    ])
  func believed(weakness: Weakness, often: [Fault], invariants: [String]) async throws {
    let broken = try await offPool {
      (1...30).lazy.compactMap { seed in
        Simulation(Plan(seed: seed, days: 3, often: Set(often)), weakness: weakness).run().violation
      }.first
    }
    let isNamed = invariants.contains { broken?.hasPrefix($0) == true }
    #expect(isNamed, "\(weakness.rawValue): \(broken ?? "unseen")")
  }

  // PP-10, PP-14: what the payment provider says too early, and of another order than before.
  @Test("refuses: to send a coin that hasn't come; ignores an order that has another's payment")
  func deposits() async throws {
    let often: Set<Fault> = [.lateDeposit, .reusedID]
    let (broken, marks, unlooked) = try await offPool {
      var (broken, marks) = ([String](), Marks())
      for seed in [1, 2, 3, 105] as [UInt64] {
        let outcome = Simulation(Plan(seed: seed, days: 4, often: often)).run()
        if let violation = outcome.violation { broken.append("seed \(seed): \(violation)") }
        marks.add(outcome.marks)
      }
      let unlooked = (100...130).lazy.compactMap { (seed: UInt64) in
        Simulation(Plan(seed: seed, days: 4, often: [.lateDeposit]), weakness: .trustDeposits)
          .run().violation
      }.first
      return (broken, marks, unlooked)
    }
    #expect(broken == [])
    for mark in [
      "payer: finished long before the money comes",
      "people: a payment is said to be for two orders",
    ] {
      #expect(marks.counts[mark] != nil, "\(mark)")
    }
    #expect(unlooked?.hasPrefix("PP-10") == true, "\(unlooked ?? "unseen")")
  }

  @Test("refuses: members that a batch forgets, before a fact says so")
  func members() async {
    // The books notice by themselves (I3), and the process ends.
    await #expect(processExitsWith: .failure) {
      for seed in 1...10 as ClosedRange<UInt64> {
        let simulation = Simulation(Plan(seed: seed, days: 4), weakness: .forgetMembers)
        precondition(simulation.run().violation == nil, "noticed, and later than by the books")
      }
    }
  }
}
