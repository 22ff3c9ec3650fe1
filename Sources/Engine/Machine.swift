public import Kernel
public import Log

/// The ledger, its processes and the calls they owe, as one value: inputs in, facts and calls out.
///
/// The only caller of `evolve`. `step` is all of it; a loop that has a disk to wait for calls its
/// parts: `gather` decides, into the group that is open; `close` ends that group, and then the next
/// may be gathered while it is written; `land` takes it back when it is durable, and `settle` does
/// what follows from its facts. When writing fails, nothing of the group, nor of one behind it, may
/// be believed and the machine begins anew (a failed sync is not survived, D4).
public struct Machine<P: LedgerProcess>: Sendable {
  public private(set) var state = LedgerState()
  public private(set) var process: P
  public private(set) var runner: EffectRunner<P.Job>
  /// Position of the last fact taken in.
  public private(set) var head: UInt64 = 0
  private var lastAt = Instant(microseconds: 0)
  /// The clock's last word; one that is before it was set back.
  private var lastNow = Instant(microseconds: 0)
  /// Up to here the log is one that another life of the machine wrote.
  private var replayedTo: UInt64 = 0
  /// What is decided and not yet durable: the group that is gathered, and the one on its way.
  private var open = Draft()
  private var flying: Draft?
  private var place = PlaceText()
  /// What the process asked of the ledger and no fact has answered.
  private var asked = AskedSteps()
  /// What the machine asks of itself, for the next groups.
  private var backlog: [(submission: Submission, answering: Try?)] = []
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
  /// Facts are read and decoded on a thread of their own, a few portions ahead, and given to the
  /// process on another, a few portions behind the ledger's state.
  public mutating func replay(
    _ store: any EventStore, progress: (UInt64) -> Void = { _ in }
  ) throws(StoreError) {
    let last = store.head.position
    let facts = FactsAhead(store, after: head, to: last)
    let behind = FactsBehind(
      Follower(process: process, asked: asked, owed: OwedJobs(runner.owed)))
    runner = EffectRunner(limits: runner.limits)
    while head < last {
      let portion = try facts.next()
      portion.each { takeIn($0) }
      behind.take(portion)
      progress(head)
    }
    let follower = behind.end()
    process = follower.process
    asked = follower.asked
    follower.owed.each { runner.open($0) }
    backlog = []
    for step in asked.all() {
      if try store.outcome(of: step.id) == nil { enqueue(step) }
    }
    lastNow = lastAt
    replayedTo = head
  }

  /// True while commands of the machine's own wait for a group.
  public var hasBacklog: Bool { !backlog.isEmpty }

  /// Whether the open group has something to write.
  public var hasProposals: Bool { !open.proposals.isEmpty }
  public var isOpenEmpty: Bool {
    open.proposals.isEmpty && open.answers.isEmpty && open.troubles.isEmpty && open.tries.isEmpty
  }
  /// Own commands that the open group still takes.
  private var room: Int { max(0, groupMost - open.proposals.count) }

  /// Decides one group, writes it with one sync, and takes in what became of it.
  ///
  /// `submissions` is at most `groupMost`; the machine's own commands go before them.
  public mutating func step(
    _ submissions: [Submission], at now: Instant, _ store: any EventStore
  ) throws(StoreError) -> Step {
    let proposals = try gather(submissions, at: now, store)
    close()
    if !proposals.isEmpty { GroupStore.check(try store.append(proposals)) }
    var step = settle(land())
    step.calls = due(at: now)
    return step
  }

  /// Decides the machine's own commands and then these, into the open group; gives what is to be
  /// written of it that wasn't there before.
  public mutating func gather(
    _ submissions: [Submission], at now: Instant, _ store: any EventStore
  ) throws(StoreError) -> [Proposal] {
    if now < lastNow { runner.setBack(microseconds: lastNow.microseconds - now.microseconds) }
    lastNow = now
    for (id, command) in process.wake(at: now, state) { enqueue(id, command, causedBy: nil) }
    let own = takeBacklog(most: room)
    let at = max(now, lastAt)
    let known = open.proposals.count
    for (submission, tried) in own {
      if let tried { open.tries.append(tried) }
      let trouble: String? =
        switch try decide(submission, at, store) {
        case .refused(let why): "\(submission.id) was refused: \(why.text)"
        case .keyReused: "\(submission.id) stood for something else before"
        case .accepted, .replayed, .ignored, .stopping, .full: nil
        }
      if let trouble { open.troubles.append(trouble) }
    }
    for submission in submissions { open.answers.append(try decide(submission, at, store)) }
    guard open.proposals.count > known else { return [] }
    lastAt = at
    return Array(open.proposals[known...])
  }

  /// The first commands of the machine's own; all of them, mostly, and then none is copied.
  private mutating func takeBacklog(most: Int) -> [(submission: Submission, answering: Try?)] {
    let rest = backlog.dropFirst(most)
    defer { backlog = Array(rest) }
    return rest.isEmpty ? backlog : Array(backlog.prefix(most))
  }

  /// Ends the open group: it is on its way; true where it has something to write.
  ///
  /// One group is on its way at a time.
  @discardableResult public mutating func close() -> Bool {
    precondition(flying == nil, "two groups on their way")
    flying = open
    open = Draft()
    return flying.map { !$0.proposals.isEmpty } ?? false
  }

  /// The group that was on its way is durable: takes it back.
  public mutating func land() -> Draft {
    guard let landed = flying.take() else { preconditionFailure("no group was on its way") }
    return landed
  }

  /// Does what follows from a group that has landed; each once, in order.
  public mutating func settle(_ landed: Draft) -> Step {
    for recorded in landed.recorded { react(to: recorded) }
    for tried in landed.tries { runner.settle(tried) }
    return Step(
      answers: landed.answers, committed: landed.recorded, troubles: landed.troubles)
  }

  public mutating func due(at now: Instant) -> [EffectRunner<P.Job>.Call] { runner.due(at: now) }

  /// Takes what came of a call; its commands stand in the next group.
  ///
  /// Returns words on trouble, where there is some.
  public mutating func finish(
    _ call: EffectRunner<P.Job>.Call, _ outcome: JobOutcome, at now: Instant
  ) -> String? {
    let followup = runner.finish(call, outcome, at: now)
    for (number, command) in followup.commands.enumerated() {
      let digest = CommandDigest.of(command)
      let id = CommandDigest.report(digest, on: followup.intent)
      let submission = Submission(
        id: id, digest: digest, command: command, actor: "process:\(call.job.lane)",
        causedBy: followup.intent)
      // Groups land in order: with the last of them all have.
      let isLast = number == followup.commands.count - 1
      backlog.append((submission, isLast ? call.tried : nil))
    }
    return followup.trouble
  }

  /// When there is something to do next without being asked.
  public func wakeAt(_ now: Instant) -> Instant? {
    if hasBacklog, room > 0 { return now }
    return [process.wakeAt, runner.wakeAt(now)].compactMap { $0 }.min()
  }

  private mutating func decide(
    _ submission: Submission, _ at: Instant, _ store: any EventStore
  ) throws(StoreError) -> Answer {
    if let known = try outcome(of: submission, store) {
      guard
        known.digest == submission.digest
          || known.digest == CommandDigest.former(submission.command)
      else { return .keyReused }
      return .replayed(first: known.first, last: known.last)
    }
    switch state.decide(submission.command, at: at) {
    case .ignore: return .ignored(head: head)
    case .refuse(let refusal): return .refused(refusal)
    case .accept(let events):
      let first = head + 1
      var expected: [StreamExpectation] = []
      for event in events {
        let (stream, version) = try expect(event, store)
        if !expected.contains(where: { $0.stream == stream }) {
          expected.append(StreamExpectation(stream: stream, version: version))
        }
        head += 1
        state.evolve(event)
        open.recorded.append(Recorded(position: head, at: at, event: event))
      }
      open.proposals.append(
        Proposal(
          command: submission.id, digest: submission.digest, actor: submission.actor,
          causedBy: submission.causedBy, at: at, events: events, expected: expected))
      open.outcomes[submission.id] = CommandOutcome(
        digest: submission.digest, first: first, last: head)
      return .accepted(first: first, last: head)
    }
  }

  /// What became of the command before, also where it isn't durable yet.
  private func outcome(
    of asked: Submission, _ store: any EventStore
  ) throws(StoreError) -> CommandOutcome? {
    if let known = open.outcomes[asked.id] ?? flying?.outcomes[asked.id] { return known }
    if let known = try store.outcome(of: asked.id) { return known }
    // A life before this one may have taken it under the id of then.
    guard let intent = asked.causedBy, intent <= replayedTo else { return nil }
    guard let former = CommandDigest.formerID(of: asked, on: intent) else { return nil }
    return try store.outcome(of: former)
  }

  /// The event's stream and its version, with what isn't durable yet, and one more of it.
  private mutating func expect(
    _ event: LedgerEvent, _ store: any EventStore
  ) throws(StoreError) -> (StreamName, UInt64) {
    place.removeAll()
    place.add(event)
    let stream = place.stream(0)
    var version = open.versions[stream] ?? flying?.versions[stream]
    if version == nil { version = try store.version(of: stream) }
    open.versions[stream] = (version ?? 0) + 1
    return (stream, version ?? 0)
  }

  private mutating func takeIn(_ recorded: Recorded) {
    precondition(recorded.position == head + 1, "position \(recorded.position) after \(head)")
    head = recorded.position
    lastAt = max(lastAt, recorded.at)
    state.evolve(recorded.event)
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
    for key in reaction.hastened { runner.hasten(key, at: recorded.at) }
  }

  private mutating func enqueue(_ step: AskedSteps.Step) {
    enqueue(step.id, step.command, causedBy: step.position)
  }

  private mutating func enqueue(_ id: CommandID, _ command: LedgerCommand, causedBy: UInt64?) {
    let submission = Submission(
      id: id, digest: CommandDigest.of(command), command: command, actor: "process",
      causedBy: causedBy)
    backlog.append((submission, nil))
  }

  /// The one listing of what the log alone gives: everything but times and tries of this process.
  ///
  /// The machine it is read into is a new one; one that is written has nothing on its way.
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
      var (job, intent, since) = (owed?.kept.job, owed?.intent ?? 0, owed?.since.microseconds ?? 0)
      fields.number("intent", &intent)
      fields.number("since", &since)
      P.Job.list(&job, &fields)
      owed = job.map { .init(KeptJob($0), intent: intent, since: Instant(microseconds: since)) }
    }
    guard fields.isReading else { return }
    for case let owed? in owed { runner.open(owed) }
  }
}
