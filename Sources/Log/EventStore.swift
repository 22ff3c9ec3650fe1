public import Kernel

/// A log that can be read; any thread may, also beside a writer.
public protocol EventSource: AnyObject, Sendable {
  /// The newest durable event.
  var head: LogHead { get }

  /// Up to `limit` events after a position, in order; empty at the end.
  func read(after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent]

  /// Hands over the facts of the names that are wanted among the next `limit` events after a
  /// position, in order; gives the last position it came to.
  ///
  /// The shortest way from the log to a fold: nothing is made of what isn't wanted, and nothing but
  /// the fact of what is.
  func replay(
    after position: UInt64, limit: Int, wanting forms: FactForms,
    _ take: (Recorded) throws(StoreError) -> Void
  ) throws(StoreError) -> UInt64

  /// Up to `limit` events of one stream after a version, in order.
  func read(
    _ stream: StreamName, after version: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent]

  /// Up to `limit` events with a tag after a position, in order.
  func read(_ tag: Tag, after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent]

  /// Up to `limit` facts with a tag after a position, in order: the short way to a client's
  /// history, as nothing but the facts is made of what is stored.
  func facts(with tag: Tag, after position: UInt64, limit: Int) throws(StoreError) -> [Recorded]
}

/// Where facts are kept: one partition's append-only log, and the one way to add to it.
///
/// What every store promises:
/// - Positions run from 1 without a gap, in the order of appending; an event once read is the same
///   for ever.
/// - `append` returns only when what it reports as appended survives a power cut, and nobody reads
///   an event before that.
/// - One group is one sync. Proposals are taken in order; a later one sees the earlier ones. Each
///   is written whole or not at all, over all its streams, and one that isn't written doesn't
///   disturb the others.
/// - A command id that is in the log already gives its first outcome back where the digest is the
///   same, and `keyReused` where it isn't. Ids never expire, and are looked at before versions.
/// - Recorded times never fall along the log: an earlier one is raised to its predecessor's.
/// - One caller appends at a time; any thread may read meanwhile.
public protocol EventStore: EventSource {
  /// How many events the stream holds; 0 where there is no such stream.
  ///
  /// Throws where the index can't be read: nobody may take that for none.
  func version(of stream: StreamName) throws(StoreError) -> UInt64

  /// What became of a command that appended something; nil where none of that id did.
  ///
  /// Throws where the index can't be read: nobody may take that for none.
  func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome?

  /// Appends a group, and says for each proposal, in order, what became of it.
  ///
  /// Throws `StoreError.full` where there is no room, and `tooLarge` where the group is: nothing of
  /// it was written, and it may be tried again. `StoreError.failed` is fatal: nobody knows what of
  /// the group is on the disk, the store refuses everything from then on, and the process must end.
  func append(_ group: [Proposal]) throws(StoreError) -> [AppendOutcome]

  /// Nobody appends for the moment: the store may write down that all it holds is durable.
  ///
  /// To be called within a second of the log's falling idle. Throws as `append` does; only `failed`
  /// matters.
  func rest() throws(StoreError)
}

extension EventStore {
  public func rest() throws(StoreError) {}
}

/// A store that gathers the next group while one is being written and synced.
///
/// `append` is `stage`, `endGroup` and then `commit`. Until that nothing of the group can be read,
/// nobody may be told of it, and a process that ends forgets it.
public protocol StagingStore: EventStore {
  /// Adds proposals to the group that is gathered; says for each what will have become of it when
  /// the group is committed.
  ///
  /// They see what was staged before them, in this group and in the one that is on its way. One
  /// caller stages at a time. Throws `tooLarge` where the gathered group would be, and what a
  /// commit threw meanwhile: then nothing is gathered, and `forget` must come next.
  func stage(_ proposals: [Proposal]) throws(StoreError) -> [AppendOutcome]

  /// Ends the group that is gathered, which is on its way from now on: what is staged behind it is
  /// the next.
  ///
  /// For the one that stages; not before the group on its way is committed.
  func endGroup()

  /// Writes the group on its way, with one sync; where there is none, what is gathered.
  ///
  /// Another thread than the one that stages may call it, one at a time. Throws as `append` does,
  /// and then `forget` must come next.
  func commit() throws(StoreError)

  /// Lets go of everything staged and not written; to be called when nothing is on its way.
  func forget()
}

extension StagingStore {
  public func append(_ group: [Proposal]) throws(StoreError) -> [AppendOutcome] {
    do throws(StoreError) {
      let outcomes = try stage(group)
      endGroup()
      try commit()
      return outcomes
    } catch {
      forget()
      throw error
    }
  }
}

/// The newest event's place, its chain hash and its recorded time.
public struct LogHead: Hashable, Sendable {
  /// 0 where the log is empty.
  public let position: UInt64
  /// 32 bytes; zeros where the log is empty.
  public let hash: [UInt8]
  public let at: Instant?

  public init(position: UInt64, hash: [UInt8], at: Instant?) {
    self.position = position
    self.hash = hash
    self.at = at
  }

  public static let empty = LogHead(
    position: 0, hash: [UInt8](repeating: 0, count: 32), at: nil)
}

/// What a command of some id has appended.
public struct CommandOutcome: Hashable, Sendable {
  /// SHA-256 of what was asked.
  public let digest: [UInt8]
  public let first: UInt64
  public let last: UInt64

  public init(digest: [UInt8], first: UInt64, last: UInt64) {
    self.digest = digest
    self.first = first
    self.last = last
  }
}

/// The version a stream must have for a proposal to be written.
public struct StreamExpectation: Hashable, Sendable {
  public let stream: StreamName
  public let version: UInt64

  public init(stream: StreamName, version: UInt64) {
    self.stream = stream
    self.version = version
  }
}

/// Facts that a command decided, to be written all or none.
///
/// At least one event, and a digest of 32 bytes: anything else is a bug and traps, as is a fact
/// with blank values. A stream without an expectation isn't checked.
public struct Proposal: Sendable {
  public let command: CommandID
  public let digest: [UInt8]
  public let actor: String
  public let causedBy: UInt64?
  public let at: Instant
  public let events: [LedgerEvent]
  public let expected: [StreamExpectation]

  /// - Parameters:
  ///   - digest: SHA-256 of what was asked, so that the same id can't stand for something else.
  ///   - causedBy: The position of the event this follows from, where a machine issued the command.
  public init(
    command: CommandID, digest: [UInt8], actor: String, causedBy: UInt64? = nil, at: Instant,
    events: [LedgerEvent], expected: [StreamExpectation] = []
  ) {
    self.command = command
    self.digest = digest
    self.actor = actor
    self.causedBy = causedBy
    self.at = at
    self.events = events
    self.expected = expected
  }
}

/// What became of one proposal.
public enum AppendOutcome: Hashable, Sendable {
  case appended(first: UInt64, last: UInt64)
  /// The command was there already, with the same digest.
  case replayed(first: UInt64, last: UInt64)
  /// The command's id was there already, for something else.
  case keyReused
  case conflict(StreamName, actual: UInt64)
}
