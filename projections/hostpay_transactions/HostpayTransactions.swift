public import Kernel

/// The seeds' executed transfers: one row per transfer that succeeded, never an intent.
public enum HostpayTransactions: Projection {
  public static let table = Table(
    "hostpay_transactions", sql: PackageResources.hostpay_transactions_sql)
  public static let families: EventFamilies = [.ledger, .hostpay, .transfer]
  public static let forms = FactForms(
    HostpayEvent.Requested.self, HostpayEvent.Funded.self, TransferEvent.Confirmed.self,
    LegacyEvent.Sent.self)

  public struct Row: TableRow {
    public var key: SplitID
    public var id = 0
    public var swap: SwapID?
    public var amount = Money.zero(.usdt)
    public var eth = Money.zero(.eth)
    public var payin = ""
    public var isComplete = true
    public var transaction = ""
    public var status = "success"
    public var gasUsed: Int?
    public var block: Int?
    public var createdAt: Instant = .blank
    public var updatedAt: Instant = .blank
    public var channel: ChannelKey = .blank
    public var position = 0

    public init(key: SplitID) { self.key = key }

    public mutating func list<F: Fields>(_ fields: inout F) {
      var (currency, network) = (amount.asset.currency, amount.asset.network)
      fields.integer("id", &id)
      fields.text("unique_id", &key)
      fields.text("cn_api_id", &swap)
      fields.text("from_currency", &currency)
      fields.text("from_network", &network)
      let asset = amount.asset.reread(currency, network)
      if asset != amount.asset { amount = .zero(asset) }
      fields.amount("from_amount", &amount, in: asset)
      fields.text("payin_address", &payin)
      fields.flag("is_complete", &isComplete)
      fields.text("tx_hash", &transaction)
      fields.text("tx_status", &status)
      fields.integer("gas_used", &gasUsed)
      fields.integer("block_number", &block)
      fields.amount("actual_eth_amount", &eth, in: .eth)
      fields.text("created_at", &createdAt)
      fields.text("updated_at", &updatedAt)
      fields.text("channel", &channel)
      fields.integer("position", &position)
    }
  }

  /// What the fold remembers of a subject.
  ///
  /// - `split/<id>`: what hostpay was asked to pay
  /// - `transfer/<id>`: where it was mined
  public struct Note: TableNote {
    public var key: Subject
    public var asset = Asset.usdt
    public var amount = Money.zero(.usdt)
    public var payin = ""
    public var askedAt: Instant?
    public var gasUsed: Int?
    public var block: Int?
    public var position = 0

    public init(key: Subject) { self.key = key }

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("subject", &key)
      fields.text("asset", &asset)
      if asset != amount.asset { amount = .zero(asset) }
      fields.amount("amount", &amount, in: asset)
      fields.text("payin_address", &payin)
      fields.text("asked_at", &askedAt)
      fields.integer("gas_used", &gasUsed)
      fields.integer("block_number", &block)
      fields.integer("position", &position)
    }
  }

  public static func apply(
    _ recorded: Recorded, to rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    switch recorded.event {
    case .hostpay(.requested(let e)):
      var note = Note(key: "split/\(e.split)")
      note.asset = e.amount.asset
      note.amount = e.amount
      note.payin = e.to
      note.askedAt = recorded.at
      notes[note.key] = note
    case .transfer(.confirmed(let e)):
      var note = Note(key: "transfer/\(e.transfer)")
      note.gasUsed = e.gasUsed
      note.block = e.block
      notes[note.key] = note
    case .hostpay(.funded(let e)):
      let asked = notes["split/\(e.split)"]
      let mined = notes["transfer/\(e.transfer)"]
      var row = Row(key: e.split)
      row.id = Int(recorded.position)
      row.swap = e.swap
      row.amount = asked?.amount ?? row.amount
      if row.amount.asset == .eth { row.eth = row.amount }
      row.payin = asked?.payin ?? ""
      row.transaction = e.transaction
      row.gasUsed = mined?.gasUsed
      row.block = mined?.block
      row.createdAt = asked?.askedAt ?? recorded.at
      row.updatedAt = recorded.at
      row.channel = e.channel
      rows[e.split] = row
    case .ledger(.legacy(.sent(let e))):
      var row = Row(key: e.request)
      row.id = Int(recorded.position)
      row.swap = e.swap
      row.amount = e.amount
      row.eth = e.eth
      row.payin = e.payin
      row.isComplete = e.isComplete
      row.transaction = e.transaction ?? ""
      row.status = e.status.text
      row.gasUsed = e.gasUsed
      row.block = e.block
      row.createdAt = e.created
      row.updatedAt = e.updated
      row.channel = e.channel
      rows[e.request] = row
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch, .split, .hostpay,
      .transfer, .wallet, .account, .invite, .membership, .chat:
      break
    }
  }
}
