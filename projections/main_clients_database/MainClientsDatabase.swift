public import Kernel

/// The seeds' registry: one row per registered channel pair.
public enum MainClientsDatabase: PlainProjection {
  public static let table = Table(
    "main_clients_database", sql: PackageResources.main_clients_database_sql)
  public static let families: EventFamilies = [.channel, .account]
  public static let forms = FactForms([.channel], AccountEvent.ChannelAdded.self)

  public struct Row: TableRow {
    public var key: ChannelKey
    public var id = 0
    public var open = ChannelFace<OpenChannelKind>.blank
    public var closed = ChannelFace<ClosedChannelKind>.blank
    public var donationMessage: String?
    public var tiers: [Tier] = []
    public var payout = PayoutSettings.blank
    public var thresholdUpdatedAt: Instant?
    public var updatedAt: Instant = .blank
    public var owner: AccountID?
    public var isNotified = false
    public var notificationID: Int?
    public var position = 0

    public init(key: ChannelKey) { self.key = key }

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("id", &id)
      listFaces(&fields)
      listTiers(&fields)
      listPayout(&fields)
      fields.text("client_id", &owner)
      fields.unfilled("created_by")
      fields.text("updated_at", &updatedAt)
      fields.flag("notification_status", &isNotified)
      fields.integer("notification_id", &notificationID)
      fields.text("channel", &key)
      fields.integer("position", &position)
    }

    private mutating func listFaces<F: Fields>(_ fields: inout F) {
      var (openID, openTitle, openText) = (open.id, open.title, open.description)
      var (closedID, closedTitle, closedText) = (closed.id, closed.title, closed.description)
      fields.text("open_channel_id", &openID)
      fields.text("open_channel_title", &openTitle)
      fields.text("open_channel_description", &openText)
      fields.text("closed_channel_id", &closedID)
      fields.text("closed_channel_title", &closedTitle)
      fields.text("closed_channel_description", &closedText)
      fields.text("closed_channel_donation_message", &donationMessage)
      open = ChannelFace(id: openID, title: openTitle, description: openText)
      closed = ChannelFace(id: closedID, title: closedTitle, description: closedText)
    }

    /// Three tiers at most; the first always stands, blank before it is known.
    private mutating func listTiers<F: Fields>(_ fields: inout F) {
      var price1 = tiers.first?.price ?? .zero(.usd)
      var days1 = tiers.first?.days ?? 0
      var price2 = tiers.count > 1 ? tiers[1].price : nil
      var days2 = tiers.count > 1 ? tiers[1].days : nil
      var price3 = tiers.count > 2 ? tiers[2].price : nil
      var days3 = tiers.count > 2 ? tiers[2].days : nil
      fields.amount("sub_1_price", &price1, in: .usd)
      fields.integer("sub_1_time", &days1)
      fields.amount("sub_2_price", &price2, in: .usd)
      fields.integer("sub_2_time", &days2)
      fields.amount("sub_3_price", &price3, in: .usd)
      fields.integer("sub_3_time", &days3)
      tiers = [Tier(price: price1, days: days1)]
      for (price, days) in [(price2, days2), (price3, days3)] {
        if let price, let days { tiers.append(Tier(price: price, days: days)) }
      }
    }

    private mutating func listPayout<F: Fields>(_ fields: inout F) {
      var (wallet, strategy, threshold) = (payout.wallet, payout.strategy, payout.threshold)
      var (currency, network) = (payout.asset.currency, payout.asset.network)
      fields.text("client_wallet_address", &wallet)
      fields.text("client_payout_currency", &currency)
      fields.text("client_payout_network", &network)
      fields.text("payout_strategy", &strategy)
      fields.amount("payout_threshold_usd", &threshold, in: .usd)
      fields.text("payout_threshold_updated_at", &thresholdUpdatedAt)
      payout = PayoutSettings(
        asset: Asset(currency: currency, network: network) ?? .none, wallet: wallet,
        strategy: strategy, threshold: threshold)
    }
  }

  public static func apply(_ recorded: Recorded, to rows: inout Rows<Row>) {
    switch recorded.event {
    case .channel(.registered(let e)):
      var row = Row(key: e.channel)
      row.id = Int(recorded.position)
      row.open = e.open
      row.closed = e.closed
      row.donationMessage = e.donationMessage
      row.tiers = e.tiers
      row.payout = e.payout
      row.updatedAt = recorded.at
      row.isNotified = e.notify != nil
      row.notificationID = e.notify.flatMap { Int($0.value) }
      rows[e.channel] = row
    case .channel(.payoutSettingsChanged(let e)):
      guard var row = rows[e.channel] else { return }
      row.payout = e.payout
      row.thresholdUpdatedAt = recorded.at
      row.updatedAt = recorded.at
      rows[e.channel] = row
    case .channel(.offerChanged(let e)):
      guard var row = rows[e.channel] else { return }
      row.open = e.open
      row.closed = e.closed
      row.donationMessage = e.donationMessage
      row.tiers = e.tiers
      row.updatedAt = recorded.at
      row.isNotified = e.notify != nil
      row.notificationID = e.notify.flatMap { Int($0.value) }
      rows[e.channel] = row
    case .channel(.closed(let e)):
      guard var row = rows[e.channel] else { return }
      row.updatedAt = recorded.at
      rows[e.channel] = row
    case .account(.channelAdded(let e)):
      guard var row = rows[e.channel] else { return }
      row.owner = e.account
      rows[e.channel] = row
    case .ledger, .order, .payment, .accumulation, .conversion, .batch, .split, .hostpay,
      .transfer, .wallet, .account, .invite, .membership, .chat:
      break
    }
  }
}
