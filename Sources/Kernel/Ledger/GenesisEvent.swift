/// What a log says about itself; stored in stream `ledger-main`.
public enum GenesisEvent: Hashable, Sendable {
  case opened(Opened)

  /// The log was created, for real money or for play; the first fact of every log.
  public struct Opened: BlankFact {
    public static let name = "ledger.opened.v1"
    public internal(set) var environment: Environment = .blank
    /// The log's own id: 32 hex digits.
    public internal(set) var log = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("environment", &environment)
      fields.text("log", &log)
    }
  }
}

/// Whether money is real.
///
/// A fake gateway can't stand in a live folder, and a sandbox log can't be opened as live (P-48f).
public enum Environment: String, Word {
  case live
  case sandbox
}
