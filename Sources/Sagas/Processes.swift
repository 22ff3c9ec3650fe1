public import Kernel

/// Every saga that runs, by what it is about: the fold that turns facts into next steps.
public struct Processes: Sendable {
  let terms: SagaTerms
  private var conversions: [ConversionID: ConversionSaga.State] = [:]
  private var batches: [BatchID: BatchSaga.State] = [:]
  private var instants: [PaymentID: InstantSaga.State] = [:]
  private var accesses: [OrderID: AccessSaga.State] = [:]
  /// Whether a bot lets people in: nobody is invited who was granted access before it did.
  private var isLettingIn = false
  private var splits = SplitStates()
  /// What each running split is for; completions carry it, other facts don't.
  private var purposes: [Int: SplitPurpose] = [:]

  public init(terms: SagaTerms) { self.terms = terms }

  /// Takes the next fact of the log in and says what is asked of the ledger because of it, in a
  /// fixed order: the split's own steps first, then those of what it pays for.
  public mutating func take(_ event: LedgerEvent) -> [LedgerCommand] {
    var commands: [LedgerCommand] = []
    if let number = Self.splitNumber(of: event) {
      if Self.concernsSplit(event) {
        let (state, asked) = SplitSaga.react(splits[number], event, terms)
        splits[number] = state
        commands += asked
      }
      let (state, asked) = HostpaySaga.react(splits[hostpay: number], event, terms)
      splits[hostpay: number] = state
      commands += asked
      if let purpose = purpose(of: number, event) { tell(purpose, event, &commands) }
    }
    switch event {
    case .accumulation(.locked(let e)):
      let id = ConversionID(of: e.payment)
      Self.run(ConversionSaga.self, &conversions, id, event, terms, &commands)
    case .conversion(let e):
      Self.run(ConversionSaga.self, &conversions, e.id, event, terms, &commands)
    case .batch(let e): Self.run(BatchSaga.self, &batches, e.id, event, terms, &commands)
    case .payment(.routed(let e)):
      Self.run(InstantSaga.self, &instants, e.payment, event, terms, &commands)
    case .chat(.switchedOn): isLettingIn = true
    case .chat(.switchedOff): isLettingIn = false
    case .order(.granted(let e)) where isLettingIn:
      Self.run(AccessSaga.self, &accesses, e.order, event, terms, &commands)
    case .invite(.requested(let e)):
      Self.run(AccessSaga.self, &accesses, e.order, event, terms, &commands)
    case .ledger, .channel, .order, .payment, .accumulation, .split, .hostpay, .transfer, .wallet,
      .account, .invite, .membership, .chat:
      break
    }
    return commands
  }

  /// What a split pays for hears of its beginning and its end.
  private mutating func tell(
    _ purpose: SplitPurpose, _ event: LedgerEvent, _ commands: inout [LedgerCommand]
  ) {
    if let id = purpose.conversion {
      Self.run(ConversionSaga.self, &conversions, id, event, terms, &commands)
    } else if let id = purpose.batch {
      Self.run(BatchSaga.self, &batches, id, event, terms, &commands)
    } else if let id = purpose.payment {
      Self.run(InstantSaga.self, &instants, id, event, terms, &commands)
    }
  }

  private mutating func purpose(of number: Int, _ event: LedgerEvent) -> SplitPurpose? {
    switch event {
    case .split(.requested(let e)):
      purposes[number] = e.purpose
      return e.purpose
    case .split(.completed), .split(.failed), .split(.refunded):
      return purposes.removeValue(forKey: number)
    case .split, .hostpay, .transfer, .ledger, .channel, .order, .payment, .accumulation,
      .conversion, .batch, .wallet, .account, .invite, .membership, .chat:
      return nil
    }
  }

  // Static: a method's own copy of `self` would share the states, and every change copy them all.
  private static func run<S: Saga, ID: Hashable>(
    _ saga: S.Type, _ states: inout [ID: S.State], _ id: ID, _ event: LedgerEvent,
    _ terms: SagaTerms, _ commands: inout [LedgerCommand]
  ) {
    let (state, asked) = S.react(states[id] ?? S.initial, event, terms)
    states[id] = S.isOver(state) ? nil : state
    commands += asked
  }

  /// The one listing of the states; see `StateFields`.
  ///
  /// Commands that were asked carry the terms: states under other terms can't be taken over.
  public mutating func list(_ fields: inout StateFields) {
    var (flow, hasBot) = (terms.flow, terms.hasBot)
    fields.text("flow", &flow)
    var isPooling = terms.isPooling
    fields.flag("hasBot", &hasBot)
    fields.flag("isPooling", &isPooling)
    fields.flag("isLettingIn", &isLettingIn)
    if flow != terms.flow || hasBot != terms.hasBot || isPooling != terms.isPooling {
      fields.refuse()
    }
    fields.map("conversions", &conversions, blank: (.blank, .idle)) {
      $2.text("conversion", &$0)
      $2.choice("state", &$1)
    }
    fields.map("batches", &batches, blank: (.blank, .idle)) {
      $2.text("batch", &$0)
      $2.choice("state", &$1)
    }
    fields.map("instants", &instants, blank: (.blank, .idle)) {
      $2.text("payment", &$0)
      $2.choice("state", &$1)
    }
    fields.map("accesses", &accesses, blank: (.blank, .idle)) {
      $2.text("order", &$0)
      $2.choice("state", &$1)
    }
    splits.list(&fields)
    fields.map("purposes", &purposes, blank: (0, .blank)) {
      $2.number("split", &$0)
      $2.group("purpose", &$1)
    }
  }

  /// The number of that split.
  private static func splitNumber(of event: LedgerEvent) -> Int? {
    switch event {
    case .split(let e): e.id.number
    case .hostpay(let e): e.id.number
    case .transfer(let e): e.id.splitNumber
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch, .wallet, .account,
      .invite, .membership, .chat:
      nil
    }
  }

  /// The split that a fact of a split, a hostpay or a transfer is about.
  public static func split(of event: LedgerEvent) -> SplitID? {
    switch event {
    case .split(let e): e.id
    case .hostpay(let e): e.id
    case .transfer(let e): e.id.split
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch, .wallet, .account,
      .invite, .membership, .chat:
      nil
    }
  }

  /// The transfer's own steps are hostpay's business alone.
  private static func concernsSplit(_ event: LedgerEvent) -> Bool {
    switch event {
    // But for a person's word, which lets the whole go on.
    case .split, .hostpay, .transfer(.released): true
    case .transfer, .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch,
      .wallet, .account, .invite, .membership, .chat:
      false
    }
  }
}
