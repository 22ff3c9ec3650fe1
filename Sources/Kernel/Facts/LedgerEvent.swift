/// Everything that can have happened: the closed sum of all facts.
///
/// Case, type, stored name and schema file are the same words in the same order:
/// `.accumulation(.locked)`, `AccumulationEvent.Locked`, `accumulation.locked.v1`.
public enum LedgerEvent: Hashable, Sendable {
  case ledger(GenesisEvent)
  case channel(ChannelEvent)
  case order(OrderEvent)
  case payment(PaymentEvent)
  case accumulation(AccumulationEvent)
  case conversion(ConversionEvent)
  case batch(BatchEvent)
  case split(SplitEvent)
  case hostpay(HostpayEvent)
  case transfer(TransferEvent)
  case wallet(WalletEvent)
}

extension LedgerEvent {
  /// Every fact there is, by stored name, with an empty one for a reader to fill in.
  public static let blanks: [(name: String, event: LedgerEvent)] =
    families.flatMap { $0 }

  private static let families: [[(name: String, event: LedgerEvent)]] = [
    [
      (GenesisEvent.Opened.name, .ledger(.opened(GenesisEvent.Opened())))
    ],
    [
      (ChannelEvent.Registered.name, .channel(.registered(ChannelEvent.Registered()))),
      (
        ChannelEvent.PayoutSettingsChanged.name,
        .channel(.payoutSettingsChanged(ChannelEvent.PayoutSettingsChanged()))
      ),
    ],
    [
      (OrderEvent.Placed.name, .order(.placed(OrderEvent.Placed()))),
      (OrderEvent.Invoiced.name, .order(.invoiced(OrderEvent.Invoiced()))),
      (OrderEvent.InvoiceFailed.name, .order(.invoiceFailed(OrderEvent.InvoiceFailed()))),
      (OrderEvent.Granted.name, .order(.granted(OrderEvent.Granted()))),
    ],
    [
      (PaymentEvent.Observed.name, .payment(.observed(PaymentEvent.Observed()))),
      (
        PaymentEvent.ValuationRequested.name,
        .payment(.valuationRequested(PaymentEvent.ValuationRequested()))
      ),
      (PaymentEvent.Finished.name, .payment(.finished(PaymentEvent.Finished()))),
      (PaymentEvent.Routed.name, .payment(.routed(PaymentEvent.Routed()))),
      (PaymentEvent.Held.name, .payment(.held(PaymentEvent.Held()))),
    ],
    [
      (AccumulationEvent.Locked.name, .accumulation(.locked(AccumulationEvent.Locked()))),
      (AccumulationEvent.Converted.name, .accumulation(.converted(AccumulationEvent.Converted()))),
      (AccumulationEvent.Reserved.name, .accumulation(.reserved(AccumulationEvent.Reserved()))),
      (AccumulationEvent.Paid.name, .accumulation(.paid(AccumulationEvent.Paid()))),
      (AccumulationEvent.Released.name, .accumulation(.released(AccumulationEvent.Released()))),
    ],
    [
      (ConversionEvent.Requested.name, .conversion(.requested(ConversionEvent.Requested()))),
      (ConversionEvent.Completed.name, .conversion(.completed(ConversionEvent.Completed()))),
      (ConversionEvent.Failed.name, .conversion(.failed(ConversionEvent.Failed()))),
    ],
    [
      (BatchEvent.Opened.name, .batch(.opened(BatchEvent.Opened()))),
      (BatchEvent.HandedOff.name, .batch(.handedOff(BatchEvent.HandedOff()))),
      (BatchEvent.Completed.name, .batch(.completed(BatchEvent.Completed()))),
      (BatchEvent.Failed.name, .batch(.failed(BatchEvent.Failed()))),
    ],
    [
      (SplitEvent.Requested.name, .split(.requested(SplitEvent.Requested()))),
      (SplitEvent.Estimated.name, .split(.estimated(SplitEvent.Estimated()))),
      (SplitEvent.SwapIntended.name, .split(.swapIntended(SplitEvent.SwapIntended()))),
      (SplitEvent.SwapOpened.name, .split(.swapOpened(SplitEvent.SwapOpened()))),
      (SplitEvent.SwapAbandoned.name, .split(.swapAbandoned(SplitEvent.SwapAbandoned()))),
      (SplitEvent.SwapObserved.name, .split(.swapObserved(SplitEvent.SwapObserved()))),
      (SplitEvent.Completed.name, .split(.completed(SplitEvent.Completed()))),
      (SplitEvent.Held.name, .split(.held(SplitEvent.Held()))),
      (SplitEvent.Failed.name, .split(.failed(SplitEvent.Failed()))),
    ],
    [
      (HostpayEvent.Requested.name, .hostpay(.requested(HostpayEvent.Requested()))),
      (HostpayEvent.Checked.name, .hostpay(.checked(HostpayEvent.Checked()))),
      (HostpayEvent.Funded.name, .hostpay(.funded(HostpayEvent.Funded()))),
      (HostpayEvent.Held.name, .hostpay(.held(HostpayEvent.Held()))),
    ],
    [
      (TransferEvent.Requested.name, .transfer(.requested(TransferEvent.Requested()))),
      (TransferEvent.NonceReserved.name, .transfer(.nonceReserved(TransferEvent.NonceReserved()))),
      (TransferEvent.Signed.name, .transfer(.signed(TransferEvent.Signed()))),
      (TransferEvent.Confirmed.name, .transfer(.confirmed(TransferEvent.Confirmed()))),
      (TransferEvent.Reverted.name, .transfer(.reverted(TransferEvent.Reverted()))),
      (TransferEvent.Cancelled.name, .transfer(.cancelled(TransferEvent.Cancelled()))),
      (TransferEvent.Parked.name, .transfer(.parked(TransferEvent.Parked()))),
    ],
    [
      (WalletEvent.Claimed.name, .wallet(.claimed(WalletEvent.Claimed()))),
      (WalletEvent.NonceAssigned.name, .wallet(.nonceAssigned(WalletEvent.NonceAssigned()))),
      (WalletEvent.Quarantined.name, .wallet(.quarantined(WalletEvent.Quarantined()))),
    ],
  ]

  /// The fact's payload; what names, lists and compares it.
  public var fact: any Fact {
    switch self {
    case .ledger(let event): event.fact
    case .channel(let event): event.fact
    case .order(let event): event.fact
    case .payment(let event): event.fact
    case .accumulation(let event): event.fact
    case .conversion(let event): event.fact
    case .batch(let event): event.fact
    case .split(let event): event.fact
    case .hostpay(let event): event.fact
    case .transfer(let event): event.fact
    case .wallet(let event): event.fact
    }
  }

  /// The stored name, `family.case.v<n>`.
  public var name: String { type(of: fact).name }

  /// Walks the payload's fields; a reader replaces them.
  public mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .ledger(var event):
      event.list(&fields)
      self = .ledger(event)
    case .channel(var event):
      event.list(&fields)
      self = .channel(event)
    case .order(var event):
      event.list(&fields)
      self = .order(event)
    case .payment(var event):
      event.list(&fields)
      self = .payment(event)
    case .accumulation(var event):
      event.list(&fields)
      self = .accumulation(event)
    case .conversion(var event):
      event.list(&fields)
      self = .conversion(event)
    case .batch(var event):
      event.list(&fields)
      self = .batch(event)
    case .split(var event):
      event.list(&fields)
      self = .split(event)
    case .hostpay(var event):
      event.list(&fields)
      self = .hostpay(event)
    case .transfer(var event):
      event.list(&fields)
      self = .transfer(event)
    case .wallet(var event):
      event.list(&fields)
      self = .wallet(event)
    }
  }
}
