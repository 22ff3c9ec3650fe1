public import Kernel

/// Each channel on one line: who it is, how it is paid, what it is owed and was paid.
public enum ClientViews: Projection {
  public static let version = 2
  public static let table = Table("client_views", sql: PackageResources.client_views_sql)
  public static let families: EventFamilies = [
    .channel, .order, .payment, .accumulation, .batch, .split,
  ]
  public static let forms = FactForms(
    [.channel, .accumulation, .batch], OrderEvent.Granted.self, PaymentEvent.Finished.self,
    PaymentEvent.Routed.self,
    PaymentEvent.Held.self, SplitEvent.Completed.self)

  public struct Row: TableRow {
    public var key: ChannelKey
    public var open: OpenChannelID = .blank
    public var openTitle = ""
    public var closed: ClosedChannelID = .blank
    public var closedTitle = ""
    public var asset = Asset.usdt
    public var wallet = ""
    public var strategy = PayoutStrategy.instant
    public var threshold = Money.zero(.usd)
    public var received = Money.zero(.usdt)
    public var fees = Money.zero(.usdt)
    public var payable = Money.zero(.usdt)
    public var reserved = Money.zero(.usdt)
    public var paid = Money.zero(.usdt)
    public var receivable = Money.zero(.usdt)
    public var payments = 0
    public var instantPayments = 0
    public var thresholdPayments = 0
    public var heldPayments = 0
    public var grants = 0
    public var payouts = 0
    public var openBatches = 0
    public var failedBatches = 0
    public var registeredAt: Instant = .blank
    public var lastPaymentAt: Instant?
    public var lastPayoutAt: Instant?
    public var position = 0

    public init(key: ChannelKey) { self.key = key }

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &key)
      fields.text("open_id", &open)
      fields.text("open_title", &openTitle)
      fields.text("closed_id", &closed)
      fields.text("closed_title", &closedTitle)
      fields.text("payout_asset", &asset)
      fields.text("payout_wallet", &wallet)
      fields.text("payout_strategy", &strategy)
      fields.amount("threshold_usd", &threshold, in: .usd)
      fields.amount("received_usdt", &received, in: .usdt)
      fields.amount("fees_usdt", &fees, in: .usdt)
      fields.amount("payable_usdt", &payable, in: .usdt)
      fields.amount("reserved_usdt", &reserved, in: .usdt)
      fields.amount("paid_usdt", &paid, in: .usdt)
      fields.amount("receivable_usdt", &receivable, in: .usdt)
      fields.integer("payments", &payments)
      fields.integer("instant_payments", &instantPayments)
      fields.integer("threshold_payments", &thresholdPayments)
      fields.integer("held_payments", &heldPayments)
      fields.integer("grants", &grants)
      fields.integer("payouts", &payouts)
      fields.integer("open_batches", &openBatches)
      fields.integer("failed_batches", &failedBatches)
      fields.text("registered_at", &registeredAt)
      fields.text("last_payment_at", &lastPaymentAt)
      fields.text("last_payout_at", &lastPayoutAt)
      fields.integer("position", &position)
    }

    fileprivate mutating func take(_ payout: PayoutSettings) {
      asset = payout.asset
      wallet = payout.wallet
      strategy = payout.strategy
      threshold = payout.threshold
    }
  }

  /// What the fold remembers of `payment/<id>`: its net value, and whether it is held.
  public struct Note: TableNote {
    public var key: Subject
    public var value = Money.zero(.usdt)
    /// The client that counts it among its held ones.
    public var heldFor: ChannelKey?
    public var position = 0

    public init(key: Subject) { self.key = key }

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("subject", &key)
      fields.amount("value_usdt", &value, in: .usdt)
      fields.text("held_for", &heldFor)
      fields.integer("position", &position)
    }
  }

  public static func apply(
    _ recorded: Recorded, to rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    switch recorded.event {
    case .channel(let event): apply(event, at: recorded.at, to: &rows)
    case .order(.granted(let e)): change(e.channel, &rows) { $0.grants += 1 }
    case .payment(let event): apply(event, at: recorded.at, to: &rows, &notes)
    case .accumulation(let event): apply(event, to: &rows)
    case .batch(let event): apply(event, to: &rows)
    case .split(.completed(let e)): pay(e, at: recorded.at, &rows, &notes)
    case .ledger, .order, .conversion, .split, .hostpay, .transfer, .wallet, .account, .invite,
      .membership, .chat:
      break
    }
  }

  private static func apply(_ event: ChannelEvent, at now: Instant, to rows: inout Rows<Row>) {
    switch event {
    case .registered(let e):
      var row = Row(key: e.channel)
      row.open = e.open.id
      row.openTitle = e.open.title
      row.closed = e.closed.id
      row.closedTitle = e.closed.title
      row.take(e.payout)
      row.registeredAt = now
      rows[e.channel] = row
    case .payoutSettingsChanged(let e): change(e.channel, &rows) { $0.take(e.payout) }
    case .offerChanged(let e):
      change(e.channel, &rows) {
        $0.openTitle = e.open.title
        $0.closedTitle = e.closed.title
      }
    case .payoutChangeHeld, .payoutChangeCancelled, .closed: break
    }
  }

  private static func apply(
    _ event: PaymentEvent, at now: Instant, to rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    switch event {
    case .finished(let e):
      let key: Subject = "payment/\(e.payment)"
      end(e.payment, &rows, &notes)
      var note = Note(key: key)
      note.value = e.rate.applied(to: e.net)
      notes[key] = note
      change(e.channel, &rows) { row in
        row.payments += 1
        row.received += e.rate.applied(to: e.outcome)
        row.fees += e.rate.applied(to: e.fee)
        row.lastPaymentAt = now
      }
    case .routed(let e):
      let value = notes["payment/\(e.payment)"]?.value ?? .zero(.usdt)
      change(e.channel, &rows) { row in
        switch e.strategy {
        case .instant:
          row.instantPayments += 1
          row.reserved += value
        case .threshold: row.thresholdPayments += 1  // Its lock makes it payable.
        }
      }
    case .held(let e):
      guard let channel = e.channel else { return }
      let key: Subject = "payment/\(e.payment)"
      guard notes[key]?.heldFor == nil else { return }
      notes[making: key].heldFor = channel
      change(channel, &rows) { $0.heldPayments += 1 }
    case .ruled(let ruling): apply(ruling, to: &rows, &notes)
    case .observed, .valuationRequested: break
    }
  }

  /// Nobody waits for a person's word on it any more.
  private static func end(
    _ payment: PaymentID, _ rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    let key: Subject = "payment/\(payment)"
    guard let channel = notes[key]?.heldFor else { return }
    notes[making: key].heldFor = nil
    change(channel, &rows) { $0.heldPayments -= 1 }
  }

  private static func apply(
    _ ruling: PaymentRulingEvent, to rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    switch ruling {
    case .refunded(let e): end(e.payment, &rows, &notes)
    case .writtenOff(let e): end(e.payment, &rows, &notes)
    case .reversed(let e):
      let value = notes["payment/\(e.payment)"]?.value ?? .zero(.usdt)
      change(e.channel, &rows) { row in
        row.received -= e.rate.applied(to: e.outcome)
        row.fees -= e.rate.applied(to: e.fee)
        switch e.takenFrom {
        case .payable: row.payable -= e.owed
        case .receivable: row.receivable += value
        }
      }
    case .takenBack, .accepted, .contradicted, .misnamed, .upheld: break
    }
  }

  private static func apply(_ event: AccumulationEvent, to rows: inout Rows<Row>) {
    switch event {
    case .locked(let e): change(e.channel, &rows) { $0.payable += e.locked }
    case .reserved(let e):
      change(e.channel, &rows) { row in
        row.payable -= e.total
        row.reserved += e.total
      }
    case .released(let e):
      change(e.channel, &rows) { row in
        row.reserved -= e.total
        row.payable += e.total
      }
    case .netted(let e):
      change(e.channel, &rows) { row in
        row.payable -= e.amount
        row.receivable -= e.amount
      }
    // All of it, in every asset.
    case .forgiven(let e): change(e.channel, &rows) { $0.receivable = .zero(.usdt) }
    case .converted, .paid: break  // The split's completion pays.
    }
  }

  private static func apply(_ event: BatchEvent, to rows: inout Rows<Row>) {
    switch event {
    case .opened(let e): change(e.channel, &rows) { $0.openBatches += 1 }
    case .handedOff, .retried: break
    case .completed(let e): change(e.channel, &rows) { $0.openBatches -= 1 }
    case .failed(let e):
      change(e.channel, &rows) { row in
        row.openBatches -= 1
        row.failedBatches += 1
      }
    }
  }

  private static func pay(
    _ e: SplitEvent.Completed, at now: Instant, _ rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    // A conversion's value stays the platform's until its batch.
    guard e.purpose.conversion == nil else { return }
    let noted = e.purpose.payment.flatMap { notes["payment/\($0)"]?.value }
    let value = noted ?? (e.source.asset == .usdt ? e.source : .zero(.usdt))
    change(e.channel, &rows) { row in
      row.reserved -= value
      row.paid += value
      row.payouts += 1
      row.lastPayoutAt = now
    }
  }

  private static func change(
    _ key: ChannelKey, _ rows: inout Rows<Row>, _ edit: (inout Row) -> Void
  ) {
    rows.change(key, edit)
  }
}
