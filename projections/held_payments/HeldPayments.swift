public import Kernel

/// Payments that wait for a person's ruling, or waited: one row a payment that was ever held, or
/// spoken against after it was booked.
public enum HeldPayments: PlainProjection {
  public static let table = Table("held_payments", sql: PackageResources.held_payments_sql)
  public static let families: EventFamilies = [.payment]
  public static let forms = FactForms(
    PaymentEvent.Held.self, PaymentEvent.Finished.self, PaymentRulingEvent.TakenBack.self,
    PaymentRulingEvent.Accepted.self, PaymentRulingEvent.Refunded.self,
    PaymentRulingEvent.WrittenOff.self, PaymentRulingEvent.Reversed.self,
    PaymentRulingEvent.Contradicted.self, PaymentRulingEvent.Misnamed.self,
    PaymentRulingEvent.Upheld.self)

  public enum State: String, Word {
    case held
    case takenBack = "taken_back"
    case booked, refunded
    case writtenOff = "written_off"
    case reversed, contradicted

    /// Whether a person ended it, so that nothing is booked any more.
    fileprivate var isEnded: Bool {
      switch self {
      case .refunded, .writtenOff, .reversed: true
      case .held, .takenBack, .booked, .contradicted: false
      }
    }
  }

  public struct Row: TableRow {
    public var key: PaymentID
    public var channel: ChannelKey?
    public var state = State.held
    public var isWaiting = true
    public var reason = ""
    public var amount: AmountText?
    public var asset: Asset?
    public var ruling: String?
    public var transaction: String?
    public var heldAt: Instant = .blank
    public var since: Instant = .blank
    public var position = 0

    public init(key: PaymentID) { self.key = key }

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("payment", &key)
      fields.text("channel", &channel)
      fields.text("state", &state)
      fields.flag("is_waiting", &isWaiting)
      fields.text("reason", &reason)
      fields.text("amount", &amount)
      fields.text("asset", &asset)
      fields.text("ruling", &ruling)
      fields.text("tx_hash", &transaction)
      fields.text("held_at", &heldAt)
      fields.text("since", &since)
      fields.integer("position", &position)
    }

    fileprivate mutating func take(_ money: Money?) {
      guard let money else { return }
      amount = AmountText(money)
      asset = money.asset
    }

    fileprivate mutating func enter(_ state: State, at now: Instant, waits: Bool = false) {
      if self.state != state || since == .blank { since = now }
      if heldAt == .blank { heldAt = now }
      self.state = state
      isWaiting = waits
    }
  }

  public static func apply(_ recorded: Recorded, to rows: inout Rows<Row>) {
    guard case .payment(let event) = recorded.event else { return }
    switch event {
    case .held(let e):
      rows.change(making: e.payment) { row in
        row.channel = e.channel ?? row.channel
        // Why it can't be known which order it is for was said just before.
        if row.state != .contradicted { row.reason = e.reason.text }
        row.take(e.received)
        row.enter(.held, at: recorded.at, waits: true)
      }
    case .finished(let e):
      rows.change(e.payment) { row in
        row.channel = e.channel
        row.take(e.outcome)
        row.enter(.booked, at: recorded.at)
      }
    case .ruled(let ruling): apply(ruling, at: recorded.at, to: &rows)
    case .observed, .valuationRequested, .routed: break
    }
  }

  private static func apply(
    _ ruling: PaymentRulingEvent, at now: Instant, to rows: inout Rows<Row>
  ) {
    switch ruling {
    case .takenBack(let e):
      rows.change(making: e.payment) { row in
        row.channel = e.channel ?? row.channel
        row.reason = "the provider says that it was refunded"
        row.enter(.takenBack, at: now, waits: true)
      }
    case .contradicted(let e):
      rows.change(making: e.payment) { row in
        row.channel = e.channel ?? row.channel
        row.reason = e.words
        row.enter(row.state.isEnded ? row.state : .contradicted, at: now, waits: true)
      }
    case .misnamed(let e):
      rows.change(making: e.payment) { row in
        row.channel = e.channel ?? row.channel
        row.reason = e.words
        row.enter(row.state.isEnded ? row.state : .contradicted, at: now, waits: true)
      }
    case .upheld(let e):
      rows.change(e.payment) { row in
        row.ruling = e.reason
        row.enter(row.state.isEnded ? row.state : .booked, at: now)
      }
    // Its booking stands behind.
    case .accepted(let e): rows.change(e.payment) { $0.ruling = e.reason }
    case .refunded(let e):
      rows.change(e.payment) { row in
        row.ruling = e.reason
        row.transaction = e.transaction
        row.enter(.refunded, at: now)
      }
    case .writtenOff(let e):
      rows.change(e.payment) { row in
        row.ruling = e.reason
        row.enter(.writtenOff, at: now)
      }
    case .reversed(let e):
      rows.change(making: e.payment) { row in
        row.channel = e.channel
        row.take(e.outcome)
        row.ruling = e.reason
        row.transaction = e.transaction
        row.enter(.reversed, at: now)
      }
    }
  }
}
