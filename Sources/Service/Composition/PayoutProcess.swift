public import Engine
package import Kernel
public import Sagas

extension Effect: Work {}

/// The sagas, the calls they owe and the batch run, as what the engine runs.
package struct PayoutProcess: LedgerProcess {
  private var processes: Processes
  private var effects = OpenEffects()
  private let batchInterval: Int64
  private let isAtOnce: Bool
  /// When groups over their threshold are looked for next; at the start, once, for what came due
  /// while nobody looked.
  private var batchRunAt: Instant = Instant(microseconds: 0)

  package init(terms: SagaTerms, batchIntervalSeconds: Int, batchesAtOnce: Bool) {
    processes = Processes(terms: terms)
    batchInterval = Int64(batchIntervalSeconds)
    isAtOnce = batchesAtOnce
  }

  package mutating func take(_ recorded: Recorded) -> Reaction<Effect> {
    if isAtOnce, case .accumulation(.converted) = recorded.event {
      batchRunAt = min(batchRunAt, recorded.at)
    }
    let change = effects.take(recorded.event)
    return Reaction(
      commands: processes.take(recorded.event), closed: change.closed, opened: change.opened)
  }

  package var wakeAt: Instant? { batchRunAt }

  /// The batch run: every interval, or at once where a member has just become payable (C-15).
  package mutating func wake(
    at now: Instant, _ state: LedgerState
  ) -> [(CommandID, LedgerCommand)] {
    guard batchRunAt <= now else { return [] }
    batchRunAt = now.adding(seconds: batchInterval)
    return state.dueGroups().map { $0.command() }
  }
}
