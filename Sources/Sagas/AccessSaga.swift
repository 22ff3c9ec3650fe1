public import Kernel

/// Asks for a paid order's link into the channel, where there is a bot to make it.
///
///     idle → asking → done      From then on the invite's own facts lead (`OpenEffects`)
///
/// Without a bot nobody is let in by us, and nobody is removed by us.
public enum AccessSaga: Saga {
  public enum State: UInt8, Hashable, Sendable { case idle, asking, done, held }
  public static let initial = State.idle
  public static func isOver(_ state: State) -> Bool { state == .done }

  public static func react(_ state: State, _ event: LedgerEvent, _ terms: SagaTerms)
    -> (State, [LedgerCommand])
  {
    switch (state, event) {
    // An order of the old form may give access more than once.
    case (.idle, .order(.granted(let e))), (.asking, .order(.granted(let e))):
      terms.hasBot ? (.asking, [.invite(.request(e.order))]) : (.done, [])
    case (.asking, .invite(.requested)), (.idle, .invite(.requested)): (.done, [])
    case (.done, _): (.done, [])
    case (.held, _), (.idle, _), (.asking, _): (.held, [])
    }
  }
}
