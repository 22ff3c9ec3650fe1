extension LedgerState {
  func decide(_ command: PaymentCommand, at now: Instant) -> Decision {
    switch command {
    case .note(let report, let policy): return note(report, policy, at: now)
    case .noteRate(let id, let rate, let source, let policy):
      guard let payment = payments[id] else { return .refuse(.paymentUnknown) }
      guard case .valuing(let report) = payment.phase else { return .ignore }
      guard let outcome = outcome(of: report), rate.from == outcome.asset, rate.to == .usdt else {
        return .refuse(.paymentNotValuing)
      }
      guard rate.value <= Limits.rateMost, isBelievable(rate, outcome, report) else {
        return .accept([hold(report, .valuationFailed, outcome)])
      }
      return .accept(finish(report, outcome, rate, source, policy, at: now))
    case .noteNoRate(let id):
      guard let payment = payments[id] else { return .refuse(.paymentUnknown) }
      guard case .valuing(let report) = payment.phase else { return .ignore }
      return .accept([hold(report, .valuationFailed, outcome(of: report))])
    case .rule(let id, let ruling, let reason): return rule(id, ruling, reason, at: now)
    }
  }

  private func note(_ report: PaymentReport, _ policy: PaymentPolicy, at now: Instant) -> Decision {
    let state = payments[report.payment] ?? PaymentState()
    guard !payments.hasSeen(report.identity, of: report.payment) else { return .ignore }
    let observed = LedgerEvent.payment(.observed(observation(report)))
    switch state.phase {
    // The first finished notice stands, and so does a person's word.
    case .finished: return .accept([observed] + contest(report, at: now))
    case .closed: return .accept([observed] + contestEnded(report))
    case .valuing, .observed, .held:
      guard !isMisnamed(report), contests[report.payment] == nil else {
        return .accept([observed] + holdMisnamed(report, state))
      }
    }
    switch state.phase {
    case .finished, .closed: preconditionFailure("decided above")
    case .valuing(let first):
      guard Self.isUndone(report.status) else { return .accept([observed]) }
      // Nothing is booked yet, and nothing will be before a person has looked (PP-03).
      return .accept([observed, hold(first, .valuationFailed, self.outcome(of: first))])
    case .observed, .held: break
    }
    guard let status = ProviderStatus(rawValue: report.status) else {
      if case .held = state.phase { return .accept([observed]) }
      return .accept([observed, hold(report, .unknownStatus, nil)])
    }
    // Only `finished` has any business effect (P-02).
    guard status == .finished else { return .accept([observed]) }
    let next = settle(report, policy, at: now)
    // Held again for the same reason is nothing new.
    if case .held(let reason) = state.phase, next.count == 1,
      case .payment(.held(let again))? = next.first, again.reason == reason,
      again.received == nil
    {
      return .accept([observed])
    }
    return .accept([observed] + next)
  }

  /// Whether the provider says of a payment that was finished that it came to nothing.
  private static func isUndone(_ status: String) -> Bool {
    switch ProviderStatus(rawValue: status) {
    case .refunded, .failed, .expired, .cancelled: true
    case .waiting, .confirming, .confirmed, .sending, .partiallyPaid, .finished, nil: false
    }
  }

  /// Whether a second source says nothing else of a rate, or too little (MO-16).
  ///
  /// It is the payment provider's own: what it asked of the payer for the price, and what came.
  /// Both must agree to a factor of two.
  private func isBelievable(_ rate: Rate, _ outcome: Money, _ report: PaymentReport) -> Bool {
    func units(_ text: String?) -> Int128? {
      text.flatMap { DecimalText.units($0, scale: 8, cutting: true) }
    }
    guard report.priceCurrency?.lowercased() == "usd", let price = units(report.priceAmount),
      let asked = units(report.payAmount), let paid = units(report.actuallyPaid), price > 0,
      asked > 0, paid > 0
    else { return true }
    // Dollars have 8 decimals here, Tether 6.
    let (left, isTooMuch) = (rate.applied(to: outcome).units * 200)
      .multipliedReportingOverflow(by: asked)
    let (right, isTooMuchBeside) = price.multipliedReportingOverflow(by: paid)
    guard !isTooMuch, !isTooMuchBeside else { return false }
    return left >= right && left / 4 <= right
  }

  /// What follows from `finished`: the money is booked, valued first, or held.
  private func settle(_ report: PaymentReport, _ policy: PaymentPolicy, at now: Instant)
    -> [LedgerEvent]
  {
    let outcome = outcome(of: report)
    if report.parent != nil { return [hold(report, .childPayment, arrived(by: report))] }
    if let paid = report.actuallyPaid, isZero(paid) { return [hold(report, .zeroPaid, nil)] }
    guard report.outcomeAmount != nil, let code = report.outcomeCurrency else {
      return [hold(report, .outcomeMissing, nil)]
    }
    guard OutcomeCurrency.asset(code) != nil else {
      return [hold(report, .unknownOutcomeAsset, nil)]
    }
    guard let outcome else {
      let isNothing = report.outcomeAmount.map(isZero) ?? true
      return [hold(report, isNothing ? .zeroPaid : .amountOutOfRange, nil)]
    }
    if case .obstacle(let reason, _) = resolve(report) { return [hold(report, reason, outcome)] }
    if outcome.asset.isTether {
      return finish(report, outcome, .oneToOne(outcome.asset, .usdt), "one to one", policy, at: now)
    }
    guard outcome.asset.isSendable, case .terms(let terms) = resolve(report) else {
      return [hold(report, .outcomeNotConvertible, outcome)]
    }
    let request = PaymentEvent.ValuationRequested(
      channel: terms.channel, outcome: outcome, payment: report.payment)
    return [.payment(.valuationRequested(request))]
  }

  /// Books the payment, grants access, and routes the net value, where enough arrived: one append,
  /// decided once.
  private func finish(
    _ report: PaymentReport, _ outcome: Money, _ rate: Rate, _ source: String,
    _ policy: PaymentPolicy, at now: Instant
  ) -> [LedgerEvent] {
    guard case .terms(let terms) = resolve(report) else {
      preconditionFailure("payment \(report.payment) lost its order between two steps")
    }
    let value = rate.applied(to: outcome)
    let least = Money(terms.price.units / 100, .usdt).units * Int128(policy.tolerance.value)
    guard value.units * 10_000 >= least else { return [hold(report, .belowTolerance, outcome)] }
    return book(report, terms, outcome, rate, source, policy, at: now)
  }

  /// What follows once it stands that the money is ours, and for what it is.
  func book(
    _ report: PaymentReport, _ terms: PaymentTerms, _ outcome: Money, _ rate: Rate,
    _ source: String, _ policy: PaymentPolicy, at now: Instant
  ) -> [LedgerEvent] {
    guard let channel = channels[terms.channel] else {
      preconditionFailure("payment \(report.payment) pays a channel that isn't there")
    }
    let feeRate = terms.fee ?? policy.fee
    let (fee, net) = outcome.taking(feeRate)
    let finished = PaymentEvent.Finished(
      channel: terms.channel, fee: fee, feeRate: feeRate, net: net, order: terms.order,
      outcome: outcome, payment: report.payment, price: terms.price, rate: rate,
      rateSource: source, suspended: suspended(report.payment), user: terms.user)
    var events: [LedgerEvent] = [.payment(.finished(finished))]
    if let grant = grant(terms, to: report.payment, at: now) { events.append(grant) }
    let notice = ownerNotice(of: finished, channel, tier: terms.tier, days: terms.days)
    return events + route(finished, channel, policy) + [notice].compactMap { $0 }
  }

  private func route(
    _ payment: PaymentEvent.Finished, _ channel: ChannelState, _ policy: PaymentPolicy
  ) -> [LedgerEvent] {
    let wantsThreshold = channel.payout.strategy == .threshold
    let strategy: PayoutStrategy = wantsThreshold && policy.isAccumulating ? .threshold : .instant
    // Tether of another network is owed and paid as the host wallet's own.
    let isTether = payment.outcome.asset.isTether
    let owed = isTether ? payment.rate.applied(to: payment.net) : payment.net
    let isSwapped = strategy == .instant && channel.payout.asset != owed.asset
    let routed = LedgerEvent.payment(
      .routed(
        PaymentEvent.Routed(
          channel: channel.key,
          fallback: wantsThreshold && strategy == .instant ? .accumulationDisabled : nil,
          net: payment.net, payment: payment.payment, payout: channel.payout, strategy: strategy,
          value: isSwapped ? owed.swappable.part : owed)))
    guard strategy == .threshold else { return [routed] }
    let value = payment.rate.applied(to: payment.outcome)
    let locked = AccumulationEvent.Locked(
      asset: channel.payout.asset, channel: channel.key,
      locked: payment.rate.applied(to: payment.net), net: payment.net, payment: payment.payment,
      received: Money(value.units * 100, .usd), rate: payment.rate,
      threshold: channel.payout.threshold, user: payment.user, wallet: channel.payout.wallet)
    guard isTether else { return [routed, .accumulation(.locked(locked))] }
    // Nothing to swap: USDT arrived.
    let converted = AccumulationEvent.Converted(
      channel: channel.key, conversion: nil, payment: payment.payment)
    return [routed, .accumulation(.locked(locked)), .accumulation(.converted(converted))]
  }

  private func grant(_ terms: PaymentTerms, to payment: PaymentID, at now: Instant) -> LedgerEvent?
  {
    guard terms.kind == .subscription, let order = terms.order,
      !orders.isGranted(order)
    else { return nil }
    let running = access.end(of: terms.user, in: channels.number(of: terms.channel)) ?? now
    let expires = max(running, now).adding(days: terms.days)
    return .order(
      .granted(
        OrderEvent.Granted(
          channel: terms.channel, days: terms.days, expires: expires, order: order,
          payment: payment, price: terms.price, user: terms.user)))
  }

  private func hold(_ report: PaymentReport, _ reason: HoldReason, _ received: Money?)
    -> LedgerEvent
  {
    .payment(.held(held(report.payment, of: channelKey(of: report), reason, received)))
  }

  func held(
    _ id: PaymentID, of channel: ChannelKey?, _ reason: HoldReason, _ received: Money?
  ) -> PaymentEvent.Held {
    // What a first hold put into suspense stays there once.
    PaymentEvent.Held(
      channel: channel, payment: id, reason: reason,
      received: suspended(id) == nil ? received : nil)
  }

  private func suspended(_ id: PaymentID) -> Money? { payments[id]?.suspended }

  func outcome(of report: PaymentReport) -> Money? {
    guard let code = report.outcomeCurrency, let asset = OutcomeCurrency.asset(code),
      let amount = report.outcomeAmount, let money = Money(truncating: amount, asset),
      money.isPositive, money.units <= Limits.outcomeUnitsMost
    else { return nil }
    return money
  }

  /// The outcome, unless the same words say that nothing was paid.
  func arrived(by report: PaymentReport) -> Money? {
    if let paid = report.actuallyPaid, isZero(paid) { return nil }
    return outcome(of: report)
  }

  private func isZero(_ text: String) -> Bool {
    DecimalText.units(text, scale: 18, cutting: true) == 0
  }

  func channelKey(of report: PaymentReport) -> ChannelKey? {
    switch resolve(report) {
    case .terms(let terms): terms.channel
    case .obstacle(_, let key): key
    }
  }

  private func observation(_ report: PaymentReport) -> PaymentEvent.Observed {
    PaymentEvent.Observed(
      actuallyPaid: report.actuallyPaid, channel: channelKey(of: report),
      order: report.order.map { Personal($0) }, outcomeAmount: report.outcomeAmount,
      outcomeCurrency: report.outcomeCurrency, parent: report.parent,
      payAddress: report.payAddress, payAmount: report.payAmount, payCurrency: report.payCurrency,
      payment: report.payment, priceAmount: report.priceAmount,
      priceCurrency: report.priceCurrency, raw: KeptPersonal(report.raw), source: report.source,
      status: report.status, updatedAt: report.updatedAt)
  }
}
