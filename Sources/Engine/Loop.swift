public import Kernel
public import Log

/// What the loop tells of each group it has written; called on the loop's thread, so it is brief.
public struct GroupReport: Sendable {
  public let submissions: Int
  public let answers: [Answer]
  /// Durable now, in order.
  public let committed: [Recorded]
  public let troubles: [String]
  /// Deciding, encoding, writing and syncing.
  public let microseconds: Int64
  public let lanes: [LaneReport]

  /// What a lane was doing then.
  public struct LaneReport: Sendable {
    public let name: String
    public let waiting: Int
    public let running: Int
    public let isShut: Bool
  }
}

extension StoreError {
  fileprivate var isTooLarge: Bool {
    if case .tooLarge = self { return true }
    return false
  }
}

/// The one thread that owns the truth: callers queue, the machine steps, answers follow the sync.
///
/// Everything else (HTTP workers, table writers, outside calls) only exchanges values with it.
public final class Loop<P: LedgerProcess>: Sendable {
  public typealias Call = EffectRunner<P.Job>.Call
  /// Makes a call; hands the outcome over once, from any thread.
  public typealias Performer =
    @Sendable (Call, @escaping @Sendable (JobOutcome) -> Void) -> Void

  private struct Inbox {
    var submissions: [(Submission, @Sendable (Answer) -> Void)] = []
    var outcomes: [(Call, JobOutcome)] = []
    var readings: [@Sendable (LedgerState) -> Void] = []
    var isStopping = false
    var isNudged = false
    var hasWork: Bool {
      !submissions.isEmpty || !outcomes.isEmpty || !readings.isEmpty || isStopping || isNudged
    }
  }

  private let inbox = Signal(Inbox())
  private let store: any EventStore
  private let settings: MachineSettings
  private let process: P
  private let clock: @Sendable () -> Instant
  private let perform: Performer
  private let report: @Sendable (GroupReport) -> Void
  private let tell: @Sendable (LoopNews) -> Void
  private let keeper: Keeper<P>?
  /// Microseconds of quiet after which the store may note that everything is synced.
  private let restAfter: Int64 = 500_000

  public init(
    store: any EventStore, process: P, settings: MachineSettings,
    clock: @escaping @Sendable () -> Instant, perform: @escaping Performer,
    keeping: Keeping? = nil, report: @escaping @Sendable (GroupReport) -> Void,
    tell: @escaping @Sendable (LoopNews) -> Void = { _ in }
  ) {
    self.store = store
    self.process = process
    self.settings = settings
    self.clock = clock
    self.perform = perform
    self.report = report
    self.tell = tell
    keeper = keeping.flatMap { keeping in
      Keeper(keeping, Machine(process: process, settings: settings), clock: clock, tell: tell)
    }
  }

  /// Queues a command; `then` is called once, on the loop's thread, after the sync, and is brief.
  public func submit(_ submission: Submission, then: @escaping @Sendable (Answer) -> Void) {
    let isTaken = inbox.withLock { inbox in
      if inbox.isStopping { return false }
      inbox.submissions.append((submission, then))
      return true
    }
    guard isTaken else { return then(.stopping) }
    inbox.post { _ in }
  }

  /// Shows the state between two groups; on the loop's thread, and brief.
  public func inspect(_ read: @escaping @Sendable (LedgerState) -> Void) {
    inbox.post { $0.readings.append(read) }
  }

  /// Makes the loop look at its clock.
  public func nudge() { inbox.post { $0.isNudged = true } }

  /// Lets what is queued be written, then ends `run`.
  public func stop() { inbox.post { $0.isStopping = true } }

  /// Replays the log, from the newest snapshot on where there is one, then runs until `stop`.
  ///
  /// Throws where the store failed, and then the process must end without another word to any
  /// caller.
  public func run(isReady: () -> Void = {}) throws(StoreError) {
    var machine = try begin()
    isReady()
    var isRested = false
    // Commands one group takes; fewer after a group that was too large for the store.
    var most = settings.groupMost
    var latest = clock()
    while true {
      let wait = machine.wakeAt(clock()).map { $0.microseconds - clock().microseconds }
      let rest = isRested ? nil : restAfter
      let taken = take(most, wait.map { min($0, rest ?? $0) } ?? rest)
      let isSetBack = clock() < latest
      latest = clock()
      if let taken {
        isRested = false
        if try run(taken, &machine, &most) {
          keeper?.end(machine, store.head)
          return
        }
        keeper?.keep(machine, store.head)
      } else if isSetBack || wait.map({ $0 <= 0 }) ?? false
        || machine.wakeAt(clock()).map({ $0 <= clock() }) ?? false
      {
        if try run(Inbox(), &machine, &most) { return }
        keeper?.keep(machine, store.head)
      } else if !isRested {
        try noteRest()
        isRested = true
      }
    }
  }

  /// A machine that has taken in everything the store holds.
  private func begin() throws(StoreError) -> Machine<P> {
    let start = clock()
    var machine = Machine(process: process, settings: settings)
    if let keeper { machine = keeper.newest(machine, of: store) }
    let (from, to) = (machine.head, store.head.position)
    var told = from
    try machine.replay(store) { position in
      guard position >= told + 100_000 else { return }
      told = position
      tell(.taken(upTo: position, of: to))
    }
    tell(
      .started(
        from: from, to: to, microseconds: clock().microseconds - start.microseconds))
    return machine
  }

  /// A store without room can't note that it rests, which is no harm.
  private func noteRest() throws(StoreError) {
    do throws(StoreError) {
      try store.rest()
    } catch {
      guard case .full = error else { throw error }
    }
  }

  private func take(_ most: Int, _ microseconds: Int64?) -> Inbox? {
    inbox.wait(microseconds: microseconds) { inbox in
      guard inbox.hasWork else { return nil }
      var taken = inbox
      if inbox.submissions.count > most {
        taken.submissions = Array(inbox.submissions.prefix(most))
        inbox.submissions.removeFirst(most)
      } else {
        inbox.submissions = []
      }
      inbox.outcomes = []
      inbox.readings = []
      inbox.isNudged = false
      taken.isStopping = inbox.isStopping && inbox.submissions.isEmpty
      return taken
    }
  }

  /// One group; true when it was the last.
  private func run(
    _ taken: Inbox, _ machine: inout Machine<P>, _ most: inout Int
  ) throws(StoreError) -> Bool {
    let now = clock()
    var troubles: [String] = []
    for (call, outcome) in taken.outcomes {
      if let trouble = machine.finish(call, outcome, at: now) { troubles.append(trouble) }
    }
    machine.groupMost = most
    do throws(StoreError) {
      let step = try machine.step(taken.submissions.map(\.0), at: now, store)
      for (answer, submission) in zip(step.answers, taken.submissions) { submission.1(answer) }
      tell(taken, step, troubles, machine, since: now)
      for call in step.calls {
        perform(call) { [inbox] outcome in inbox.post { $0.outcomes.append((call, outcome)) } }
      }
      most = min(settings.groupMost, most * 2)
    } catch {
      try begin(again: &machine, after: error, &most)
      for submission in taken.submissions { submission.1(.full) }
      var step = Machine<P>.Step()
      step.troubles = [error.description]
      tell(taken, step, troubles, machine, since: now)
      for read in taken.readings { read(machine.state) }
      // What is owed is owed after the next start too: without room nothing is waited for.
      return taken.isStopping
    }
    for read in taken.readings { read(machine.state) }
    return taken.isStopping && !machine.hasBacklog
  }

  /// After a group that was not written: the machine believed it already, and begins again from
  /// what the store has.
  private func begin(
    again machine: inout Machine<P>, after error: StoreError, _ most: inout Int
  ) throws(StoreError) {
    switch error {
    case .full: break
    case .tooLarge: most = max(1, most / 4)
    case .failed, .unreadable, .damaged, .unknownName, .locked, .otherEnvironment, .newerFormat,
      .unusable:
      throw error
    }
    machine = try begin()
    _ = inbox.wait(microseconds: most > 1 && error.isTooLarge ? 0 : 1_000_000) {
      $0.isStopping ? true : nil
    }
  }

  private func tell(
    _ taken: Inbox, _ step: Machine<P>.Step, _ troubles: [String], _ machine: Machine<P>,
    since start: Instant
  ) {
    report(
      GroupReport(
        submissions: taken.submissions.count, answers: step.answers, committed: step.committed,
        troubles: troubles + step.troubles,
        microseconds: clock().microseconds - start.microseconds,
        lanes: machine.runner.status(at: start).map {
          GroupReport.LaneReport(
            name: $0.name, waiting: $0.waiting, running: $0.running, isShut: $0.isShut)
        }))
  }
}
