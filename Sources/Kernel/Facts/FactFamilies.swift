// Each family hands its payload to whoever asks; one line a fact, checked by the compiler.

extension GenesisEvent {
  var fact: any Fact {
    switch self {
    case .opened(let fact): fact
    case .recovered(let fact): fact
    case .adoptionBegun(let fact): fact
    case .frozen(let fact): fact
    case .unfrozen(let fact): fact
    case .capsSet(let fact): fact
    case .difference(let event): event.fact
    case .legacy(let event): event.fact
    case .step(let event): event.fact
    case .unfreezeApproved(let fact): fact
    case .capsAsked(let fact): fact
    case .capsApproved(let fact): fact
    case .tableAsked(let fact): fact
    case .dustSwept(let fact): fact
    case .liabilitiesPublished(let fact): fact
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .opened(var fact):
      fact.list(&fields)
      self = .opened(fact)
    case .recovered(var fact):
      fact.list(&fields)
      self = .recovered(fact)
    case .adoptionBegun(var fact):
      fact.list(&fields)
      self = .adoptionBegun(fact)
    case .frozen(var fact):
      fact.list(&fields)
      self = .frozen(fact)
    case .unfrozen(var fact):
      fact.list(&fields)
      self = .unfrozen(fact)
    case .capsSet(var fact):
      fact.list(&fields)
      self = .capsSet(fact)
    case .difference(var event):
      event.list(&fields)
      self = .difference(event)
    case .legacy(var event):
      event.list(&fields)
      self = .legacy(event)
    case .step(var event):
      event.list(&fields)
      self = .step(event)
    case .unfreezeApproved(var fact):
      fact.list(&fields)
      self = .unfreezeApproved(fact)
    case .capsAsked(var fact):
      fact.list(&fields)
      self = .capsAsked(fact)
    case .capsApproved(var fact):
      fact.list(&fields)
      self = .capsApproved(fact)
    case .tableAsked(var fact):
      fact.list(&fields)
      self = .tableAsked(fact)
    case .dustSwept(var fact):
      fact.list(&fields)
      self = .dustSwept(fact)
    case .liabilitiesPublished(var fact):
      fact.list(&fields)
      self = .liabilitiesPublished(fact)
    }
  }
}

extension ChannelEvent {
  var fact: any Fact {
    switch self {
    case .registered(let fact): fact
    case .payoutSettingsChanged(let fact): fact
    case .offerChanged(let fact): fact
    case .payoutChangeHeld(let fact): fact
    case .payoutChangeCancelled(let fact): fact
    case .closed(let fact): fact
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .registered(var fact):
      fact.list(&fields)
      self = .registered(fact)
    case .payoutSettingsChanged(var fact):
      fact.list(&fields)
      self = .payoutSettingsChanged(fact)
    case .offerChanged(var fact):
      fact.list(&fields)
      self = .offerChanged(fact)
    case .payoutChangeHeld(var fact):
      fact.list(&fields)
      self = .payoutChangeHeld(fact)
    case .payoutChangeCancelled(var fact):
      fact.list(&fields)
      self = .payoutChangeCancelled(fact)
    case .closed(var fact):
      fact.list(&fields)
      self = .closed(fact)
    }
  }
}

extension OrderEvent {
  var fact: any Fact {
    switch self {
    case .placed(let fact): fact
    case .invoiced(let fact): fact
    case .invoiceFailed(let fact): fact
    case .granted(let fact): fact
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .placed(var fact):
      fact.list(&fields)
      self = .placed(fact)
    case .invoiced(var fact):
      fact.list(&fields)
      self = .invoiced(fact)
    case .invoiceFailed(var fact):
      fact.list(&fields)
      self = .invoiceFailed(fact)
    case .granted(var fact):
      fact.list(&fields)
      self = .granted(fact)
    }
  }
}

extension PaymentEvent {
  var fact: any Fact {
    switch self {
    case .observed(let fact): fact
    case .valuationRequested(let fact): fact
    case .finished(let fact): fact
    case .routed(let fact): fact
    case .held(let fact): fact
    case .ruled(let event): event.fact
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .observed(var fact):
      fact.list(&fields)
      self = .observed(fact)
    case .valuationRequested(var fact):
      fact.list(&fields)
      self = .valuationRequested(fact)
    case .finished(var fact):
      fact.list(&fields)
      self = .finished(fact)
    case .routed(var fact):
      fact.list(&fields)
      self = .routed(fact)
    case .held(var fact):
      fact.list(&fields)
      self = .held(fact)
    case .ruled(var event):
      event.list(&fields)
      self = .ruled(event)
    }
  }
}

extension AccumulationEvent {
  var fact: any Fact {
    switch self {
    case .locked(let fact): fact
    case .converted(let fact): fact
    case .reserved(let fact): fact
    case .paid(let fact): fact
    case .released(let fact): fact
    case .netted(let fact): fact
    case .forgiven(let fact): fact
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .locked(var fact):
      fact.list(&fields)
      self = .locked(fact)
    case .converted(var fact):
      fact.list(&fields)
      self = .converted(fact)
    case .reserved(var fact):
      fact.list(&fields)
      self = .reserved(fact)
    case .paid(var fact):
      fact.list(&fields)
      self = .paid(fact)
    case .released(var fact):
      fact.list(&fields)
      self = .released(fact)
    case .netted(var fact):
      fact.list(&fields)
      self = .netted(fact)
    case .forgiven(var fact):
      fact.list(&fields)
      self = .forgiven(fact)
    }
  }
}

extension ConversionEvent {
  var fact: any Fact {
    switch self {
    case .requested(let fact): fact
    case .completed(let fact): fact
    case .failed(let fact): fact
    case .retried(let fact): fact
    case .shared(let fact): fact
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .requested(var fact):
      fact.list(&fields)
      self = .requested(fact)
    case .completed(var fact):
      fact.list(&fields)
      self = .completed(fact)
    case .failed(var fact):
      fact.list(&fields)
      self = .failed(fact)
    case .retried(var fact):
      fact.list(&fields)
      self = .retried(fact)
    case .shared(var fact):
      fact.list(&fields)
      self = .shared(fact)
    }
  }
}

extension BatchEvent {
  var fact: any Fact {
    switch self {
    case .opened(let fact): fact
    case .handedOff(let fact): fact
    case .completed(let fact): fact
    case .failed(let fact): fact
    case .retried(let fact): fact
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .opened(var fact):
      fact.list(&fields)
      self = .opened(fact)
    case .handedOff(var fact):
      fact.list(&fields)
      self = .handedOff(fact)
    case .completed(var fact):
      fact.list(&fields)
      self = .completed(fact)
    case .failed(var fact):
      fact.list(&fields)
      self = .failed(fact)
    case .retried(var fact):
      fact.list(&fields)
      self = .retried(fact)
    }
  }
}
