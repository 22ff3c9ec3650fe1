/// The balanced double entry of one fact: per asset its amounts add up to zero (I2).
///
/// Facts that move no money have none. The order is that of the sentence "debit this, credit that".
public func postings(of event: LedgerEvent) -> [Posting] {
  switch event {
  case .payment(let event): postings(of: event)
  case .accumulation(let event): postings(of: event)
  case .conversion(let event): postings(of: event)
  case .split(let event): postings(of: event)
  case .transfer(let event): postings(of: event)
  case .wallet(.rotation(let event)): postings(of: event)
  case .ledger(.legacy(.accumulated(let event))): postings(of: event)
  case .ledger(.difference(.transferCorrected(let event))): postings(of: event)
  case .ledger(.dustSwept(let event)): postings(of: event)
  case .ledger, .channel, .order, .batch, .hostpay, .wallet, .account, .invite, .membership,
    .chat:
    []
  }
}

private func postings(of event: PaymentEvent) -> [Posting] {
  switch event {
  case .finished(let e):
    let income = [
      Posting(.custody, e.outcome), Posting(.fees, -e.fee), Posting(.clearing, -e.net),
    ]
    guard let suspended = e.suspended else { return income }
    return income + [Posting(.suspense, suspended), Posting(.custody, -suspended)]
  case .routed(let e):
    switch e.strategy {
    case .instant: return owing(e.value, in: .reserved(e.channel), outOf: e.net)
    case .threshold: return []  // The accumulation's lock, in the same append, moves it.
    }
  case .held(let e):
    guard let received = e.received else { return [] }
    return [Posting(.custody, received), Posting(.suspense, -received)]
  case .ruled(let ruling): return postings(of: ruling)
  case .observed, .valuationRequested: return []
  }
}

private func postings(of event: PaymentRulingEvent) -> [Posting] {
  switch event {
  case .takenBack, .accepted, .contradicted, .misnamed, .upheld: return []
  case .refunded(let e):
    guard let amount = e.amount else { return [] }
    return [Posting(.suspense, amount), Posting(.custody, -amount)]
  case .writtenOff(let e):
    guard let amount = e.amount else { return [] }
    return [Posting(.suspense, amount), Posting(.writeoffs, -amount)]
  case .reversed(let e):
    // The booking's own lines, the other way round.
    let account: Account =
      switch e.takenFrom {
      case .payable: .payable(e.channel)
      case .receivable: .receivable(e.channel)
      }
    let income = [Posting(.custody, -e.outcome), Posting(.fees, e.fee), Posting(.clearing, e.net)]
    return income + owing(e.owed, in: account, outOf: e.net).map { Posting($0.account, -$0.amount) }
  }
}

/// A debt to the client out of what arrived; where they differ in asset, a position stays open.
private func owing(_ debt: Money, in account: Account, outOf net: Money) -> [Posting] {
  guard net.asset != debt.asset else {
    // A debt that a swap will carry is cut to what swaps take.
    let rest = net - debt
    let lines = [Posting(.clearing, net), Posting(account, -debt)]
    return rest.units == 0 ? lines : lines + [Posting(.dust, -rest)]
  }
  return [
    Posting(.clearing, net), Posting(.exchange, -net), Posting(.exchange, debt),
    Posting(account, -debt),
  ]
}

/// What the old system held for what it owed; the lock beside it took as much out of clearing.
private func postings(of event: LegacyEvent.Accumulated) -> [Posting] {
  guard !event.isPaid else { return [] }
  return [
    Posting(event.isConverted ? .custody : .exchange, event.locked),
    Posting(.clearing, -event.locked),
  ]
}

private func postings(of event: AccumulationEvent) -> [Posting] {
  switch event {
  case .locked(let e): return owing(e.locked, in: .payable(e.channel), outOf: e.net)
  case .reserved(let e):
    return [Posting(.payable(e.channel), e.total), Posting(.reserved(e.channel), -e.total)]
  case .released(let e):
    return [Posting(.reserved(e.channel), e.total), Posting(.payable(e.channel), -e.total)]
  case .netted(let e):
    return [Posting(.payable(e.channel), e.amount), Posting(.receivable(e.channel), -e.amount)]
  case .forgiven(let e):
    return [Posting(.writeoffs, e.amount), Posting(.receivable(e.channel), -e.amount)]
  case .converted, .paid: return []  // The conversion's and the split's completion move it.
  }
}

private func postings(of event: ConversionEvent) -> [Posting] {
  switch event {
  case .completed(let e):
    [Posting(.custody, e.received), Posting(.exchange, -e.expected)]
      + fx(e.expected, came: e.received)
  case .requested(let e): e.dust.map { [Posting(.exchange, $0), Posting(.dust, -$0)] } ?? []
  case .failed, .retried, .shared: []
  }
}

private func postings(of event: SplitEvent) -> [Posting] {
  switch event {
  case .completed(let e):
    let account: Account = e.purpose.conversion == nil ? .reserved(e.channel) : .exchange
    return [Posting(account, e.source), Posting(.transit(e.channel), -e.source)]
  case .requested, .estimated, .swapIntended, .swapOpened, .swapAbandoned, .swapObserved, .held,
    .failed, .asked, .released, .retried, .swapRegressed, .replaced:
    return []
  case .refunded(let e):
    let back = [Posting(.custody, e.refunded), Posting(.transit(e.channel), -e.source)]
    return e.source == e.refunded ? back : back + fx(e.source, came: e.refunded)
  }
}

/// What was lost or won where something else came than was expected; nothing in another asset: such
/// a fact, which no decider makes, doesn't balance, and the books say so.
private func fx(_ expected: Money, came: Money) -> [Posting] {
  expected.asset == came.asset ? [Posting(.fx, expected - came)] : []
}

private func gas(_ fee: Money) -> [Posting] { [Posting(.gas, fee), Posting(.custody, -fee)] }

/// What is swept stays in custody.
private func postings(of event: RotationEvent) -> [Posting] {
  switch event {
  case .swept(let e): gas(e.fee)
  case .nonceLost(let e): e.fee.map(gas) ?? []
  case .retired, .sweepSigned, .rotated: []
  }
}

private func postings(of event: TransferEvent) -> [Posting] {
  switch event {
  case .confirmed(let e):
    return [Posting(.transit(e.channel), e.amount), Posting(.custody, -e.amount)] + gas(e.fee)
  case .reverted(let e): return gas(e.fee)
  case .cancelled(let e): return gas(e.fee)
  case .requested, .nonceReserved, .signed, .bumpRequested, .cancelRequested, .cancelSigned,
    .parked, .released, .guarded:
    return []
  }
}
