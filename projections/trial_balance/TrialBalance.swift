public import Kernel

/// What every account holds: one row per account and asset, from the facts' own double entries.
public enum TrialBalance: PlainProjection {
  public static let table = Table("trial_balance", sql: PackageResources.trial_balance_sql)
  public static let version = 2
  public static let families: EventFamilies = [
    .ledger, .payment, .accumulation, .conversion, .split, .transfer, .wallet,
  ]
  public static let forms = FactForms(
    PaymentEvent.Finished.self, PaymentEvent.Routed.self, PaymentEvent.Held.self,
    PaymentRulingEvent.Refunded.self, PaymentRulingEvent.WrittenOff.self,
    PaymentRulingEvent.Reversed.self,
    AccumulationEvent.Locked.self, AccumulationEvent.Reserved.self, AccumulationEvent.Released.self,
    AccumulationEvent.Netted.self, AccumulationEvent.Forgiven.self,
    ConversionEvent.Requested.self, ConversionEvent.Completed.self, SplitEvent.Completed.self,
    SplitEvent.Refunded.self, TransferEvent.Confirmed.self, TransferEvent.Reverted.self,
    TransferEvent.Cancelled.self, LegacyEvent.Accumulated.self,
    DifferenceEvent.TransferCorrected.self, RotationEvent.Swept.self, RotationEvent.NonceLost.self,
    GenesisEvent.DustSwept.self)

  public struct Key: Hashable, Sendable {
    public let account: String
    public let asset: Asset
  }

  public struct Row: TableRow {
    public var key: Key { Key(account: account, asset: asset) }
    public var account: String
    public var asset: Asset
    public var channel: ChannelKey?
    public var debit: Money
    public var credit: Money
    public var balance: Money
    public var position = 0

    public static var blank: Row { Row(key: Key(account: "", asset: .usdt)) }

    public init(key: Key) {
      account = key.account
      asset = key.asset
      debit = .zero(key.asset)
      credit = .zero(key.asset)
      balance = .zero(key.asset)
    }

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("account", &account)
      fields.text("asset", &asset)
      fields.text("channel", &channel)
      fields.amount("debit", &debit, in: asset)
      fields.amount("credit", &credit, in: asset)
      fields.amount("balance", &balance, in: asset)
      fields.integer("position", &position)
    }
  }

  public static func apply(_ recorded: Recorded, to rows: inout Rows<Row>) {
    for line in postings(of: recorded.event) {
      let key = Key(account: line.account.text, asset: line.amount.asset)
      rows.change(making: key) { row in
        row.channel = line.account.channel
        if line.amount.isPositive { row.debit += line.amount } else { row.credit -= line.amount }
        row.balance += line.amount
      }
    }
  }
}
