public import Kernel

/// When each channel is posted in next: at once where it is new, a day after a post, and an hour
/// after one that failed (domain 4.12).
public struct PostTimers: Sendable {
  private static let daySeconds: Int64 = 86_400
  private static let failedSeconds: Int64 = 3_600

  /// Channels that something is sold in.
  private var channels: [ChannelKey: OpenChannelID] = [:]
  private var times: [OpenChannelID: Instant] = [:]
  /// The soonest of them; nil where none runs.
  public private(set) var next: Instant?
  private var isOn = false

  public init() {}

  public mutating func take(_ recorded: Recorded) {
    switch recorded.event {
    case .channel(.registered(let e)):
      channels[e.channel] = e.open.id
      set(e.open.id, recorded.at)
    case .channel(.closed(let e)):
      if let open = channels.removeValue(forKey: e.channel) { set(open, nil) }
    case .chat(.switchedOn(let e)):
      isOn = e.isPosting
      // Those that stand were posted by whoever posted before.
      for open in channels.values where times[open] == nil { times[open] = recorded.at }
      find()
    case .chat(.switchedOff): isOn = false
    case .chat(.posted(let e)) where e.place == .open:
      set(e.open, recorded.at.adding(seconds: Self.daySeconds))
    case .chat(.postFailed(let e)) where e.place == .open:
      let seconds = e.isLast ? Self.daySeconds : Self.failedSeconds
      set(e.open, recorded.at.adding(seconds: seconds))
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch, .split, .hostpay,
      .transfer, .wallet, .account, .invite, .membership, .chat:
      break
    }
  }

  /// What is to be posted at `now`; until that is a fact it is asked for again a while later.
  public mutating func due(at now: Instant) -> [(CommandID, LedgerCommand)] {
    guard let next, next <= now else { return [] }
    var commands: [(CommandID, LedgerCommand)] = []
    for open in times.filter({ $0.value <= now }).keys.sorted() {
      let at = times[open] ?? now
      times[open] = now.adding(seconds: Self.failedSeconds)
      for place in PostPlace.allCases {
        let id = CommandID.composed("post", open.text, place.text, "\(at.microseconds)")
        commands.append((id, .chat(.post(open, place, isByHand: false))))
      }
    }
    find()
    return isOn ? commands : []
  }

  private mutating func set(_ open: OpenChannelID, _ at: Instant?) {
    times[open] = at
    find()
  }

  private mutating func find() { next = isOn ? times.values.min() : nil }

  /// The one listing of them; see `StateFields`.
  public mutating func list(_ fields: inout StateFields) {
    fields.flag("isOn", &isOn)
    fields.map("channels", &channels, blank: (.blank, .blank)) {
      $2.text("channel", &$0)
      $2.text("open", &$1)
    }
    fields.map("times", &times, blank: (.blank, Instant(microseconds: 0))) {
      $2.text("open", &$0)
      var at = $1.microseconds
      $2.number("at", &at)
      $1 = Instant(microseconds: at)
    }
    if fields.isReading { find() }
  }
}
