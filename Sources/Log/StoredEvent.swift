public import Kernel

/// An event as it lies in the log: its envelope, its body in canonical JSON, and its chain hash.
///
/// The body is decoded only when asked for, so a fold that wants some names skips the others.
public struct StoredEvent: Hashable, Sendable {
  public let position: UInt64
  public let stream: String
  /// The event's place in its stream, from 1.
  public let version: UInt64
  /// `family.case.v<n>`.
  public let name: String
  public let at: Instant
  public let command: CommandID
  /// The position of the event that caused the command.
  public let causedBy: UInt64?
  public let actor: String
  public let tags: [String]
  public let body: [UInt8]
  /// SHA-256 over the predecessor's hash and this event's canonical envelope; see `LogFormat`.
  public let hash: [UInt8]

  public init(
    position: UInt64, stream: String, version: UInt64, name: String, at: Instant,
    command: CommandID, causedBy: UInt64?, actor: String, tags: [String], body: [UInt8],
    hash: [UInt8]
  ) {
    self.position = position
    self.stream = stream
    self.version = version
    self.name = name
    self.at = at
    self.command = command
    self.causedBy = causedBy
    self.actor = actor
    self.tags = tags
    self.body = body
    self.hash = hash
  }

  /// The fact; throws `unknownName`, or `damaged` where the body isn't exactly one.
  public func event() throws(StoreError) -> LedgerEvent {
    do {
      return try EventCodec.event(named: name, body: body)
    } catch {
      throw error.stored(at: position)
    }
  }

  /// The fact with its place.
  public func recorded() throws(StoreError) -> Recorded {
    Recorded(position: position, at: at, event: try event())
  }
}
