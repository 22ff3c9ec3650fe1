import Kernel
import Log
import Testing

@testable import Engine

/// Owes one call from payment 1's notice on; payment 2's is its outcome.
private struct OweOne: LedgerProcess {
  mutating func take(_ recorded: Recorded) -> Reaction<EffectRunnerTests.Errand> {
    switch recorded.position {
    case 2: Reaction(opened: [EffectRunnerTests.Errand(key: "a")])
    case 3: Reaction(closed: ["a"])
    default: Reaction()
    }
  }
  var wakeAt: Instant? { nil }
  mutating func wake(at now: Instant, _ state: LedgerState) -> [(CommandID, LedgerCommand)] { [] }
}

/// A call whose answer is decided and not yet durable.
@Suite struct AnsweredCallTests {
  private let now = Instant(microseconds: 1_000_000_000)
  private let store = MemoryStore()
  private var later: Instant { now.adding(seconds: 3_600) }

  /// A machine whose one call was made.
  private func called() throws -> (Machine<OweOne>, EffectRunner<EffectRunnerTests.Errand>.Call) {
    var machine = Machine(process: OweOne())
    let step = try machine.step([MachineTests.open(), MachineTests.notice(1)], at: now, store)
    return (machine, try #require(step.calls.first))
  }

  @Test("refuses: to call again while the answer is on its way to the disk, however long")
  func onItsWay() throws {
    var (machine, call) = try called()
    func due() -> [Int] { machine.due(at: later).map(\.attempt) }
    _ = machine.finish(call, .report([MachineTests.notice(2).command]), at: now)
    #expect(due() == [])
    let proposals = try machine.gather([], at: now, store)
    #expect(proposals.count == 1)
    #expect(due() == [])
    machine.close()
    // The next group is decided meanwhile.
    _ = try machine.gather([MachineTests.notice(3)], at: now, store)
    #expect(due() == [])
    _ = try store.append(proposals)
    let landed = machine.land()
    #expect(due() == [])
    _ = machine.settle(landed)
    #expect(due() == [])
    #expect(machine.runner.count == 0)
  }

  @Test("does: call again, sixty seconds after an answer that was refused")
  func refused() throws {
    var (machine, call) = try called()
    func due(_ seconds: Int64) -> [Int] {
      machine.due(at: now.adding(seconds: seconds)).map(\.attempt)
    }
    // A ledger is opened once: no fact follows.
    _ = machine.finish(call, .report([MachineTests.open("other", log: "01").command]), at: now)
    let proposals = try machine.gather([], at: now, store)
    #expect(proposals.isEmpty)
    #expect(due(3_600) == [])
    #expect(!machine.isOpenEmpty)
    machine.close()
    let step = machine.settle(machine.land())
    #expect(step.troubles.count == 1)
    #expect(due(59) == [])
    #expect(due(60) == [2])
  }

  @Test("does: call again in its time where the clock was set back meanwhile")
  func setBack() throws {
    var (machine, call) = try called()
    _ = machine.finish(call, .report([MachineTests.open("other", log: "01").command]), at: now)
    let before = now.adding(seconds: -1_000)
    _ = try machine.gather([], at: before, store)
    machine.close()
    _ = machine.settle(machine.land())
    let due = machine.due(at: before.adding(seconds: 60))
    #expect(due.map(\.attempt) == [2])
  }
}
