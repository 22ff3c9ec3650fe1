public import Kernel

/// Columns that a payout request and its swaps share.
public struct SplitColumns: Hashable, Sendable {
  public var user = 0
  public var closed: ClosedChannelID = .blank
  public var source = Money.zero(.usdt)
  public var asset = Asset.usdt
  public var wallet = ""
  public var flow = SwapFlow.blank
  public var type = "direct"
  public var eth = Money.zero(.eth)
  public var channel: ChannelKey = .blank

  mutating func listParties<F: Fields>(_ fields: inout F) {
    fields.integer("user_id", &user)
    fields.text("closed_channel_id", &closed)
    listAssets(&fields)
  }

  mutating func listAssets<F: Fields>(_ fields: inout F) {
    var (from, to) = (source.asset.currency, asset.currency)
    var (fromNetwork, toNetwork) = (source.asset.network, asset.network)
    fields.text("from_currency", &from)
    fields.text("to_currency", &to)
    fields.text("from_network", &fromNetwork)
    fields.text("to_network", &toNetwork)
    let read = source.asset.reread(from, fromNetwork)
    if read != source.asset { source = .zero(read) }
    asset = asset.reread(to, toNetwork)
  }

  mutating func listTerms<F: Fields>(_ fields: inout F) {
    fields.text("client_wallet_address", &wallet)
    fields.unfilled("refund_address")
    fields.text("flow", &flow)
    fields.text("type", &type)
    fields.amount("actual_eth_amount", &eth, in: .eth)
  }
}

/// What the folds of splits remember of a subject.
///
/// - `channel/<key>`: its paid channel
/// - `payment/<id>`: its payer, and the ETH that arrived
/// - `split/<id>`: what was asked
public struct SplitNote: TableNote {
  public var key: Subject
  public var asked = SplitColumns()
  public var position = 0

  public init(key: Subject) { self.key = key }

  public mutating func list<F: Fields>(_ fields: inout F) {
    fields.text("subject", &key)
    // Not every subject has them.
    var closed = asked.closed == .blank ? nil : asked.closed
    var channel = asked.channel == .blank ? nil : asked.channel
    fields.integer("user_id", &asked.user)
    fields.text("closed_channel_id", &closed)
    asked.listAssets(&fields)
    fields.amount("from_amount", &asked.source, in: asked.source.asset)
    asked.listTerms(&fields)
    fields.text("channel", &channel)
    asked.closed = closed ?? .blank
    asked.channel = channel ?? .blank
    fields.integer("position", &position)
  }

  static func take(_ event: LedgerEvent, _ notes: inout Rows<SplitNote>) {
    switch event {
    case .channel(.registered(let e)):
      notes[making: "channel/\(e.channel)"].asked.closed = e.closed.id
    case .payment(.finished(let e)):
      var note = SplitNote(key: "payment/\(e.payment)")
      note.asked.user = e.user.userNumber
      if e.outcome.asset == .eth { note.asked.eth = e.outcome }
      notes[note.key] = note
    case .split(.requested(let e)):
      let payment = e.purpose.payment.flatMap { notes["payment/\($0)"] }
      var note = SplitNote(key: "split/\(e.split)")
      note.asked.closed = notes["channel/\(e.channel)"]?.asked.closed ?? .blank
      note.asked.user = payment?.asked.user ?? 0
      note.asked.source = e.source
      note.asked.asset = e.asset
      note.asked.wallet = e.wallet
      note.asked.flow = e.flow
      note.asked.eth = payment?.asked.eth ?? (e.source.asset == .eth ? e.source : .zero(.eth))
      note.asked.channel = e.channel
      notes[note.key] = note
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch, .split, .hostpay,
      .transfer, .wallet, .account, .invite, .membership, .chat:
      break
    }
  }
}
