import Foundation
import Kernel
import Log
import Support
import Synchronization
import Testing

@testable import Engine

/// The log's second fact leads to a command.
struct EchoProcess: LedgerProcess {
  mutating func take(_ recorded: Recorded) -> Reaction<EffectRunnerTests.Errand> {
    Reaction(commands: recorded.position == 2 ? [MachineTests.notice(100).command] : [])
  }
  var wakeAt: Instant? { nil }
  mutating func wake(at now: Instant, _ state: LedgerState) -> [(CommandID, LedgerCommand)] { [] }
}

@Suite struct ReturningCallerTests {
  private let answers = AnswerList()
  private let committed = Facts()
  private let ended = Signal<Bool?>(nil)

  private final class Facts: Sendable {
    private let list = Mutex<[UInt64]>([])
    var all: [UInt64] { list.withLock { $0 } }
    func add(_ positions: [UInt64]) { list.withLock { $0 += positions } }
  }

  private func start(_ store: any EventStore) -> Loop<EchoProcess> {
    let committed = committed
    let loop = Loop(
      store: store, process: EchoProcess(), settings: MachineSettings(),
      clock: { Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) },
      perform: { _, _ in },
      report: { report in committed.add(report.committed.map(\.position)) })
    let ended = ended
    Thread {
      try? loop.run()
      ended.post { $0 = true }
    }.start()
    return loop
  }

  private func ask(
    _ loop: Loop<EchoProcess>, _ submission: Submission, then: Submission? = nil
  ) {
    loop.submit(submission) { [answers] in
      answers.add($0)
      if let then { loop.submit(then) { [answers] in answers.add($0) } }
    }
  }

  private func wait(until isSo: () -> Bool) {
    let end = Date().addingTimeInterval(60)
    while !isSo(), Date() < end { usleep(500) }
    #expect(isSo())
  }

  private func stop(_ loop: Loop<EchoProcess>) {
    loop.stop()
    #expect(ended.wait(microseconds: 60_000_000) { $0 } == true)
  }

  @Test("decides: whoever was told and asks again at once, before what follows from that group")
  func returning() async throws {
    try await offPool {
      let store = MemoryStore()
      let loop = start(store)
      ask(loop, MachineTests.open())
      wait { answers.all.count == 1 }
      ask(loop, MachineTests.notice(1), then: MachineTests.notice(2))
      wait { answers.all.count == 3 && store.head.position == 4 }
      stop(loop)
      #expect(
        answers.all == [
          .accepted(first: 1, last: 1), .accepted(first: 2, last: 2),
          .accepted(first: 3, last: 3),
        ])
      // What followed came once, behind it, and every fact was told of once and in order.
      let commands = try store.read(after: 0, limit: 9).map(\.command.text)
      #expect(commands.prefix(3) == ["genesis", "n1", "n2"])
      #expect(commands.count == 4)
      #expect(try store.read(after: 3, limit: 1).first?.causedBy == 2)
      #expect(committed.all == [1, 2, 3, 4])
    }
  }

  @Test("does: what follows from a group once, also where the group behind it isn't written")
  func failing() async throws {
    try await offPool {
      let store = GatedStore()
      let loop = start(store)
      store.letGo()
      ask(loop, MachineTests.open())
      wait { answers.all.count == 1 }
      ask(loop, MachineTests.notice(1), then: MachineTests.notice(2))
      store.letGo()
      // The next group is on its way before anything has followed from the first.
      #expect(store.waitUntilEntered(3))
      store.letGo(.full("no room"))
      wait { answers.all.count == 3 }
      #expect(answers.all.last == .full)
      #expect(committed.all == [1, 2])
      store.letGo()
      wait { store.head.position == 3 }
      store.letGo()
      ask(loop, MachineTests.notice(2))
      wait { answers.all.count == 4 }
      stop(loop)
      #expect(answers.all.last == .accepted(first: 4, last: 4))
      let events = try store.read(after: 0, limit: 9)
      #expect(events.map(\.causedBy) == [nil, nil, 2, nil])
      #expect(events.last?.command.text == "n2")
      #expect(committed.all == [1, 2, 3, 4])
    }
  }
  @Test("does: what follows from a group once, also where what was asked behind it is too large")
  func refused() async throws {
    try await offPool {
      let store = PickyStore(refusing: MachineTests.notice(2).id)
      let loop = start(store)
      ask(loop, MachineTests.open())
      wait { answers.all.count == 1 }
      // It is decided in the very turn in which the first has landed, and nothing has followed yet.
      ask(loop, MachineTests.notice(1), then: MachineTests.notice(2))
      wait { answers.all.count == 3 && store.head.position == 3 }
      #expect(answers.all.suffix(2) == [.accepted(first: 2, last: 2), .full])
      ask(loop, MachineTests.notice(2))
      wait { answers.all.count == 4 }
      stop(loop)
      let events = try store.read(after: 0, limit: 9)
      #expect(events.map(\.causedBy) == [nil, nil, 2, nil])
      #expect(committed.all == [1, 2, 3, 4])
    }
  }
}
