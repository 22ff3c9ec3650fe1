// What each fact of a family is about.

extension ChannelEvent {
  public var id: ChannelKey {
    switch self {
    case .registered(let e): e.channel
    case .payoutSettingsChanged(let e): e.channel
    case .offerChanged(let e): e.channel
    case .payoutChangeHeld(let e): e.channel
    case .payoutChangeCancelled(let e): e.channel
    case .closed(let e): e.channel
    }
  }
}

extension ConversionEvent {
  public var id: ConversionID {
    switch self {
    case .requested(let e): e.conversion
    case .completed(let e): e.conversion
    case .failed(let e): e.conversion
    case .retried(let e): e.conversion
    case .shared(let e): e.conversion
    }
  }
}

extension BatchEvent {
  public var id: BatchID {
    switch self {
    case .opened(let e): e.batch
    case .handedOff(let e): e.batch
    case .completed(let e): e.batch
    case .failed(let e): e.batch
    case .retried(let e): e.batch
    }
  }
}

extension SplitEvent {
  public var id: SplitID {
    switch self {
    case .requested(let e): e.split
    case .estimated(let e): e.split
    case .swapIntended(let e): e.split
    case .swapOpened(let e): e.split
    case .swapAbandoned(let e): e.split
    case .swapObserved(let e): e.split
    case .completed(let e): e.split
    case .held(let e): e.split
    case .failed(let e): e.split
    case .asked(let e): e.split
    case .released(let e): e.split
    case .retried(let e): e.split
    case .swapRegressed(let e): e.split
    case .refunded(let e): e.split
    case .replaced(let e): e.split
    }
  }
}

extension HostpayEvent {
  public var id: SplitID {
    switch self {
    case .requested(let e): e.split
    case .checked(let e): e.split
    case .funded(let e): e.split
    case .held(let e): e.split
    }
  }
}

extension TransferEvent {
  public var id: TransferID {
    switch self {
    case .requested(let e): e.transfer
    case .nonceReserved(let e): e.transfer
    case .signed(let e): e.transfer
    case .bumpRequested(let e): e.transfer
    case .cancelRequested(let e): e.transfer
    case .cancelSigned(let e): e.transfer
    case .confirmed(let e): e.transfer
    case .reverted(let e): e.transfer
    case .cancelled(let e): e.transfer
    case .parked(let e): e.transfer
    case .released(let e): e.transfer
    case .guarded(let e): e.id
    }
  }
}
