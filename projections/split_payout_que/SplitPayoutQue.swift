public import Kernel

/// The seeds' swaps: one row per exchange at the swap provider.
public enum SplitPayoutQue: Projection {
  public static let table = Table("split_payout_que", sql: PackageResources.split_payout_que_sql)
  public static let families: EventFamilies = [.ledger, .channel, .payment, .split]
  public static let forms = FactForms(
    ChannelEvent.Registered.self, PaymentEvent.Finished.self, SplitEvent.Requested.self,
    SplitEvent.SwapOpened.self, SplitEvent.SwapObserved.self, SplitEvent.Completed.self,
    LegacyEvent.Swapped.self)

  public struct Row: TableRow {
    public var key: SwapID
    public var split: SplitID = .blank
    public var asked = SplitColumns()
    public var toAmount: AmountText?
    public var payin = ""
    public var payout = ""
    public var createdAt: Instant = .blank
    public var updatedAt: Instant = .blank
    public var position = 0

    public init(key: SwapID) { self.key = key }

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("unique_id", &split)
      fields.text("cn_api_id", &key)
      asked.listParties(&fields)
      fields.amount("from_amount", &asked.source, in: asked.source.asset)
      fields.text("to_amount", &toAmount)
      fields.text("payin_address", &payin)
      fields.text("payout_address", &payout)
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
    case .split(.swapOpened(let e)):
      var row = Row(key: e.swap)
      row.split = e.split
      row.asked = notes["split/\(e.split)"]?.asked ?? row.asked
      row.asked.source = e.amount
      row.toAmount = e.toAmount.flatMap { AmountText(text: $0) }
      row.payin = e.payin
      // The provider's echo was compared with it before the swap was taken.
      row.payout = row.asked.wallet
      row.createdAt = recorded.at
      row.updatedAt = recorded.at
      rows[e.swap] = row
    case .split(.swapObserved(let e)):
      guard var row = rows[e.swap] else { return }
      row.updatedAt = recorded.at
      rows[e.swap] = row
    case .split(.completed(let e)):
      guard let swap = e.swap, var row = rows[swap] else { return }
      row.toAmount = AmountText(e.delivered)
      row.updatedAt = recorded.at
      rows[swap] = row
    case .ledger(.legacy(.swapped(let e))):
      var row = Row(key: e.swap)
      row.split = e.request
      row.asked = SplitColumns(
        user: e.user.userNumber,
        closed: notes["channel/\(e.channel)"]?.asked.closed ?? .blank, source: e.source,
        asset: e.asset, wallet: e.wallet, flow: e.flow, type: e.type, eth: e.eth,
        channel: e.channel)
      row.toAmount = e.toAmount.flatMap { AmountText(text: $0) }
      row.payin = e.payin
      row.payout = e.payout
      row.createdAt = e.created
      row.updatedAt = e.updated
      rows[e.swap] = row
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch, .split, .hostpay,
      .transfer, .wallet, .account, .invite, .membership, .chat:
      break
    }
  }
}
