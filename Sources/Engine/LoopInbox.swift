import Kernel

/// What other threads have brought to a loop and it hasn't taken yet.
struct LoopInbox<P: LedgerProcess> {
  typealias Entry = (Submission, @Sendable (Answer) -> Void)

  var submissions: [Entry] = []
  var outcomes: [(EffectRunner<P.Job>.Call, JobOutcome)] = []
  var readings: [@Sendable (LedgerState) -> Void] = []
  /// The group on its way has ended.
  var landing: Landing?
  var isStopping = false
  var isNudged = false

  /// Takes everything there is, but no more than so many commands; nil where there's nothing to do.
  ///
  /// Stopping waits until everything is durable.
  mutating func take(_ room: Int, isQuiet: Bool) -> LoopInbox? {
    guard hasWork(room, isQuiet: isQuiet) else { return nil }
    var taken = self
    taken.submissions = takeSubmissions(room)
    outcomes = []
    readings = []
    landing = nil
    isNudged = false
    taken.isStopping = isStopping && submissions.isEmpty
    return taken
  }

  /// The first commands; all of them, mostly, and then none is copied.
  mutating func takeSubmissions(_ room: Int) -> [Entry] {
    guard submissions.count > room else {
      defer { submissions = [] }
      return submissions
    }
    guard room > 0 else { return [] }
    defer { submissions.removeFirst(room) }
    return Array(submissions.prefix(room))
  }

  private func hasWork(_ room: Int, isQuiet: Bool) -> Bool {
    (!submissions.isEmpty && room > 0) || !outcomes.isEmpty || !readings.isEmpty
      || landing != nil || isNudged || (isStopping && isQuiet)
  }
}
