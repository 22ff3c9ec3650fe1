public import Kernel

/// A log that is known as a whole, for reading beside whoever writes it, in files or a database.
public protocol WholeLog: EventSource {
  var environment: Environment { get }
  /// The log's own id: what the genesis event says.
  var logID: String { get }
  /// Why nothing may be signed until recovery is done; nil where none is owed.
  var recoveryOwed: String? { get }

  /// Takes in what was added since; throws where that isn't sound.
  func refresh() throws(StoreError)

  /// What became of a command that appended something; nil where none of that id did.
  func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome?

  /// Reads everything again and believes nothing; throws `damaged` with the first place that isn't
  /// as it was written.
  func verify() throws(StoreError) -> LogVerification
}

/// What a full check of a log found.
public struct LogVerification: Hashable, Sendable {
  public let events: UInt64
  public let head: LogHead
}

/// A store with what must be known of its log as a whole; one process at a time has it.
public protocol LogStore: EventStore {
  var environment: Environment { get }
  /// The log's own id: what the genesis event must say.
  var logID: String { get }
  /// Why nothing may be signed until recovery is done, as the log said when it was opened; nil
  /// where none is owed.
  var recoveryOwed: String? { get }

  /// Notes beside the log that recovery is owed from now on; durable when it returns.
  func oweRecovery(_ why: String) throws(StoreError)

  /// Notes that recovery is done.
  func endRecovery() throws(StoreError)

  /// Lets go of the log; the store refuses appends from then on.
  func close() throws(StoreError)
}

extension FileStore: LogStore {}
extension FileLogReader: WholeLog {}
