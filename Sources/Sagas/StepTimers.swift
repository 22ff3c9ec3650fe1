public import Kernel

/// Which steps stand longer than they should, and when what was held or failed is tried again.
///
/// Both are decided by the ledger, which knows what may be: an overdue step becomes a fact once,
/// and an attempt is made only where nothing was sent (`LateAttempts`).
public struct StepTimers: Sendable {
  private struct Standing: Hashable, Sendable {
    var channel = ChannelKey.blank
    var state = StepState.blank
    var since = Instant.blank
    var isTold = false
  }

  /// Steps of one patience, in the order in which they began: the first is due first.
  private struct Line: Sendable {
    let seconds: Int64
    var steps: [(key: ProcessKey, state: StepState, since: Instant)] = []
    var first = 0

    var next: Instant? {
      first < steps.count ? steps[first].since.adding(seconds: seconds) : nil
    }
  }

  /// Those that haven't ended.
  private var standing: [ProcessKey: Standing] = [:]
  private var lines: [Line] = []
  /// What is to be tried again, and from when on; also once it was told, until it has moved.
  private var late: [ProcessKey: Instant] = [:]
  /// The same, soonest first; what isn't in `late` any more among it.
  private var queue: [(due: Instant, key: ProcessKey)] = []
  private var attempts = LateAttempts()

  public init() {}

  /// When there is something to look at; nil where nothing stands.
  public var next: Instant? {
    lines.reduce(queue.first?.due) { soonest, line in
      guard let next = line.next else { return soonest }
      return soonest.map { min($0, next) } ?? next
    }
  }

  public mutating func take(_ recorded: Recorded) {
    attempts.take(recorded.event)
    if case .ledger(.step(.overdue(let e))) = recorded.event {
      let key = ProcessKey(e.kind, e.id)
      if standing[key]?.since == e.since { standing[key]?.isTold = true }
    }
    let moves = recorded.event.moves { standing[$0]?.state }
    for move in moves { take(move, at: recorded.at) }
  }

  private mutating func take(_ move: StepMove, at now: Instant) {
    noteLate(move, at: now)
    guard let expected = StepExpectation.of(move.key.kind, in: move.state) else {
      standing[move.key] = nil
      return
    }
    let new = Standing(channel: move.channel, state: move.state, since: now)
    if let place = standing.index(forKey: move.key) {
      guard standing.values[place].state != move.state else { return }
      standing.values[place] = new
    } else {
      standing[move.key] = new
    }
    enqueue(move.key, move.state, since: now, expected.seconds)
  }

  /// Where a person is waited for there is no line.
  private mutating func enqueue(
    _ key: ProcessKey, _ state: StepState, since: Instant, _ seconds: Int64
  ) {
    guard seconds > 0 else { return }
    let place = lines.firstIndex { $0.seconds >= seconds } ?? lines.count
    if place == lines.count || lines[place].seconds != seconds {
      lines.insert(Line(seconds: seconds), at: place)
    }
    lines[place].steps.append((key, state, since))
    // Those that went on in time are let go before they are half of all.
    guard lines[place].steps.count > 1_024 + 2 * standing.count else { return }
    lines[place].steps = lines[place].steps[lines[place].first...].filter {
      standing[$0.key]?.state == $0.state && standing[$0.key]?.since == $0.since
    }
    lines[place].first = 0
  }

  private mutating func noteLate(_ move: StepMove, at now: Instant) {
    switch (move.key.kind, move.state) {
    case (.split, .held), (.batch, .failed), (.conversion, .failed):
      schedule(move.key, from: now)
    case (.hostpay, .held): schedule(ProcessKey(.split, move.key.id), from: now)
    // Mostly nothing is late, and then nothing is looked up.
    case _ where late.isEmpty: break
    case (.split, _), (.batch, _), (.conversion, _): late[move.key] = nil
    case (.hostpay, _):
      let split = ProcessKey(.split, move.key.id)
      if standing[split]?.state != .held { late[split] = nil }
    case (.transfer, _): break
    }
  }

  private mutating func schedule(_ key: ProcessKey, from now: Instant) {
    guard let pause = Limits.latePause(after: attempts.count(key)) else { return }
    let due = now.adding(seconds: pause)
    guard late[key] != due else { return }
    late[key] = due
    insert(due, key)
  }

  private mutating func insert(_ due: Instant, _ key: ProcessKey) {
    let place = queue.firstIndex { due < $0.due } ?? queue.count
    queue.insert((due, key), at: place)
  }

  /// What is due at `now`; each is told once.
  public mutating func due(at now: Instant) -> [(CommandID, LedgerCommand)] {
    overdue(at: now) + attempts(at: now)
  }

  private mutating func overdue(at now: Instant) -> [(CommandID, LedgerCommand)] {
    var commands: [(CommandID, LedgerCommand)] = []
    for index in lines.indices {
      while let next = lines[index].next, next <= now {
        let (key, state, since) = lines[index].steps[lines[index].first]
        lines[index].first += 1
        // It may have moved in the very moment in which it began.
        guard let step = standing[key], step.state == state, step.since == since, !step.isTold
        else { continue }
        commands.append(
          (
            .composed("overdue", key.kind.text, key.id, step.state.text, "\(since.microseconds)"),
            .ledger(.step(.noteOverdue(key, step.channel, step.state, since: since)))
          ))
      }
      if lines[index].first > 1_024, lines[index].first * 2 > lines[index].steps.count {
        lines[index].steps.removeFirst(lines[index].first)
        lines[index].first = 0
      }
    }
    return commands
  }

  private mutating func attempts(at now: Instant) -> [(CommandID, LedgerCommand)] {
    var commands: [(CommandID, LedgerCommand)] = []
    while let (due, key) = queue.first, due <= now {
      queue.removeFirst()
      // It stays listed until a fact moves it: what stands is what the facts say alone.
      guard late[key] == due else { continue }
      let number = attempts.count(key) + 1
      commands.append(
        (
          .composed("attempt", key.kind.text, key.id, "\(number)"),
          .ledger(.step(.attempt(key, number: number)))
        ))
    }
    return commands
  }

  /// The one listing of what stands; see `StateFields`.
  public mutating func list(_ fields: inout StateFields) {
    fields.map("steps", &standing, blank: (.blank, Standing())) {
      $0.list(&$2)
      $2.text("channel", &$1.channel)
      $2.text("state", &$1.state)
      Self.list(&$1.since, &$2)
      $2.flag("isTold", &$1.isTold)
    }
    fields.map("late", &late, blank: (.blank, .blank)) {
      $0.list(&$2)
      Self.list(&$1, &$2)
    }
    attempts.list(&fields)
    guard fields.isReading else { return }
    (lines, queue) = ([], [])
    for (key, step) in standing.sorted(by: { ($0.value.since, $0.key) < ($1.value.since, $1.key) })
    where !step.isTold {
      guard let expected = StepExpectation.of(key.kind, in: step.state) else {
        return fields.refuse()
      }
      enqueue(key, step.state, since: step.since, expected.seconds)
    }
    for (key, due) in late.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
      insert(due, key)
    }
  }

  /// By its number: what only takes the shape has no time that could be told.
  private static func list(_ instant: inout Instant, _ fields: inout StateFields) {
    var number = instant.microseconds
    fields.number("at", &number)
    instant = Instant(microseconds: number)
  }
}
