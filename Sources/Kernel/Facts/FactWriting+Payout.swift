// The families that send money; see FactWriting.swift.

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
