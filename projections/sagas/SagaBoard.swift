public import Kernel

/// Every running or ended step of a process: one row per conversion, batch, split, hostpay and
/// transfer.
public enum SagaBoard: Projection {
  public static let table = Table("sagas", sql: PackageResources.sagas_sql)
  public static let version = 3
  public static let families: EventFamilies = [.conversion, .batch, .split, .hostpay, .transfer]

  public enum Kind: String, Word {
    case conversion, batch, split, hostpay, transfer
  }

  public enum State: String, Word {
    case requested, opened, estimating, estimated, opening, watching, checked, signed
    case handedOff = "handed_off"
    case nonceReserved = "nonce_reserved"
    case cancelling
    case held, parked
    case completed, failed, funded, confirmed, reverted, cancelled, retried, refunded, replaced
  }

  public struct Key: Hashable, Sendable {
    public let kind: Kind
    public let id: String

    public init(kind: Kind, id: String) {
      self.kind = kind
      self.id = id
    }
  }

  public struct Row: TableRow {
    public var key: Key { Key(kind: kind, id: id) }
    public var kind: Kind
    public var id: String
    public var channel: ChannelKey = .blank
    public var state = State.requested
    public var isEnded = false
    public var startedAt: Instant = .blank
    public var since: Instant = .blank
    public var deadline: Instant?
    public var dueAt: Instant?
    public var waitsFor: String?
    public var reason: String?
    public var attempt = 1
    public var position = 0

    public static var blank: Row { Row(key: Key(kind: .conversion, id: "")) }

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
      fields.text("waits_for", &waitsFor)
      fields.text("reason", &reason)
      fields.integer("attempt", &attempt)
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
    let board = Board(now: recorded.at)
    switch recorded.event {
    case .conversion(let event): board.move(event, &rows)
    case .batch(let event): board.move(event, &rows, &notes)
    case .split(let event): board.move(event, &rows)
    case .hostpay(let event): board.move(event, &rows)
    case .transfer(let event): board.move(event, &rows)
    case .ledger, .channel, .order, .payment, .accumulation, .wallet, .account, .invite,
      .membership, .chat:
      break
    }
  }
}

/// Moves rows over the board.
private struct Board {
  let now: Instant

  private func enter(
    _ kind: SagaBoard.Kind, _ id: String, _ channel: ChannelKey, _ state: SagaBoard.State,
    _ rows: inout Rows<SagaBoard.Row>, reason: String? = nil, deadline: Instant? = nil,
    attempt: Int? = nil
  ) {
    let key = SagaBoard.Key(kind: kind, id: id)
    let known = rows[key]
    var row = known ?? SagaBoard.Row(key: key)
    if known == nil { row.startedAt = now }
    if known?.state != state { row.since = now }
    row.channel = channel
    row.state = state
    let expectation = SagaBoard.expectation(kind, state)
    row.isEnded = expectation == nil
    row.dueAt = expectation.map { row.since.adding(seconds: $0.seconds) }
    row.waitsFor = expectation?.words
    row.reason = reason
    row.deadline = deadline
    row.attempt = attempt ?? row.attempt
    rows[key] = row
  }

  func move(_ event: ConversionEvent, _ rows: inout Rows<SagaBoard.Row>) {
    switch event {
    case .requested(let e): enter(.conversion, e.conversion.text, e.channel, .requested, &rows)
    case .completed(let e): enter(.conversion, e.conversion.text, e.channel, .completed, &rows)
    case .failed(let e):
      enter(.conversion, e.conversion.text, e.channel, .failed, &rows, reason: e.reason)
    case .shared: break
    case .retried(let e):
      enter(.conversion, e.conversion.text, e.channel, .retried, &rows, reason: e.reason)
    }
  }

  func move(
    _ event: BatchEvent, _ rows: inout Rows<SagaBoard.Row>, _ notes: inout Rows<SagaBoard.Note>
  ) {
    switch event {
    case .opened(let e):
      supersede(e, &rows, &notes)
      enter(.batch, e.batch.text, e.channel, .opened, &rows)
    case .handedOff(let e): enter(.batch, e.batch.text, e.channel, .handedOff, &rows)
    case .completed(let e): enter(.batch, e.batch.text, e.channel, .completed, &rows)
    case .failed(let e): enter(.batch, e.batch.text, e.channel, .failed, &rows, reason: e.reason)
    case .retried(let e): enter(.batch, e.batch.text, e.channel, .retried, &rows, reason: e.reason)
    }
  }

  /// What a failed batch held is in the group's next one: nobody waits for it any more.
  private func supersede(
    _ opened: BatchEvent.Opened, _ rows: inout Rows<SagaBoard.Row>,
    _ notes: inout Rows<SagaBoard.Note>
  ) {
    let words = "group/\(opened.channel)/\(opened.wallet)/\(opened.asset)"
    // A wallet is printable ASCII without spaces, as its registration was checked.
    guard let group = Subject(text: words) else { return }
    var note = notes[group] ?? SagaBoard.Note(key: group)
    let last = note.batch.text
    if let row = rows[SagaBoard.Key(kind: .batch, id: last)], row.state == .failed {
      enter(.batch, last, opened.channel, .retried, &rows, reason: row.reason)
    }
    note.batch = opened.batch
    notes[group] = note
  }

  func move(_ event: SplitEvent, _ rows: inout Rows<SagaBoard.Row>) {
    switch event {
    case .requested(let e):
      let state: SagaBoard.State = e.route == .swap ? .estimating : .opened
      enter(.split, e.split.text, e.channel, state, &rows)
    case .estimated(let e):
      enter(.split, e.split.text, e.channel, .estimated, &rows, deadline: e.validUntil)
    case .swapIntended(let e):
      enter(.split, e.split.text, e.channel, .opening, &rows, attempt: e.attempt)
    case .swapOpened(let e):
      enter(
        .split, e.split.text, e.channel, .opened, &rows, deadline: e.validUntil,
        attempt: e.attempt)
    case .swapAbandoned(let e):
      enter(.split, e.split.text, e.channel, .estimating, &rows)
      leave(e.split, e.channel, .retried, &rows)
    case .swapObserved(let e):
      // What waits for a person goes on waiting, whatever the provider says meanwhile.
      guard rows[SagaBoard.Key(kind: .split, id: e.split.text)]?.state != .held else { return }
      enter(.split, e.split.text, e.channel, .watching, &rows)
    case .completed(let e): enter(.split, e.split.text, e.channel, .completed, &rows)
    case .held(let e): enter(.split, e.split.text, e.channel, .held, &rows, reason: e.reason)
    case .failed(let e):
      enter(.split, e.split.text, e.channel, .failed, &rows, reason: e.reason)
      leave(e.split, e.channel, .failed, &rows)
    case .asked, .swapRegressed: break
    case .refunded(let e):
      let reason = "\(e.refunded.amountText) of \(e.source.amountText) \(e.source.asset) came back"
      // What it paid for goes on by itself, unless that is a payment that is paid at once.
      let state: SagaBoard.State = e.purpose.payment == nil ? .refunded : .held
      enter(.split, e.split.text, e.channel, state, &rows, reason: reason)
    case .replaced(let e):
      enter(.split, e.split.text, e.channel, .replaced, &rows, reason: e.reason)
    case .released(let e): resume(e.split, e.channel, at: e.next, &rows)
    case .retried(let e): resume(e.split, e.channel, at: e.next, &rows)
    }
  }

  /// A person let a split go on; what its hostpay was held for is over with it.
  private func resume(
    _ split: SplitID, _ channel: ChannelKey, at next: SplitStep,
    _ rows: inout Rows<SagaBoard.Row>
  ) {
    let state: SagaBoard.State =
      switch next {
      case .estimate: .estimating
      case .fund: .opened
      case .watch: .watching
      }
    enter(.split, split.text, channel, state, &rows)
    if next != .watch { leave(split, channel, .retried, &rows) }
  }

  /// What was under way to pay for a split's swap is over with it; nothing of it was sent.
  private func leave(
    _ split: SplitID, _ channel: ChannelKey, _ state: SagaBoard.State,
    _ rows: inout Rows<SagaBoard.Row>
  ) {
    for (kind, id) in [(SagaBoard.Kind.hostpay, split.text), (.transfer, split.transfer.text)] {
      guard let row = rows[SagaBoard.Key(kind: kind, id: id)], !row.isEnded else { continue }
      enter(kind, id, channel, state, &rows, reason: row.reason)
    }
  }

  func move(_ event: HostpayEvent, _ rows: inout Rows<SagaBoard.Row>) {
    switch event {
    case .requested(let e):
      let before = rows[SagaBoard.Key(kind: .hostpay, id: e.split.text)]?.attempt ?? 0
      enter(.hostpay, e.split.text, e.channel, .requested, &rows, attempt: before + 1)
    case .checked(let e): enter(.hostpay, e.split.text, e.channel, .checked, &rows)
    case .funded(let e):
      enter(.hostpay, e.split.text, e.channel, .funded, &rows)
      if e.swap != nil { enter(.split, e.split.text, e.channel, .watching, &rows) }
    case .held(let e): enter(.hostpay, e.split.text, e.channel, .held, &rows, reason: e.reason)
    }
  }

  func move(_ event: TransferEvent, _ rows: inout Rows<SagaBoard.Row>) {
    switch event {
    case .requested(let e): enter(.transfer, e.transfer.text, e.channel, .requested, &rows)
    case .nonceReserved(let e):
      enter(.transfer, e.transfer.text, e.channel, .nonceReserved, &rows)
    case .signed(let e):
      enter(.transfer, e.transfer.text, e.channel, .signed, &rows, attempt: e.attempt)
    case .bumpRequested(let e):
      let state: SagaBoard.State = e.cancels ? .cancelling : .signed
      enter(.transfer, e.transfer.text, e.channel, state, &rows, attempt: e.attempt)
    case .cancelRequested(let e):
      let state: SagaBoard.State = e.nonce == nil ? .cancelled : .cancelling
      enter(.transfer, e.transfer.text, e.channel, state, &rows, reason: e.reason)
    case .cancelSigned(let e):
      enter(.transfer, e.transfer.text, e.channel, .cancelling, &rows, attempt: e.attempt)
    case .released(let e):
      enter(.transfer, e.transfer.text, e.channel, .requested, &rows)
      // What it pays goes on with it.
      guard let split = e.transfer.split?.text else { return }
      for (kind, state) in [(SagaBoard.Kind.split, SagaBoard.State.opened), (.hostpay, .checked)]
      where rows[SagaBoard.Key(kind: kind, id: split)]?.state == .held {
        enter(kind, split, e.channel, state, &rows)
      }
    case .confirmed(let e): enter(.transfer, e.transfer.text, e.channel, .confirmed, &rows)
    case .reverted(let e): enter(.transfer, e.transfer.text, e.channel, .reverted, &rows)
    case .cancelled(let e): enter(.transfer, e.transfer.text, e.channel, .cancelled, &rows)
    case .parked(let e):
      enter(.transfer, e.transfer.text, e.channel, .parked, &rows, reason: e.reason)
    case .guarded(.held(let e)):
      enter(.transfer, e.transfer.text, e.channel, .held, &rows, reason: e.reason)
    case .guarded(.approved), .guarded(.cleared): break
    }
  }
}
