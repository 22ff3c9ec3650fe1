public import Engine
public import Kernel
public import Sagas

extension Effect: Work {
  public static func list(_ job: inout Effect?, _ fields: inout StateFields) {
    var effect = job ?? .blank
    effect.list(&fields)
    job = effect
  }
}

/// The sagas, the calls they owe and the batch run, as what the engine runs.
package struct PayoutProcess: LedgerProcess {
  private var processes: Processes
  private var effects = OpenEffects()
  private let batchInterval: Int64
  private let isAtOnce: Bool
  /// When groups over their threshold are looked for next; at the start, once, for what came due
  /// while nobody looked.
  private var batchRunAt: Instant = Instant(microseconds: 0)
  /// Channels with a member that became payable since, where they are looked at at once.
  private var touched: Set<ChannelKey> = []
  /// Commands that need the host wallet, while the log doesn't know it yet.
  private var waiting: [LedgerCommand] = []
  private var hasWallet = false

  package init(terms: SagaTerms, batchIntervalSeconds: Int, batchesAtOnce: Bool) {
    processes = Processes(terms: terms)
    batchInterval = Int64(batchIntervalSeconds)
    isAtOnce = batchesAtOnce
  }

  package mutating func take(_ recorded: Recorded) -> Reaction<Effect> {
    // A third of all facts, and nothing follows from them.
    if case .payment(.observed) = recorded.event { return Reaction() }
    if isAtOnce, case .accumulation(.converted(let e)) = recorded.event {
      touched.insert(e.channel)
    }
    let change = effects.take(recorded.event)
    return Reaction(
      commands: ready(processes.take(recorded.event), after: recorded.event),
      closed: change.closed, opened: change.opened, hastened: change.hastened)
  }

  /// Refused commands aren't asked again: those that would be for want of a wallet wait for it.
  private mutating func ready(
    _ commands: [LedgerCommand], after event: LedgerEvent
  ) -> [LedgerCommand] {
    if case .wallet(.claimed) = event {
      hasWallet = true
      defer { waiting = [] }
      return waiting + commands
    }
    guard !hasWallet else { return commands }
    waiting += commands.filter(\.needsWallet)
    return commands.filter { !$0.needsWallet }
  }

  /// When to look for batches isn't listed: every start looks.
  package mutating func list(_ fields: inout StateFields) {
    processes.list(&fields)
    effects.list(&fields)
    fields.flag("hasWallet", &hasWallet)
    var commands = waiting.map { Optional($0) }
    fields.list("waiting", &commands, blank: nil) { $1.step("command", &$0) }
    waiting = commands.compactMap(\.self)
  }

  package var wakeAt: Instant? { touched.isEmpty ? batchRunAt : Instant(microseconds: 0) }

  /// The batch run: every interval, or at once where a member has just become payable (C-15).
  package mutating func wake(
    at now: Instant, _ state: LedgerState
  ) -> [(CommandID, LedgerCommand)] {
    let next = now.adding(seconds: batchInterval)
    defer { touched = [] }
    // Further away than an interval it only is where the clock was set back.
    guard batchRunAt <= now || batchRunAt > next else {
      return state.dueGroups(in: touched).map { $0.command() }
    }
    batchRunAt = next
    return state.dueGroups().map { $0.command() }
  }
}

extension LedgerCommand {
  /// True of what can't be decided before the host wallet is known: a swap's return address and a
  /// transfer's sender are the wallet's.
  fileprivate var needsWallet: Bool {
    switch self {
    case .split(.request), .transfer(.request): true
    case .split, .transfer, .ledger, .channel, .order, .payment, .conversion, .batch, .hostpay,
      .wallet, .account:
      false
    }
  }
}
