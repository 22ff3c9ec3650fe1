/// One client's history with a running balance: the fold of everything tagged with the channel.
public struct ClientTimeline: Sendable {
  /// One fact as the client sees it.
  public struct Entry: Sendable {
    public let position: UInt64
    public let at: Instant
    public let name: String
    /// What the fact is about, in the asset it happened in; nil where it moves or names no money.
    public let amount: Money?
    /// What the client is owed after it, waiting and being paid out, per asset.
    public let balance: [Money]
  }

  /// What is owed, an asset each, in the order in which they came.
  private var owed: [Money] = [.zero(.usdt)]

  public init() {}

  /// Takes in the client's next fact, in the order of the log.
  public mutating func take(_ recorded: Recorded, of channel: ChannelKey) -> Entry {
    var moved: Money?
    for line in postings(of: recorded.event) {
      switch line.account {
      case .payable(channel), .reserved(channel):
        if let place = owed.firstIndex(where: { $0.asset == line.amount.asset }) {
          owed[place] = owed[place] - line.amount
        } else {
          owed.append(-line.amount)
        }
        moved = moved.map { $0.asset == line.amount.asset ? $0 - line.amount : $0 } ?? -line.amount
      case .payable, .reserved, .custody, .clearing, .suspense, .fees, .exchange, .fx, .dust,
        .gas, .writeoffs, .transit, .receivable:
        break
      }
    }
    return Entry(
      position: recorded.position, at: recorded.at, name: recorded.event.name,
      amount: moved.flatMap { $0.units == 0 ? nil : $0 } ?? recorded.event.namedAmount,
      balance: owed)
  }
}

extension LedgerEvent {
  /// The amount a fact is about, where it has one.
  public var namedAmount: Money? {
    switch self {
    case .payment(.finished(let e)): e.outcome
    case .ledger(.legacy(let e)): e.namedAmount
    case .ledger(.dustSwept(let e)): e.amount
    case .payment(.routed(let e)): e.value
    case .payment(.held(let e)): e.received
    case .payment(.ruled(let e)): e.namedAmount
    case .payment(.valuationRequested(let e)): e.outcome
    case .order(.placed(let e)): e.price
    case .order(.granted(let e)): e.price
    case .accumulation(.locked(let e)): e.locked
    case .accumulation(.reserved(let e)): e.total
    case .accumulation(.paid(let e)): e.total
    case .accumulation(.released(let e)): e.total
    case .accumulation(.netted(let e)): e.amount
    case .accumulation(.forgiven(let e)): e.amount
    case .conversion(.requested(let e)): e.amount
    case .conversion(.completed(let e)): e.received
    case .batch(.opened(let e)): e.total
    case .batch(.completed(let e)): e.delivered
    case .split(.requested(let e)): e.source
    case .split(.swapIntended(let e)): e.amount
    case .split(.swapOpened(let e)): e.amount
    case .split(.completed(let e)): e.delivered
    case .split(.refunded(let e)): e.refunded
    case .hostpay(.requested(let e)): e.amount
    case .transfer(.requested(let e)): e.amount
    case .transfer(.confirmed(let e)): e.amount
    case .payment(.observed), .order(.invoiced), .order(.invoiceFailed),
      .accumulation(.converted), .conversion(.failed), .batch(.handedOff), .batch(.failed),
      .split(.estimated), .split(.swapAbandoned), .split(.swapObserved), .split(.held),
      .split(.failed), .split(.asked), .split(.released), .split(.retried),
      .split(.swapRegressed), .split(.replaced),
      .conversion(.retried), .conversion(.shared), .batch(.retried), .hostpay(.checked),
      .hostpay(.funded),
      .hostpay(.held),
      .transfer(.nonceReserved), .transfer(.signed), .transfer(.reverted),
      .transfer(.cancelled), .transfer(.parked), .transfer(.released), .transfer(.guarded),
      .transfer(.bumpRequested), .transfer(.cancelRequested), .transfer(.cancelSigned),
      .ledger, .channel, .wallet, .account, .invite, .membership, .chat:
      nil
    }
  }
}
