import Foundation
import Kernel
import Log
import Support
import Synchronization
import Testing

@testable import Engine

@Suite struct PipelineTests {
  private let store = GatedStore()
  private let answers = AnswerList()
  private let outcome = Signal<StoreError??>(nil)

  /// A running loop whose log is opened.
  private func start() -> Loop<IdleProcess> {
    let loop = Loop(
      store: store, process: IdleProcess(), settings: MachineSettings(),
      clock: { Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) },
      perform: { _, _ in }, report: { _ in })
    let outcome = outcome
    Thread {
      do throws(StoreError) {
        try loop.run()
        outcome.post { $0 = .some(nil) }
      } catch {
        outcome.post { $0 = error }
      }
    }.start()
    store.letGo()
    ask(loop, MachineTests.open())
    waitForAnswers(1)
    return loop
  }

  private func ask(_ loop: Loop<IdleProcess>, _ submission: Submission) {
    loop.submit(submission) { [answers] in answers.add($0) }
  }

  private func waitForAnswers(_ count: Int) {
    let end = Date().addingTimeInterval(60)
    while answers.all.count < count, Date() < end { usleep(500) }
    #expect(answers.all.count == count)
  }

  @Test("tells: nobody a word of a group, nor of what rests on it, before it is durable")
  func silent() async throws {
    try await offPool {
      let loop = start()
      ask(loop, MachineTests.notice(1))
      #expect(store.waitUntilEntered(2))
      ask(loop, MachineTests.notice(1))  // A replay of what isn't durable.
      ask(loop, MachineTests.notice(2, id: "n1"))  // Its id for something else.
      ask(loop, MachineTests.notice(1, id: "again"))  // Nothing new, once it is durable.
      ask(loop, MachineTests.notice(2))
      let seen = Mutex(false)
      loop.inspect { _ in seen.withLock { $0 = true } }
      ask(loop, MachineTests.notice(3))
      usleep(100_000)
      #expect(answers.all.count == 1)
      #expect(store.entered == 2)
      store.letGo()
      #expect(store.waitUntilEntered(3))
      waitForAnswers(2)
      usleep(50_000)
      #expect(answers.all.count == 2)
      #expect(!seen.withLock { $0 })
      store.letGo()
      store.letGo()
      waitForAnswers(7)
      #expect(seen.withLock { $0 })
      #expect(
        answers.all.prefix(6) == [
          .accepted(first: 1, last: 1), .accepted(first: 2, last: 2),
          .replayed(first: 2, last: 2), .keyReused, .ignored(head: 2),
          .accepted(first: 3, last: 3),
        ])
      #expect(answers.all.last == .accepted(first: 4, last: 4))
      loop.stop()
      _ = outcome.wait(microseconds: 60_000_000) { $0 }
      #expect(store.head.position == 4)
    }
  }

  @Test("answers: full to a group that wasn't written and to the one behind it, then goes on")
  func full() async throws {
    try await offPool {
      let loop = start()
      ask(loop, MachineTests.notice(1))
      #expect(store.waitUntilEntered(2))
      ask(loop, MachineTests.notice(2))
      usleep(20_000)
      store.letGo(.full("no room"))
      waitForAnswers(3)
      #expect(answers.all.suffix(2) == [.full, .full])
      store.letGo()
      store.letGo()
      ask(loop, MachineTests.notice(2))
      ask(loop, MachineTests.notice(1))
      waitForAnswers(5)
      #expect(
        answers.all.suffix(2) == [.accepted(first: 2, last: 2), .accepted(first: 3, last: 3)])
      loop.stop()
      _ = outcome.wait(microseconds: 60_000_000) { $0 }
    }
  }

  @Test("ends: without a word to anybody when a group may be half on the disk")
  func fatal() async throws {
    try await offPool {
      let loop = start()
      ask(loop, MachineTests.notice(1))
      #expect(store.waitUntilEntered(2))
      ask(loop, MachineTests.notice(2))
      usleep(20_000)
      store.letGo(.failed("fdatasync: input/output error"))
      let ended = outcome.wait(microseconds: 60_000_000) { $0 }
      #expect(ended == .some(.failed("fdatasync: input/output error")))
      #expect(answers.all == [.accepted(first: 1, last: 1)])
      #expect(store.entered == 2)
    }
  }

  @Test("does: what is queued is written before the loop ends, also while a group is on its way")
  func stops() async throws {
    try await offPool {
      let loop = start()
      ask(loop, MachineTests.notice(1))
      #expect(store.waitUntilEntered(2))
      ask(loop, MachineTests.notice(2))
      loop.stop()
      ask(loop, MachineTests.notice(3))
      usleep(20_000)
      #expect(outcome.wait(microseconds: 0) { $0 } == nil)
      store.letGo()
      store.letGo()
      #expect(outcome.wait(microseconds: 60_000_000) { $0 } == .some(nil))
      #expect(
        answers.all == [
          .accepted(first: 1, last: 1), .stopping, .accepted(first: 2, last: 2),
          .accepted(first: 3, last: 3),
        ])
    }
  }
}

@Suite struct FormerDigestTests {
  let now = Instant(microseconds: 1_000_000_000)

  private func store(_ id: String, _ command: LedgerCommand) throws -> MemoryStore {
    let store = MemoryStore()
    var machine = Machine(process: IdleProcess())
    _ = try machine.step([MachineTests.open()], at: now, store)
    // As it was written when digests were of the printed command.
    let former = Submission(
      id: CommandID(text: id)!, digest: SHA256.digest(of: Array("\(command)".utf8)),
      command: command, actor: "service")
    _ = try machine.step([former], at: now, store)
    return store
  }

  @Test("ignores: a command that is in the log under its former digest, and no other")
  func former() throws {
    let command = LedgerCommand.wallet(.claim(address: "0xaa", chain: 1, nonce: 7))
    let store = try store("wallet/claim", command)
    var machine = Machine(process: IdleProcess())
    try machine.replay(store)
    func ask(_ command: LedgerCommand) throws -> [Answer] {
      let submission = Submission(
        id: CommandID(text: "wallet/claim")!, digest: CommandDigest.of(command),
        command: command, actor: "service")
      return try machine.step([submission], at: now, store).answers
    }
    #expect(try ask(command) == [.replayed(first: 2, last: 2)])
    #expect(try ask(.wallet(.claim(address: "0xaa", chain: 1, nonce: 8))) == [.keyReused])
    #expect(store.head.position == 2)
  }

  @Test("ignores: a report that was taken under the id of its former digest")
  func report() throws {
    let command = LedgerCommand.wallet(.claim(address: "0xaa", chain: 1, nonce: 7))
    let former = CommandDigest.report(SHA256.digest(of: Array("\(command)".utf8)), on: 1)
    let store = try store(former.text, command)
    func outcome(_ machine: inout Machine<IdleProcess>) throws -> UInt64 {
      let digest = CommandDigest.of(command)
      let submission = Submission(
        id: CommandDigest.report(digest, on: 1), digest: digest, command: command,
        actor: "process:lane", causedBy: 1)
      #expect(
        try machine.step([submission], at: now, store).answers == [.replayed(first: 2, last: 2)])
      return store.head.position
    }
    var machine = Machine(process: IdleProcess())
    try machine.replay(store)
    #expect(try outcome(&machine) == 2)
  }
}
