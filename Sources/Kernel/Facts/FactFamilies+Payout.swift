// The families that send money; see FactFamilies.swift.

extension SplitEvent {
  var fact: any Fact {
    switch self {
    case .requested(let fact): fact
    case .estimated(let fact): fact
    case .swapIntended(let fact): fact
    case .swapOpened(let fact): fact
    case .swapAbandoned(let fact): fact
    case .swapObserved(let fact): fact
    case .completed(let fact): fact
    case .held(let fact): fact
    case .failed(let fact): fact
    case .asked(let fact): fact
    case .released(let fact): fact
    case .retried(let fact): fact
    case .swapRegressed(let fact): fact
    case .refunded(let fact): fact
    case .replaced(let fact): fact
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .requested(var fact):
      fact.list(&fields)
      self = .requested(fact)
    case .estimated(var fact):
      fact.list(&fields)
      self = .estimated(fact)
    case .swapIntended(var fact):
      fact.list(&fields)
      self = .swapIntended(fact)
    case .swapOpened(var fact):
      fact.list(&fields)
      self = .swapOpened(fact)
    case .swapAbandoned(var fact):
      fact.list(&fields)
      self = .swapAbandoned(fact)
    case .swapObserved(var fact):
      fact.list(&fields)
      self = .swapObserved(fact)
    case .completed(var fact):
      fact.list(&fields)
      self = .completed(fact)
    case .held(var fact):
      fact.list(&fields)
      self = .held(fact)
    case .failed(var fact):
      fact.list(&fields)
      self = .failed(fact)
    case .asked(var fact):
      fact.list(&fields)
      self = .asked(fact)
    case .released(var fact):
      fact.list(&fields)
      self = .released(fact)
    case .retried(var fact):
      fact.list(&fields)
      self = .retried(fact)
    case .swapRegressed(var fact):
      fact.list(&fields)
      self = .swapRegressed(fact)
    case .refunded(var fact):
      fact.list(&fields)
      self = .refunded(fact)
    case .replaced(var fact):
      fact.list(&fields)
      self = .replaced(fact)
    }
  }
}

extension HostpayEvent {
  var fact: any Fact {
    switch self {
    case .requested(let fact): fact
    case .checked(let fact): fact
    case .funded(let fact): fact
    case .held(let fact): fact
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .requested(var fact):
      fact.list(&fields)
      self = .requested(fact)
    case .checked(var fact):
      fact.list(&fields)
      self = .checked(fact)
    case .funded(var fact):
      fact.list(&fields)
      self = .funded(fact)
    case .held(var fact):
      fact.list(&fields)
      self = .held(fact)
    }
  }
}

extension TransferEvent {
  var fact: any Fact {
    switch self {
    case .requested(let fact): fact
    case .nonceReserved(let fact): fact
    case .signed(let fact): fact
    case .bumpRequested(let fact): fact
    case .cancelRequested(let fact): fact
    case .cancelSigned(let fact): fact
    case .confirmed(let fact): fact
    case .reverted(let fact): fact
    case .cancelled(let fact): fact
    case .parked(let fact): fact
    case .released(let fact): fact
    case .guarded(let event): event.fact
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .requested(var fact):
      fact.list(&fields)
      self = .requested(fact)
    case .nonceReserved(var fact):
      fact.list(&fields)
      self = .nonceReserved(fact)
    case .signed(var fact):
      fact.list(&fields)
      self = .signed(fact)
    case .bumpRequested(var fact):
      fact.list(&fields)
      self = .bumpRequested(fact)
    case .cancelRequested(var fact):
      fact.list(&fields)
      self = .cancelRequested(fact)
    case .cancelSigned(var fact):
      fact.list(&fields)
      self = .cancelSigned(fact)
    case .confirmed(var fact):
      fact.list(&fields)
      self = .confirmed(fact)
    case .reverted(var fact):
      fact.list(&fields)
      self = .reverted(fact)
    case .cancelled(var fact):
      fact.list(&fields)
      self = .cancelled(fact)
    case .parked(var fact):
      fact.list(&fields)
      self = .parked(fact)
    case .released(var fact):
      fact.list(&fields)
      self = .released(fact)
    case .guarded(var event):
      event.list(&fields)
      self = .guarded(event)
    }
  }
}

extension WalletEvent {
  var fact: any Fact {
    switch self {
    case .claimed(let fact): fact
    case .nonceAssigned(let fact): fact
    case .quarantined(let fact): fact
    case .rotation(let event): event.fact
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .claimed(var fact):
      fact.list(&fields)
      self = .claimed(fact)
    case .nonceAssigned(var fact):
      fact.list(&fields)
      self = .nonceAssigned(fact)
    case .quarantined(var fact):
      fact.list(&fields)
      self = .quarantined(fact)
    case .rotation(var event):
      event.list(&fields)
      self = .rotation(event)
    }
  }
}
