import Foundation
import Kernel
import Log
import Synchronization
import Testing

@testable import Engine

/// A process that asks for one thing over and over, and owes one call.
struct NaggingProcess: LedgerProcess {
  var command: LedgerCommand
  var isAsking = true

  mutating func take(_ recorded: Recorded) -> Reaction<EffectRunnerTests.Errand> {
    Reaction(opened: [EffectRunnerTests.Errand(key: "a")])
  }
  var wakeAt: Instant? { isAsking ? Instant(microseconds: 0) : nil }
  mutating func wake(at now: Instant, _ state: LedgerState) -> [(CommandID, LedgerCommand)] {
    guard isAsking else { return [] }
    isAsking = false
    return [(CommandID(text: "nag")!, command)]
  }
}

@Suite struct TroubleTests {
  let start = Instant(microseconds: 1_000_000_000)

  private func loop<P: LedgerProcess>(_ store: any EventStore, _ process: P) -> Loop<P> {
    Loop(
      store: store, process: process, settings: MachineSettings(),
      clock: { Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) },
      perform: { _, _ in }, report: { _ in })
  }

  @Test("does: tells of the machine's own commands that were refused")
  func tells() throws {
    let process = NaggingProcess(command: .wallet(.quarantine(nonce: 1, reason: "x")))
    var machine = Machine(process: process)
    let step = try machine.step([MachineTests.open()], at: start, MemoryStore())
    #expect(step.troubles == ["nag was refused: ledger_not_opened"])
  }

  @Test("does: a clock set back an hour holds up no call by an hour")
  func setBack() throws {
    let store = MemoryStore()
    let idle = NaggingProcess(command: .wallet(.quarantine(nonce: 1, reason: "x")))
    var machine = Machine(process: idle)
    let first = try machine.step([MachineTests.open()], at: start, store)
    let call = try #require(first.calls.first)
    _ = machine.finish(call, .transient("lost", retryAfterSeconds: nil), at: start)
    let back = start.adding(seconds: -600)
    #expect(try machine.step([], at: back, store).calls.isEmpty)
    #expect(try machine.step([], at: back.adding(seconds: 60), store).calls.count == 1)
    // After a restart the log's own times are the only ones known.
    var restarted = Machine(process: idle)
    try restarted.replay(store)
    #expect(try restarted.step([], at: back, store).calls.count == 1)
  }

  @Test("does: a provider's Retry-After stands, whatever another call brings")
  func retryAfter() {
    var lane = Lane(limits: LaneLimits())
    for key in ["a", "b", "c"] as [Subject] { lane.add(key, notBefore: start) }
    #expect(lane.next(at: start).count == 3)
    lane.noteFailure(retryAfter: 120, at: start)
    lane.noteAnswer()
    lane.noteGone()
    lane.add("d", notBefore: start)
    #expect(lane.next(at: start.adding(seconds: 119)).isEmpty)
    #expect(lane.next(at: start.adding(seconds: 120)) == ["d"])
  }

  @Test("does: stops although the log is full and the machine owes commands")
  func stopsWhenFull() throws {
    let store = StubbornStore(StubbornStore.Mood(isFull: true))
    let genesis = LedgerCommand.ledger(.open(environment: .sandbox, log: "00"))
    let loop = loop(store, NaggingProcess(command: genesis))
    let done = AnswerList()
    loop.submit(MachineTests.open("other")) { done.add($0) }
    loop.stop()
    try loop.run()
    #expect(done.all == [.full])
    #expect(store.mood.withLock { $0.fulls } < 5)
  }

  @Test("does: lives on where there is no room to note that everything is synced")
  func restsWhenFull() async throws {
    let store = StubbornStore(StubbornStore.Mood(isFullAtRest: true))
    let loop = loop(store, IdleProcess())
    Thread {
      do { try loop.run() } catch { Issue.record("\(error)") }
    }.start()
    // Tries, not time: the tests' threads may be busy for minutes.
    for _ in 0..<1_000 where store.mood.withLock({ $0.rests }) == 0 {
      try await Task.sleep(for: .milliseconds(20))
    }
    let done = AnswerList()
    loop.submit(MachineTests.open()) { done.add($0) }
    for _ in 0..<1_000 where done.all.isEmpty {
      try await Task.sleep(for: .milliseconds(20))
    }
    loop.stop()
    #expect(done.all == [.accepted(first: 1, last: 1)])
  }

  @Test("does: a group that is too large is asked for again and fits in smaller ones")
  func tooLarge() async throws {
    let store = StubbornStore(StubbornStore.Mood(most: 100))
    let loop = loop(store, IdleProcess())
    let first = AnswerList()
    loop.submit(MachineTests.open()) { first.add($0) }
    for index in 1...999 { loop.submit(MachineTests.notice(index)) { first.add($0) } }
    Thread { try? loop.run() }.start()
    func answered(_ list: AnswerList, _ count: Int) async throws {
      for _ in 0..<4_000 where list.all.count < count {
        try await Task.sleep(for: .milliseconds(5))
      }
    }
    try await answered(first, 1_000)
    #expect(Set(first.all) == [.full])
    var position: UInt64 = 0
    for round in 0..<20 where position < 300 {
      let again = AnswerList()
      loop.submit(MachineTests.open()) { again.add($0) }
      for index in 1...299 { loop.submit(MachineTests.notice(index)) { again.add($0) } }
      try await answered(again, 300)
      position = store.head.position
      #expect(round < 19)
    }
    loop.stop()
    #expect(store.head.position == 300)
  }
}
