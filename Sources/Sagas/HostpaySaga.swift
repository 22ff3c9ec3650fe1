public import Kernel

/// Funds one split from the host wallet: the swap is checked, then one transfer is made.
///
///     idle → ready(attempt) → checking(attempt) → paying → done
///      ↑__________________________________________|  swap abandoned, no nonce given
///
/// A swap that can't be funded any more is abandoned while nothing was signed for it (S4). A direct
/// split has no swap to check.
public enum HostpaySaga: Saga {
  public enum State: Hashable, Sendable {
    case idle, ready(attempt: Int), checking(attempt: Int), paying, done, held
  }
  public static let initial = State.idle
  /// Never forgotten: a split that was paid is not paid again, whatever comes.
  public static func isOver(_ state: State) -> Bool { false }

  public static func react(_ state: State, _ event: LedgerEvent, _ terms: SagaTerms)
    -> (State, [LedgerCommand])
  {
    switch (state, event) {
    case (.idle, .split(.swapOpened(let e))): (.ready(attempt: e.attempt), [])
    case (.idle, .hostpay(.requested(let e))) where e.swap == nil:
      (.paying, [.transfer(.request(e.split))])
    case (.ready(let attempt), .hostpay(.requested)): (.checking(attempt: attempt), [])
    case (.checking(let attempt), .hostpay(.checked(let e))):
      e.status == "waiting"
        ? (.paying, [.transfer(.request(e.split))])
        : (
          .checking(attempt: attempt),
          [.split(.abandonSwap(e.split, attempt: attempt, reason: "swap is \(e.status)"))]
        )
    case (.checking, .split(.swapAbandoned)), (.ready, .split(.swapAbandoned)),
      (.paying, .split(.swapAbandoned)):
      (.idle, [])
    case (.paying, .transfer(.requested)), (.paying, .transfer(.nonceReserved)),
      (.paying, .transfer(.signed)), (.paying, .transfer(.bumpRequested)),
      (.paying, .transfer(.cancelRequested)), (.paying, .transfer(.cancelSigned)):
      (.paying, [])
    // Where its value goes stands beside it, in the same append: the split's next fact.
    case (.paying, .transfer(.cancelled)): (.paying, [])
    case (.paying, .transfer(.released)), (.held, .transfer(.released)): (.paying, [])
    // Over a cap it waits for two people, and its call goes on asking.
    case (.paying, .transfer(.guarded)): (.paying, [])
    case (.paying, .transfer(.confirmed(let e))), (.held, .transfer(.confirmed(let e))):
      (state, e.transfer.split.map { [.hostpay(.noteFunded($0))] } ?? [])
    case (.paying, .transfer(.parked(let e))): (.held, hold(e.transfer, e.reason))
    case (.paying, .transfer(.reverted(let e))): (.held, hold(e.transfer, "transfer reverted"))
    case (.paying, .hostpay(.funded)), (.held, .hostpay(.funded)): (.done, [])
    // What begins anew has no transfer that could still pay it.
    case (_, .split(.retried)) where state != .done: (.idle, [])
    case (_, .split(.released(let e))) where state != .done && e.next != .watch: (.idle, [])
    case (.idle, .split), (.ready, .split), (.checking, .split), (.paying, .split): (state, [])
    case (_, .hostpay(.held)): (.held, [])
    case (.done, _): (.done, [])
    case (.held, _): (.held, [])
    case (.idle, _), (.ready, _), (.checking, _), (.paying, _):
      (.held, surprise(event, in: state))
    }
  }

  private static func hold(_ transfer: TransferID, _ reason: String) -> [LedgerCommand] {
    transfer.split.map { [.hostpay(.hold($0, reason: reason))] } ?? []
  }

  private static func surprise(_ event: LedgerEvent, in state: State) -> [LedgerCommand] {
    guard let split = Processes.split(of: event) else { return [] }
    return [.hostpay(.hold(split, reason: "\(event.name) while \(state)"))]
  }
}
