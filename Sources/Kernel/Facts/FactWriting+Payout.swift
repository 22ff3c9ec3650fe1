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
    case .requested(let fact): writer.write(fact)
    case .estimated(let fact): writer.write(fact)
    case .swapIntended(let fact): writer.write(fact)
    case .swapOpened(let fact): writer.write(fact)
    case .swapAbandoned(let fact): writer.write(fact)
    case .swapObserved(let fact): writer.write(fact)
    case .completed(let fact): writer.write(fact)
    case .held(let fact): writer.write(fact)
    case .failed(let fact): writer.write(fact)
    case .asked(let fact): writer.write(fact)
    case .released(let fact): writer.write(fact)
    case .retried(let fact): writer.write(fact)
    case .swapRegressed(let fact): writer.write(fact)
    case .refunded(let fact): writer.write(fact)
    case .replaced(let fact): writer.write(fact)
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
    case .requested(let fact): writer.write(fact)
    case .checked(let fact): writer.write(fact)
    case .funded(let fact): writer.write(fact)
    case .held(let fact): writer.write(fact)
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
    case .requested(let fact): writer.write(fact)
    case .nonceReserved(let fact): writer.write(fact)
    case .signed(let fact): writer.write(fact)
    case .bumpRequested(let fact): writer.write(fact)
    case .cancelRequested(let fact): writer.write(fact)
    case .cancelSigned(let fact): writer.write(fact)
    case .confirmed(let fact): writer.write(fact)
    case .reverted(let fact): writer.write(fact)
    case .cancelled(let fact): writer.write(fact)
    case .parked(let fact): writer.write(fact)
    case .released(let fact): writer.write(fact)
    case .guarded(let event): event.write(to: &writer)
    }
  }
}
