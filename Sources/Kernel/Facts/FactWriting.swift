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
    case .invite(let event): event.name
    case .membership(let event): event.name
    case .chat(let event): event.name
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
    case .invite(let event): event.write(to: &writer)
    case .membership(let event): event.write(to: &writer)
    case .chat(let event): event.write(to: &writer)
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
    case .placed(let fact): writer.write(fact)
    case .invoiced(let fact): writer.write(fact)
    case .invoiceFailed(let fact): writer.write(fact)
    case .granted(let fact): writer.write(fact)
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
    case .ruled(let event): event.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .observed(let fact): writer.write(fact)
    case .valuationRequested(let fact): writer.write(fact)
    case .finished(let fact): writer.write(fact)
    case .routed(let fact): writer.write(fact)
    case .held(let fact): writer.write(fact)
    case .ruled(let event): event.write(to: &writer)
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
    case .netted: Netted.name
    case .forgiven: Forgiven.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .locked(let fact): writer.write(fact)
    case .converted(let fact): writer.write(fact)
    case .reserved(let fact): writer.write(fact)
    case .paid(let fact): writer.write(fact)
    case .released(let fact): writer.write(fact)
    case .netted(let fact): writer.write(fact)
    case .forgiven(let fact): writer.write(fact)
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
    case .shared: Shared.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .requested(let fact): writer.write(fact)
    case .completed(let fact): writer.write(fact)
    case .failed(let fact): writer.write(fact)
    case .retried(let fact): writer.write(fact)
    case .shared(let fact): writer.write(fact)
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
    case .opened(let fact): writer.write(fact)
    case .handedOff(let fact): writer.write(fact)
    case .completed(let fact): writer.write(fact)
    case .failed(let fact): writer.write(fact)
    case .retried(let fact): writer.write(fact)
    }
  }
}
