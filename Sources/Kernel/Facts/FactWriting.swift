// What a fact is called, and its fields shown to a writer; one line a fact, checked by the
// compiler. Nothing is boxed and nothing copied back: appending asks this of every event.

extension LedgerEvent {
  /// The stored name, `family.case.v<n>`.
  public var name: String {
    switch self {
    case .ledger(let event): event.name
    case .channel(let event): event.name
    case .order(let event): event.name
    case .payment(let event): event.name
    case .accumulation(let event): event.name
    case .conversion(let event): event.name
    case .batch(let event): event.name
    case .split(let event): event.name
    case .hostpay(let event): event.name
    case .transfer(let event): event.name
    case .wallet(let event): event.name
    case .account(let event): event.name
    }
  }

  /// Shows the payload's fields to a writer.
  func write(to writer: inout BodyWriter) {
    switch self {
    case .ledger(let event): event.write(to: &writer)
    case .channel(let event): event.write(to: &writer)
    case .order(let event): event.write(to: &writer)
    case .payment(let event): event.write(to: &writer)
    case .accumulation(let event): event.write(to: &writer)
    case .conversion(let event): event.write(to: &writer)
    case .batch(let event): event.write(to: &writer)
    case .split(let event): event.write(to: &writer)
    case .hostpay(let event): event.write(to: &writer)
    case .transfer(let event): event.write(to: &writer)
    case .wallet(let event): event.write(to: &writer)
    case .account(let event): event.write(to: &writer)
    }
  }
}

extension GenesisEvent {
  var name: String {
    switch self {
    case .opened: Opened.name
    case .recovered: Recovered.name
    case .frozen: Frozen.name
    case .unfrozen: Unfrozen.name
    case .capsSet: CapsSet.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .opened(var fact): fact.list(&writer)
    case .recovered(var fact): fact.list(&writer)
    case .frozen(var fact): fact.list(&writer)
    case .unfrozen(var fact): fact.list(&writer)
    case .capsSet(var fact): fact.list(&writer)
    }
  }
}

extension OrderEvent {
  var name: String {
    switch self {
    case .placed: Placed.name
    case .invoiced: Invoiced.name
    case .invoiceFailed: InvoiceFailed.name
    case .granted: Granted.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .placed(var fact): fact.list(&writer)
    case .invoiced(var fact): fact.list(&writer)
    case .invoiceFailed(var fact): fact.list(&writer)
    case .granted(var fact): fact.list(&writer)
    }
  }
}

extension PaymentEvent {
  var name: String {
    switch self {
    case .observed: Observed.name
    case .valuationRequested: ValuationRequested.name
    case .finished: Finished.name
    case .routed: Routed.name
    case .held: Held.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .observed(var fact): fact.list(&writer)
    case .valuationRequested(var fact): fact.list(&writer)
    case .finished(var fact): fact.list(&writer)
    case .routed(var fact): fact.list(&writer)
    case .held(var fact): fact.list(&writer)
    }
  }
}

extension AccumulationEvent {
  var name: String {
    switch self {
    case .locked: Locked.name
    case .converted: Converted.name
    case .reserved: Reserved.name
    case .paid: Paid.name
    case .released: Released.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .locked(var fact): fact.list(&writer)
    case .converted(var fact): fact.list(&writer)
    case .reserved(var fact): fact.list(&writer)
    case .paid(var fact): fact.list(&writer)
    case .released(var fact): fact.list(&writer)
    }
  }
}

extension ConversionEvent {
  var name: String {
    switch self {
    case .requested: Requested.name
    case .completed: Completed.name
    case .failed: Failed.name
    case .retried: Retried.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .requested(var fact): fact.list(&writer)
    case .completed(var fact): fact.list(&writer)
    case .failed(var fact): fact.list(&writer)
    case .retried(var fact): fact.list(&writer)
    }
  }
}

extension BatchEvent {
  var name: String {
    switch self {
    case .opened: Opened.name
    case .handedOff: HandedOff.name
    case .completed: Completed.name
    case .failed: Failed.name
    case .retried: Retried.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .opened(var fact): fact.list(&writer)
    case .handedOff(var fact): fact.list(&writer)
    case .completed(var fact): fact.list(&writer)
    case .failed(var fact): fact.list(&writer)
    case .retried(var fact): fact.list(&writer)
    }
  }
}

extension SplitEvent {
  var name: String {
    switch self {
    case .requested: Requested.name
    case .estimated: Estimated.name
    case .swapIntended: SwapIntended.name
    case .swapOpened: SwapOpened.name
    case .swapAbandoned: SwapAbandoned.name
    case .swapObserved: SwapObserved.name
    case .completed: Completed.name
    case .held: Held.name
    case .failed: Failed.name
    case .asked: Asked.name
    case .released: Released.name
    case .retried: Retried.name
    case .swapRegressed: SwapRegressed.name
    case .refunded: Refunded.name
    case .replaced: Replaced.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .requested(var fact): fact.list(&writer)
    case .estimated(var fact): fact.list(&writer)
    case .swapIntended(var fact): fact.list(&writer)
    case .swapOpened(var fact): fact.list(&writer)
    case .swapAbandoned(var fact): fact.list(&writer)
    case .swapObserved(var fact): fact.list(&writer)
    case .completed(var fact): fact.list(&writer)
    case .held(var fact): fact.list(&writer)
    case .failed(var fact): fact.list(&writer)
    case .asked(var fact): fact.list(&writer)
    case .released(var fact): fact.list(&writer)
    case .retried(var fact): fact.list(&writer)
    case .swapRegressed(var fact): fact.list(&writer)
    case .refunded(var fact): fact.list(&writer)
    case .replaced(var fact): fact.list(&writer)
    }
  }
}

extension HostpayEvent {
  var name: String {
    switch self {
    case .requested: Requested.name
    case .checked: Checked.name
    case .funded: Funded.name
    case .held: Held.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .requested(var fact): fact.list(&writer)
    case .checked(var fact): fact.list(&writer)
    case .funded(var fact): fact.list(&writer)
    case .held(var fact): fact.list(&writer)
    }
  }
}

extension TransferEvent {
  var name: String {
    switch self {
    case .requested: Requested.name
    case .nonceReserved: NonceReserved.name
    case .signed: Signed.name
    case .bumpRequested: BumpRequested.name
    case .cancelRequested: CancelRequested.name
    case .cancelSigned: CancelSigned.name
    case .confirmed: Confirmed.name
    case .reverted: Reverted.name
    case .cancelled: Cancelled.name
    case .parked: Parked.name
    case .released: Released.name
    case .guarded(let event): event.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .requested(var fact): fact.list(&writer)
    case .nonceReserved(var fact): fact.list(&writer)
    case .signed(var fact): fact.list(&writer)
    case .bumpRequested(var fact): fact.list(&writer)
    case .cancelRequested(var fact): fact.list(&writer)
    case .cancelSigned(var fact): fact.list(&writer)
    case .confirmed(var fact): fact.list(&writer)
    case .reverted(var fact): fact.list(&writer)
    case .cancelled(var fact): fact.list(&writer)
    case .parked(var fact): fact.list(&writer)
    case .released(var fact): fact.list(&writer)
    case .guarded(let event): event.write(to: &writer)
    }
  }
}

extension WalletEvent {
  var name: String {
    switch self {
    case .claimed: Claimed.name
    case .nonceAssigned: NonceAssigned.name
    case .quarantined: Quarantined.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .claimed(var fact): fact.list(&writer)
    case .nonceAssigned(var fact): fact.list(&writer)
    case .quarantined(var fact): fact.list(&writer)
    }
  }
}
