/// What a person decides about a payment (C-21, MO-12).
public enum PaymentRuling: Hashable, Sendable {
  /// It counts as paid, for the order it names or for this one; `rate` values a coin whose rate
  /// isn't known, in USDT.
  case accept(order: OrderID?, rate: Rate?, PaymentPolicy)
  /// Its money went back, by that transaction.
  case refund(transaction: String)
  /// It is nobody's.
  case writeOff
  /// What was booked for it went back.
  case reverse(BookedPayment, transaction: String)
  /// What was booked for it stands, whatever the provider said against it since.
  case uphold
}

/// What a payment's own facts say that was booked for it.
public struct BookedPayment: Hashable, Sendable {
  public let channel: ChannelKey
  public let outcome: Money
  public let fee: Money
  public let net: Money
  /// What the client was credited with.
  public let owed: Money
  public let rate: Rate
  /// The access it gave; nil where it gave none.
  public let granted: OrderEvent.Granted?

  /// Nil where the payment's stream doesn't say that it was booked; `order` is the stream of the
  /// order it paid for.
  public init?(_ stream: [LedgerEvent], order: [LedgerEvent] = []) {
    var finished: PaymentEvent.Finished?
    var routed: PaymentEvent.Routed?
    for event in stream {
      if case .payment(.finished(let e)) = event { finished = e }
      if case .payment(.routed(let e)) = event { routed = e }
    }
    guard let finished, let routed else { return nil }
    channel = finished.channel
    (outcome, fee, net) = (finished.outcome, finished.fee, finished.net)
    rate = finished.rate
    granted = order.reduce(nil) { found, event in
      guard case .order(.granted(let e)) = event, e.payment == finished.payment else {
        return found
      }
      return e
    }
    owed = routed.strategy == .instant ? routed.value : finished.rate.applied(to: finished.net)
  }
}

extension LedgerState {
  func rule(_ id: PaymentID, _ ruling: PaymentRuling, _ reason: String, at now: Instant)
    -> Decision
  {
    if let obstacle = Self.obstacle(to: reason) { return .refuse(obstacle) }
    guard let payment = payments[id] else { return .refuse(.paymentUnknown) }
    if case .uphold = ruling { return uphold(id, reason) }
    if case .reverse(let booked, let transaction) = ruling {
      switch payment.phase {
      case .finished: return reverse(id, booked, transaction, reason, at: now)
      case .closed(.reversed): return .ignore
      case .observed, .valuing, .held, .closed: return .refuse(.paymentNotBooked)
      }
    }
    guard case .held(let heldFor) = payment.phase else {
      if case .closed(let end) = payment.phase, end == ruling.end { return .ignore }
      return .refuse(.notHeld)
    }
    switch ruling {
    case .accept(let order, let rate, let policy):
      return accept(id, heldFor, order, rate, policy, reason, at: now)
    case .refund(let transaction):
      if let obstacle = Self.obstacle(to: transaction) { return .refuse(obstacle) }
      let refunded = PaymentRulingEvent.Refunded(
        amount: payment.suspended, channel: payments.heldReport(id).flatMap { channelKey(of: $0) },
        heldFor: heldFor, payment: id, reason: reason, transaction: transaction)
      return .accept([.payment(.ruled(.refunded(refunded)))])
    case .writeOff:
      let written = PaymentRulingEvent.WrittenOff(
        amount: payment.suspended, channel: payments.heldReport(id).flatMap { channelKey(of: $0) },
        heldFor: heldFor, payment: id, reason: reason)
      return .accept([.payment(.ruled(.writtenOff(written)))])
    case .reverse, .uphold: preconditionFailure("decided above")
    }
  }

  /// What is known to have arrived for a held payment; nil where nothing is.
  public func heldOutcome(_ id: PaymentID) -> Money? {
    payments.heldReport(id).flatMap { arrived(by: $0) }
  }

  /// Books what arrived, and no more than that (MO-08), as though nothing had been amiss.
  private func accept(
    _ id: PaymentID, _ heldFor: HoldReason, _ order: OrderID?, _ rate: Rate?,
    _ policy: PaymentPolicy, _ reason: String, at now: Instant
  ) -> Decision {
    guard var report = payments.heldReport(id), let outcome = arrived(by: report) else {
      return .refuse(.outcomeUnknown)
    }
    // Of two orders a person says which.
    guard order != nil || contests[id] == nil else { return .refuse(.orderUnknown) }
    if let order { report.order = order.text }
    let terms: PaymentTerms
    switch resolve(report) {
    case .terms(let found): terms = found
    case .obstacle(let why, _): return .refuse(why.refusal)
    }
    let valued: (rate: Rate, source: String)
    if outcome.asset.isTether {
      valued = (.oneToOne(outcome.asset, .usdt), "one to one")
    } else {
      guard outcome.asset.isSendable else { return .refuse(.outcomeNotConvertible) }
      guard let rate, rate.from == outcome.asset, rate.to == .usdt, rate.value > 0,
        rate.value <= Limits.rateMost
      else { return .refuse(.rateMissing) }
      valued = (rate, "operator")
    }
    let booked = book(report, terms, outcome, valued.rate, valued.source, policy, at: now)
    // A crumb that no payout could carry is nothing to owe anybody.
    guard booked.allSatisfy({ $0.owesSomething }) else { return .refuse(.amountNotPositive) }
    let accepted = PaymentRulingEvent.Accepted(
      channel: terms.channel, heldFor: heldFor, payment: id, reason: reason)
    return .accept([.payment(.ruled(.accepted(accepted)))] + booked)
  }

  /// MO-12: out of what waits; out of a batch of which nothing was signed, which is opened anew
  /// without it; else the client owes it.
  private func reverse(
    _ id: PaymentID, _ booked: BookedPayment, _ transaction: String, _ reason: String,
    at now: Instant
  ) -> Decision {
    if let obstacle = Self.obstacle(to: transaction) { return .refuse(obstacle) }
    let member = accumulations[booked.channel]?.members(of: [id]).first
    if let member, member.amount.units > booked.owed.units {
      return .refuse(.paymentNotBooked)
    }
    // A part of it has paid a debt: what is left waits on, and all of it is owed back.
    let isWhole = member.map { $0.amount == booked.owed } ?? false
    let undone = (isWhole ? member?.batch : nil).flatMap {
      undoing($0, because: "payment \(id) was taken back", at: now)
    }
    let isWaiting = isWhole && member?.batch == nil
    let reversed = PaymentRulingEvent.Reversed(
      channel: booked.channel, fee: booked.fee, net: booked.net, outcome: booked.outcome,
      owed: booked.owed, payment: id, rate: booked.rate, reason: reason,
      takenFrom: isWaiting || undone != nil ? .payable : .receivable, transaction: transaction,
      wasConverted: member?.isConverted ?? true)
    return .accept(
      (undone ?? []) + [.payment(.ruled(.reversed(reversed)))]
        + revocation(of: booked.granted, "payment \(id) was taken back", at: now))
  }

  /// What ends a batch whose money is all still here; nil where some of it may have left.
  func undoing(_ id: BatchID, because reason: String, at now: Instant) -> [LedgerEvent]? {
    guard let batch = batches[id], batch.isOpen else { return nil }
    var events: [LedgerEvent] = []
    if let split = split(of: .batch(id)), let state = splits[split], state.isOpen {
      if let transfer = transfer(split.transfer), state.mayHaveSent {
        // Without a nonce it goes with its split, on this very word.
        guard transfer.phase == .requested,
          case .accept(let ended) = cancel(split.transfer, .operator, reason, at: now)
        else { return nil }
        events += ended
      } else {
        guard !state.mayHaveSent else { return nil }
        let failed = SplitEvent.Failed(
          channel: state.requested.channel, purpose: state.requested.purpose, reason: reason,
          split: split)
        events.append(.split(.failed(failed)))
      }
    } else if !hasNothingSent(for: .batch(id)) {
      return nil
    }
    let opened = batch.opened
    let released = AccumulationEvent.Released(
      batch: id, channel: opened.channel, payments: opened.members.map(\.payment),
      total: opened.total)
    return events + [
      .batch(.failed(BatchEvent.Failed(batch: id, channel: opened.channel, reason: reason))),
      .accumulation(.released(released)),
    ]
  }

  mutating func evolve(_ event: PaymentRulingEvent) {
    switch event {
    // The booking stands behind, and closes the hold.
    case .accepted: break
    case .takenBack(let e):
      contest(e.payment, e.channel) { $0.status = ProviderStatus.refunded.text }
    case .contradicted(let e): contest(e.payment, e.channel) { $0.status = e.status }
    case .misnamed(let e): contest(e.payment, e.channel) { $0.isMisnamed = true }
    case .upheld(let e): set(nil, against: e.payment, of: e.channel)
    case .refunded(let e):
      payments.close(e.payment, .refunded, suspended: e.amount)
      contests[e.payment] = nil
    case .writtenOff(let e):
      payments.close(e.payment, .writtenOff, suspended: e.amount)
      contests[e.payment] = nil
    case .reversed(let e):
      payments.close(e.payment, .reversed, suspended: nil)
      set(nil, against: e.payment, of: e.channel)
      guard e.takenFrom == .payable else { return }
      accumulations[e.channel]?.remove(e.payment)
    }
  }
}

extension PaymentRuling {
  /// What becomes of the payment.
  fileprivate var end: PaymentState.End? {
    switch self {
    case .accept, .uphold: nil
    case .refund: .refunded
    case .writeOff: .writtenOff
    case .reverse: .reversed
    }
  }
}

extension LedgerEvent {
  /// False of a debt to a client that came out as nothing.
  fileprivate var owesSomething: Bool {
    if case .accumulation(.locked(let e)) = self { return e.locked.isPositive }
    if case .payment(.routed(let e)) = self { return e.value.isPositive }
    return true
  }
}

extension HoldReason {
  /// Why what the payment names can't be what it pays for.
  fileprivate var refusal: Refusal {
    switch self {
    case .unknownOrder, .otherEnvironment: .orderUnknown
    case .unknownChannel: .channelUnknown
    case .noTierOfThatPrice, .severalTiersOfThatPrice: .tierUnknown
    case .unknownStatus, .childPayment, .zeroPaid, .outcomeMissing, .amountOutOfRange,
      .unknownOutcomeAsset, .outcomeNotConvertible, .belowTolerance, .valuationFailed:
      .paymentUnknown
    }
  }
}
