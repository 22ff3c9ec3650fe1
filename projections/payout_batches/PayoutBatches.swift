public import Kernel

/// The seeds' batches: one row per batch payout, with the provider's and the chain's figures.
public enum PayoutBatches: Projection {
  public static let table = Table("payout_batches", sql: PackageResources.payout_batches_sql)
  public static let families: EventFamilies = [.ledger, .channel, .batch, .split, .transfer]

  /// `status` of the seeds.
  public enum Status: String, Word {
    case pending, processing, completed, failed
  }

  /// `tx_status` of the seeds.
  public enum TransactionStatus: String, Word {
    case pending, success, failed
  }

  public struct Row: TableRow {
    public var key: BatchID
    public var client: OpenChannelID = .blank
    public var closed: ClosedChannelID = .blank
    public var wallet = ""
    public var asset = Asset.usdt
    public var total = Money.zero(.usdt)
    public var count = 0
    public var delivered: Money?
    public var rate: AmountText?
    public var fee: AmountText?
    public var swap: SwapID?
    public var payin: String?
    public var transaction: String?
    public var transactionStatus: TransactionStatus?
    public var status = Status.pending
    public var createdAt: Instant = .blank
    public var startedAt: Instant?
    public var completedAt: Instant?
    public var channel: ChannelKey = .blank
    public var position = 0

    public init(key: BatchID) { self.key = key }

    public mutating func list<F: Fields>(_ fields: inout F) {
      var (currency, network) = (asset.currency, asset.network)
      fields.text("batch_id", &key)
      fields.text("client_id", &client)
      fields.text("closed_channel_id", &closed)
      fields.text("client_wallet_address", &wallet)
      fields.text("client_payout_currency", &currency)
      fields.text("client_payout_network", &network)
      asset = asset.reread(currency, network)
      fields.amount("total_amount_usdt", &total, in: .usdt)
      fields.integer("total_payments_count", &count)
      fields.amount("payout_amount_crypto", &delivered, in: asset)
      fields.text("usdt_to_crypto_rate", &rate)
      fields.text("conversion_fee", &fee)
      fields.text("cn_api_id", &swap)
      fields.text("cn_payin_address", &payin)
      fields.text("tx_hash", &transaction)
      fields.text("tx_status", &transactionStatus)
      fields.text("status", &status)
      fields.text("created_at", &createdAt)
      fields.text("processing_started_at", &startedAt)
      fields.text("completed_at", &completedAt)
      fields.text("channel", &channel)
      fields.integer("position", &position)
    }
  }

  /// What the fold remembers of a subject.
  ///
  /// - `channel/<key>`: the pair's two ids
  /// - `split/<id>`, `transfer/<id>`: the batch they work for
  public struct Note: TableNote {
    public var key: Subject
    public var open: OpenChannelID?
    public var closed: ClosedChannelID?
    public var batch: BatchID?
    public var position = 0

    public init(key: Subject) { self.key = key }

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("subject", &key)
      fields.text("open_id", &open)
      fields.text("closed_id", &closed)
      fields.text("batch", &batch)
      fields.integer("position", &position)
    }
  }

  public static func apply(
    _ recorded: Recorded, to rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    switch recorded.event {
    case .channel(.registered(let e)):
      notes.change(making: "channel/\(e.channel)") { note in
        note.open = e.open.id
        note.closed = e.closed.id
      }
    case .batch(let event): apply(event, at: recorded.at, to: &rows, &notes)
    case .split(let event): apply(event, to: &rows, &notes)
    case .transfer(let event): apply(event, to: &rows, &notes)
    case .ledger(.legacy(.batched(let e))): takeOver(e, &rows, &notes)
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .hostpay, .wallet,
      .account, .invite, .membership, .chat:
      break
    }
  }

  private static func apply(
    _ event: BatchEvent, at now: Instant, to rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    switch event {
    case .opened(let e):
      let pair = notes["channel/\(e.channel)"]
      var row = Row(key: e.batch)
      row.client = pair?.open ?? .blank
      row.closed = pair?.closed ?? .blank
      row.wallet = e.wallet
      row.asset = e.asset
      row.total = e.total
      row.count = e.members.count
      row.createdAt = now
      row.channel = e.channel
      rows[e.batch] = row
    case .handedOff(let e):
      change(e.batch, &rows) { row in
        row.status = .processing
        row.startedAt = now
      }
    case .completed(let e):
      change(e.batch, &rows) { row in
        row.status = .completed
        row.completedAt = now
        row.delivered = e.delivered
        row.rate = Rate(selling: row.total, for: e.delivered).flatMap { AmountText(text: $0.text) }
        row.transaction = e.transaction
        row.transactionStatus = .success
      }
    case .failed(let e): change(e.batch, &rows) { $0.status = .failed }
    case .retried: break
    }
  }

  private static func apply(
    _ event: SplitEvent, to rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    switch event {
    case .requested(let e):
      guard let batch = e.purpose.batch else { return }
      notes[making: "split/\(e.split)"].batch = batch
      notes[making: "transfer/\(e.split.transfer)"].batch = batch
    case .estimated(let e):
      change("split/\(e.split)", &rows, &notes) { $0.fee = AmountText(text: e.depositFee) }
    case .swapOpened(let e):
      change("split/\(e.split)", &rows, &notes) { row in
        row.swap = e.swap
        row.payin = e.payin
      }
    case .swapAbandoned(let e):
      change("split/\(e.split)", &rows, &notes) { row in
        row.swap = nil
        row.payin = nil
      }
    case .retried(let e):
      change("split/\(e.split)", &rows, &notes) { row in
        row.swap = nil
        row.payin = nil
      }
    case .swapIntended, .swapObserved, .completed, .held, .failed, .asked, .released,
      .swapRegressed, .refunded, .replaced:
      break
    }
  }

  private static func apply(
    _ event: TransferEvent, to rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    func note(_ transfer: TransferID, _ hash: String, _ status: TransactionStatus) {
      change("transfer/\(transfer)", &rows, &notes) { row in
        row.transaction = hash
        row.transactionStatus = status
      }
    }
    switch event {
    case .signed(let e): note(e.transfer, e.hash, .pending)
    case .confirmed(let e): note(e.transfer, e.hash, .success)
    case .reverted(let e): note(e.transfer, e.hash, .failed)
    case .cancelled(let e): note(e.transfer, e.hash, .failed)
    case .requested, .nonceReserved, .bumpRequested, .cancelRequested, .cancelSigned, .parked,
      .released, .guarded:
      break
    }
  }

  private static func change(
    _ subject: Subject, _ rows: inout Rows<Row>, _ notes: inout Rows<Note>,
    _ edit: (inout Row) -> Void
  ) {
    guard let batch = notes[subject]?.batch else { return }
    change(batch, &rows, edit)
  }

  private static func change(_ id: BatchID, _ rows: inout Rows<Row>, _ edit: (inout Row) -> Void) {
    rows.change(id, edit)
  }
}
