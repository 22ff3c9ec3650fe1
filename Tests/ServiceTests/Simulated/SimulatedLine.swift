import Engine
import Kernel
import Log
import Sagas

@testable import Service

/// The line's machine under a clock of its own: a heap of simulated time in place of threads.
struct SimulatedLine {
  private struct Due {
    let at: Instant
    let sequence: Int
    let what: What
  }

  private enum What {
    case submission(Submission)
    case outcome(EffectRunner<Effect>.Call, JobOutcome)
    case look
  }

  private(set) var machine: Machine<PayoutProcess>
  private(set) var world: ScriptedWorld
  private(set) var answers: [Answer] = []
  let store: any EventStore
  private var heap: [Due] = []
  private var sequence = 0
  private(set) var now: Instant

  private let pool: ConversionPool

  init(
    store: any EventStore, world: ScriptedWorld, start: Instant, pool: ConversionPool = .atOnce
  ) {
    self.store = store
    self.world = world
    self.pool = pool
    now = start
    machine = Self.machine(pool)
  }

  static func machine(_ pool: ConversionPool = .atOnce) -> Machine<PayoutProcess> {
    var settings = MachineSettings()
    settings.lanes.retrySeconds = 60
    return Machine(
      process: PayoutProcess(
        terms: SagaTerms(flow: .fixedRate, isPooling: pool.isOn), batchIntervalSeconds: 300,
        batchesAtOnce: false, pool: pool),
      settings: settings)
  }

  mutating func submit(_ command: LedgerCommand, _ id: String, after seconds: Int64) {
    let submission = Submission(
      id: CommandID(text: id)!, digest: SHA256.digest(of: Array("\(command)".utf8)),
      command: command, actor: "test")
    push(now.adding(seconds: seconds), .submission(submission))
  }

  /// Forgets everything but the store, as a crash does; calls under way are lost.
  mutating func crash() throws {
    heap.removeAll {
      if case .outcome = $0.what { return true }
      return false
    }
    machine = Self.machine(pool)
    try machine.replay(store)
    push(now, .look)
  }

  /// Runs until `end`, or until nothing is left to do; `crashAt` counts steps.
  mutating func run(until end: Instant, crashAt: Set<Int> = []) throws {
    var steps = 0
    while let due = heap.first, due.at <= end {
      heap.removeFirst()
      now = max(now, due.at)
      var submissions: [Submission] = []
      switch due.what {
      case .submission(let submission): submissions = [submission]
      case .outcome(let call, let outcome): _ = machine.finish(call, outcome, at: now)
      case .look: break
      }
      let step = try machine.step(submissions, at: now, store)
      answers += step.answers
      for call in step.calls {
        let (delay, outcome) = world.answer(call.job, at: now)
        push(Instant(microseconds: now.microseconds + delay), .outcome(call, outcome))
      }
      if let wake = machine.wakeAt(now) { push(max(wake, now), .look) }
      steps += 1
      if crashAt.contains(steps) { try crash() }
    }
    now = end
  }

  private mutating func push(_ at: Instant, _ what: What) {
    // Two looks at one time are one.
    if case .look = what, heap.contains(where: { isLook($0.what) && $0.at <= at }) { return }
    let due = Due(at: at, sequence: sequence, what: what)
    sequence += 1
    let place = heap.firstIndex { at < $0.at } ?? heap.count
    heap.insert(due, at: place)
  }

  private func isLook(_ what: What) -> Bool {
    if case .look = what { return true }
    return false
  }
}
