public import Engine
public import Kernel
import Sagas
import Synchronization

/// What the service counts, and the page it shows them on (Prometheus text 0.0.4).
///
/// Labels come from closed sets: names of facts, routes, lanes; never from what a caller sent.
public final class Metrics: Sendable {
  /// What became of a provider's notice.
  public enum NoticeOutcome: String, CaseIterable, Sendable {
    case accepted, replayed, ignored, refused, forged, malformed, unavailable
  }

  struct State {
    var notices = Counter("weir_notices_total", "Provider notices by outcome.", ["outcome"])
    var commands = Counter("weir_commands_total", "Commands by answer.", ["answer"])
    var events = Counter("weir_events_total", "Facts appended by name.", ["name"])
    var alarms = Counter("weir_alarms_total", "Facts that need a person, by kind.", ["kind"])
    var inbox = Counter("weir_inbox_total", "Webhooks through the inbox by outcome.", ["outcome"])
    var backlog: Readiness.Inbox?
    var calls = Counter(
      "weir_calls_total", "Outside calls of other nodes, by node and outcome.", ["node", "outcome"])
    var standing: Readiness.Calls?
    var troubles = Counter("weir_troubles_total", "Outside calls that were given up.", [])
    var requests = Counter(
      "weir_http_requests_total", "HTTP requests by route and status.",
      ["method", "route", "status"])
    var durations = Histogram(
      "weir_http_request_duration_seconds", "From the whole request to its answer.", ["route"],
      bounds: ["0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "1", "5"])
    var groups = Histogram(
      "weir_group_commands", "Commands in one group commit.", [],
      bounds: ["1", "2", "5", "10", "25", "50", "100", "250", "500", "1000"])
    var commits = Histogram(
      "weir_group_commit_duration_seconds", "Deciding, writing and syncing one group.", [],
      bounds: [
        "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "1",
      ])
    var lanes: [GroupReport.LaneReport] = []
    var head: UInt64 = 0
    var isRecovering = false
    /// Those that stand and nobody has explained, by number.
    var differences: [Int: (kind: DifferenceKind, since: Instant)] = [:]

    mutating func take(_ event: DifferenceEvent) {
      switch event {
      case .found(let e): differences[e.difference] = (e.kind, e.since)
      case .explained(let e): differences[e.difference] = nil
      case .transferCorrected: break
      case .closed(let e): differences[e.difference] = nil
      case .walletCounted: break
      }
    }
  }

  private let state = Mutex(State())
  private let startedAt: Instant
  private let tablesPlace: @Sendable () -> UInt64

  /// `tablesPlace` is asked at each page: the position the tables have taken in.
  public init(startedAt: Instant, tablesPlace: @escaping @Sendable () -> UInt64) {
    self.startedAt = startedAt
    self.tablesPlace = tablesPlace
    state.withLock { state in
      // Every outcome is on the page from the start, so that a rate of it can be watched.
      for outcome in NoticeOutcome.allCases { state.notices.add([outcome.rawValue], 0) }
    }
  }

  public func note(_ outcome: NoticeOutcome) {
    state.withLock { $0.notices.add([outcome.rawValue]) }
  }

  /// What became of a webhook in the inbox; `outcome` is one of a few words.
  func noteInbox(_ outcome: String) { state.withLock { $0.inbox.add([outcome]) } }

  func note(_ backlog: Readiness.Inbox) { state.withLock { $0.backlog = backlog } }

  /// What became of a call that another node makes, or this one for another; `outcome` is one of a
  /// few words.
  func noteCall(_ outcome: String, of node: String?) {
    state.withLock { $0.calls.add([NodeTag.of(node ?? ""), outcome]) }
  }

  func note(_ standing: Readiness.Calls) { state.withLock { $0.standing = standing } }

  /// Takes in one group of the loop; called on its thread.
  public func take(_ report: GroupReport) {
    state.withLock { state in
      for answer in report.answers { state.commands.add([answer.word]) }
      for recorded in report.committed {
        state.events.add([recorded.event.name])
        if case .ledger(.difference(let event)) = recorded.event { state.take(event) }
        if let alarm = Alarm(recorded.event) { state.alarms.add([alarm.kind]) }
      }
      for _ in report.troubles { state.troubles.add([]) }
      if report.submissions > 0 || !report.committed.isEmpty {
        state.groups.observe([], Double(report.submissions))
        state.commits.observe([], Double(report.microseconds) / 1e6)
      }
      state.lanes = report.lanes
      if let last = report.committed.last { state.head = last.position }
    }
  }

  /// What the lanes were doing when the loop told last.
  var lanes: [GroupReport.LaneReport] { state.withLock { $0.lanes } }

  /// The log's newest position, where no group has told it yet: after a start.
  public func note(head: UInt64) { state.withLock { $0.head = max($0.head, head) } }

  /// The differences as the log left them.
  func begin(_ ledger: LedgerState) {
    state.withLock { state in
      for standing in ledger.standingDifferences() where standing.explained == nil {
        state.differences[standing.number] = (standing.kind, standing.since)
      }
    }
  }

  /// Something of the log itself needs a person; `kind` is one of a few words.
  public func noteAlarm(_ kind: String) { state.withLock { $0.alarms.add([kind]) } }

  /// Nothing is signed until recovery is done.
  public func noteRecovery() { state.withLock { $0.isRecovering = true } }

  public func noteRequest(method: String, route: String, status: Int, seconds: Double) {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains(method)
    state.withLock { state in
      state.requests.add([known ? method : "other", route, String(status)])
      state.durations.observe([route], seconds)
    }
  }

  /// The page.
  ///
  /// - Parameter now: What the age of differences is counted to; nil for none.
  public func page(isFrozen: Bool = false, at now: Instant? = nil) -> String {
    let place = tablesPlace()
    var text = ""
    state.withLock { state in
      let families: [any MetricFamily] = [
        state.notices, state.commands, state.events, state.alarms, state.inbox, state.calls,
        state.troubles, state.requests, state.durations, state.groups, state.commits,
      ]
      for family in families { family.write(&text) }
      func gauge(_ name: String, _ help: String, _ labels: [String], _ rows: [([String], String)]) {
        writeHead(name, help, "gauge", &text)
        for (values, value) in rows { writeSample(name, labels, values, value, &text) }
      }
      let lanes = state.lanes
      gauge(
        "weir_lane_waiting", "Outside calls waiting, by lane.", ["lane"],
        lanes.map { ([$0.name], String($0.waiting)) })
      gauge(
        "weir_lane_running", "Outside calls under way, by lane.", ["lane"],
        lanes.map { ([$0.name], String($0.running)) })
      gauge(
        "weir_lane_shut", "1 where a lane lets nothing through.", ["lane"],
        lanes.map { ([$0.name], $0.isShut ? "1" : "0") })
      if let backlog = state.backlog {
        gauge(
          "weir_inbox_waiting", "Webhooks in the inbox that nobody has taken.", [],
          [([], String(backlog.waiting))])
        gauge(
          "weir_inbox_oldest_seconds", "Age of the one that waits longest; 0 for none.", [],
          [([], String(backlog.oldestSeconds))])
      }
      if let standing = state.standing {
        let nodes = Dictionary(grouping: standing.leases) { $0.node }
        gauge(
          "weir_leases", "Lanes and tables that a node has leased.", ["node"],
          nodes.sorted { $0.key < $1.key }.map { ([$0.key], String($0.value.count)) })
        gauge(
          "weir_calls_out", "Calls that another node has and hasn't answered.", [],
          [([], String(standing.out))])
      }
      gauge("weir_log_position", "Newest position of the log.", [], [([], String(state.head))])
      gauge("weir_tables_position", "Position the tables have taken in.", [], [([], "\(place)")])
      let lag = state.head > place ? state.head - place : 0
      gauge("weir_tables_lag_events", "Facts the tables have yet to take in.", [], [([], "\(lag)")])
      gauge(
        "weir_recovery_owed", "1 while nothing is signed, until `weir recovery complete`.", [],
        [([], state.isRecovering ? "1" : "0")])
      gauge(
        "weir_frozen", "1 while nothing new is signed, until `weir unfreeze`.", [],
        [([], isFrozen ? "1" : "0")])
      let kinds = DifferenceKind.allCases.map { kind in
        ([kind.text], String(state.differences.values.count { $0.kind == kind }))
      }
      gauge(
        "weir_differences", "What ledger and outside differ in, until it is explained.", ["kind"],
        kinds)
      let oldest = state.differences.values.map { $0.since }.min()
      let age = oldest.flatMap { from in
        now.map { ($0.microseconds - from.microseconds) / 1_000_000 }
      }
      gauge(
        "weir_difference_age_seconds", "Age of the oldest difference; 0 where there is none.", [],
        [([], String(max(0, age ?? 0)))])
      let started = Double(startedAt.microseconds) / 1e6
      gauge(
        "weir_start_time_seconds", "When the service started, in Unix time.", [],
        [([], "\(started)")])
    }
    return text
  }
}

extension Answer {
  /// The answer as a metric's label and a log's word.
  var word: String {
    switch self {
    case .accepted: "accepted"
    case .replayed: "replayed"
    case .ignored: "ignored"
    case .refused: "refused"
    case .keyReused: "key_reused"
    case .full: "full"
    case .stopping: "stopping"
    }
  }
}
