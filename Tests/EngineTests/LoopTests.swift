import Foundation
import Kernel
import Log
import Synchronization
import Testing

@testable import Engine

/// A process with nothing to do: the loop and the machine alone.
struct IdleProcess: LedgerProcess {
  mutating func take(_ recorded: Recorded) -> Reaction<EffectRunnerTests.Errand> { Reaction() }
  var wakeAt: Instant? { nil }
  mutating func wake(at now: Instant, _ state: LedgerState) -> [(CommandID, LedgerCommand)] { [] }
}

@Suite struct MachineTests {
  let now = Instant(microseconds: 1_000_000_000)

  static func open(_ id: String = "genesis", log: String = "00") -> Submission {
    let command = LedgerCommand.ledger(.open(environment: .sandbox, log: log))
    return Submission(
      id: CommandID(text: id)!, digest: SHA256.digest(of: Array("\(command)".utf8)),
      command: command, actor: "test")
  }

  static func notice(_ payment: Int, id: String? = nil) -> Submission {
    let report = PaymentReport(
      payment: PaymentID(text: "\(payment)")!, status: "waiting", source: .notice, raw: "{}")
    let policy = PaymentPolicy(fee: .standardFee, tolerance: .zero, isAccumulating: true)
    let command = LedgerCommand.payment(.note(report, policy))
    return Submission(
      id: CommandID(text: id ?? "n\(payment)")!,
      digest: SHA256.digest(of: Array("\(command)".utf8)), command: command, actor: "test")
  }

  @Test("ignores: the same command again, in one group and in the next")
  func replays() throws {
    let store = MemoryStore()
    var machine = Machine(process: IdleProcess())
    let twice = [Self.open(), Self.notice(1), Self.notice(1)]
    let step = try machine.step(twice, at: now, store)
    #expect(
      step.answers == [
        .accepted(first: 1, last: 1), .accepted(first: 2, last: 2), .replayed(first: 2, last: 2),
      ])
    let again = try machine.step([Self.notice(1)], at: now, store)
    #expect(again.answers == [.replayed(first: 2, last: 2)])
    #expect(store.head.position == 2)
    var restarted = Machine(process: IdleProcess())
    try restarted.replay(store)
    #expect(
      try restarted.step([Self.notice(1)], at: now, store).answers
        == [.replayed(first: 2, last: 2)])
  }

  @Test("refuses: a command id that was used for something else, by name")
  func keyReuse() throws {
    let store = MemoryStore()
    var machine = Machine(process: IdleProcess())
    let step = try machine.step(
      [Self.open(), Self.notice(1, id: "k"), Self.notice(2, id: "k")], at: now, store)
    #expect(step.answers[2] == .keyReused)
    #expect(
      try machine.step([Self.notice(3, id: "k")], at: now, store).answers == [.keyReused])
    #expect(store.head.position == 2)
  }

  @Test("does: raises a clock that fell back to the last recorded time")
  func clock() throws {
    let store = MemoryStore()
    var machine = Machine(process: IdleProcess())
    _ = try machine.step([Self.open()], at: now, store)
    let earlier = Instant(microseconds: now.microseconds - 5_000_000)
    _ = try machine.step([Self.notice(1)], at: earlier, store)
    let times = try store.read(after: 0, limit: 9).map(\.at)
    #expect(times == [now, now])
  }
}

/// Answers as they come, from whatever thread.
final class AnswerList: Sendable {
  private let list = Mutex<[Answer]>([])
  func add(_ answer: Answer) { list.withLock { $0.append(answer) } }
  var all: [Answer] { list.withLock { $0 } }
}

@Suite struct LoopTests {
  private func loop(_ store: any EventStore) -> Loop<IdleProcess> {
    Loop(
      store: store, process: IdleProcess(), settings: MachineSettings(),
      clock: { Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) },
      perform: { _, _ in }, report: { _ in })
  }

  @Test("does: answers every caller once, in groups, after the sync")
  func callers() async throws {
    let store = MemoryStore()
    let loop = loop(store)
    let thread = Thread { try? loop.run() }
    thread.start()
    let answered = AnswerList()
    loop.submit(MachineTests.open()) { answered.add($0) }
    await withTaskGroup(of: Void.self) { group in
      for caller in 0..<8 {
        group.addTask {
          for index in 0..<250 {
            loop.submit(MachineTests.notice(1 + caller * 250 + index)) { answered.add($0) }
          }
        }
      }
    }
    while answered.all.count < 2_001 { try await Task.sleep(for: .milliseconds(2)) }
    loop.stop()
    #expect(store.head.position == 2_001)
    let firsts = answered.all.compactMap { answer -> UInt64? in
      if case .accepted(let first, _) = answer { return first }
      return nil
    }
    #expect(firsts.sorted() == Array(1...2_001))
  }

  @Test("refuses: commands after stop, and drops none before it")
  func stops() async throws {
    let loop = loop(MemoryStore())
    let done = AnswerList()
    loop.submit(MachineTests.open()) { done.add($0) }
    loop.stop()
    loop.submit(MachineTests.notice(1)) { done.add($0) }
    try loop.run()
    #expect(done.all == [.stopping, .accepted(first: 1, last: 1)])
  }
}
