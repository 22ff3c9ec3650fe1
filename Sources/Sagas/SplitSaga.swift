public import Kernel

/// Turns released value into the wallet's currency: estimate, swap, funding, delivery.
///
///     idle → estimating → intending → opening → funding → delivering → done
///              ↑____________________________________|  swap abandoned, nothing signed
///
/// A direct split (the wallet wants what we hold) goes from idle to funding. From `held` a person
/// decides: what was released or retried goes on where the fact says. Only a delivery that the
/// provider reports all the same ends it by itself.
public enum SplitSaga: Saga {
  public enum State: UInt8, Hashable, Sendable {
    case idle, estimating, intending, opening, funding, delivering, done, failed, held
  }
  public static let initial = State.idle
  /// Never forgotten: a split that was delivered or failed must not begin again, whatever comes.
  public static func isOver(_ state: State) -> Bool { false }

  public static func react(_ state: State, _ event: LedgerEvent, _ terms: SagaTerms)
    -> (State, [LedgerCommand])
  {
    switch (state, event) {
    case (.idle, .split(.requested(let e))):
      switch e.route {
      case .swap: (.estimating, [])
      case .direct: (.funding, [.hostpay(.request(e.split))])
      }
    case (.estimating, .split(.estimated(let e))): (.intending, [.split(.intendSwap(e.split))])
    case (.intending, .split(.swapIntended)): (.opening, [])
    case (.opening, .split(.swapOpened(let e))): (.funding, [.hostpay(.request(e.split))])
    case (.opening, .split(.swapAbandoned)), (.funding, .split(.swapAbandoned)),
      (.held, .split(.swapAbandoned)):
      (.estimating, [])
    case (.funding, .hostpay(.requested)), (.funding, .hostpay(.checked)): (.funding, [])
    case (.funding, .hostpay(.held)): (.held, [])
    case (.funding, .transfer(.released)), (.held, .transfer(.released)): (.funding, [])
    case (.funding, .hostpay(.funded(let e))):
      (.delivering, e.swap == nil ? [.split(.completeDirect(e.split))] : [])
    case (.delivering, .split(.swapObserved)), (.delivering, .split(.swapRegressed)):
      (.delivering, [])
    case (.delivering, .split(.completed)), (.held, .split(.completed)): (.done, [])
    case (.held, .hostpay(.funded(let e))) where e.swap == nil:
      (.held, [.split(.completeDirect(e.split))])
    case (_, .split(.failed)), (_, .split(.refunded)): (.failed, [])
    case (_, .split(.held)): (.held, [])
    case (.done, _): (.done, [])
    case (.failed, _): (.failed, [])
    case (_, .split(.asked)): (state, [])
    case (_, .split(.released(let e))): resumption(of: e.split, at: e.next)
    case (_, .split(.retried(let e))): resumption(of: e.split, at: e.next)
    case (.held, _): (.held, [])
    case (.idle, _), (.estimating, _), (.intending, _), (.opening, _), (.funding, _),
      (.delivering, _):
      (.held, surprise(event, in: state))
    }
  }

  /// Where a split that a person let go on stands then.
  private static func resumption(of split: SplitID, at next: SplitStep)
    -> (State, [LedgerCommand])
  {
    switch next {
    case .estimate: (.estimating, [])
    case .fund: (.funding, [.hostpay(.request(split))])
    case .watch: (.delivering, [])
    }
  }

  private static func surprise(_ event: LedgerEvent, in state: State) -> [LedgerCommand] {
    guard let split = Processes.split(of: event) else { return [] }
    return [.split(.hold(split, reason: "\(event.name) while \(state)"))]
  }
}
