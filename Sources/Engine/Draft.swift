public import Kernel
import Log

/// A group that is decided and not yet durable; nobody may be told a word of it.
public struct Draft: Sendable {
  /// One for each submission, in order.
  var answers: [Answer] = []
  var troubles: [String] = []
  var proposals: [Proposal] = []
  var recorded: [Recorded] = []
  /// Calls whose answers were decided with it.
  var tries: [Try] = []
  /// What the store doesn't know yet.
  var outcomes: [CommandID: CommandOutcome] = [:]
  var versions: [StreamName: UInt64] = [:]
}

extension Machine {
  /// What one group did.
  public struct Step: Sendable {
    /// One for each submission, in order.
    public var answers: [Answer] = []
    /// Facts that are durable now.
    public var committed: [Recorded] = []
    /// Calls to make now.
    public var calls: [EffectRunner<P.Job>.Call] = []
    /// The machine's own commands that were refused; for the log and the alarms.
    public var troubles: [String] = []
  }
}
