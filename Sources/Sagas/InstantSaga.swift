public import Kernel

/// Pays one payment at once: routed instant, it gets a split of its own.
///
///     idle → splitting → done      A threshold payment is the accumulation's matter: done at once
public enum InstantSaga: Saga {
  public enum State: UInt8, Hashable, Sendable { case idle, splitting, done, held }
  public static let initial = State.idle
  public static func isOver(_ state: State) -> Bool { state == .done }

  public static func react(_ state: State, _ event: LedgerEvent, _ terms: SagaTerms)
    -> (State, [LedgerCommand])
  {
    switch (state, event) {
    case (.idle, .payment(.routed(let e))):
      switch e.strategy {
      case .instant: (.splitting, [.split(.request(.payment(e.payment), terms.flow))])
      case .threshold: (.done, [])
      }
    case (.splitting, .split(.requested)): (.splitting, [])
    // A person decides whether another split takes its place.
    case (.splitting, .split(.refunded)): (.splitting, [])
    case (.splitting, .split(.completed)): (.done, [])
    case (.done, _): (.done, [])
    case (.held, _), (.idle, _), (.splitting, _): (.held, [])
    }
  }
}
