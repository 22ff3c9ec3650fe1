// Where each fact belongs: its stream, then the tags it is found by.

extension LedgerEvent {
  /// The stream a fact belongs to and the tags it is found by.
  public var place: (stream: StreamName, tags: [Tag]) {
    var text = PlaceText()
    text.add(self)
    return (text.stream(0), (1..<text.count).map { text.tag($0) })
  }

  func tell(_ place: inout PlaceText) {
    switch self {
    case .ledger(.legacy(let event)): event.tell(&place)
    case .ledger(.step(let event)): event.tell(&place)
    case .ledger(.difference(.transferCorrected(let e))):
      place.stream("ledger", "main")
      place.channel(e.channel)
      place.transfer(e.transfer)
      place.transaction(e.hash)
    case .ledger: place.stream("ledger", "main")
    case .channel(let event): event.tell(&place)
    case .order(let event): event.tell(&place)
    case .payment(let event): event.tell(&place)
    case .accumulation(let event): event.tell(&place)
    case .conversion(let event): event.tell(&place)
    case .batch(let event): event.tell(&place)
    case .split(let event): event.tell(&place)
    case .hostpay(let event): event.tell(&place)
    case .transfer(let event): event.tell(&place)
    case .wallet(let event): event.tell(&place)
    case .account(let event): event.tell(&place)
    case .invite(let event): event.tell(&place)
    case .membership(let event): event.tell(&place)
    case .chat(let event): event.tell(&place)
    }
  }
}

extension ChannelEvent {
  fileprivate func tell(_ place: inout PlaceText) {
    place.stream("channel", id)
    place.channel(id)
  }
}

extension OrderEvent {
  fileprivate func tell(_ place: inout PlaceText) {
    switch self {
    case .placed(let e):
      place.stream("order", e.order)
      place.channel(e.channel)
      place.order(e.order)
    case .invoiced(let e):
      place.stream("order", e.order)
      place.channel(e.channel)
      place.order(e.order)
    case .invoiceFailed(let e):
      place.stream("order", e.order)
      place.channel(e.channel)
      place.order(e.order)
    case .granted(let e):
      place.stream("order", e.order)
      place.channel(e.channel)
      place.order(e.order)
      place.payment(e.payment)
    }
  }
}

extension PlaceText {
  fileprivate mutating func payment(_ id: PaymentID, of channel: ChannelKey?) {
    stream("payment", id)
    self.channel(channel)
    payment(id)
  }
}

extension PaymentEvent {
  fileprivate func tell(_ place: inout PlaceText) {
    switch self {
    case .observed(let e): place.payment(e.payment, of: e.channel)
    case .valuationRequested(let e): place.payment(e.payment, of: e.channel)
    case .finished(let e):
      place.payment(e.payment, of: e.channel)
      place.order(e.order)
    case .routed(let e): place.payment(e.payment, of: e.channel)
    case .held(let e): place.payment(e.payment, of: e.channel)
    case .ruled(let e): e.tell(&place)
    }
  }
}

extension AccumulationEvent {
  fileprivate func tell(_ place: inout PlaceText) {
    switch self {
    case .locked(let e):
      place.stream("accumulation", e.channel)
      place.channel(e.channel)
      place.payment(e.payment)
    case .converted(let e):
      place.stream("accumulation", e.channel)
      place.channel(e.channel)
      place.payment(e.payment)
    case .reserved(let e):
      place.stream("accumulation", e.channel)
      place.channel(e.channel)
      place.batch(e.batch)
    case .paid(let e):
      place.stream("accumulation", e.channel)
      place.channel(e.channel)
      place.batch(e.batch)
    case .released(let e):
      place.stream("accumulation", e.channel)
      place.channel(e.channel)
      place.batch(e.batch)
    case .netted(let e):
      place.stream("accumulation", e.channel)
      place.channel(e.channel)
      place.payment(e.payment)
    case .forgiven(let e):
      place.stream("accumulation", e.channel)
      place.channel(e.channel)
    }
  }
}

extension ConversionEvent {
  fileprivate func tell(_ place: inout PlaceText) {
    switch self {
    case .requested(let e):
      place.stream("conversion", e.conversion)
      place.channel(e.channel)
    case .completed(let e):
      place.stream("conversion", e.conversion)
      place.channel(e.channel)
    case .failed(let e):
      place.stream("conversion", e.conversion)
      place.channel(e.channel)
    case .shared(let e):
      place.stream("conversion", e.conversion)
      place.channel(e.channel)
    case .retried(let e):
      place.stream("conversion", e.conversion)
      place.channel(e.channel)
    }
  }
}

extension BatchEvent {
  fileprivate func tell(_ place: inout PlaceText) {
    switch self {
    case .opened(let e):
      place.stream("batch", e.batch)
      place.channel(e.channel)
      place.batch(e.batch)
    case .handedOff(let e):
      place.stream("batch", e.batch)
      place.channel(e.channel)
      place.batch(e.batch)
    case .completed(let e):
      place.stream("batch", e.batch)
      place.channel(e.channel)
      place.batch(e.batch)
      place.transaction(e.transaction)
    case .failed(let e):
      place.stream("batch", e.batch)
      place.channel(e.channel)
      place.batch(e.batch)
    case .retried(let e):
      place.stream("batch", e.batch)
      place.channel(e.channel)
      place.batch(e.batch)
    }
  }
}

extension PlaceText {
  fileprivate mutating func split(_ id: SplitID, of channel: ChannelKey) {
    stream("split", id)
    self.channel(channel)
  }
}

extension SplitEvent {
  fileprivate func tell(_ place: inout PlaceText) {
    switch self {
    case .requested(let e): place.split(e.split, of: e.channel)
    case .estimated(let e): place.split(e.split, of: e.channel)
    case .swapIntended(let e): place.split(e.split, of: e.channel)
    case .swapAbandoned(let e): place.split(e.split, of: e.channel)
    case .held(let e): place.split(e.split, of: e.channel)
    case .failed(let e): place.split(e.split, of: e.channel)
    case .asked(let e): place.split(e.split, of: e.channel)
    case .released(let e): place.split(e.split, of: e.channel)
    case .retried(let e): place.split(e.split, of: e.channel)
    case .replaced(let e): place.split(e.split, of: e.channel)
    case .swapRegressed(let e):
      place.split(e.split, of: e.channel)
      place.swap(e.swap)
    case .refunded(let e):
      place.split(e.split, of: e.channel)
      place.transaction(e.transaction)
      place.swap(e.swap)
    case .swapOpened(let e):
      place.split(e.split, of: e.channel)
      place.swap(e.swap)
    case .swapObserved(let e):
      place.split(e.split, of: e.channel)
      place.swap(e.swap)
    case .completed(let e):
      place.split(e.split, of: e.channel)
      place.transaction(e.transaction)
      place.swap(e.swap)
    }
  }
}

extension HostpayEvent {
  fileprivate func tell(_ place: inout PlaceText) {
    switch self {
    case .requested(let e):
      place.stream("hostpay", e.split)
      place.channel(e.channel)
      place.swap(e.swap)
    case .checked(let e):
      place.stream("hostpay", e.split)
      place.channel(e.channel)
    case .funded(let e):
      place.stream("hostpay", e.split)
      place.channel(e.channel)
      place.transfer(e.transfer)
      place.transaction(e.transaction)
      place.swap(e.swap)
    case .held(let e):
      place.stream("hostpay", e.split)
      place.channel(e.channel)
    }
  }
}

extension TransferEvent {
  fileprivate func tell(_ place: inout PlaceText) {
    switch self {
    case .requested(let e):
      place.stream("transfer", e.transfer)
      place.channel(e.channel)
      place.transfer(e.transfer)
    case .nonceReserved(let e):
      place.stream("transfer", e.transfer)
      place.channel(e.channel)
      place.transfer(e.transfer)
    case .guarded(let e): e.tell(&place)
    case .parked(let e):
      place.stream("transfer", e.transfer)
      place.channel(e.channel)
      place.transfer(e.transfer)
    case .released(let e):
      place.stream("transfer", e.transfer)
      place.channel(e.channel)
      place.transfer(e.transfer)
    case .bumpRequested(let e):
      place.stream("transfer", e.transfer)
      place.channel(e.channel)
      place.transfer(e.transfer)
    case .cancelRequested(let e):
      place.stream("transfer", e.transfer)
      place.channel(e.channel)
      place.transfer(e.transfer)
    case .signed(let e):
      place.stream("transfer", e.transfer)
      place.channel(e.channel)
      place.transfer(e.transfer)
      place.transaction(e.hash)
    case .cancelSigned(let e):
      place.stream("transfer", e.transfer)
      place.channel(e.channel)
      place.transfer(e.transfer)
      place.transaction(e.hash)
    case .confirmed(let e):
      place.stream("transfer", e.transfer)
      place.channel(e.channel)
      place.transfer(e.transfer)
      place.transaction(e.hash)
    case .reverted(let e):
      place.stream("transfer", e.transfer)
      place.channel(e.channel)
      place.transfer(e.transfer)
      place.transaction(e.hash)
    case .cancelled(let e):
      place.stream("transfer", e.transfer)
      place.channel(e.channel)
      place.transfer(e.transfer)
      place.transaction(e.hash)
    }
  }
}
