public import Kernel

/// The seeds' payout requests: one row per split.
public enum SplitPayoutRequest: Projection {
  public static let table = Table(
    "split_payout_request", sql: PackageResources.split_payout_request_sql)
  public static let families: EventFamilies = [.ledger, .channel, .payment, .split]
  public static let forms = FactForms(
    ChannelEvent.Registered.self, PaymentEvent.Finished.self, SplitEvent.Requested.self,
    SplitEvent.Estimated.self, LegacyEvent.Requested.self)

  public struct Row: TableRow {
    public var key: SplitID
    public var asked = SplitColumns()
    public var marketValue: AmountText?
    public var createdAt: Instant = .blank
    public var updatedAt: Instant = .blank
    public var position = 0

    public init(key: SplitID) { self.key = key }

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("unique_id", &key)
      asked.listParties(&fields)
      fields.amount("from_amount", &asked.source, in: asked.source.asset)
      fields.text("to_amount", &marketValue)
      asked.listTerms(&fields)
      fields.text("created_at", &createdAt)
      fields.text("updated_at", &updatedAt)
      fields.text("channel", &asked.channel)
      fields.integer("position", &position)
    }
  }

  public static func apply(
    _ recorded: Recorded, to rows: inout Rows<Row>, _ notes: inout Rows<SplitNote>
  ) {
    SplitNote.take(recorded.event, &notes)
    switch recorded.event {
    case .split(.requested(let e)):
      var row = Row(key: e.split)
      row.asked = notes["split/\(e.split)"]?.asked ?? row.asked
      row.createdAt = recorded.at
      row.updatedAt = recorded.at
      rows[e.split] = row
    case .split(.estimated(let e)):
      guard var row = rows[e.split] else { return }
      row.marketValue = AmountText(text: e.marketValue)
      row.updatedAt = recorded.at
      rows[e.split] = row
    case .ledger(.legacy(.requested(let e))):
      var row = Row(key: e.request)
      row.asked = SplitColumns(
        user: e.user.userNumber,
        closed: notes["channel/\(e.channel)"]?.asked.closed ?? .blank, source: e.source,
        asset: e.asset, wallet: e.wallet, flow: e.flow, type: e.type, eth: e.eth,
        channel: e.channel)
      row.marketValue = e.marketValue.flatMap { AmountText(text: $0) }
      row.createdAt = e.created
      row.updatedAt = e.updated
      rows[e.request] = row
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch, .split, .hostpay,
      .transfer, .wallet, .account, .invite, .membership, .chat:
      break
    }
  }
}
