public import Kernel

/// When each membership that began with a link of ours ends, and which are over now.
///
/// A timer is a fact about the future: it stands in `invite.requested`, time comes in as a value,
/// and what is due goes out as a command, which the ledger ignores where access was extended.
public struct MembershipTimers: Sendable {
  private struct Timer: Hashable, Sendable {
    var order = OrderID.blank
    var end = Instant.blank
  }

  /// The last timer of each member; it stays until the end is a fact.
  private var timers: [MemberKey: Timer] = [:]
  /// The same, soonest first, from `first` on; those before were told.
  private var queue: [(end: Instant, member: MemberKey, order: OrderID)] = []
  private var first = 0

  public init() {}

  /// When the next one may be over; nil where none runs.
  public var next: Instant? { first < queue.count ? queue[first].end : nil }

  public mutating func take(_ event: LedgerEvent) {
    switch event {
    case .invite(.requested(let e)):
      let member = MemberKey(e.channel, e.user)
      // Another link of an order ends nothing at another time.
      if let running = timers[member], running == Timer(order: e.order, end: e.expires) { return }
      timers[member] = Timer(order: e.order, end: e.expires)
      enqueue(e.expires, member, e.order)
    case .order(.granted(let e)):
      // Only of whom we let in ourselves.
      let member = MemberKey(e.channel, e.user)
      guard let running = timers[member], running.end < e.expires else { return }
      timers[member] = Timer(order: running.order, end: e.expires)
      enqueue(e.expires, member, running.order)
    case .membership(.expired(let e)): timers[MemberKey(e.channel, e.user)] = nil
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch, .split, .hostpay,
      .transfer, .wallet, .account, .invite, .membership, .chat:
      break
    }
  }

  /// What is over at `now`; each is told once.
  public mutating func due(at now: Instant) -> [(CommandID, LedgerCommand)] {
    var commands: [(CommandID, LedgerCommand)] = []
    while first < queue.count, queue[first].end <= now {
      let (end, member, order) = queue[first]
      first += 1
      guard let timer = timers[member], timer.order == order, timer.end == end else { continue }
      let id = CommandID.composed("expire", order.text, "\(end.microseconds)")
      commands.append((id, .membership(.expire(order))))
    }
    if first > 1_024, first * 2 > queue.count {
      queue.removeFirst(first)
      first = 0
    }
    return commands
  }

  private mutating func enqueue(_ end: Instant, _ member: MemberKey, _ order: OrderID) {
    var low = first
    var high = queue.count
    while low < high {
      let middle = (low + high) / 2
      if queue[middle].end <= end { low = middle + 1 } else { high = middle }
    }
    queue.insert((end, member, order), at: low)
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
    }
    guard fields.isReading else { return }
    (queue, first) = ([], 0)
    for (member, timer) in timers.sorted(by: { ($0.value.end, $0.key) < ($1.value.end, $1.key) }) {
      queue.append((timer.end, member, timer.order))
    }
  }
}
