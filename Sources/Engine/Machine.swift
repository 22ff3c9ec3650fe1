public import Kernel
public import Log

/// How the machine groups and sends.
public struct MachineSettings: Sendable {
  /// Commands one group commit takes at most.
  public var groupMost = 1_000
  public var lanes = LaneLimits()

  public init() {}
}

/// The ledger, its processes and the calls they owe, as one value: inputs in, facts and calls out.
///
/// The only caller of `evolve`. What `step` returned is durable; when it throws, nothing of the
/// group may be believed and the program ends (a failed sync is not survived, D4).
public struct Machine<P: LedgerProcess>: Sendable {
  /// What one group did.
  public struct Step: Sendable {
    /// One for each submission, in order.
    public var answers: [Answer] = []
    /// Facts that are durable now.
    public var committed: [Recorded] = []
    /// Calls to make now.
    public var calls: [EffectRunner<P.Job>.Call] = []
    /// The machine's own commands that were refused; for the log and the alarms.
    public var troubles: [String] = []
  }

  public private(set) var state = LedgerState()
  public private(set) var process: P
  public private(set) var runner: EffectRunner<P.Job>
  /// Position of the last fact taken in.
  public private(set) var head: UInt64 = 0
  private var lastAt = Instant(microseconds: 0)
  /// The clock's last word; one that is before it was set back.
  private var lastNow = Instant(microseconds: 0)
  /// What the process asked of the ledger and no fact has answered.
  private var asked = AskedSteps()
  /// What the machine asks of itself, for the next groups.
  private var backlog: [Submission] = []
  /// Own commands one group takes at most.
  public var groupMost: Int

  public init(process: P, settings: MachineSettings = MachineSettings()) {
    self.process = process
    groupMost = settings.groupMost
    runner = EffectRunner(limits: settings.lanes)
  }

  /// Takes in everything a store holds that isn't taken in yet; steps that were asked for and not
  /// taken are asked again.
  ///
  /// Facts are read and decoded on a thread of their own, a few portions ahead.
  public mutating func replay(
    _ store: any EventStore, progress: (UInt64) -> Void = { _ in }
  ) throws(StoreError) {
    var owed = OwedJobs(runner.owed)
    runner = EffectRunner(limits: runner.limits)
    let last = store.head.position
    let facts = FactsAhead(store, after: head, to: last)
    while head < last {
      try facts.next().empty { takeIn($0, &owed) }
      progress(head)
    }
    owed.each { runner.open($0.job, intent: $0.intent, at: $0.since) }
    backlog = []
    for step in asked.all() {
      if try store.outcome(of: step.id) == nil { enqueue(step) }
    }
    lastNow = lastAt
  }

  /// True while commands of the machine's own wait for a group.
  public var hasBacklog: Bool { !backlog.isEmpty }

  /// Decides one group, writes it with one sync, and takes in what became of it.
  ///
  /// `submissions` is at most `groupMost`; the machine's own commands go before them.
  public mutating func step(
    _ submissions: [Submission], at now: Instant, _ store: any EventStore
  ) throws(StoreError) -> Step {
    var step = Step()
    if now < lastNow { runner.setBack(microseconds: lastNow.microseconds - now.microseconds) }
    lastNow = now
    for (id, command) in process.wake(at: now, state) { enqueue(id, command, causedBy: nil) }
    let own = Array(backlog.prefix(groupMost))
    backlog.removeFirst(own.count)
    let at = max(now, lastAt)
    var group = Group(store)
    for submission in own {
      switch try decide(submission, at, &group) {
      case .refused(let why): step.troubles.append("\(submission.id) was refused: \(why.text)")
      case .keyReused: step.troubles.append("\(submission.id) stood for something else before")
      case .accepted, .replayed, .ignored, .stopping, .full: break
      }
    }
    for submission in submissions { step.answers.append(try decide(submission, at, &group)) }
    if !group.proposals.isEmpty {
      for outcome in try store.append(group.proposals) {
        guard case .appended = outcome else {
          preconditionFailure("the store's one writer was contradicted: \(outcome)")
        }
      }
      step.committed = group.recorded
      lastAt = at
      for recorded in group.recorded { react(to: recorded) }
    }
    step.calls = runner.due(at: now)
    return step
  }

  /// Takes what came of a call; its commands stand in the next group.
  ///
  /// Returns words on trouble, where there is some.
  public mutating func finish(
    _ call: EffectRunner<P.Job>.Call, _ outcome: JobOutcome, at now: Instant
  ) -> String? {
    let followup = runner.finish(call, outcome, at: now)
    for command in followup.commands {
      let digest = SHA256.digest(of: Array("\(command)".utf8))
      let id = CommandID.composed("report", "\(followup.intent)", HexText.of(digest.prefix(12)))
      backlog.append(
        Submission(
          id: id, digest: digest, command: command, actor: "process:\(call.job.lane)",
          causedBy: followup.intent))
    }
    return followup.trouble
  }

  /// When `step` has something to do next without being asked.
  public func wakeAt(_ now: Instant) -> Instant? {
    if hasBacklog { return now }
    return [process.wakeAt, runner.wakeAt(now)].compactMap { $0 }.min()
  }

  /// What a group has decided so far and not yet written.
  private struct Group {
    let store: any EventStore
    var proposals: [Proposal] = []
    var recorded: [Recorded] = []
    var outcomes: [CommandID: CommandOutcome] = [:]
    var versions: [StreamName: UInt64] = [:]

    init(_ store: any EventStore) { self.store = store }

    func outcome(of id: CommandID) throws(StoreError) -> CommandOutcome? {
      if let outcome = outcomes[id] { return outcome }
      return try store.outcome(of: id)
    }

    /// The stream's version with this group's facts, and one more of them.
    mutating func expect(_ stream: StreamName) throws(StoreError) -> UInt64 {
      var known = versions[stream]
      if known == nil { known = try store.version(of: stream) }
      let version = known ?? 0
      versions[stream] = version + 1
      return version
    }
  }

  private mutating func decide(
    _ submission: Submission, _ at: Instant, _ group: inout Group
  ) throws(StoreError) -> Answer {
    if let known = try group.outcome(of: submission.id) {
      guard known.digest == submission.digest else { return .keyReused }
      return .replayed(first: known.first, last: known.last)
    }
    switch state.decide(submission.command, at: at) {
    case .ignore: return .ignored(head: head)
    case .refuse(let refusal): return .refused(refusal)
    case .accept(let events):
      let first = head + 1
      var expected: [StreamExpectation] = []
      for event in events {
        let stream = event.place.stream
        let version = try group.expect(stream)
        if !expected.contains(where: { $0.stream == stream }) {
          expected.append(StreamExpectation(stream: stream, version: version))
        }
        head += 1
        state.evolve(event)
        group.recorded.append(Recorded(position: head, at: at, event: event))
      }
      group.proposals.append(
        Proposal(
          command: submission.id, digest: submission.digest, actor: submission.actor,
          causedBy: submission.causedBy, at: at, events: events, expected: expected))
      group.outcomes[submission.id] = CommandOutcome(
        digest: submission.digest, first: first, last: head)
      return .accepted(first: first, last: head)
    }
  }

  private mutating func takeIn(
    _ recorded: Recorded, _ owed: inout OwedJobs<P.Job>
  ) {
    precondition(recorded.position == head + 1, "position \(recorded.position) after \(head)")
    head = recorded.position
    lastAt = max(lastAt, recorded.at)
    state.evolve(recorded.event)
    asked.take(recorded.event)
    let reaction = process.take(recorded)
    for (number, command) in reaction.commands.enumerated() {
      asked.ask(.init(position: head, number: number, command: command), atStart: true)
    }
    for key in reaction.closed { owed.close(key) }
    for job in reaction.opened {
      owed.open(EffectRunner.Owed(job: job, intent: head, since: recorded.at))
    }
  }

  private mutating func react(to recorded: Recorded) {
    asked.take(recorded.event)
    let reaction = process.take(recorded)
    for (number, command) in reaction.commands.enumerated() {
      let step = AskedSteps.Step(position: recorded.position, number: number, command: command)
      asked.ask(step, atStart: false)
      enqueue(step)
    }
    for key in reaction.closed { runner.close(key) }
    for job in reaction.opened { runner.open(job, intent: recorded.position, at: recorded.at) }
  }

  private mutating func enqueue(_ step: AskedSteps.Step) {
    enqueue(step.id, step.command, causedBy: step.position)
  }

  private mutating func enqueue(_ id: CommandID, _ command: LedgerCommand, causedBy: UInt64?) {
    backlog.append(
      Submission(
        id: id, digest: SHA256.digest(of: Array("\(command)".utf8)), command: command,
        actor: "process", causedBy: causedBy))
  }
}

extension Machine {
  /// The one listing of what the log alone gives: everything but times and tries of this process.
  ///
  /// The machine it is read into is a new one.
  public mutating func list(_ fields: inout StateFields) {
    var at = lastAt.microseconds
    fields.number("head", &head)
    fields.number("at", &at)
    lastAt = Instant(microseconds: at)
    state.list(&fields)
    process.list(&fields)
    asked.list(&fields)
    var owed = fields.isReading ? [] : runner.owed.map { Optional($0) }
    fields.list("owed", &owed, blank: nil) { owed, fields in
      var (job, intent, since) = (owed?.job, owed?.intent ?? 0, owed?.since.microseconds ?? 0)
      fields.number("intent", &intent)
      fields.number("since", &since)
      P.Job.list(&job, &fields)
      owed = job.map { .init(job: $0, intent: intent, since: Instant(microseconds: since)) }
    }
    guard fields.isReading else { return }
    for owed in owed {
      if let owed { runner.open(owed.job, intent: owed.intent, at: owed.since) }
    }
  }
}
