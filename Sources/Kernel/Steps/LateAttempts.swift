/// How often what was held or failed was tried again by itself, and what a person stopped.
public struct LateAttempts: Sendable {
  private var counts: [ProcessKey: Int] = [:]
  private var stopped: Set<ProcessKey> = []

  public init() {}

  /// Attempts made for it, and for what stood in its place before.
  public func count(_ key: ProcessKey) -> Int { counts[key] ?? 0 }

  func isStopped(_ key: ProcessKey) -> Bool { stopped.contains(key) }

  public mutating func take(_ event: LedgerEvent) {
    switch event {
    case .ledger(.step(.attempted(let e))): counts[ProcessKey(e.kind, e.id)] = e.number
    case .ledger(.step(.attemptsStopped(let e))): stopped.insert(ProcessKey(e.kind, e.id))
    case .split(.released(let e)): stopped.remove(ProcessKey(.split, e.split))
    case .split(.retried(let e)): stopped.remove(ProcessKey(.split, e.split))
    case .split(.completed(let e)): forget(.split, e.split.text)
    case .split(.failed(let e)): forget(.split, e.split.text)
    case .split(.refunded(let e)): forget(.split, e.split.text)
    case .batch(.retried(let e)): hand(.batch, from: e.batch.text, to: e.next.text)
    case .batch(.completed(let e)): forget(.batch, e.batch.text)
    case .conversion(.retried(let e)):
      hand(.conversion, from: e.conversion.text, to: e.next.text)
    case .conversion(.completed(let e)): forget(.conversion, e.conversion.text)
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch, .split, .hostpay,
      .transfer, .wallet, .account, .invite, .membership, .chat:
      break
    }
  }

  private mutating func forget(_ kind: StepKind, _ id: @autoclosure () -> String) {
    guard !counts.isEmpty || !stopped.isEmpty else { return }
    let key = ProcessKey(kind, id())
    counts[key] = nil
    stopped.remove(key)
  }

  private mutating func hand(_ kind: StepKind, from id: String, to next: String) {
    guard let count = counts.removeValue(forKey: ProcessKey(kind, id)) else { return }
    counts[ProcessKey(kind, next)] = count
  }

  public mutating func list(_ fields: inout StateFields) {
    fields.map("lateAttempts", &counts, blank: (.blank, 0)) {
      $0.list(&$2)
      $2.number("count", &$1)
    }
    var held = stopped.sorted()
    fields.list("stopped", &held, blank: .blank) { $0.list(&$1) }
    if fields.isReading { stopped = Set(held) }
  }
}

extension Limits {
  /// Attempts by itself, one after the other, before only a person lets a step begin anew.
  public static var lateAttemptsMost: Int { latePauses.count }
  /// Seconds before each of them, from when it was held or failed.
  static let latePauses: [Int64] = [600, 3_600, 21_600]

  /// Seconds before the next attempt after so many; nil where a person is waited for.
  public static func latePause(after count: Int) -> Int64? {
    count < latePauses.count ? latePauses[count] : nil
  }
}

/// What time asks of a step.
public enum StepCommand: Hashable, Sendable {
  /// It stands in that state since then, and should be over.
  case noteOverdue(ProcessKey, ChannelKey, StepState, since: Instant)
  /// It is tried again by itself, for the so manieth time.
  case attempt(ProcessKey, number: Int)
}

extension StepCommand {
  func write(to bytes: inout CommandBytes) {
    switch self {
    case .noteOverdue(let key, let channel, let state, let since):
      bytes.put("ledger.noteOverdue" as StaticString)
      bytes.put(key.kind.text)
      bytes.put(key.id)
      bytes.put(channel)
      bytes.put(state.text)
      bytes.put(since)
    case .attempt(let key, let number):
      bytes.put("ledger.attempt" as StaticString)
      bytes.put(key.kind.text)
      bytes.put(key.id)
      bytes.put(number)
    }
  }
}

extension LedgerState {
  func decide(_ command: StepCommand, at now: Instant) -> Decision {
    switch command {
    case .noteOverdue(let key, let channel, let state, let since):
      guard let expected = StepExpectation.of(key.kind, in: state), expected.seconds > 0,
        stands(key, in: state)
      else { return .ignore }
      let due = since.adding(seconds: expected.seconds)
      guard due <= now else { return .ignore }
      let overdue = StepEvent.Overdue(
        channel: channel, due: due, id: key.id, kind: key.kind, since: since, state: state,
        waitsFor: expected.words)
      return .accept([.ledger(.step(.overdue(overdue)))])
    case .attempt(let key, let number): return attempt(key, number, at: now)
    }
  }

  /// Whether a process stands there; what the ledger doesn't tell apart counts as one.
  private func stands(_ key: ProcessKey, in state: StepState) -> Bool {
    switch key.kind {
    case .conversion:
      return ConversionID(text: key.id).flatMap { payments[$0] }?.isOpen == true
    case .batch:
      let phase = BatchID(text: key.id).flatMap { batches[$0] }?.phase
      return state == .opened && phase == .pending || state == .handedOff && phase == .processing
    case .split:
      guard let split = SplitID(text: key.id).flatMap({ splits[$0] }) else { return false }
      switch split.phase {
      case .estimating: return state == .estimating
      case .estimated: return state == .estimated
      case .opening: return state == .opening
      case .opened: return state == .opened
      case .funded: return state == .watching
      case .held, .completed, .failed, .refunded: return false
      }
    case .hostpay:
      guard let split = SplitID(text: key.id).flatMap({ splits[$0] }) else { return false }
      return split.isOpen && split.hostpay != nil && split.funding == nil && !split.isHeld
    case .transfer:
      guard let phase = TransferID(text: key.id).flatMap({ transfer($0) })?.phase else {
        return false
      }
      switch phase {
      case .requested: return state == .requested
      case .reserved: return state == .nonceReserved
      case .signed: return state == .signed || state == .cancelling
      case .reverted, .cancelled, .confirmed: return false
      }
    }
  }

  /// Tries again what no transfer was ever given a nonce for: whatever else it did moved nothing.
  ///
  /// A revert, a cancel and a deposit that came back are a person's to weigh: each costs something,
  /// or was meant. Nothing is tried while signing is frozen.
  private func attempt(_ key: ProcessKey, _ number: Int, at now: Instant) -> Decision {
    guard guards.frozen == nil, number <= Limits.lateAttemptsMost,
      number == attempts.count(key) + 1, !attempts.isStopped(key)
    else { return .ignore }
    let reason = "attempt \(number) of \(Limits.lateAttemptsMost) by itself: nothing was sent"
    let found: (channel: ChannelKey, decision: Decision)?
    switch key.kind {
    case .split:
      found = SplitID(text: key.id).flatMap { splits[$0] }.flatMap { split in
        let id = split.requested.split
        guard split.isOpen, split.funding == nil, isUnsent(transfer(id.transfer)) else {
          return nil
        }
        return (split.requested.channel, operate(id, .retry, reason))
      }
    case .batch:
      found = BatchID(text: key.id).flatMap { id in
        guard let batch = batches[id], hasNeverSent(for: .batch(id)) else { return nil }
        return (batch.opened.channel, decide(.retry(id, reason: reason) as BatchCommand))
      }
    case .conversion:
      found = ConversionID(text: key.id).flatMap { id in
        guard let state = payments[id], hasNeverSent(for: .conversion(id)) else { return nil }
        return (
          state.requested.channel, decide(.retry(id, reason: reason) as ConversionCommand)
        )
      }
    case .hostpay, .transfer: found = nil
    }
    guard let found, case .accept(let events) = found.decision else { return .ignore }
    let attempted = StepEvent.Attempted(
      channel: found.channel, id: key.id, kind: key.kind, number: number)
    return .accept([.ledger(.step(.attempted(attempted)))] + events)
  }

  private func isUnsent(_ transfer: TransferState?) -> Bool {
    guard let transfer else { return true }
    if case .requested = transfer.phase { return transfer.nonce == nil }
    return false
  }

  /// Whether no transfer was so much as asked for.
  private func hasNeverSent(for purpose: SplitPurpose) -> Bool {
    guard let id = split(of: purpose), let split = splits[id] else { return true }
    return split.phase == .failed && !split.mayHaveSent && transfer(id.transfer) == nil
  }

  /// A person's hold ends the attempts that would be made by themselves.
  ///
  /// Nil where they are stopped already, or none would be made.
  func stoppingAttempts(of split: SplitState, _ reason: String) -> LedgerEvent? {
    let id = split.requested.split.text
    guard !attempts.isStopped(ProcessKey(.split, id)), split.funding == nil,
      isUnsent(transfer(split.requested.split.transfer))
    else { return nil }
    return .ledger(
      .step(
        .attemptsStopped(
          StepEvent.AttemptsStopped(
            channel: split.requested.channel, id: id, kind: .split, reason: reason))))
  }
}
