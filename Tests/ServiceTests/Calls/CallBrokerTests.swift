import Engine
import Gateways
import HTTP
import Kernel
import Log
import Sagas
import Support
import Synchronization
import Testing

@testable import PostgresLog
@testable import Service

/// Calls that are out, and nobody answers.
@Suite struct CallBrokerTests {
  private static let effect = Effect.watchSwap(
    SplitID(text: "p1-s1")!, SwapID(text: "swap-1")!)

  private static func lease(_ epoch: Int) -> PostgresCalls.Lease {
    PostgresCalls.Lease(name: effect.lane, epoch: epoch, holder: "node", milliseconds: 1)
  }

  private static func call(_ number: UInt64) -> HandedCall {
    HandedCall(
      epoch: 1, number: number, key: effect.key.text, intent: 5, attempt: 1, effect: effect)
  }

  @Test("does: takes back what lost its lease, or waits for too long; ignores: all else")
  func unanswered() {
    let now = ContinuousClock.now
    var state = CallBroker.State()
    for number in [3, 1, 2] as [UInt64] {
      state.out[number] = CallBroker.Handed(
        call: Self.call(number), lease: Self.lease(number == 2 ? 6 : 7), since: now, done: { _ in })
    }
    func found(_ seconds: Int) -> [[UInt64]] {
      let found = state.unanswered(at: now + .seconds(seconds), .seconds(60))
      return [found.lapsed, found.late]
    }
    // Nobody has the lane.
    #expect(found(1) == [[1, 2, 3], []])
    state.leases[Self.effect.lane] = CallBroker.Held(
      lease: Self.lease(7), until: now + .seconds(100))
    // One is of the holder before.
    #expect(found(1) == [[2], []])
    #expect(found(59) == [[2], []])
    #expect(found(60) == [[2], [1, 3]])
    // The lease wasn't kept.
    #expect(found(100) == [[1, 2, 3], []])
  }

  private final class Made: Sendable {
    let here = Mutex(0)
    let outcomes = Mutex<[String]>([])
  }

  private func eventually(_ isTrue: () throws -> Bool) async throws -> Bool {
    for _ in 0..<2_400 {
      if try isTrue() { return true }
      try await Task.sleep(for: .milliseconds(50))
    }
    return false
  }

  @Test("does: makes a call itself that its performer keeps; drops: the answer that comes then")
  func late() async throws {
    let (server, database) = try await offPool {
      let server = try PostgresServer.shared.get()
      return (server, try server.database())
    }
    let url = try #require(PostgresURL(server.url(database)))
    let configuration = try Configuration.load(
      .sandbox, data: ScratchFolder().path, listen: HTTPAddress(host: "127.0.0.1", port: 0),
      file: nil, variables: [:])
    let store = try await offPool {
      try PostgresStore.open(
        url, environment: .sandbox, options: PostgresStore.Options(holder: "serving"))
    }
    let metrics = Metrics(startedAt: Weir.clock(), tablesPlace: { 0 })
    let made = Made()
    let broker = CallBroker(
      store, node: "serving", configuration, isHanding: true, nil,
      AccessWatch(isOn: false, clock: Weir.clock), metrics,
      Logger(secrets: [], clock: Weir.clock, sink: { _ in }), patience: .seconds(3)
    ) { _, done in
      made.here.withLock { $0 += 1 }
      done(.permanent("made here"))
    }
    var runner = EffectRunner<Effect>(limits: LaneLimits())
    runner.open(Self.effect, intent: 5, at: Weir.clock())
    let call = try #require(runner.due(at: Weir.clock()).first)
    let done: CallBroker.Done = { outcome in
      made.outcomes.withLock { $0.append("\(outcome)") }
    }
    // Nobody has a lease yet.
    #expect(!broker.take(call, done))
    broker.start()
    let node = PostgresCalls(url, node: "host 0123456789")
    let form = CallForm(configuration, log: store.logID)
    #expect(
      try await eventually { try node.tend(form.text, seconds: 600).leases.count == 7 })
    #expect(try await eventually { broker.standing.leases.count == 7 })
    #expect(broker.standing.leases.allSatisfy { $0.node == "01234567" })
    #expect(broker.take(call, done))
    var taken: [PostgresCalls.Taken] = []
    #expect(
      try await eventually {
        taken += try node.take(behind: .none, limit: 9)
        return !taken.isEmpty
      })
    #expect(form.call(taken[0].sealed)?.effect == Self.effect)
    #expect(try await eventually { made.here.withLock { $0 } == 1 })
    let late = CallAnswer(
      epoch: taken[0].place.epoch, number: taken[0].place.number, key: taken[0].key,
      outcome: .permanent("made there"))
    // Whether its row is still there or not, it isn't heard.
    _ = try node.answer([(taken[0].place, try #require(form.seal(late)))])
    let rows = "SELECT (SELECT count(*) FROM weir.call) + count(*) FROM weir.call_done"
    #expect(
      try await eventually { try server.psql(database, rows).out == "0\n" })
    #expect(made.outcomes.withLock { $0 }.count == 1)
    #expect(made.outcomes.withLock { $0[0] }.contains("made here"))
    #expect(broker.standing.out == 0)
    try await offPool {
      broker.stop()
      try store.close()
    }
    #expect(!broker.take(call, done))
  }
}
