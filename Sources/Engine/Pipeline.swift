import Kernel
import Log

/// How the group on its way ended.
enum Landing: Sendable {
  case durable
  case failed(StoreError)
}

/// Who waits for a group, and since when.
struct Waiters: Sendable {
  var callers: [@Sendable (Answer) -> Void] = []
  var troubles: [String] = []
  var since: Instant?
}

/// What a loop holds between two turns: the machine, who waits for the group that is gathered, and
/// who for the one on its way.
struct Pipeline<P: LedgerProcess> {
  var machine: Machine<P>
  /// Commands one group takes at most; fewer after a group that was too large for the store.
  var most: Int { didSet { machine.groupMost = most } }
  var open = Waiters()
  var flying: Waiters?
  /// A durable group whose callers have been told, while nothing has followed from it yet.
  var landed: (Draft, Waiters)?
  /// They see nothing that isn't durable, so they wait until nothing is on its way.
  var readings: [@Sendable (LedgerState) -> Void] = []
  /// Nothing more is decided until everything is durable: somebody is to see the machine.
  var isDraining = false
  private var hold = Hold()

  init(_ machine: Machine<P>, most: Int) {
    self.machine = machine
    self.most = most
    self.machine.groupMost = most
  }

  /// Commands that may be taken now.
  var room: Int { isDraining ? 0 : max(0, most - open.callers.count) }

  /// Whether everything that was decided is durable and told, and what follows from it is done.
  var isQuiet: Bool { flying == nil && landed == nil && isOpenEmpty }

  var isOpenEmpty: Bool { open.callers.isEmpty && open.troubles.isEmpty && machine.isOpenEmpty }

  /// Whether the group that is gathered may leave: nothing is before it, and nobody is waited for.
  func mayLeave(_ now: Instant) -> Bool {
    flying == nil && hold.microseconds(now, gathered: open.callers.count) == 0
  }

  /// Microseconds until something is to be done without being asked; nil for never.
  func wait(_ now: Instant) -> Int64? {
    var wait: Int64?
    if !isDraining || isQuiet {
      wait = machine.wakeAt(now).map { max(0, $0.microseconds - now.microseconds) }
    }
    if flying == nil, !isOpenEmpty {
      let hold = hold.microseconds(now, gathered: open.callers.count)
      wait = min(wait ?? hold, hold)
    }
    return wait
  }

  /// Decides into the open group; gives what is to be written of it that wasn't there before.
  mutating func gather(
    _ submissions: [(Submission, @Sendable (Answer) -> Void)], _ now: Instant,
    _ store: any EventStore
  ) throws(StoreError) -> [Proposal] {
    open.callers += submissions.map(\.1)
    open.since = open.since ?? now
    return try machine.gather(submissions.map(\.0), at: now, store)
  }

  /// Goes on with a machine that knows no more than the store.
  mutating func restart(_ machine: Machine<P>) {
    self.machine = machine
    self.machine.groupMost = most
  }

  mutating func launch(_ now: Instant) {
    flying = open
    open = Waiters()
    hold.noteLaunch(now)
  }

  mutating func land(_ now: Instant) -> (Draft, Waiters) {
    guard let waiters = flying.take() else { preconditionFailure("no group was on its way") }
    hold.noteLanding(now, callers: waiters.callers.count)
    return (machine.land(), waiters)
  }
}

/// How long a group is held for callers who come back.
///
/// Whoever waited for one group is likely to ask again at once: a moment later all of them are in
/// one group, and without it they would be in two, each with half of them and a sync of its own.
/// The moment is an eighth of what a group takes; where that is next to nothing, nobody waits.
private struct Hold {
  private static let least: Int64 = 50
  private static let most: Int64 = 2_000

  private var launchedAt: Int64 = 0
  private var until: Int64 = 0
  private var callers = 0

  mutating func noteLaunch(_ now: Instant) {
    launchedAt = now.microseconds
    until = 0
  }

  mutating func noteLanding(_ now: Instant, callers: Int) {
    let share = min(Self.most, (now.microseconds - launchedAt) / 8)
    self.callers = callers
    until = share >= Self.least && callers > 1 ? now.microseconds + share : 0
  }

  func microseconds(_ now: Instant, gathered: Int) -> Int64 {
    // Further away than that it only is where the clock was set back.
    guard gathered < callers, until > now.microseconds, until - now.microseconds <= Self.most
    else { return 0 }
    return until - now.microseconds
  }
}
