/// Kernel is the law of the ledger: money, ids, facts, and the pure arrows over them.
///
///     decide  (Command, State) -> accept([Event]) | ignore | refuse(why)
///     evolve  (State, Event)   -> State
///     apply   (Event, to: Rows)                    folds in projections/
///     react   (State, Event)   -> (State, [Command])    sagas
///
/// Nothing here knows a clock, a socket, a file, `async` or Foundation. Reading order: `Money/`,
/// `Values/`, `Facts/LedgerEvent.swift` (the closed sum of everything that can have happened), one
/// folder a family with its events and decider, and `Ledger/` where the families stand together:
/// `LedgerState`, `decide`, `postings`, the invariants.
public enum Kernel {
  /// The version of the facts' own rules; raised when a fold changes what it makes of old facts.
  public static let version = 1
}
