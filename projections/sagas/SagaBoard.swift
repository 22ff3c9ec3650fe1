public import Kernel

/// Every running or ended step of a process: one row per conversion, batch, split, hostpay and
/// transfer.
public enum SagaBoard: Projection {
  public static let table = Table("sagas", sql: PackageResources.sagas_sql)
  public static let version = 4
  public static let families: EventFamilies = [
    .ledger, .conversion, .batch, .split, .hostpay, .transfer,
  ]
  public static let forms = FactForms(
    [.conversion, .batch, .split, .hostpay, .transfer], StepEvent.Overdue.self,
    StepEvent.Attempted.self, StepEvent.AttemptsStopped.self)

  public typealias Key = ProcessKey

  public struct Row: TableRow {
    public var key: Key { Key(kind, id) }
    public var kind: StepKind
    public var id: String
    public var channel: ChannelKey = .blank
    public var state = StepState.requested
    public var isEnded = false
    public var startedAt: Instant = .blank
    public var since: Instant = .blank
    public var deadline: Instant?
    public var dueAt: Instant?
    /// When the log has it that it was overdue; nil where it wasn't, or since it went on.
    public var overdueAt: Instant?
    public var waitsFor: String?
    public var reason: String?
    public var attempt = 1
    /// Attempts that were made by themselves, of this one and those before it.
    public var later = 0
    public var position = 0

    public static var blank: Row { Row(key: .blank) }

    public init(key: Key) {
      kind = key.kind
      id = key.id
    }

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("kind", &kind)
      fields.text("id", &id)
      fields.text("channel", &channel)
      fields.text("state", &state)
      fields.flag("is_ended", &isEnded)
      fields.text("started_at", &startedAt)
      fields.text("since", &since)
      fields.text("deadline", &deadline)
      fields.text("due_at", &dueAt)
      fields.text("overdue_at", &overdueAt)
      fields.text("waits_for", &waitsFor)
      fields.text("reason", &reason)
      fields.integer("attempt", &attempt)
      fields.integer("later_attempts", &later)
      fields.integer("position", &position)
    }
  }

  /// What the fold remembers of a subject: a payout group's newest batch.
  public struct Note: TableNote {
    public var key: Subject
    public var batch: BatchID = .blank
    public var position = 0

    public init(key: Subject) { self.key = key }

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("subject", &key)
      fields.text("batch", &batch)
      fields.integer("position", &position)
    }
  }

  public static func apply(
    _ recorded: Recorded, to rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    if case .ledger(.step(let event)) = recorded.event { note(event, recorded, &rows) }
    if case .batch(.opened(let e)) = recorded.event {
      supersede(e, at: recorded.at, &rows, &notes)
    }
    let moves = recorded.event.moves { key in
      rows[key].flatMap { $0.isEnded ? nil : $0.state }
    }
    for move in moves { enter(move, at: recorded.at, &rows) }
  }

  /// What a failed batch held is in the group's next one: nobody waits for it any more.
  private static func supersede(
    _ opened: BatchEvent.Opened, at now: Instant, _ rows: inout Rows<Row>,
    _ notes: inout Rows<Note>
  ) {
    let words = "group/\(opened.channel)/\(opened.wallet)/\(opened.asset)"
    // A wallet is printable ASCII without spaces, as its registration was checked.
    guard let group = Subject(text: words) else { return }
    var note = notes[group] ?? Note(key: group)
    let last = Key(.batch, note.batch.text)
    if let row = rows[last], row.state == .failed {
      var move = StepMove(last, opened.channel, .retried)
      move.keepsReason = true
      enter(move, at: now, &rows)
    }
    note.batch = opened.batch
    notes[group] = note
  }

  private static func note(_ event: StepEvent, _ recorded: Recorded, _ rows: inout Rows<Row>) {
    guard var row = rows[event.key] else { return }
    switch event {
    case .overdue(let e):
      // What has gone on meanwhile isn't late any more.
      guard row.state == e.state, !row.isEnded else { return }
      row.overdueAt = recorded.at
    case .attempted(let e): row.later = e.number
    case .attemptsStopped(let e): row.reason = e.reason
    }
    rows[event.key] = row
  }

  private static func enter(_ move: StepMove, at now: Instant, _ rows: inout Rows<Row>) {
    let known = rows[move.key]
    var row = known ?? Row(key: move.key)
    if known == nil { row.startedAt = now }
    if known?.state != move.state {
      row.since = now
      row.overdueAt = nil
    }
    row.channel = move.channel
    row.state = move.state
    let expectation = StepExpectation.of(move.key.kind, in: move.state)
    row.isEnded = expectation == nil
    row.dueAt = expectation.map { row.since.adding(seconds: $0.seconds) }
    row.waitsFor = expectation?.words
    if !move.keepsReason { row.reason = move.reason }
    row.deadline = move.deadline
    switch move.attempt {
    case .same: break
    // Of what wasn't there before it is the first.
    case .next: row.attempt = known.map { $0.attempt + 1 } ?? 1
    case .number(let number): row.attempt = number
    }
    rows[move.key] = row
  }
}
