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

  /// Whether it is neither booked nor ended.
  var isOpen: Bool {
    switch phase {
    case .observed, .valuing, .held: true
    case .finished, .closed: false
    }
  }
}

extension Payments {
  /// What is kept of a payment for ever.
  struct Entry: BitwiseCopyable, Sendable {
    /// The newest of its sightings, from 1; 0 for none.
    var seen: UInt32 = 0
    /// Number of the split that pays it out or converts it; 0 for none.
    var split: UInt32 = 0
    var phase: UInt8 = 0
    /// Whether the split, where there is one, converts.
    var converts: UInt8 = 0
    var conversion = Conversion.none.rawValue
    /// Which conversion of the payment that is about; 0 stands for the first.
    var attempt: UInt8 = 0
    /// Mark of what was booked for it, or was in suspense when a person ended it; 0 where nothing
    /// is known of that.
    var booked: UInt32 = 0
    /// Mark of the order it was first said to be for; 0 for none.
    var order: UInt32 = 0

    /// In the place of a mark, which is odd: nothing had come when a person ended it.
    static let nothing: UInt32 = 2
    static let finished: UInt8 = 1
    static let valuing: UInt8 = 2
    /// And the reason's place.
    static let held: UInt8 = 3
    static let elsewhere: UInt8 = 249
    /// And how it ended.
    static let closed: UInt8 = 250
  }

  enum Conversion: UInt8 { case none, open, closed, failed }
}

extension LedgerState {
  mutating func evolve(_ event: PaymentEvent) {
    switch event {
    case .observed(let e): withUnsafePointer(to: e) { note($0) }
    case .valuationRequested(let e):
      guard let observed = lastFinished, observed.payment == e.payment else {
        preconditionFailure("a valuation without its observation: \(e.payment)")
      }
      payments.value(observed)
    case .finished(let e): withUnsafePointer(to: e) { finish($0) }
    case .held(let e): payments.hold(e, seen: lastFinished)
    case .ruled(let e): evolve(e)
    case .routed(let e): if e.strategy == .instant { payments.awaitSplit(e) }
    }
  }
}

extension LedgerState {
  // Most facts are these, and lent where they are: a copy counts a reference for each of their
  // texts, also where it is only handed on.

  private mutating func note(_ seen: UnsafePointer<PaymentEvent.Observed>) {
    payments.note(seen.pointee.identity, of: seen.pointee.payment, under: seen.pointee.order)
    guard seen.pointee.status == ProviderStatus.finished.rawValue else { return }
    lastFinished = seen.pointee
    payments.noteHeld(seen.pointee)
  }

  private mutating func finish(_ booked: UnsafePointer<PaymentEvent.Finished>) {
    let payment = booked.pointee.payment
    // I4: a payment is credited once.
    precondition(
      booked.pointee.outcome.units == booked.pointee.fee.units + booked.pointee.net.units,
      "I4: \(payment) leaks")
    payments.finish(booked.pointee)
    // A person said which of its orders it is for.
    if contests.removeValue(forKey: payment) != nil {
      payments.rename(payment, booked.pointee.order)
    }
  }
}

extension PaymentEvent.Observed {
  /// The identity of the report this observation was made from.
  var identity: ReportIdentity {
    ReportIdentity(
      status, order?.value, actuallyPaid, outcomeAmount, outcomeCurrency, updatedAt)
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
