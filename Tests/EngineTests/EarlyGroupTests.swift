import Foundation
import Kernel
import Log
import Support
import Synchronization
import Testing

@testable import Engine

/// A clock of the test's own; slow, every look at it takes a second.
private final class TestClock: Sendable {
  private let state = Mutex((now: Int64(1_000_000_000), step: Int64(10)))

  func slow() { state.withLock { $0.step = 1_000_000 } }

  func look() -> Instant {
    state.withLock { state in
      state.now += state.step
      return Instant(microseconds: state.now)
    }
  }
}

/// Groups that leave while the rest of what came is still being decided.
@Suite struct EarlyGroupTests {
  private static let start = Instant(microseconds: 1_000_000_000)

  private static func after(_ microseconds: Int64) -> Instant {
    Instant(microseconds: start.microseconds + microseconds)
  }

  /// A pipeline that knows what a group costs: a millisecond.
  private static func priced(_ store: MemoryStore) throws -> Pipeline<IdleProcess> {
    var pipe = Pipeline(Machine(process: IdleProcess()), most: 1_000)
    let opening = try pipe.gather([(MachineTests.open(), { @Sendable _ in })], start, store)
    let isEarly = pipe.leavesEarly(after(9_000_000), since: start)
    #expect(!isEarly, "nobody knows the price yet")
    _ = try store.append(opening)
    pipe.machine.close()
    pipe.launch(start)
    let (draft, _) = pipe.land(after(1_000))
    _ = pipe.machine.settle(draft)
    return pipe
  }

  @Test("leaves: what took longer to decide than a group costs, where none is on its way")
  func price() throws {
    let store = MemoryStore()
    var pipe = try Self.priced(store)
    var came = (1...40).map { (MachineTests.notice($0), { @Sendable (_: Answer) in }) }
    func leaves(_ now: Int64, since start: Int64) -> Bool {
      pipe.leavesEarly(Self.after(now), since: Self.after(start))
    }
    #expect(!leaves(9_000_000, since: 0), "it has nothing to write")
    let first = pipe.portion(&came)
    #expect(first.map(\.0.id.text) == (1...16).map { "n\($0)" })
    #expect(came.map(\.0.id.text) == (17...40).map { "n\($0)" })
    _ = try store.append(pipe.gather(first, Self.after(2_000), store))
    #expect(!leaves(3_000, since: 2_000))
    #expect(!leaves(1_000, since: 2_000), "the clock is set back")
    #expect(leaves(3_001, since: 2_000))
    #expect(pipe.flying?.callers.count == 16)
    #expect(pipe.isOpenEmpty)
    // The rest is decided at once, and waits for the one before it.
    let rest = pipe.portion(&came)
    #expect(rest.count == 24 && came.isEmpty)
    _ = try store.append(pipe.gather(rest, Self.after(3_002), store))
    #expect(!leaves(9_000_000, since: 3_002))
    let landed = pipe.land(Self.after(5_000)).1
    #expect(landed.callers.count == 16)
    #expect(pipe.open.callers.count == 24)
  }

  @Test("does: both groups, one after the other, and answers each when it is durable")
  func both() async throws {
    try await offPool {
      let run = try Run()
      #expect(run.store.waitUntilEntered(3))
      #expect(run.answers.all.count == 2)
      run.store.letGo()
      #expect(run.store.waitUntilEntered(4))
      run.wait(for: 18)
      #expect(run.store.head.position == 18)
      run.store.letGo()
      run.wait(for: 42)
      #expect(run.answers.all == (1...42).map { .accepted(first: $0, last: $0) })
      #expect(
        try run.store.read(after: 2, limit: 99).map(\.command.text) == (2...41).map { "n\($0)" })
      #expect(run.end() == .some(nil))
    }
  }

  @Test("answers: full to both where the first wasn't written, and takes all of it again")
  func full() async throws {
    try await offPool {
      let run = try Run()
      #expect(run.store.waitUntilEntered(3))
      run.store.letGo(.full("no room"))
      run.wait(for: 42)
      #expect(run.answers.all.suffix(40) == (1...40).map { _ in .full })
      #expect(run.store.head.position == 2)
      for _ in 0..<40 { run.store.letGo() }
      run.ask(2...41)
      run.wait(for: 82)
      #expect(run.answers.all.suffix(40) == (3...42).map { .accepted(first: $0, last: $0) })
      #expect(run.end() == .some(nil))
    }
  }

  @Test("ends: without a word to anybody of either where the first may be half written")
  func fatal() async throws {
    try await offPool {
      let run = try Run()
      #expect(run.store.waitUntilEntered(3))
      run.store.letGo(.failed("gone"))
      #expect(run.ended() == .some(.failed("gone")))
      #expect(run.answers.all.count == 2)
      #expect(run.store.entered == 3)
    }
  }
}

/// A loop to which 40 ask at once when the second answer is given, while it decides slowly.
private final class Run: Sendable {
  let store = GatedStore()
  let answers = AnswerList()
  private let loop: Loop<IdleProcess>
  private let outcome = Signal<StoreError??>(nil)

  init() throws {
    let clock = TestClock()
    loop = Loop(
      store: store, process: IdleProcess(), settings: MachineSettings(), clock: clock.look,
      perform: { _, _ in }, report: { _ in })
    Thread { [loop, outcome] in
      do throws(StoreError) {
        try loop.run()
        outcome.post { $0 = .some(nil) }
      } catch {
        outcome.post { $0 = error }
      }
    }.start()
    store.letGo()
    loop.submit(MachineTests.open()) { [answers] in answers.add($0) }
    wait(for: 1)
    store.letGo()
    loop.submit(MachineTests.notice(1)) { [self] answer in
      answers.add(answer)
      clock.slow()
      ask(2...41)
    }
  }

  func ask(_ notices: ClosedRange<Int>) {
    for number in notices {
      loop.submit(MachineTests.notice(number)) { [answers] in answers.add($0) }
    }
  }

  func wait(for count: Int) {
    let end = Date().addingTimeInterval(60)
    while answers.all.count < count, Date() < end { usleep(500) }
    #expect(answers.all.count == count)
  }

  func ended() -> StoreError?? { outcome.wait(microseconds: 60_000_000) { $0 } }

  func end() -> StoreError?? {
    loop.stop()
    return ended()
  }
}
