public import Kernel

/// What each client's payout groups hold: one row per channel, wallet and payout asset.
public enum AccumulationTotals: Projection {
  public static let table = Table(
    "accumulation_totals", sql: PackageResources.accumulation_totals_sql)
  public static let families: EventFamilies = [.channel, .payment, .accumulation, .batch]
  public static let forms = FactForms(
    [.accumulation], ChannelEvent.PayoutSettingsChanged.self, BatchEvent.Opened.self,
    PaymentRulingEvent.Reversed.self)

  public struct Key: Hashable, Sendable {
    public let channel: ChannelKey
    public let wallet: String
    public let asset: Asset
  }

  public struct Row: TableRow {
    public var key: Key { Key(channel: channel, wallet: wallet, asset: asset) }
    public var channel: ChannelKey
    public var wallet: String
    public var asset: Asset
    public var locked = Money.zero(.usdt)
    public var converted = Money.zero(.usdt)
    public var pending = Money.zero(.usdt)
    public var reserved = Money.zero(.usdt)
    public var paid = Money.zero(.usdt)
    public var lockedCount = 0
    public var convertedCount = 0
    public var pendingCount = 0
    public var reservedCount = 0
    public var paidCount = 0
    public var threshold = Money.zero(.usd)
    public var progress = 0
    public var position = 0

    public static var blank: Row { Row(key: Key(channel: .blank, wallet: "", asset: .blank)) }

    public init(key: Key) {
      channel = key.channel
      wallet = key.wallet
      asset = key.asset
    }

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("wallet", &wallet)
      fields.text("asset", &asset)
      fields.amount("locked_usdt", &locked, in: .usdt)
      fields.amount("converted_usdt", &converted, in: .usdt)
      fields.amount("pending_usdt", &pending, in: .usdt)
      fields.amount("reserved_usdt", &reserved, in: .usdt)
      fields.amount("paid_usdt", &paid, in: .usdt)
      fields.integer("locked_count", &lockedCount)
      fields.integer("converted_count", &convertedCount)
      fields.integer("pending_count", &pendingCount)
      fields.integer("reserved_count", &reservedCount)
      fields.integer("paid_count", &paidCount)
      fields.amount("threshold_usd", &threshold, in: .usd)
      fields.integer("progress_basis_points", &progress)
      fields.integer("position", &position)
    }

    /// USDT stands against US dollars one to one: 6 decimals against 8.
    fileprivate mutating func measure() {
      guard threshold.isPositive else { return progress = 0 }
      progress = Int(clamping: pending.units * 100 * 10_000 / threshold.units)
    }
  }

  /// What the fold remembers of a subject.
  ///
  /// - `payment/<id>`, `batch/<id>`: the group, and a payment's sum
  /// - `channel/<key>`: how many groups the channel has
  /// - `group/<key>/<n>`: the n-th of them
  public struct Note: TableNote {
    public var key: Subject
    public var wallet = ""
    public var asset = Asset.usdt
    public var amount = Money.zero(.usdt)
    public var count = 0
    public var position = 0

    public init(key: Subject) { self.key = key }

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("subject", &key)
      fields.text("wallet", &wallet)
      fields.text("asset", &asset)
      fields.amount("amount_usdt", &amount, in: .usdt)
      fields.integer("count", &count)
      fields.integer("position", &position)
    }
  }

  public static func apply(
    _ recorded: Recorded, to rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    switch recorded.event {
    case .accumulation(let event): apply(event, to: &rows, &notes)
    case .batch(.opened(let e)):
      var note = Note(key: "batch/\(e.batch)")
      note.wallet = e.wallet
      note.asset = e.asset
      notes[note.key] = note
    case .channel(.payoutSettingsChanged(let e)) where e.payout.strategy == .threshold:
      let groups = notes["channel/\(e.channel)"]?.count ?? 0
      for number in 0..<groups {
        guard let group = notes["group/\(e.channel)/\(number + 1)"] else { continue }
        change(Key(channel: e.channel, wallet: group.wallet, asset: group.asset), &rows) {
          $0.threshold = e.payout.threshold
        }
      }
    case .payment(.ruled(.reversed(let e))) where e.takenFrom == .payable:
      guard let note = notes["payment/\(e.payment)"] else { return }
      change(Key(channel: e.channel, wallet: note.wallet, asset: note.asset), &rows) { row in
        row.locked = row.locked - e.owed
        row.lockedCount -= 1
        guard e.wasConverted else { return }
        row.converted = row.converted - e.owed
        row.convertedCount -= 1
        row.pending = row.pending - e.owed
        row.pendingCount -= 1
      }
    case .channel, .batch, .ledger, .order, .payment, .conversion, .split, .hostpay, .transfer,
      .wallet, .account, .invite, .membership, .chat:
      break
    }
  }

  private static func apply(
    _ event: AccumulationEvent, to rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    switch event {
    case .locked(let e):
      let key = Key(channel: e.channel, wallet: e.wallet, asset: e.asset)
      if rows[key] == nil { noteGroup(key, &notes) }
      var note = Note(key: "payment/\(e.payment)")
      note.wallet = e.wallet
      note.asset = e.asset
      note.amount = e.locked
      notes[note.key] = note
      change(key, &rows) { row in
        row.locked = row.locked + e.locked
        row.lockedCount += 1
        row.threshold = e.threshold
      }
    case .converted(let e):
      guard let note = notes["payment/\(e.payment)"] else { return }
      change(Key(channel: e.channel, wallet: note.wallet, asset: note.asset), &rows) { row in
        row.converted = row.converted + note.amount
        row.convertedCount += 1
        row.pending = row.pending + note.amount
        row.pendingCount += 1
      }
    case .reserved(let e):
      change(e.batch, e.channel, &rows, &notes) { row in
        row.pending = row.pending - e.total
        row.pendingCount -= e.payments.count
        row.reserved = row.reserved + e.total
        row.reservedCount += e.payments.count
      }
    case .released(let e):
      change(e.batch, e.channel, &rows, &notes) { row in
        row.reserved = row.reserved - e.total
        row.reservedCount -= e.payments.count
        row.pending = row.pending + e.total
        row.pendingCount += e.payments.count
      }
    case .netted(let e):
      guard var note = notes["payment/\(e.payment)"] else { return }
      note.amount = note.amount - e.amount
      notes[note.key] = note
      let isGone = note.amount.units == 0
      change(Key(channel: e.channel, wallet: note.wallet, asset: note.asset), &rows) { row in
        row.locked = row.locked - e.amount
        row.converted = row.converted - e.amount
        row.pending = row.pending - e.amount
        guard isGone else { return }
        row.lockedCount -= 1
        row.convertedCount -= 1
        row.pendingCount -= 1
      }
    case .forgiven: break
    case .paid(let e):
      change(e.batch, e.channel, &rows, &notes) { row in
        row.reserved = row.reserved - e.total
        row.reservedCount -= e.payments.count
        row.paid = row.paid + e.total
        row.paidCount += e.payments.count
      }
    }
  }

  private static func noteGroup(_ key: Key, _ notes: inout Rows<Note>) {
    notes[making: "channel/\(key.channel)"].count += 1
    let number = notes["channel/\(key.channel)"]?.count ?? 0
    var note = Note(key: "group/\(key.channel)/\(number)")
    note.wallet = key.wallet
    note.asset = key.asset
    notes[note.key] = note
  }

  private static func change(_ key: Key, _ rows: inout Rows<Row>, _ edit: (inout Row) -> Void) {
    rows.change(making: key) { row in
      edit(&row)
      row.measure()
    }
  }

  private static func change(
    _ batch: BatchID, _ channel: ChannelKey, _ rows: inout Rows<Row>, _ notes: inout Rows<Note>,
    _ edit: (inout Row) -> Void
  ) {
    guard let note = notes["batch/\(batch)"] else { return }
    change(Key(channel: channel, wallet: note.wallet, asset: note.asset), &rows, edit)
  }
}
