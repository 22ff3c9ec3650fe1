import Kernel
import Log
import Projections

/// Sees every durable fact and every byte that is broadcast, and says what must not be
/// (reliability 3.8).
///
/// Knows nothing of deciders: it reads facts, as an auditor does.
struct Witness {
  let wallet: String
  /// The first thing that must not be.
  private(set) var violation: String?
  /// The last durable fact, and its chain hash.
  private(set) var head: UInt64 = 0
  private var hash: [UInt8] = []
  /// The last position somebody was told of.
  private var told: UInt64 = 0

  private(set) var payments: [PaymentID: PaymentEvent.Finished] = [:]
  /// Money of payments that wait for a person.
  private(set) var suspended: [PaymentID: Money] = [:]
  /// The live batch of each member.
  private var members: [PaymentID: BatchID] = [:]
  private var batches: [BatchID: BatchEvent.Opened] = [:]
  private(set) var splits: [SplitID: SplitEvent.Requested] = [:]
  private(set) var completedSplits: [SplitID: SplitEvent.Completed] = [:]
  private(set) var swaps: [SwapID: SplitID] = [:]
  /// Swaps whose refund is booked.
  private(set) var refunds: Set<SwapID> = []
  private(set) var converting: [ConversionID: [PaymentID]] = [:]
  private(set) var conversions: [ConversionID: ConversionEvent.Completed] = [:]
  private(set) var transfers: [TransferID: TransferEvent.Requested] = [:]
  private var nonces: [String: TransferID] = [:]
  /// The open nonce of each transfer.
  private var bound: [TransferID: Int] = [:]
  private var caps = CapsRecord()
  /// The first attempt of each transfer and nonce.
  private var attempts: [String: Attempt] = [:]
  /// Whose transaction a hash is.
  private(set) var signed: [String: TransferID] = [:]
  /// Signed bytes, and their hashes.
  private var raws: [String: String] = [:]
  /// What the log took in of each payment, last: some have an id that another has.
  private(set) var kept: [PaymentID: Money] = [:]
  /// What a person said: it is nobody's; or it went back to whoever had paid it.
  private(set) var writtenOff: Set<PaymentID> = []
  private(set) var sentBack: Set<PaymentID> = []
  /// True while a log runs that owes recovery.
  var isRecovering = false
  /// Swaps of which the service has heard that they are over.
  private(set) var swapsOver: Set<String> = []
  private(set) var confirmed: [TransferID: TransferEvent.Confirmed] = [:]
  private var board = Rows<SagaBoard.Row>()
  private var notes = Rows<SagaBoard.Note>()

  init(wallet: String) { self.wallet = wallet }

  var confirmedCount: Int { confirmed.count }
  /// Every step of every process, as the board has it.
  var steps: [SagaBoard.Row] { board.all }

  /// Notes what must not be; the first one counts.
  mutating func accuse(_ invariant: String, _ what: String) {
    if violation == nil { violation = "\(invariant): \(what)" }
  }

  // MARK: Durability

  /// I14: somebody was told that this position is durable.
  mutating func acknowledged(_ position: UInt64) {
    told = max(told, position)
    if position > head { accuse("I14", "position \(position) was told before it was durable") }
  }

  /// I14: what was durable before is there when the log is opened again, and nothing else in its
  /// place; then takes in what became durable while the process died.
  mutating func reopened(_ store: FileStore) throws(StoreError) {
    let now = store.head.position
    guard now >= max(head, told) else {
      return accuse("I14", "the log ends at \(now), and position \(max(head, told)) was durable")
    }
    if head > 0 {
      let found = try store.read(after: head - 1, limit: 1).first?.hash
      guard found == hash else { return accuse("I14", "position \(head) holds another fact") }
    }
    for recorded in try store.facts(after: head, limit: Int(now - head)) { take(recorded) }
    hash = store.head.hash
  }

  /// I14: what was durable is how a log begins that got its end back.
  mutating func checkBegins(_ store: FileStore) throws(StoreError) {
    guard head > 0 else { return }
    let found = try store.read(after: head - 1, limit: 1).first?.hash
    if found != hash { accuse("I14", "position \(head) came back as another fact") }
  }

  /// One that takes a log in from its beginning, and knows what is known beside it.
  var renewed: Witness {
    var witness = Witness(wallet: wallet)
    (witness.swapsOver, witness.violation) = (swapsOver, violation)
    return witness
  }

  /// The newest chain hash.
  mutating func note(_ newest: LogHead) {
    if newest.position == head { hash = newest.hash }
  }

  // MARK: The network

  /// I10: no byte is broadcast that isn't durable.
  ///
  /// - Parameter isAdopted: A log that owes recovery sends again what was signed before.
  mutating func broadcast(_ body: [UInt8], isAdopted: Bool) {
    guard body.count > 300, body.holds("eth_sendRawTransaction") else { return }
    let text = String(decoding: body, as: UTF8.self)
    guard let start = text.firstRange(of: "\"0x02") else { return }
    let raw = text[text.index(after: start.lowerBound)...].prefix { $0 != "\"" }
    guard let hash = raws[String(raw)] else {
      return accuse("I10", "a transaction was broadcast that isn't in the log: \(raw.prefix(40))…")
    }
    if isRecovering, !isAdopted {
      accuse("recovery", "\(hash) was sent before recovery was complete")
    }
  }

  /// The service has heard that nobody waits for a swap's deposit any more.
  mutating func hear(over swap: String) { swapsOver.insert(swap) }

  // MARK: Facts

  /// The cell of the table of states and facts that a fact is in; nil where it moves no process.
  mutating func cell(of event: LedgerEvent) -> String? {
    guard let (kind, id) = event.step else { return nil }
    let state = board[ProcessKey(kind, id)]?.state
    return "\(kind.rawValue) \(state?.rawValue ?? "none") × \(event.name)"
  }

  mutating func take(_ recorded: Recorded) {
    guard recorded.position == head + 1 else {
      return accuse("I14", "position \(recorded.position) after \(head)")
    }
    head = recorded.position
    board.position = recorded.position
    SagaBoard.apply(recorded, to: &board, &notes)
    checkBalance(recorded.event)
    if let excess = caps.take(recorded, of: transfers) { accuse("I23", excess) }
    switch recorded.event {
    case .payment(let event): take(event)
    case .batch(let event): take(event)
    case .accumulation(.released(let e)): release(e.batch)
    case .split(let event): take(event)
    case .conversion(.requested(let e)): converting[e.conversion] = e.payments
    case .conversion(.completed(let e)):
      if conversions.updateValue(e, forKey: e.conversion) != nil {
        accuse("I5", "\(e.conversion) was completed twice")
      }
    case .transfer(let event): take(event)
    case .wallet(.nonceAssigned(let e)):
      if let other = nonces.updateValue(e.transfer, forKey: "\(e.wallet)/\(e.nonce)") {
        accuse("I8", "nonce \(e.nonce) is \(other)'s and \(e.transfer)'s")
      }
      if let other = bound.updateValue(e.nonce, forKey: e.transfer) {
        accuse("I8", "\(e.transfer) has nonce \(other), and now \(e.nonce)")
      }
    case .ledger, .channel, .order, .accumulation, .conversion, .hostpay, .wallet, .account,
      .invite, .membership, .chat:
      break
    }
  }

  /// I2, and so I1: every fact balances alone.
  private mutating func checkBalance(_ event: LedgerEvent) {
    var sums: [Asset: Int128] = [:]
    for posting in postings(of: event) {
      sums[posting.amount.asset, default: 0] += posting.amount.units
    }
    if sums.values.contains(where: { $0 != 0 }) { accuse("I2", "\(event.name) doesn't balance") }
  }

  private mutating func take(_ event: PaymentEvent) {
    switch event {
    case .finished(let e):
      // I4, I24: credited once, no more than came, and the fee is what was taken off.
      if payments.updateValue(e, forKey: e.payment) != nil {
        accuse("I4", "payment \(e.payment) was booked twice")
      }
      if e.fee.units + e.net.units != e.outcome.units || e.fee.units < 0 {
        accuse("I24", "payment \(e.payment): fee and net aren't the outcome")
      }
      suspended[e.payment] = nil
      kept[e.payment] = e.outcome
    case .held(let e):
      if let money = e.received { (suspended[e.payment], kept[e.payment]) = (money, money) }
    case .ruled(.refunded(let e)):
      suspended[e.payment] = nil
      sentBack.insert(e.payment)
    case .ruled(.reversed(let e)): sentBack.insert(e.payment)
    case .ruled(.writtenOff(let e)):
      suspended[e.payment] = nil
      writtenOff.insert(e.payment)
    case .observed, .valuationRequested, .routed, .ruled: break
    }
  }

  private mutating func take(_ event: BatchEvent) {
    switch event {
    case .opened(let e):
      // I5, I6: a member is in one live batch, and the total is theirs.
      for member in e.members {
        if let other = members.updateValue(e.batch, forKey: member.payment) {
          accuse("I5", "payment \(member.payment) is in \(other) and \(e.batch)")
        }
      }
      if e.members.reduce(0, { $0 + $1.amount.units }) != e.total.units {
        accuse("I6", "\(e.batch) has another total than its members")
      }
      batches[e.batch] = e
    case .handedOff, .completed, .failed, .retried: break
    }
  }

  private mutating func release(_ batch: BatchID) {
    for member in batches.removeValue(forKey: batch)?.members ?? [] {
      members[member.payment] = nil
    }
  }

  private mutating func take(_ event: SplitEvent) {
    switch event {
    case .requested(let e): splits[e.split] = e
    case .swapOpened(let e): swaps[e.swap] = e.split
    case .completed(let e):
      if completedSplits.updateValue(e, forKey: e.split) != nil {
        accuse("I5", "split \(e.split) was completed twice")
      }
    case .refunded(let e): refunds.insert(e.swap)
    case .estimated, .swapIntended, .swapAbandoned, .swapObserved, .held, .failed, .asked,
      .released, .retried, .swapRegressed, .replaced:
      break
    }
  }

  private mutating func take(_ event: TransferEvent) {
    switch event {
    case .requested(let e): transfers[e.transfer] = e
    case .signed(let e): note(e.raw, e.hash, e.transfer)
    case .cancelSigned(let e): note(e.raw, e.hash, e.transfer)
    case .confirmed(let e):
      if confirmed.updateValue(e, forKey: e.transfer) != nil {
        accuse("I11", "\(e.transfer) was confirmed twice")
      }
      if e.amount != transfers[e.transfer]?.amount {
        accuse("I12", "\(e.transfer) was confirmed with another amount")
      }
    case .reverted(let e): bound[e.transfer] = nil
    case .cancelled(let e): bound[e.transfer] = nil
    case .nonceReserved, .bumpRequested, .cancelRequested, .parked, .released, .guarded: break
    }
  }

  /// I8, I9: every attempt of a nonce pays the same, or nothing, and the nonce is the transfer's.
  private mutating func note(_ raw: String, _ hash: String, _ transfer: TransferID) {
    raws[raw] = hash.lowercased()
    signed[hash.lowercased()] = transfer
    guard let attempt = Attempt(raw: raw) else {
      return accuse("I9", "\(transfer): signed bytes that nobody can read")
    }
    let first = attempts["\(transfer)/\(attempt.nonce)", default: attempt]
    attempts["\(transfer)/\(attempt.nonce)"] = first
    if !attempt.isCancel, attempt != first {
      accuse("I9", "\(transfer): an attempt pays otherwise than the first")
    }
    if nonces["\(wallet)/\(attempt.nonce)"] != transfer, !nonces.isEmpty {
      accuse("I8", "\(transfer) signed nonce \(attempt.nonce), which isn't its own")
    }
  }
}
