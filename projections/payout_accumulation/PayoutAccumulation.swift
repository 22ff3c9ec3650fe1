public import Kernel

/// The seeds' accumulations: one row per payment that went behind a threshold.
public enum PayoutAccumulation: Projection {
  public static let table = Table(
    "payout_accumulation", sql: PackageResources.payout_accumulation_sql)
  public static let families: EventFamilies = [
    .ledger, .channel, .order, .payment, .accumulation, .conversion, .split,
  ]
  public static let forms = FactForms(
    [.accumulation], ChannelEvent.Registered.self, OrderEvent.Granted.self,
    PaymentEvent.Observed.self,
    PaymentEvent.Finished.self, ConversionEvent.Requested.self, ConversionEvent.Failed.self,
    SplitEvent.Completed.self, PaymentRulingEvent.Reversed.self, LegacyEvent.Accumulated.self)

  /// `conversion_status` of the seeds.
  public enum ConversionStatus: String, Word {
    case pending, swapping, completed, failed
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
    case .order(.granted(let e)):
      let key: Subject = "subscription/\(e.channel)/\(e.user.userNumber)"
      if notes[key] == nil { notes[making: key].number = Int(recorded.position) }
      notes[making: "payment/\(e.payment)"].number = notes[key]?.number ?? 0
    case .payment(.observed(let e)):
      guard let address = e.payAddress else { return }
      notes[making: "payment/\(e.payment)"].text = address
    case .payment(.finished(let e)):
      notes[making: "payment/\(e.payment)"].amount = AmountText(e.outcome)
    // What was taken back is nothing to pay out; one that was paid stays what it was.
    case .payment(.ruled(.reversed(let e))) where e.takenFrom == .payable: rows[e.payment] = nil
    case .accumulation(let event): apply(event, recorded, to: &rows, &notes)
    case .conversion(let event): apply(event, at: recorded.at, to: &rows, &notes)
    case .split(.completed(let e)):
      guard let conversion = e.purpose.conversion else { return }
      notes[making: "conversion/\(conversion)"].text = e.transaction
    case .ledger(.legacy(.accumulated(let e))): takeOver(e, &rows, &notes)
    case .ledger, .channel, .order, .payment, .batch, .split, .hostpay, .transfer, .wallet,
      .account, .invite, .membership, .chat:
      break
    }
  }

  private static func apply(
    _ event: AccumulationEvent, _ recorded: Recorded, to rows: inout Rows<Row>,
    _ notes: inout Rows<Note>
  ) {
    switch event {
    case .locked(let e): lock(e, recorded, &rows, &notes)
    case .converted(let e):
      let conversion = e.conversion.flatMap { notes["conversion/\($0)"] }
      change([e.payment], at: recorded.at, &rows) { row in
        row.conversionStatus = .completed
        row.isConversionComplete = true
        row.convertedAt = recorded.at
        row.conversionTransaction = conversion?.text
      }
    case .reserved(let e): change(e.payments, at: recorded.at, &rows) { $0.batch = e.batch }
    case .released(let e): change(e.payments, at: recorded.at, &rows) { $0.batch = nil }
    case .netted(let e):
      change([e.payment], at: recorded.at, &rows) { $0.locked = $0.locked - e.amount }
      // What has paid a debt whole is nothing to pay out.
      if rows[e.payment]?.locked.units == 0 { rows[e.payment] = nil }
    case .forgiven: break
    case .paid(let e):
      change(e.payments, at: recorded.at, &rows) { row in
        row.isPaidOut = true
        row.paidOutAt = recorded.at
      }
    }
  }

  private static func lock(
    _ e: AccumulationEvent.Locked, _ recorded: Recorded, _ rows: inout Rows<Row>,
    _ notes: inout Rows<Note>
  ) {
    let pair = notes["channel/\(e.channel)"]
    let payment = notes["payment/\(e.payment)"]
    var row = Row(key: e.payment)
    row.id = Int(recorded.position)
    row.client = pair?.open ?? .blank
    row.closed = pair?.closed ?? .blank
    row.user = e.user.userNumber
    row.subscription = payment.flatMap { $0.number == 0 ? nil : $0.number }
    row.received = e.received
    row.paidAt = recorded.at
    row.locked = e.locked
    row.rate = AmountText(text: e.rate.text) ?? .blank
    row.wallet = e.wallet
    row.asset = e.asset
    row.createdAt = recorded.at
    row.updatedAt = recorded.at
    row.payAddress = payment?.text
    row.outcome = payment?.amount
    row.channel = e.channel
    rows[e.payment] = row
  }

  private static func apply(
    _ event: ConversionEvent, at now: Instant, to rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    switch event {
    case .requested(let e):
      notes[making: "conversion/\(e.conversion)"].number = e.payments.count
      for (index, payment) in e.payments.enumerated() {
        notes[making: "member/\(e.conversion)/\(index)"].text = payment.text
      }
      change(e.payments, at: now, &rows) { row in
        row.conversionStatus = .swapping
        row.conversionAttempts += 1
        row.lastConversionAt = now
        row.conversion = e.conversion
      }
    case .completed: break  // Each member's own fact follows in the same append.
    case .failed(let e):
      let count = notes["conversion/\(e.conversion)"]?.number ?? 0
      let members = (0..<count).compactMap { index in
        notes["member/\(e.conversion)/\(index)"]?.text.flatMap { PaymentID(text: $0) }
      }
      change(members, at: now, &rows) { $0.conversionStatus = .failed }
    case .shared: break  // What is owed stays what was locked.
    case .retried: break  // What is requested in the same append says it.
    }
  }

  private static func change(
    _ payments: [PaymentID], at now: Instant, _ rows: inout Rows<Row>, _ edit: (inout Row) -> Void
  ) {
    for payment in payments {
      rows.change(payment) { row in
        edit(&row)
        row.updatedAt = now
      }
    }
  }
}
