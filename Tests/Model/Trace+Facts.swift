public import Kernel

/// What consumed a nonce of the wallet, as the chain tells it.
public struct Consumed: Hashable, Sendable {
  public let nonce: Int
  public let hash: String
  /// Mined with status 1.
  public let isSuccess: Bool

  public init(nonce: Int, hash: String, isSuccess: Bool) {
    self.nonce = nonce
    self.hash = hash
    self.isSuccess = isSuccess
  }
}

/// Log and chain that can't have come from one run.
public struct Contradiction: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String
}

extension Trace {
  /// The same, with the chain asked for what the log knows.
  ///
  /// A nonce that nothing signed consumed is a stranger's.
  ///
  /// - Parameters:
  ///   - nonce: The account's next nonce by mined state.
  ///   - receipt: Whether a transaction was mined with success; nil where no block holds it.
  public init(
    of facts: [LedgerEvent], nonce: Int, receipt: (_ hash: String) async throws -> Bool?
  ) async throws {
    var told: [Int: Consumed] = [:]
    for fact in facts {
      guard let (signedNonce, hash) = fact.signature, let isSuccess = try await receipt(hash)
      else { continue }
      let consumed = Consumed(nonce: signedNonce, hash: hash, isSuccess: isSuccess)
      guard told.updateValue(consumed, forKey: signedNonce) == nil else {
        throw Contradiction(description: "the chain holds two of nonce \(signedNonce)")
      }
    }
    let chain = (0..<nonce).map {
      told[$0] ?? Consumed(nonce: $0, hash: "unknown", isSuccess: true)
    }
    guard told.keys.allSatisfy({ $0 < nonce }) else {
      throw Contradiction(description: "the chain mined beyond its nonce \(nonce)")
    }
    try self.init(of: facts, chain: chain)
  }

  /// What a log's facts and the host wallet's chain tell, as actions of one process.
  ///
  /// Broadcast, mining and finality stand as late as the log allows: before the fact that needs
  /// them. A transaction that the log never signed is somebody's with our key, which a running
  /// service's rules refuse.
  ///
  /// - Parameter chain: all that the chain holds of the wallet, by nonce.
  public init(
    of facts: some Sequence<LedgerEvent>, chain: [Consumed]
  ) throws(Contradiction) {
    var reader = FactReader(chain)
    for fact in facts { try reader.read(fact) }
    reader.mine(below: .max, isFinal: false)
    self.init(reader.actions, batches: max(1, reader.batches.count))
  }
}

/// Turns facts into actions.
private struct FactReader {
  private(set) var actions: [Action] = []
  private(set) var batches: [TransferID: Int] = [:]
  private let chain: [Consumed]
  /// How much of the chain was told, and how much of it as final.
  private var mined = 0
  private var final = 0
  private var firstNonce = 0
  private var assigned: WalletEvent.NonceAssigned?
  private var signed: [String: (batch: Int, Transaction)] = [:]
  private var attempts: [Transaction.Slot: Int] = [:]

  init(_ chain: [Consumed]) { self.chain = chain.sorted { $0.nonce < $1.nonce } }

  mutating func read(_ fact: LedgerEvent) throws(Contradiction) {
    switch fact {
    case .wallet(.claimed(let e)): firstNonce = e.nonce
    case .wallet(.nonceAssigned(let e)):
      guard assigned == nil else {
        throw Contradiction(description: "nonce \(e.nonce) was assigned and not reserved")
      }
      assigned = e
    case .wallet(.quarantined(let e)):
      mine(below: e.nonce + 1, isFinal: true)
      actions.append(.quarantine(by: 0))
    case .transfer(let event): try read(event)
    case .wallet(.rotation), .ledger, .channel, .order, .payment, .accumulation, .conversion,
      .batch, .split, .hostpay, .account, .invite, .membership, .chat:
      break
    }
  }

  private mutating func read(_ event: TransferEvent) throws(Contradiction) {
    switch event {
    case .requested(let e):
      // Again where another exchange is to be funded for the same need: the same batch here (I21).
      if batches[e.transfer] == nil { batches[e.transfer] = batches.count }
    case .nonceReserved(let e):
      guard assigned?.transfer == e.transfer, assigned?.nonce == e.nonce else {
        throw Contradiction(description: "nonce \(e.nonce) was reserved and not assigned")
      }
      assigned = nil
      actions.append(
        .reserve(by: 0, batch: try batch(e.transfer), nonce: e.nonce - firstNonce))
    case .signed(let e):
      let batch = try batch(e.transfer)
      try sign(e.hash, e.nonce, batch) { .pays(batch: batch, attempt: $0) }
    case .cancelSigned(let e):
      try sign(e.hash, e.nonce, try batch(e.transfer)) { .cancels(attempt: $0) }
    case .confirmed(let e):
      try consume(e.nonce, e.hash, isSuccess: true)
      actions.append(.confirm(by: 0, batch: try batch(e.transfer)))
    case .reverted(let e):
      try consume(e.nonce, e.hash, isSuccess: false)
      actions.append(.release(by: 0, batch: try batch(e.transfer)))
    case .cancelled(let e):
      try consume(e.nonce, e.hash, isSuccess: nil)
      actions.append(.release(by: 0, batch: try batch(e.transfer)))
    case .bumpRequested, .cancelRequested, .parked, .released, .guarded: break
    }
  }

  private func batch(_ transfer: TransferID) throws(Contradiction) -> Int {
    guard let batch = batches[transfer] else {
      throw Contradiction(description: "\(transfer) was never requested")
    }
    return batch
  }

  private mutating func sign(
    _ hash: String, _ nonce: Int, _ batch: Int, _ work: (Int) -> Transaction.Work
  ) throws(Contradiction) {
    guard signed[hash] == nil else {
      throw Contradiction(description: "\(hash) was signed twice")
    }
    let first = Transaction(wallet: 0, nonce: nonce - firstNonce, work(0))
    let attempt = attempts[first.slot, default: 0]
    attempts[first.slot] = attempt + 1
    let transaction = Transaction(wallet: 0, nonce: nonce - firstNonce, work(attempt))
    signed[hash] = (batch, transaction)
    actions.append(.sign(by: 0, batch: batch, transaction))
  }

  /// What the log says consumed a nonce must be what the chain holds there.
  private mutating func consume(
    _ nonce: Int, _ hash: String, isSuccess: Bool?
  ) throws(Contradiction) {
    let consumer = chain.first { $0.nonce == nonce }
    guard let consumer, consumer.hash == hash, consumer.isSuccess == isSuccess ?? consumer.isSuccess
    else {
      throw Contradiction(description: "the chain holds no such \(hash) at nonce \(nonce)")
    }
    mine(below: nonce + 1, isFinal: true)
  }

  mutating func mine(below nonce: Int, isFinal: Bool) {
    while mined < chain.count, chain[mined].nonce < nonce {
      let next = chain[mined]
      mined += 1
      guard let (_, transaction) = signed[next.hash] else {
        guard next.nonce >= firstNonce else { continue }
        let strange = Transaction(wallet: 0, nonce: next.nonce - firstNonce, .strange)
        actions += [.intrude(strange), .mine(strange)]
        continue
      }
      // A cancel that fails has done its work as well.
      let isPaying = next.isSuccess || transaction.paid == nil
      let mined = isPaying ? Action.mine(transaction) : .revert(transaction)
      actions += [.broadcast(by: 0, transaction), mined]
    }
    guard isFinal else { return }
    while final < mined {
      if chain[final].nonce >= firstNonce { actions.append(.finalize(wallet: 0)) }
      final += 1
    }
  }
}

extension LedgerEvent {
  /// What it says was signed.
  fileprivate var signature: (nonce: Int, hash: String)? {
    switch self {
    case .transfer(.signed(let e)): (e.nonce, e.hash)
    case .transfer(.cancelSigned(let e)): (e.nonce, e.hash)
    default: nil
    }
  }
}

extension Transaction {
  /// Attempts of one of these differ in their fees only.
  fileprivate struct Slot: Hashable {
    let nonce: Int
    let isPayment: Bool
  }

  fileprivate var slot: Slot { Slot(nonce: nonce, isPayment: paid != nil) }
}
