public import Kernel

/// Each batch from its opening to the delivered amount: one row per batch.
public enum BatchStatus: Projection {
  public static let table = Table("batch_status", sql: PackageResources.batch_status_sql)
  public static let families: EventFamilies = [.batch, .split, .hostpay, .transfer]

  public enum Phase: String, Word {
    case opened
    case handedOff = "handed_off"
    case estimating, swapping, funding, delivering, held, completed, failed
  }

  public struct Row: TableRow {
    public var key: BatchID
    public var channel: ChannelKey = .blank
    public var wallet = ""
    public var asset = Asset.usdt
    public var members = 0
    public var total = Money.zero(.usdt)
    public var threshold = Money.zero(.usd)
    public var phase = Phase.opened
    public var reason: String?
    public var split: SplitID?
    public var attempt = 0
    public var swap: SwapID?
    public var swapStatus: String?
    public var transfer: TransferID?
    public var transaction: String?
    public var delivered: Money?
    public var openedAt: Instant = .blank
    public var handedOffAt: Instant?
    public var fundedAt: Instant?
    public var endedAt: Instant?
    public var position = 0

    public init(key: BatchID) { self.key = key }

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("batch", &key)
      fields.text("channel", &channel)
      fields.text("wallet", &wallet)
      fields.text("asset", &asset)
      fields.integer("members", &members)
      fields.amount("total_usdt", &total, in: .usdt)
      fields.amount("threshold_usd", &threshold, in: .usd)
      fields.text("phase", &phase)
      fields.text("reason", &reason)
      fields.text("split", &split)
      fields.integer("attempt", &attempt)
      fields.text("swap", &swap)
      fields.text("swap_status", &swapStatus)
      fields.text("transfer", &transfer)
      fields.text("tx_hash", &transaction)
      fields.amount("delivered", &delivered, in: asset)
      fields.text("opened_at", &openedAt)
      fields.text("handed_off_at", &handedOffAt)
      fields.text("funded_at", &fundedAt)
      fields.text("ended_at", &endedAt)
      fields.integer("position", &position)
    }
  }

  /// What the fold remembers of a subject: `split/<id>`, `transfer/<id>` and their batch.
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
    switch recorded.event {
    case .batch(let event): apply(event, at: recorded.at, to: &rows)
    case .split(let event): apply(event, to: &rows, &notes)
    case .hostpay(let event): apply(event, at: recorded.at, to: &rows, &notes)
    case .transfer(let event): apply(event, to: &rows, &notes)
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .wallet, .account,
      .invite, .membership, .chat:
      break
    }
  }

  private static func apply(_ event: BatchEvent, at now: Instant, to rows: inout Rows<Row>) {
    switch event {
    case .opened(let e):
      var row = Row(key: e.batch)
      row.channel = e.channel
      row.wallet = e.wallet
      row.asset = e.asset
      row.members = e.members.count
      row.total = e.total
      row.threshold = e.threshold
      row.openedAt = now
      rows[e.batch] = row
    case .handedOff(let e):
      change(e.batch, &rows) { row in
        if row.phase == .opened { row.phase = .handedOff }
        row.split = e.split
        row.handedOffAt = now
      }
    case .completed(let e):
      change(e.batch, &rows) { row in
        row.phase = .completed
        row.reason = nil
        row.delivered = e.delivered
        row.transaction = e.transaction
        row.endedAt = now
      }
    case .failed(let e):
      change(e.batch, &rows) { row in
        row.phase = .failed
        row.reason = e.reason
        row.endedAt = now
      }
    case .retried: break
    }
  }

  private static func apply(
    _ event: SplitEvent, to rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    switch event {
    case .requested(let e):
      guard let batch = e.purpose.batch else { return }
      for key: Subject in ["split/\(e.split)", "transfer/\(e.split.transfer)"] {
        var note = Note(key: key)
        note.batch = batch
        notes[key] = note
      }
      change(batch, &rows) { row in
        row.split = e.split
        row.phase = e.route == .swap ? .estimating : .funding
      }
    case .estimated(let e): change(e.split, &rows, &notes) { $0.phase = .swapping }
    case .swapIntended(let e):
      change(e.split, &rows, &notes) { row in
        row.phase = .swapping
        row.attempt = e.attempt
      }
    case .swapOpened(let e):
      change(e.split, &rows, &notes) { row in
        row.swap = e.swap
        row.phase = .funding
      }
    case .swapAbandoned(let e):
      change(e.split, &rows, &notes) { row in
        row.phase = .estimating
        row.swap = nil
        row.swapStatus = nil
      }
    case .swapObserved(let e): change(e.split, &rows, &notes) { $0.swapStatus = e.status }
    case .completed(let e):
      change(e.split, &rows, &notes) { row in
        row.phase = .delivering
        row.delivered = e.delivered
        row.reason = nil
      }
    case .held(let e): hold(e.split, e.reason, &rows, &notes)
    case .failed(let e): hold(e.split, e.reason, &rows, &notes)
    case .asked, .replaced: break
    case .swapRegressed(let e): change(e.split, &rows, &notes) { $0.swapStatus = e.status }
    case .refunded(let e): hold(e.split, "the swap provider sent it back", &rows, &notes)
    case .released(let e): change(e.split, &rows, &notes) { $0.resume(at: e.next) }
    case .retried(let e): change(e.split, &rows, &notes) { $0.resume(at: e.next) }
    }
  }

  private static func apply(
    _ event: HostpayEvent, at now: Instant, to rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    switch event {
    case .requested(let e): change(e.split, &rows, &notes) { $0.phase = .funding }
    case .checked(let e): change(e.split, &rows, &notes) { $0.swapStatus = e.status }
    case .funded(let e):
      change(e.split, &rows, &notes) { row in
        row.phase = .delivering
        row.transaction = e.transaction
        row.fundedAt = now
        row.reason = nil
      }
    case .held(let e): hold(e.split, e.reason, &rows, &notes)
    }
  }

  private static func apply(
    _ event: TransferEvent, to rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    switch event {
    case .requested(let e): change(e.split, &rows, &notes) { $0.transfer = e.transfer }
    case .reverted(let e): hold(e.transfer, "the transfer reverted", &rows, &notes)
    case .parked(let e): hold(e.transfer, e.reason, &rows, &notes)
    case .released(let e): resume(e.transfer, &rows, &notes)
    // The funded hostpay says it, or what becomes of the split.
    case .guarded, .nonceReserved, .signed, .bumpRequested, .cancelRequested, .cancelSigned,
      .cancelled,
      .confirmed:
      break
    }
  }

  private static func hold(
    _ split: SplitID, _ reason: String, _ rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    change(split, &rows, &notes) { row in
      row.phase = .held
      row.reason = reason
    }
  }

  private static func resume(
    _ transfer: TransferID, _ rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    guard let batch = notes["transfer/\(transfer)"]?.batch else { return }
    change(batch, &rows) { row in
      row.phase = .funding
      row.reason = nil
    }
  }

  private static func hold(
    _ transfer: TransferID, _ reason: String, _ rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    guard let batch = notes["transfer/\(transfer)"]?.batch else { return }
    change(batch, &rows) { row in
      row.phase = .held
      row.reason = reason
    }
  }

  private static func change(
    _ split: SplitID, _ rows: inout Rows<Row>, _ notes: inout Rows<Note>,
    _ edit: (inout Row) -> Void
  ) {
    guard let batch = notes["split/\(split)"]?.batch else { return }
    change(batch, &rows, edit)
  }

  private static func change(_ id: BatchID, _ rows: inout Rows<Row>, _ edit: (inout Row) -> Void) {
    rows.change(id, edit)
  }
}

extension BatchStatus.Row {
  /// A person let the split go on.
  fileprivate mutating func resume(at next: SplitStep) {
    reason = nil
    switch next {
    case .estimate: phase = .estimating
    case .fund: phase = .funding
    case .watch: phase = .delivering
    }
    guard next != .watch else { return }
    swap = nil
    swapStatus = nil
  }
}
