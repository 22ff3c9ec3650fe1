public import Kernel

/// A command with its identity, as it stands in the queue.
public struct Submission: Sendable {
  /// The same id again gets the first outcome; ids never expire.
  public let id: CommandID
  /// SHA-256 of what was asked, 32 bytes; the same id with another digest is refused by name.
  public let digest: [UInt8]
  public let command: LedgerCommand
  /// Who asks: `provider:nowpayments`, `service`, `process:batch`, a key's name.
  public let actor: String
  /// The position of the fact that made somebody ask, where there is one.
  public let causedBy: UInt64?

  public init(
    id: CommandID, digest: [UInt8], command: LedgerCommand, actor: String, causedBy: UInt64? = nil
  ) {
    precondition(digest.count == 32, "a digest is 32 bytes")
    self.id = id
    self.digest = digest
    self.command = command
    self.actor = actor
    self.causedBy = causedBy
  }
}

/// What became of a submission; given only when whatever it changed is durable.
public enum Answer: Hashable, Sendable {
  /// Its facts stand at these positions.
  case accepted(first: UInt64, last: UInt64)
  /// It had been accepted before, under the same id.
  case replayed(first: UInt64, last: UInt64)
  /// Already so: nothing to add. `head` is the position that was decided at.
  case ignored(head: UInt64)
  case refused(Refusal)
  /// The id was used for something else.
  case keyReused
  /// The engine is stopping and took nothing on; ask again.
  case stopping
  /// The log has no room; nothing was taken on, and it may be asked again when there is.
  case full
}
