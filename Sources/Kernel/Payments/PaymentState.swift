/// What is known of a payment.
struct PaymentState: Sendable {
  enum Phase: Sendable {
    case observed
    /// Its outcome's dollar value was asked for.
    case valuing(PaymentReport)
    case held(HoldReason)
    case finished
    /// A person ended it.
    case closed(End)
  }
  /// What a person made of it.
  enum End: UInt8, CaseIterable, Sendable { case refunded, writtenOff, reversed }
  var phase = Phase.observed
  /// What holds put into suspense; it stays there until the payment is booked.
  var suspended: Money?
}

extension LedgerState {
  mutating func evolve(_ event: PaymentEvent) {
    switch event {
    case .observed(let e):
      payments.note(e.identity, of: e.payment)
      if e.status == ProviderStatus.finished.rawValue {
        lastFinished = e
        payments.noteHeld(e)
      }
    case .valuationRequested(let e):
      guard let observed = lastFinished, observed.payment == e.payment else {
        preconditionFailure("a valuation without its observation: \(e.payment)")
      }
      payments.value(observed)
    case .finished(let e):
      // I4: a payment is credited once.
      precondition(e.outcome.units == e.fee.units + e.net.units, "I4: \(e.payment) leaks")
      payments.finish(e)
    case .held(let e): payments.hold(e, seen: lastFinished)
    case .ruled(let e): evolve(e)
    case .routed(let e): if e.strategy == .instant { payments.awaitSplit(e) }
    }
  }
}

extension PaymentEvent.Observed {
  /// The identity of the report this observation was made from.
  var identity: ReportIdentity {
    ReportIdentity(status, actuallyPaid, outcomeAmount, outcomeCurrency, updatedAt)
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
