extension LedgerEvent {
  /// The stream a fact belongs to and the tags it is found by.
  public var place: (stream: StreamName, tags: [Tag]) {
    switch self {
    case .ledger: (StreamName("ledger", "main"), [])
    case .channel(let event): event.place
    case .order(let event): event.place
    case .payment(let event): event.place
    case .accumulation(let event): event.place
    case .conversion(let event): event.place
    case .batch(let event): event.place
    case .split(let event): event.place
    case .hostpay(let event): event.place
    case .transfer(let event): event.place
    case .wallet(let event): event.place
    }
  }
}

typealias Place = (stream: StreamName, tags: [Tag])

extension ChannelEvent {
  var place: Place {
    switch self {
    case .registered(let e):
      (StreamName("channel", e.channel), [.channel(e.channel)])
    case .payoutSettingsChanged(let e):
      (StreamName("channel", e.channel), [.channel(e.channel)])
    }
  }
}

extension OrderEvent {
  var place: Place {
    switch self {
    case .placed(let e):
      (StreamName("order", e.order), [.channel(e.channel), .order(e.order)])
    case .invoiced(let e):
      (StreamName("order", e.order), [.channel(e.channel), .order(e.order)])
    case .invoiceFailed(let e):
      (StreamName("order", e.order), [.channel(e.channel), .order(e.order)])
    case .granted(let e):
      (
        StreamName("order", e.order),
        [.channel(e.channel), .order(e.order), .payment(e.payment)]
      )
    }
  }
}

extension PaymentEvent {
  var place: Place {
    switch self {
    case .observed(let e):
      (
        StreamName("payment", e.payment),
        (e.channel.map { [.channel($0)] } ?? []) + [.payment(e.payment)]
      )
    case .valuationRequested(let e):
      (StreamName("payment", e.payment), [.channel(e.channel), .payment(e.payment)])
    case .finished(let e):
      (
        StreamName("payment", e.payment),
        [.channel(e.channel), .payment(e.payment)] + (e.order.map { [.order($0)] } ?? [])
      )
    case .routed(let e):
      (StreamName("payment", e.payment), [.channel(e.channel), .payment(e.payment)])
    case .held(let e):
      (
        StreamName("payment", e.payment),
        (e.channel.map { [.channel($0)] } ?? []) + [.payment(e.payment)]
      )
    }
  }
}

extension AccumulationEvent {
  var place: Place {
    switch self {
    case .locked(let e):
      (StreamName("accumulation", e.channel), [.channel(e.channel), .payment(e.payment)])
    case .converted(let e):
      (StreamName("accumulation", e.channel), [.channel(e.channel), .payment(e.payment)])
    case .reserved(let e):
      (StreamName("accumulation", e.channel), [.channel(e.channel), .batch(e.batch)])
    case .paid(let e):
      (StreamName("accumulation", e.channel), [.channel(e.channel), .batch(e.batch)])
    case .released(let e):
      (StreamName("accumulation", e.channel), [.channel(e.channel), .batch(e.batch)])
    }
  }
}

extension ConversionEvent {
  var place: Place {
    switch self {
    case .requested(let e):
      (StreamName("conversion", e.conversion), [.channel(e.channel)])
    case .completed(let e):
      (StreamName("conversion", e.conversion), [.channel(e.channel)])
    case .failed(let e):
      (StreamName("conversion", e.conversion), [.channel(e.channel)])
    }
  }
}

extension BatchEvent {
  var place: Place {
    switch self {
    case .opened(let e):
      (StreamName("batch", e.batch), [.channel(e.channel), .batch(e.batch)])
    case .handedOff(let e):
      (StreamName("batch", e.batch), [.channel(e.channel), .batch(e.batch)])
    case .completed(let e):
      (
        StreamName("batch", e.batch),
        [.channel(e.channel), .batch(e.batch), .transaction(e.transaction)]
      )
    case .failed(let e):
      (StreamName("batch", e.batch), [.channel(e.channel), .batch(e.batch)])
    }
  }
}

extension SplitEvent {
  var place: Place {
    switch self {
    case .requested(let e):
      (StreamName("split", e.split), [.channel(e.channel)])
    case .estimated(let e):
      (StreamName("split", e.split), [.channel(e.channel)])
    case .swapIntended(let e):
      (StreamName("split", e.split), [.channel(e.channel)])
    case .swapAbandoned(let e):
      (StreamName("split", e.split), [.channel(e.channel)])
    case .held(let e):
      (StreamName("split", e.split), [.channel(e.channel)])
    case .failed(let e):
      (StreamName("split", e.split), [.channel(e.channel)])
    case .swapOpened(let e):
      (StreamName("split", e.split), [.channel(e.channel), .swap(e.swap)])
    case .swapObserved(let e):
      (StreamName("split", e.split), [.channel(e.channel), .swap(e.swap)])
    case .completed(let e):
      (
        StreamName("split", e.split),
        [.channel(e.channel), .transaction(e.transaction)]
          + (e.swap.map { [.swap($0)] } ?? [])
      )
    }
  }
}

extension HostpayEvent {
  var place: Place {
    switch self {
    case .requested(let e):
      (
        StreamName("hostpay", e.split),
        [.channel(e.channel)] + (e.swap.map { [.swap($0)] } ?? [])
      )
    case .checked(let e):
      (StreamName("hostpay", e.split), [.channel(e.channel)])
    case .funded(let e):
      (
        StreamName("hostpay", e.split),
        [.channel(e.channel), .transfer(e.transfer), .transaction(e.transaction)]
          + (e.swap.map { [.swap($0)] } ?? [])
      )
    case .held(let e):
      (StreamName("hostpay", e.split), [.channel(e.channel)])
    }
  }
}

extension TransferEvent {
  var place: Place {
    switch self {
    case .requested(let e):
      (StreamName("transfer", e.transfer), [.channel(e.channel), .transfer(e.transfer)])
    case .nonceReserved(let e):
      (StreamName("transfer", e.transfer), [.channel(e.channel), .transfer(e.transfer)])
    case .parked(let e):
      (StreamName("transfer", e.transfer), [.channel(e.channel), .transfer(e.transfer)])
    case .signed(let e):
      (
        StreamName("transfer", e.transfer),
        [.channel(e.channel), .transfer(e.transfer), .transaction(e.hash)]
      )
    case .confirmed(let e):
      (
        StreamName("transfer", e.transfer),
        [.channel(e.channel), .transfer(e.transfer), .transaction(e.hash)]
      )
    case .reverted(let e):
      (
        StreamName("transfer", e.transfer),
        [.channel(e.channel), .transfer(e.transfer), .transaction(e.hash)]
      )
    case .cancelled(let e):
      (
        StreamName("transfer", e.transfer),
        [.channel(e.channel), .transfer(e.transfer), .transaction(e.hash)]
      )
    }
  }
}

extension WalletEvent {
  var place: Place {
    switch self {
    case .claimed(let e):
      (StreamName("wallet", "\(e.chain)-\(e.wallet)"), [])
    case .nonceAssigned(let e):
      (StreamName("wallet", "\(e.chain)-\(e.wallet)"), [.transfer(e.transfer)])
    case .quarantined(let e):
      (StreamName("wallet", "\(e.chain)-\(e.wallet)"), [])
    }
  }
}
