public import Kernel

/// The seeds' subscriptions: one row per subscriber and paid channel.
public enum PrivateChannelUsersDatabase: Projection {
  public static let table = Table(
    "private_channel_users_database", sql: PackageResources.private_channel_users_database_sql)
  public static let families: EventFamilies = [
    .ledger, .channel, .order, .payment, .membership,
  ]
  public static let forms = FactForms(
    ChannelEvent.Registered.self, OrderEvent.Invoiced.self, OrderEvent.Granted.self,
    PaymentEvent.Observed.self, PaymentEvent.Finished.self, MembershipEvent.Revoked.self,
    MembershipEvent.Removed.self, LegacyEvent.Subscribed.self)

  public struct Key: Hashable, Sendable {
    public let user: Int
    public let channel: ClosedChannelID
  }

  public struct Row: TableRow {
    public var key: Key { Key(user: user, channel: channel) }
    public var id = 0
    public var channel: ClosedChannelID
    public var user: Int
    public var days = 0
    public var price = Money.zero(.usd)
    public var time = ""
    public var date = ""
    public var expireTime = ""
    public var expireDate = ""
    public var isActive = true
    public var payment: PaymentID?
    public var said = ProviderWords()
    public var status = "confirmed"
    public var position = 0

    public static var blank: Row { Row(key: Key(user: 0, channel: .blank)) }

    public init(key: Key) {
      user = key.user
      channel = key.channel
    }

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("id", &id)
      fields.text("private_channel_id", &channel)
      fields.integer("user_id", &user)
      fields.integer("sub_time", &days)
      fields.amount("sub_price", &price, in: .usd)
      fields.text("timestamp", &time)
      fields.text("datestamp", &date)
      fields.text("expire_time", &expireTime)
      fields.text("expire_date", &expireDate)
      fields.flag("is_active", &isActive)
      fields.text("nowpayments_payment_id", &payment)
      said.list(&fields)
      fields.text("payment_status", &status)
      fields.integer("position", &position)
    }
  }

  /// What the provider said last about a payment, as columns.
  public struct ProviderWords: Hashable, Sendable {
    public var invoice: InvoiceID?
    public var order: String?
    public var payAddress: String?
    public var status: String?
    public var payAmount: AmountText?
    public var payCurrency: String?
    public var outcomeAmount: AmountText?
    public var outcomeCurrency: String?
    public var priceAmount: AmountText?
    public var priceCurrency: String?
    public var outcomeUSD: Money?
    public var updatedAt: String?

    mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("nowpayments_invoice_id", &invoice)
      fields.text("nowpayments_order_id", &order)
      fields.text("nowpayments_pay_address", &payAddress)
      fields.text("nowpayments_payment_status", &status)
      fields.text("nowpayments_pay_amount", &payAmount)
      fields.text("nowpayments_pay_currency", &payCurrency)
      fields.text("nowpayments_outcome_amount", &outcomeAmount)
      fields.text("nowpayments_outcome_currency", &outcomeCurrency)
      fields.text("nowpayments_price_amount", &priceAmount)
      fields.text("nowpayments_price_currency", &priceCurrency)
      fields.amount("nowpayments_outcome_amount_usd", &outcomeUSD, in: .usdt)
      fields.unfilled("nowpayments_created_at")
      fields.text("nowpayments_updated_at", &updatedAt)
    }

    mutating func take(_ e: PaymentEvent.Observed) {
      order = e.order?.value ?? order
      payAddress = e.payAddress ?? payAddress
      status = e.status
      payAmount = e.payAmount.flatMap { AmountText(text: $0) } ?? payAmount
      payCurrency = e.payCurrency ?? payCurrency
      outcomeAmount = e.outcomeAmount.flatMap { AmountText(text: $0) } ?? outcomeAmount
      outcomeCurrency = e.outcomeCurrency ?? outcomeCurrency
      priceAmount = e.priceAmount.flatMap { AmountText(text: $0) } ?? priceAmount
      priceCurrency = e.priceCurrency ?? priceCurrency
      updatedAt = e.updatedAt ?? updatedAt
    }
  }

  /// What the fold remembers of a subject.
  ///
  /// - `channel/<key>`: its paid channel
  /// - `order/<id>`: its invoice
  /// - `payment/<id>`: what the provider said, and whose row shows it
  public struct Note: TableNote {
    public var key: Subject
    public var channel: ClosedChannelID?
    public var user: Int?
    public var said = ProviderWords()
    public var position = 0

    public init(key: Subject) { self.key = key }

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("subject", &key)
      fields.text("channel", &channel)
      fields.integer("user_id", &user)
      said.list(&fields)
      fields.integer("position", &position)
    }
  }

  public static func apply(
    _ recorded: Recorded, to rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    switch recorded.event {
    case .channel(.registered(let e)): notes[making: "channel/\(e.channel)"].channel = e.closed.id
    case .order(.invoiced(let e)): notes[making: "order/\(e.order)"].said.invoice = e.invoice
    case .order(.granted(let e)): grant(e, recorded, &rows, &notes)
    case .payment(.observed(let e)):
      let key: Subject = "payment/\(e.payment)"
      notes.change(making: key) { $0.said.take(e) }
      show(e.payment, key, &rows, &notes)
    case .membership(.revoked(let e)):
      guard let closed = notes["channel/\(e.channel)"]?.channel else { return }
      rows.change(Key(user: e.user.userNumber, channel: closed)) { row in
        row.expireTime = e.expires.timeText
        row.expireDate = e.expires.dateText
        // Nobody is removed from where nobody was let in by us.
        row.isActive = recorded.at < e.expires
      }
    case .membership(.removed(let e)):
      // Where he bought again before he had left, the row is of that time already.
      let key = Key(user: e.user.userNumber, channel: e.closed)
      let now = (recorded.at.dateText, recorded.at.timeText)
      if var row = rows[key], (row.expireDate, row.expireTime) <= now {
        row.isActive = false
        rows[key] = row
      }
    case .payment(.finished(let e)):
      let key: Subject = "payment/\(e.payment)"
      notes.change(making: key) { $0.said.outcomeUSD = e.rate.applied(to: e.outcome) }
      show(e.payment, key, &rows, &notes)
    case .ledger(.legacy(.subscribed(let e))): takeOver(e, &rows, &notes)
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch, .split, .hostpay,
      .transfer, .wallet, .account, .invite, .membership, .chat:
      break
    }
  }

  private static func grant(
    _ e: OrderEvent.Granted, _ recorded: Recorded, _ rows: inout Rows<Row>,
    _ notes: inout Rows<Note>
  ) {
    guard let closed = notes["channel/\(e.channel)"]?.channel else { return }
    let key = Key(user: e.user.userNumber, channel: closed)
    var row = rows[making: key]
    if row.id == 0 { row.id = Int(recorded.position) }
    row.days = e.days
    row.price = e.price
    row.time = recorded.at.timeText
    row.date = recorded.at.dateText
    row.expireTime = e.expires.timeText
    row.expireDate = e.expires.dateText
    row.isActive = true
    row.payment = e.payment
    rows[key] = row
    let subject: Subject = "payment/\(e.payment)"
    let invoice = notes["order/\(e.order)"]?.said.invoice
    notes.change(making: subject) { note in
      note.user = key.user
      note.channel = closed
      note.said.invoice = invoice
    }
    show(e.payment, subject, &rows, &notes)
  }

  /// Carries what the provider said into the row that shows the payment, if one does.
  private static func show(
    _ payment: PaymentID, _ subject: Subject, _ rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    // Most payments give access only later: their notes aren't worth a copy.
    guard notes.reads(subject, { $0.user != nil && $0.channel != nil }),
      let note = notes[subject], let user = note.user, let channel = note.channel
    else { return }
    let key = Key(user: user, channel: channel)
    guard var row = rows[key], row.payment == payment, row.said != note.said else { return }
    row.said = note.said
    rows[key] = row
  }
}
