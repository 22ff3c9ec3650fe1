import Engine
import Kernel
import Log
import Sagas
import Service

/// The straight line in one thread: the real machine, its sagas and calls, and a world that answers
/// before the next group.
struct Line {
  private var machine: Machine<PayoutProcess>
  private var world = World()
  private(set) var now = known(Instant(text: "2026-11-25T12:00:00.000000Z"))
  let store: any EventStore

  init(_ store: any EventStore) {
    self.store = store
    machine = Machine(process: Self.process, settings: Self.settings)
  }

  /// The service's own process, with a batch run every so often.
  static var process: PayoutProcess {
    PayoutProcess(
      terms: SagaTerms(flow: .fixedRate), batchIntervalSeconds: 20, batchesAtOnce: false)
  }

  /// Lanes hold nothing up: how fast providers may be asked isn't what is measured.
  static var settings: MachineSettings {
    var settings = MachineSettings()
    settings.lanes.callsPerSecond = 1_000_000_000
    settings.lanes.atOnce = 1_000
    settings.lanes.retrySeconds = 0
    return settings
  }

  /// Calls the world hasn't answered for good.
  var owed: Int { machine.runner.count }

  /// One group and the answers to its calls, a second later than the one before; the number of
  /// events it wrote.
  mutating func step(_ submissions: [Submission]) throws(StoreError) -> Int {
    now = now.adding(seconds: 1)
    let step = try machine.step(submissions, at: now, store)
    for answer in step.answers { Self.check(answer) }
    for call in step.calls {
      _ = machine.finish(call, world.answer(call.job, at: now), at: now)
    }
    return step.committed.count
  }

  /// Traffic is made to be taken: anything else would measure refusals.
  static func check(_ answer: Answer) {
    switch answer {
    case .accepted, .ignored: break
    case .replayed, .refused, .keyReused, .stopping, .full:
      preconditionFailure("a bench's command was answered \(answer)")
    }
  }
}
