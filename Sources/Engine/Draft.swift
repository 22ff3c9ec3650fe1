import Kernel
import Log

/// A group that is decided and not yet durable; nobody may be told a word of it.
public struct Draft: Sendable {
  /// One for each submission, in order.
  var answers: [Answer] = []
  var troubles: [String] = []
  var proposals: [Proposal] = []
  var recorded: [Recorded] = []
  /// What the store doesn't know yet.
  var outcomes: [CommandID: CommandOutcome] = [:]
  var versions: [StreamName: UInt64] = [:]
}
