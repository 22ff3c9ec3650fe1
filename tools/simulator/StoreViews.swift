import Kernel
import Log

// The log as somebody sees it who doesn't see all of it.

/// Passes everything on to a store; what others change of it is less than there is.
class StoreView: EventStore, @unchecked Sendable {  // Lives on the simulation's thread.
  let store: FileStore
  init(_ store: FileStore) { self.store = store }

  var head: LogHead { store.head }
  func version(of stream: StreamName) throws(StoreError) -> UInt64 {
    try store.version(of: stream)
  }
  func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome? {
    try store.outcome(of: command)
  }
  final func append(_ group: [Proposal]) throws(StoreError) -> [AppendOutcome] {
    try store.append(group)
  }
  final func read(after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    try store.read(after: position, limit: limit)
  }
  final func read(
    _ stream: StreamName, after version: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try store.read(stream, after: version, limit: limit)
  }
  final func read(
    _ tag: Tag, after position: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try store.read(tag, after: position, limit: limit)
  }
  func replay(
    after position: UInt64, limit: Int, wanting forms: FactForms,
    _ take: (Recorded) throws(StoreError) -> Void
  ) throws(StoreError) -> UInt64 {
    try store.replay(after: position, limit: limit, wanting: forms, take)
  }
}

/// A store that knows no command (`Weakness.forgetCommands`).
final class Forgetful: StoreView, @unchecked Sendable {
  override func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome? { nil }
}

/// The log as a process knew it that has stood still since.
final class Outdated: StoreView, @unchecked Sendable {
  /// Where it ended then.
  private let end: UInt64

  init(_ store: FileStore, end: UInt64) {
    self.end = end
    super.init(store)
  }

  override func version(of stream: StreamName) throws(StoreError) -> UInt64 {
    UInt64(try store.read(stream, after: 0, limit: 1 << 20).count { $0.position <= end })
  }

  override func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome? {
    guard let outcome = try store.outcome(of: command), outcome.last <= end else { return nil }
    return outcome
  }
}

extension Weakness {
  /// True of what a start is to have forgotten.
  var isOfMemory: Bool { self == .forgetNonces || self == .forgetMembers }
}

/// The log without what a start is not to remember (`Weakness.isOfMemory`).
final class Blinkered: StoreView, @unchecked Sendable {
  /// Stands where a fact was; it changes nothing.
  private let blank: LedgerEvent
  private let hidesNonces: Bool
  private let hidesMembers: Bool
  /// Transfers whose nonce is consumed.
  private var over: Set<TransferID> = []

  init(_ store: FileStore, _ weakness: Weakness) throws(StoreError) {
    hidesNonces = weakness == .forgetNonces
    hidesMembers = weakness == .forgetMembers
    let facts = try store.facts(after: 0, limit: Int(store.head.position))
    blank = facts.first?.event ?? LedgerEvent.blanks[0].event
    for fact in facts {
      guard case .transfer(let event) = fact.event else { continue }
      switch event {
      case .confirmed, .reverted, .cancelled: over.insert(event.id)
      case .requested, .nonceReserved, .signed, .bumpRequested, .cancelRequested, .cancelSigned,
        .parked, .released, .guarded:
        break
      }
    }
    super.init(store)
  }

  override func replay(
    after position: UInt64, limit: Int, wanting forms: FactForms,
    _ take: (Recorded) throws(StoreError) -> Void
  ) throws(StoreError) -> UInt64 {
    try store.replay(after: position, limit: limit, wanting: forms) {
      (recorded) throws(StoreError) in
      try take(
        Recorded(position: recorded.position, at: recorded.at, event: shown(recorded.event)))
    }
  }

  private func shown(_ event: LedgerEvent) -> LedgerEvent {
    switch event {
    case .transfer(let e): isHidden(e) ? blank : event
    case .accumulation(.reserved): hidesMembers ? withoutPayments(event) : event
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch, .split, .hostpay,
      .wallet, .account, .invite, .membership, .chat:
      event
    }
  }

  private func isHidden(_ event: TransferEvent) -> Bool {
    guard hidesNonces, !over.contains(event.id) else { return false }
    switch event {
    case .nonceReserved, .signed, .bumpRequested, .cancelRequested, .cancelSigned: return true
    case .requested, .confirmed, .reverted, .cancelled, .parked, .released, .guarded: return false
    }
  }

  private func withoutPayments(_ event: LedgerEvent) -> LedgerEvent {
    var writer = BodyWriter()
    writer.write(event)
    var text = String(decoding: writer.out.bytes, as: UTF8.self)
    guard let list = text.firstRange(of: "\"payments\":["),
      let end = text[list.upperBound...].firstIndex(of: "]")
    else { preconditionFailure("a reservation without payments") }
    text.removeSubrange(list.upperBound..<end)
    let found = Array(text.utf8).withUnsafeBytes { body in
      try? FactForm.named(event.name)?.read(body)
    }
    guard let found else { preconditionFailure("a reservation that can't be read") }
    return found
  }
}
