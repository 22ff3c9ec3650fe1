public import Kernel

/// When each membership that began with a link of ours ends, and which are over now.
///
/// A timer is a fact about the future: it stands in `invite.requested`, time comes in as a value,
/// and what is due goes out as a command, which the ledger ignores where access was extended.
public struct MembershipTimers: Sendable {
  private struct Timer: Hashable, Sendable {
    var order = OrderID.blank
    var end = Instant.blank
    var days = 0

    /// When the subscriber is reminded; nil where he isn't.
    var reminder: Instant? {
      Limits.reminderSeconds(days: days).map { end.adding(seconds: -$0) }
    }
  }

  /// A moment at which something is said of a timer.
  private struct Moment {
    let at: Instant
    let member: MemberKey
    let timer: Timer
    let isEnd: Bool
  }

  /// The last timer of each member; it stays until the end is a fact.
  private var timers: [MemberKey: Timer] = [:]
  /// The same, soonest first, from `first` on; those before were told.
  private var queue: [Moment] = []
  private var first = 0

  public init() {}

  /// When the next one may be over; nil where none runs.
  public var next: Instant? { first < queue.count ? queue[first].at : nil }

  public mutating func take(_ event: LedgerEvent) {
    switch event {
    case .invite(.requested(let e)):
      let member = MemberKey(e.channel, e.user)
      // Another link of an order ends nothing at another time.
      if let running = timers[member], running.order == e.order, running.end == e.expires { return }
      enqueue(Timer(order: e.order, end: e.expires, days: e.days), of: member)
    case .order(.granted(let e)):
      // Only of whom we let in ourselves.
      let member = MemberKey(e.channel, e.user)
      guard let running = timers[member], running.end < e.expires else { return }
      enqueue(Timer(order: running.order, end: e.expires, days: e.days), of: member)
    case .membership(.revoked(let e)):
      let member = MemberKey(e.channel, e.user)
      guard let running = timers[member], running.end > e.expires else { return }
      enqueue(Timer(order: running.order, end: e.expires, days: running.days), of: member)
    case .membership(.expired(let e)): timers[MemberKey(e.channel, e.user)] = nil
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch, .split, .hostpay,
      .transfer, .wallet, .account, .invite, .membership, .chat:
      break
    }
  }

  /// What is over at `now`, or soon; each is told once.
  public mutating func due(at now: Instant) -> [(CommandID, LedgerCommand)] {
    var commands: [(CommandID, LedgerCommand)] = []
    while first < queue.count, queue[first].at <= now {
      let moment = queue[first]
      let timer = moment.timer
      first += 1
      guard timers[moment.member] == timer else { continue }
      let (order, end) = (timer.order, timer.end)
      if moment.isEnd {
        let id = CommandID.composed("expire", order.text, "\(end.microseconds)")
        commands.append((id, .membership(.expire(order))))
      } else if now < end {
        let id = CommandID.composed("remind", order.text, "\(end.microseconds)")
        commands.append((id, .chat(.remind(order, end: end))))
      }
    }
    if first > 1_024, first * 2 > queue.count {
      queue.removeFirst(first)
      first = 0
    }
    return commands
  }

  private mutating func enqueue(_ timer: Timer, of member: MemberKey) {
    timers[member] = timer
    if let at = timer.reminder {
      insert(Moment(at: at, member: member, timer: timer, isEnd: false))
    }
    insert(Moment(at: timer.end, member: member, timer: timer, isEnd: true))
  }

  private mutating func insert(_ moment: Moment) {
    var low = first
    var high = queue.count
    while low < high {
      let middle = (low + high) / 2
      if queue[middle].at <= moment.at { low = middle + 1 } else { high = middle }
    }
    queue.insert(moment, at: low)
  }

  /// The one listing of those that run; see `StateFields`.
  public mutating func list(_ fields: inout StateFields) {
    fields.map("timers", &timers, blank: (.blank, Timer())) {
      $0.list(&$2)
      $2.text("order", &$1.order)
      // By its number: what only takes the shape has no time that could be told.
      var end = $1.end.microseconds
      $2.number("end", &end)
      $1.end = Instant(microseconds: end)
      $2.number("days", &$1.days)
    }
    guard fields.isReading else { return }
    (queue, first) = ([], 0)
    for (member, timer) in timers.sorted(by: { ($0.value.end, $0.key) < ($1.value.end, $1.key) }) {
      enqueue(timer, of: member)
    }
  }
}
