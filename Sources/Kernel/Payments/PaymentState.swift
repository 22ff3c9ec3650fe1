extension LedgerState {
  mutating func evolve(_ event: PaymentEvent) {
    switch event {
    case .observed(let e):
      payments[e.payment, default: PaymentState()].seen.append(e.identity)
      lastObserved = e
    case .valuationRequested(let e):
      guard let report = lastObserved?.report, report.payment == e.payment else {
        preconditionFailure("a valuation without its observation: \(e.payment)")
      }
      payments[e.payment]?.phase = .valuing(report)
    case .finished(let e):
      // I4: a payment is credited once.
      if case .finished? = payments[e.payment]?.phase {
        preconditionFailure("I4: payment \(e.payment) credited twice")
      }
      precondition(e.outcome.units == e.fee.units + e.net.units, "I4: \(e.payment) leaks")
      precondition(payments[e.payment]?.suspended == e.suspended, "I4: \(e.payment) stays held")
      payments[e.payment, default: PaymentState()].phase = .finished
      payments[e.payment]?.suspended = nil
    case .held(let e):
      payments[e.payment, default: PaymentState()].phase = .held(e.reason)
      if let received = e.received {
        precondition(payments[e.payment]?.suspended == nil, "I4: \(e.payment) suspended twice")
        payments[e.payment]?.suspended = received
      }
    case .routed(let e): if e.strategy == .instant { instants[e.payment] = e }
    }
  }
}

extension PaymentEvent.Observed {
  /// The identity of the report this observation was made from.
  var identity: String {
    PaymentReport.identity(status, actuallyPaid, outcomeAmount, outcomeCurrency, updatedAt)
  }

  /// The report this observation was made from.
  var report: PaymentReport {
    var report = PaymentReport(payment: payment, status: status, source: source, raw: raw.value)
    report.order = order?.value
    report.parent = parent
    report.priceAmount = priceAmount
    report.priceCurrency = priceCurrency
    report.payAmount = payAmount
    report.payCurrency = payCurrency
    report.payAddress = payAddress
    report.actuallyPaid = actuallyPaid
    report.outcomeAmount = outcomeAmount
    report.outcomeCurrency = outcomeCurrency
    report.updatedAt = updatedAt
    return report
  }
}
