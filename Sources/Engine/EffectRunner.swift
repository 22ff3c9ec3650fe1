public import Kernel

/// One try of one job, by name.
struct Try: Hashable, Sendable {
  let key: Subject
  let intent: UInt64
  let attempt: Int
}

/// A job behind a reference, with the names it is found by: what looks one up copies none of it.
final class KeptJob<Job: Work>: Sendable {
  let job: Job
  let key: Subject
  let lane: String

  init(_ job: Job) {
    self.job = job
    key = job.key
    lane = job.lane
  }
}

/// Keeps the outside calls that are owed, and says which may be made now.
///
/// Intent fact → call → outcome fact: a job comes with its intent and goes with its outcome, both
/// read off the log. A try that brings no fact is followed by another one, the same call with the
/// same identity, never a decision made anew, and never while an answer is on its way to the disk.
/// Same inputs, same outputs, in the same order.
public struct EffectRunner<Job: Work>: Sendable {
  /// One try of one job, to be made now.
  public struct Call: Sendable {
    fileprivate let kept: KeptJob<Job>
    /// From 1; an answer to an older try is dropped.
    public let attempt: Int
    /// Position of the intent.
    public let intent: UInt64

    public var job: Job { kept.job }
    var tried: Try { Try(key: kept.key, intent: intent, attempt: attempt) }
  }

  /// What an answer leads to.
  public struct Followup: Sendable {
    public var commands: [LedgerCommand] = []
    public var intent: UInt64 = 0
    /// Where a call was given up, or fails although it can't be given up.
    public var trouble: String?
  }

  private struct Entry: Sendable {
    let kept: KeptJob<Job>
    let intent: UInt64
    let since: Instant
    var attempt = 0
    /// Tries without an answer.
    var failures = 0
    /// When somebody was told last that it is still owed; its beginning at first.
    var toldAt: Instant
    var isRunning = false
    /// When it may be called again, where what its last answer led to isn't settled yet.
    var answered: Instant?
  }

  let limits: LaneLimits
  private var entries: [Subject: Entry] = [:]
  private var lanes: [String: Lane] = [:]
  private var laneNames: [String] = []

  public init(limits: LaneLimits) { self.limits = limits }

  /// Jobs owed, running ones included.
  public var count: Int { entries.count }
  public var jobs: [Job] { entries.values.sorted { $0.intent < $1.intent }.map(\.kept.job) }

  /// Takes a job on; `at` is the intent's recorded time, so that a restart doesn't begin anew.
  public mutating func open(_ job: Job, intent: UInt64, at: Instant) {
    open(Owed(KeptJob(job), intent: intent, since: at))
  }

  mutating func open(_ owed: Owed) {
    let (kept, at) = (owed.kept, owed.since)
    close(kept.key)
    entries[kept.key] = Entry(kept: kept, intent: owed.intent, since: at, toldAt: at)
    addLane(kept.lane)
    lanes[kept.lane]?.add(kept.key, notBefore: at)
  }

  /// A job as the log knows it.
  struct Owed: Sendable {
    let kept: KeptJob<Job>
    let intent: UInt64
    let since: Instant

    init(_ kept: KeptJob<Job>, intent: UInt64, since: Instant) {
      self.kept = kept
      self.intent = intent
      self.since = since
    }
  }

  /// What is owed, by intent.
  var owed: [Owed] {
    var owed: [Owed] = []
    OwedJobs(
      entries.values.map { Owed($0.kept, intent: $0.intent, since: $0.since) }
    ).each { owed.append($0) }
    return owed
  }

  /// Forgets a job whose outcome is a fact; an answer still under way will be dropped.
  public mutating func close(_ key: Subject) {
    guard let entry = entries.removeValue(forKey: key) else { return }
    lanes[entry.kept.lane]?.remove(key)
    if entry.isRunning { lanes[entry.kept.lane]?.noteGone() }
  }

  /// Somebody wants it tried now; within the lane's rules, and not while a try is under way.
  mutating func hasten(_ key: Subject, at now: Instant) {
    guard let entry = entries[key], !entry.isRunning else { return }
    if entry.answered != nil {
      entries[key]?.answered = now
    } else {
      lanes[entry.kept.lane]?.remove(key)
      lanes[entry.kept.lane]?.add(key, notBefore: now)
    }
  }

  /// The calls to make now.
  public mutating func due(at now: Instant) -> [Call] {
    var calls: [Call] = []
    for name in laneNames {
      for key in lanes[name]?.next(at: now) ?? [] {
        guard var entry = entries[key] else { preconditionFailure("lane \(name) lost \(key)") }
        entry.attempt += 1
        entry.isRunning = true
        entries[key] = entry
        calls.append(Call(kept: entry.kept, attempt: entry.attempt, intent: entry.intent))
      }
    }
    return calls
  }

  /// Takes what came of a try; nothing follows where the job has gone or was opened anew.
  public mutating func finish(_ call: Call, _ outcome: JobOutcome, at now: Instant) -> Followup {
    let key = call.kept.key
    guard var entry = entries[key], entry.isRunning, entry.attempt == call.attempt,
      entry.intent == call.intent
    else { return Followup() }
    entry.isRunning = false
    if case .transient = outcome { entry.failures += 1 }
    let isLate = entry.toldAt.adding(seconds: Int64(limits.tellSeconds)) <= now
    if isLate { entry.toldAt = now }
    entries[key] = entry
    var followup = Followup(intent: entry.intent)
    var delay = limits.retrySeconds
    switch outcome {
    case .report(let commands):
      lanes[entry.kept.lane]?.noteAnswer()
      followup.commands = commands
    case .again(let commands, let seconds, let because):
      lanes[entry.kept.lane]?.noteAnswer()
      followup.commands = commands
      followup.trouble = because.map { "\(key): \($0)" }
      delay = seconds
    case .transient(let reason, let retryAfter):
      lanes[entry.kept.lane]?.noteFailure(retryAfter: retryAfter, at: now)
      delay = max(delay, retryAfter ?? 0)
      let horizon = entry.since.adding(seconds: Int64(limits.horizonSeconds))
      if horizon <= now, entry.failures >= limits.triesLeast {
        giveUp(entry, "no answer since \(entry.since.text): \(reason)", &followup)
      }
    case .permanent(let reason):
      lanes[entry.kept.lane]?.noteAnswer()
      giveUp(entry, reason, &followup)
    }
    if isLate, followup.trouble == nil {
      followup.trouble = "\(key): owed since \(entry.since.text)"
    }
    let again = now.adding(seconds: Int64(delay))
    if followup.commands.isEmpty {
      lanes[entry.kept.lane]?.add(key, notBefore: again)
    } else {
      entries[key]?.answered = again
    }
    return followup
  }

  /// What a try's answer led to is durable, or was refused.
  ///
  /// Until a fact closes it the call stays owed: a report that was refused is no outcome.
  mutating func settle(_ tried: Try) {
    guard let entry = entries[tried.key], entry.intent == tried.intent,
      entry.attempt == tried.attempt, let again = entry.answered
    else { return }
    entries[tried.key]?.answered = nil
    lanes[entry.kept.lane]?.add(tried.key, notBefore: again)
  }

  private func giveUp(_ entry: Entry, _ reason: String, _ followup: inout Followup) {
    followup.trouble = "\(entry.kept.key): \(reason)"
    if !entry.kept.job.isEndless { followup.commands = [entry.kept.job.abandonment(reason)] }
  }

  /// The clock was set back: no call waits longer for it.
  public mutating func setBack(microseconds: Int64) {
    for name in laneNames { lanes[name]?.setBack(microseconds: microseconds) }
    for key in entries.keys {
      guard let again = entries[key]?.answered else { continue }
      entries[key]?.answered = Instant(microseconds: again.microseconds - microseconds)
    }
  }

  /// When `due` may have something next.
  public func wakeAt(_ now: Instant) -> Instant? {
    laneNames.compactMap { lanes[$0]?.wakeAt(now) }.min()
  }

  /// What every lane is doing, by name.
  public func status(at now: Instant) -> [GroupReport.LaneReport] {
    laneNames.compactMap { name in
      lanes[name].map { GroupReport.LaneReport(name, $0, at: now) }
    }
  }

  private mutating func addLane(_ name: String) {
    guard lanes[name] == nil else { return }
    lanes[name] = Lane(limits: limits.of(name))
    laneNames.append(name)
    laneNames.sort()
  }
}
