public import Kernel

/// What the engine runs beside the ledger: pure reactions to facts, and calls they leave owed.
///
/// The engine is generic over it and knows no saga by name.
public protocol LedgerProcess: Sendable {
  associatedtype Job: Work
  /// Takes the next fact of the log in; called once a fact, in order, at start and ever after.
  mutating func take(_ recorded: Recorded) -> Reaction<Job>
  /// The one listing of what `take` made of the facts so far (`StateFields`); without one of its
  /// own a process can't be kept, and every start takes in the whole log.
  mutating func list(_ fields: inout StateFields)
  /// When `wake` wants to be called next; nil for never.
  var wakeAt: Instant? { get }
  /// What time alone makes due.
  mutating func wake(at now: Instant, _ state: LedgerState) -> [(CommandID, LedgerCommand)]
}

extension LedgerProcess {
  public mutating func list(_ fields: inout StateFields) { fields.refuse() }
}

/// What one fact leads to.
public struct Reaction<Job: Work>: Sendable {
  public var commands: [LedgerCommand]
  /// Keys of jobs that are no longer owed; they go before `opened` comes.
  public var closed: [Subject]
  public var opened: [Job]
  /// Keys of jobs that are to be tried now, if they are owed.
  public var hastened: [Subject]

  public init(
    commands: [LedgerCommand] = [], closed: [Subject] = [], opened: [Job] = [],
    hastened: [Subject] = []
  ) {
    self.hastened = hastened
    self.commands = commands
    self.closed = closed
    self.opened = opened
  }
}

/// One outside call that is owed.
public protocol Work: Hashable, Sendable {
  /// One job of a key is under way at a time.
  var key: Subject { get }
  /// The queue it waits in.
  var lane: String { get }
  /// True where giving up is no answer: it is asked for ever, with an alarm.
  var isEndless: Bool { get }
  /// What is asked of the ledger when the call can't be made.
  func abandonment(_ reason: String) -> LedgerCommand
  /// The one listing of a job; nil only before one is read.
  static func list(_ job: inout Self?, _ fields: inout StateFields)
}

extension Work {
  public static func list(_ job: inout Self?, _ fields: inout StateFields) { fields.refuse() }
}

/// What came of one try of a job.
public enum JobOutcome: Sendable {
  /// An answer, in the ledger's words. The job goes when a fact closes it.
  case report([LedgerCommand])
  /// An answer that is not final yet: the question is put again after so many seconds; `because`
  /// where a person should know why.
  case again([LedgerCommand], afterSeconds: Int, because: String? = nil)
  /// No answer, or one that says later; unknown, not failed.
  case transient(String, retryAfterSeconds: Int?)
  /// Never, whatever is tried.
  case permanent(String)
}
