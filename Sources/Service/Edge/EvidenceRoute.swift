import HTTP
import JSON
import Kernel
import Log

// GET /api/admin/sagas/{id}/evidence gives in one piece what a provider's support asks for about a
// swap that was held or lost (SW-08): its ids, amounts, addresses, transactions, and what happened
// when. It is made to be handed on: who of ours did something isn't in it, nor anything signed.

extension Call {
  func showEvidence() {
    guard let subject = SagaSubject(text: parameters["id"]) else { return refuse(.notFound) }
    parts.gate.inspect { state in
      let split = subject.split(in: state)
      readTables {
        guard let split else { return refuse(.notFound, "it has no split") }
        do throws(StoreError) {
          let position = parts.store.head.position
          var evidence = SwapEvidence(split, collect: parts.configuration.collectWallet)
          for stream in SagaSubject.split(split).streams(split) {
            for event in try parts.store.read(stream, after: 0, limit: 1_000) {
              evidence.take(try event.event(), event)
            }
          }
          guard let body = evidence.json(at: parts.clock()) else {
            return refuse(.notFound, "no such process")
          }
          send(200, body, position: position)
        } catch {
          fail(error.description)
        }
      }
    }
  }
}

/// What a split's facts say of its swaps and of the money that went there.
private struct SwapEvidence {
  private struct Swap {
    let opened: SplitEvent.SwapOpened
    let at: Instant
    var status: String?
    var abandoned: String?
  }

  private struct Transaction {
    let hash: String
    let nonce: Int
    let kind: String
    let at: Instant
    var outcome = "not final"
    var block: Int?
    var fee: Money?
  }

  private let split: SplitID
  /// Where deposits come back to; nil for the wallet that pays.
  private let collect: String?
  private var requested: SplitEvent.Requested?
  private var obligation: TransferEvent.Requested?
  private var swaps: [Swap] = []
  private var transactions: [Transaction] = []
  private var funding: String?
  private var held: String?
  private var outcome: [JSONMember] = []
  private var timeline: [(position: UInt64, line: JSONValue)] = []

  init(_ split: SplitID, collect: String?) {
    self.split = split
    self.collect = collect
  }

  mutating func take(_ event: LedgerEvent, _ stored: StoredEvent) {
    // What is only ours: when a step was due, and what our people said.
    if case .ledger = event { return }
    let remark = Self.isOurs(event) ? nil : event.remark
    timeline.append(
      (
        stored.position,
        .object([
          "at": .string(stored.at.text), "name": .string(stored.name),
          "remark": remark.map(JSONValue.string) ?? .null,
        ])
      ))
    switch event {
    case .split(let event): take(event, at: stored.at)
    case .hostpay(.funded(let e)): funding = e.transaction
    case .hostpay(.held(let e)): held = e.reason
    case .transfer(let event): take(event, at: stored.at)
    case .hostpay, .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch,
      .wallet, .account, .invite, .membership, .chat:
      break
    }
  }

  private static func isOurs(_ event: LedgerEvent) -> Bool {
    switch event {
    case .split(.asked), .split(.released), .split(.retried), .split(.replaced),
      .transfer(.released), .transfer(.guarded), .transfer(.cancelRequested):
      true
    case .split, .transfer, .hostpay, .ledger, .channel, .order, .payment, .accumulation,
      .conversion, .batch, .wallet, .account, .invite, .membership, .chat:
      false
    }
  }

  private mutating func take(_ event: SplitEvent, at time: Instant) {
    switch event {
    case .requested(let e): requested = e
    case .swapOpened(let e): swaps.append(Swap(opened: e, at: time))
    case .swapAbandoned(let e): changeSwap { $0.abandoned = e.reason }
    case .swapObserved(let e): changeSwap { $0.status = e.status }
    case .swapRegressed(let e): changeSwap { $0.status = e.status }
    case .held(let e): held = e.reason
    case .released, .retried: held = nil
    case .completed(let e):
      outcome = [
        JSONMember("outcome", .string("delivered")), JSONMember("amount", .money(e.delivered)),
        JSONMember("transaction", e.payoutHash.map(JSONValue.string) ?? .null),
      ]
    case .refunded(let e):
      outcome = [
        JSONMember("outcome", .string("refunded")), JSONMember("amount", .money(e.refunded)),
        JSONMember("transaction", .string(e.transaction)),
      ]
    case .failed(let e):
      outcome = [
        JSONMember("outcome", .string("given up")), JSONMember("reason", .string(e.reason)),
      ]
    case .estimated, .swapIntended, .asked, .replaced: break
    }
  }

  private mutating func take(_ event: TransferEvent, at time: Instant) {
    switch event {
    case .requested(let e): obligation = e
    case .signed(let e):
      transactions.append(Transaction(hash: e.hash, nonce: e.nonce, kind: "deposit", at: time))
    case .cancelSigned(let e):
      transactions.append(Transaction(hash: e.hash, nonce: e.nonce, kind: "cancel", at: time))
    case .confirmed(let e): end(e.hash, e.nonce, "confirmed", e.block, e.fee)
    case .reverted(let e): end(e.hash, e.nonce, "reverted", e.block, e.fee)
    case .cancelled(let e): end(e.hash, e.nonce, "confirmed", e.block, e.fee)
    case .parked(let e): held = e.reason
    case .nonceReserved, .bumpRequested, .cancelRequested, .released, .guarded: break
    }
  }

  private mutating func changeSwap(_ edit: (inout Swap) -> Void) {
    if !swaps.isEmpty { edit(&swaps[swaps.count - 1]) }
  }

  /// Of the transactions of one nonce only one can be mined.
  private mutating func end(
    _ hash: String, _ nonce: Int, _ outcome: String, _ block: Int, _ fee: Money
  ) {
    for index in transactions.indices where transactions[index].nonce == nonce {
      guard transactions[index].hash == hash else {
        transactions[index].outcome = "replaced"
        continue
      }
      transactions[index].outcome = outcome
      transactions[index].block = block
      transactions[index].fee = fee
    }
  }

  /// Nil where there is no such split.
  func json(at now: Instant) -> JSONValue? {
    guard let requested else { return nil }
    return .object([
      "split": .string(split.text), "made_at": .string(now.text),
      "route": .string(requested.route.text), "flow": .string(requested.flow.text),
      "sent": .money(requested.source), "asset": .string(requested.asset.text),
      "recipient": .string(requested.wallet),
      "refund_address": (collect ?? obligation?.wallet).map(JSONValue.string) ?? .null,
      "held": held.map(JSONValue.string) ?? .null,
      "swaps": .array(swaps.map(json)),
      "deposit": obligation.map(json) ?? .null,
      "transactions": .array(transactions.map(json)),
      "result": outcome.isEmpty ? .null : .object(outcome),
      "timeline": .array(timeline.sorted { $0.position < $1.position }.map(\.line)),
    ])
  }

  private func json(_ swap: Swap) -> JSONValue {
    let e = swap.opened
    return .object([
      "swap": .string(e.swap.text), "attempt": .integer(e.attempt),
      "reference": .string("\(split)-\(e.attempt)"), "opened_at": .string(swap.at.text),
      "amount": .money(e.amount), "deposit_address": .string(e.payin),
      "promised": e.toAmount.map(JSONValue.string) ?? .null,
      "valid_until": e.validUntil.map { .string($0.text) } ?? .null,
      "status": swap.status.map(JSONValue.string) ?? .null,
      "abandoned": swap.abandoned.map(JSONValue.string) ?? .null,
    ])
  }

  private func json(_ e: TransferEvent.Requested) -> JSONValue {
    .object([
      "transfer": .string(e.transfer.text), "chain_id": .integer(e.chain),
      "from": .string(e.wallet), "to": .string(e.to), "amount": .money(e.amount),
      "funded_by": funding.map(JSONValue.string) ?? .null,
    ])
  }

  private func json(_ transaction: Transaction) -> JSONValue {
    .object([
      "hash": .string(transaction.hash), "kind": .string(transaction.kind),
      "nonce": .integer(transaction.nonce), "signed_at": .string(transaction.at.text),
      "outcome": .string(transaction.outcome),
      "block": transaction.block.map { .integer($0) } ?? .null,
      "fee": transaction.fee.map(JSONValue.money) ?? .null,
    ])
  }
}
