public import Kernel
public import Log

/// The one thread that owns the truth: callers queue, the machine steps, answers follow the sync.
///
/// Everything else (HTTP workers, table writers, outside calls) only exchanges values with it.
public final class Loop<P: LedgerProcess>: Sendable {
  public typealias Call = EffectRunner<P.Job>.Call
  /// Makes a call; hands the outcome over once, from any thread.
  public typealias Performer =
    @Sendable (Call, @escaping @Sendable (JobOutcome) -> Void) -> Void

  private typealias Inbox = LoopInbox<P>

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
    let isTaken = inbox.post { inbox in
      if inbox.isStopping { return false }
      inbox.submissions.append((submission, then))
      return true
    }
    if !isTaken { then(.stopping) }
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
    var pipe = Pipeline(try begin(), most: settings.groupMost)
    let groups = GroupStore(store)
    let committer = Committer(groups) { [inbox] failure in
      inbox.post { $0.landing = failure.map { .failed($0) } ?? .durable }
    }
    defer { committer.end() }
    isReady()
    var isRested = false
    var latest = clock()
    while true {
      let wait = pipe.wait(clock())
      let rest = isRested || !pipe.isQuiet ? nil : restAfter
      let taken = take(pipe, wait.map { min($0, rest ?? $0) } ?? rest)
      let isSetBack = clock() < latest
      latest = clock()
      if let taken {
        isRested = false
        if try turn(taken, &pipe, groups, committer) {
          keeper?.end(pipe.machine, store.head)
          return
        }
      } else if isSetBack || pipe.wait(latest).map({ $0 <= 0 }) ?? false {
        if try turn(Inbox(), &pipe, groups, committer) { return }
      } else if !isRested, pipe.isQuiet {
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

  private func take(_ pipe: borrowing Pipeline<P>, _ microseconds: Int64?) -> Inbox? {
    let room = pipe.room
    let isQuiet = pipe.isQuiet
    return inbox.wait(microseconds: microseconds) { $0.take(room, isQuiet: isQuiet) }
  }

  /// Takes in what came, and has the next group written if none is; true when that was all.
  private func turn(
    _ taken: Inbox, _ pipe: inout Pipeline<P>, _ groups: GroupStore, _ committer: Committer
  ) throws(StoreError) -> Bool {
    let now = clock()
    var untaken = taken.submissions
    pipe.readings += taken.readings
    do throws(StoreError) {
      if let landing = taken.landing { try land(landing, &pipe, committer, now) }
      for (call, outcome) in taken.outcomes {
        if let trouble = pipe.machine.finish(call, outcome, at: now) {
          pipe.open.troubles.append(trouble)
        }
      }
      if pipe.isQuiet { pause(&pipe) }
      // Whoever was told and asked again at once is decided before anybody looks what follows.
      if pipe.landed != nil { untaken += returned(pipe.room - untaken.count) }
      let came = untaken
      untaken = []
      if !pipe.isDraining || !came.isEmpty {
        let proposals = try pipe.gather(came, now, store)
        if !proposals.isEmpty { try groups.stage(proposals) }
      }
      if taken.landing == nil || !pipe.isOpenEmpty { launch(&pipe, committer, now) }
    } catch {
      follow(&pipe, now)
      pipe.open.callers += untaken.map(\.1)
      try recover(&pipe, groups, after: error)
      pause(&pipe)
      // What is owed is owed after the next start too: without room nothing is waited for.
      return taken.isStopping
    }
    follow(&pipe, now)
    send(pipe.machine.due(at: now))
    if pipe.isQuiet { pause(&pipe) }
    pipe.isDraining = !pipe.readings.isEmpty || keeper?.isTime(pipe.machine.head) ?? false
    return taken.isStopping && pipe.isQuiet && !pipe.machine.hasBacklog
  }

  /// Submissions that are queued by now, up to so many.
  private func returned(_ room: Int) -> [LoopInbox<P>.Entry] {
    inbox.withLock { $0.takeSubmissions(room) }
  }

  /// The group on its way is durable: its callers are told.
  private func land(
    _ landing: Landing, _ pipe: inout Pipeline<P>, _ committer: Committer, _ now: Instant
  ) throws(StoreError) {
    if case .failed(let error) = landing {
      pipe.open.callers = (pipe.flying.take()?.callers ?? []) + pipe.open.callers
      throw error
    }
    let (draft, waiters) = pipe.land(now)
    // The disk first: it must not wait until everybody is told.
    if pipe.machine.hasProposals { launch(&pipe, committer, now) }
    answer(draft, waiters, &pipe)
  }

  /// Lets the gathered group leave, if it may; one that has nothing to write has landed already.
  private func launch(_ pipe: inout Pipeline<P>, _ committer: Committer, _ now: Instant) {
    guard pipe.mayLeave(now) else { return }
    let isWritten = pipe.machine.close()
    pipe.launch(now)
    if isWritten { return committer.commit() }
    let (draft, waiters) = pipe.land(now)
    follow(&pipe, now)
    answer(draft, waiters, &pipe)
    follow(&pipe, now)
  }

  /// Tells the callers of a group that is durable.
  private func answer(_ draft: Draft, _ waiters: Waiters, _ pipe: inout Pipeline<P>) {
    for (answer, then) in zip(draft.answers, waiters.callers) { then(answer) }
    precondition(pipe.landed == nil, "two groups landed, and nothing followed from the first")
    pipe.landed = (draft, waiters)
  }

  /// Does what follows from the group that landed, while the next is on its way.
  private func follow(_ pipe: inout Pipeline<P>, _ now: Instant) {
    guard let (draft, waiters) = pipe.landed.take() else { return }
    let step = pipe.machine.settle(draft)
    tell(step, waiters, pipe.machine, now)
    pipe.most = min(settings.groupMost, pipe.most * 2)
  }

  /// What is to see the machine, and nothing that isn't durable.
  private func pause(_ pipe: inout Pipeline<P>) {
    for read in pipe.readings { read(pipe.machine.state) }
    pipe.readings = []
    keeper?.keep(pipe.machine, store.head)
    pipe.isDraining = false
  }

  private func send(_ calls: [Call]) {
    for call in calls {
      perform(call) { [inbox] outcome in inbox.post { $0.outcomes.append((call, outcome)) } }
    }
  }

  /// After a group that was not written: nobody's answer is worth anything any more, and the
  /// machine, which believed it already, begins again from what the store has.
  private func recover(
    _ pipe: inout Pipeline<P>, _ groups: GroupStore, after error: StoreError
  ) throws(StoreError) {
    var error = error
    if pipe.flying != nil, let landing = inbox.wait(microseconds: nil, { $0.landing.take() }) {
      // What was too large fails alone: the group before it has callers, who must hear of it.
      switch landing {
      case .durable:
        let (draft, waiters) = pipe.land(clock())
        answer(draft, waiters, &pipe)
        follow(&pipe, clock())
      case .failed(let other):
        pipe.open.callers = (pipe.flying.take()?.callers ?? []) + pipe.open.callers
        error = other
      }
    }
    groups.forget()
    try begin(again: &pipe, after: error)
    for then in pipe.open.callers { then(.full) }
    var step = Machine<P>.Step()
    step.answers = pipe.open.callers.map { _ in .full }
    step.troubles = [error.description]
    tell(step, pipe.open, pipe.machine, clock())
    pipe.open = Waiters()
  }

  private func begin(
    again pipe: inout Pipeline<P>, after error: StoreError
  ) throws(StoreError) {
    switch error {
    case .full: break
    case .tooLarge: pipe.most = max(1, pipe.most / 4)
    case .failed, .unreadable, .damaged, .unknownName, .locked, .otherEnvironment, .newerFormat,
      .unusable:
      throw error
    }
    pipe.restart(try begin())
    _ = inbox.wait(microseconds: pipe.most > 1 && error.isTooLarge ? 0 : 1_000_000) {
      $0.isStopping ? true : nil
    }
  }

  private func tell(
    _ step: Machine<P>.Step, _ waiters: Waiters, _ machine: Machine<P>, _ now: Instant
  ) {
    report(
      GroupReport(
        submissions: waiters.callers.count, answers: step.answers, committed: step.committed,
        troubles: waiters.troubles + step.troubles,
        microseconds: clock().microseconds - (waiters.since ?? now).microseconds,
        lanes: machine.runner.status(at: now)))
  }
}
