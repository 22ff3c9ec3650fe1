public import Engine
public import JSON
public import Kernel

/// The way in to the one loop that owns the truth, as routes see it.
public protocol Gate: Sendable {
  /// Queues a command; `then` runs once, on the loop's thread, after the sync, and is brief.
  func submit(_ submission: Submission, then: @escaping @Sendable (Answer) -> Void)

  /// Shows the ledger's state between two groups; `read` runs on the loop's thread and is brief.
  func inspect(_ read: @escaping @Sendable (LedgerState) -> Void)

  /// What works and what doesn't, by component, as health and readiness tell it.
  var readiness: Readiness { get }
}

/// Whether the service can do its work.
public struct Readiness: Hashable, Sendable {
  public struct Component: Hashable, Sendable {
    public let name: String
    public let isHealthy: Bool
    /// Whether the service may take requests without it; a provider being down stops nobody.
    public let isVital: Bool

    public init(_ name: String, isHealthy: Bool, isVital: Bool) {
      self.name = name
      self.isHealthy = isHealthy
      self.isVital = isVital
    }
  }

  /// What nodes that stand by have put into the inbox and nobody has taken yet.
  public struct Inbox: Hashable, Sendable {
    public let waiting: Int
    /// Of the one that waits longest; 0 where none does.
    public let oldestSeconds: Int

    public init(waiting: Int, oldestSeconds: Int) {
      self.waiting = waiting
      self.oldestSeconds = oldestSeconds
    }
  }

  /// Outside calls that other nodes make.
  public struct Calls: Hashable, Sendable {
    public struct Lease: Hashable, Sendable {
      /// Of a lane, or `tables`.
      public let name: String
      /// The beginning of the number that the node gave itself (DIR/node).
      public let node: String

      public init(name: String, node: String) {
        self.name = name
        self.node = node
      }
    }

    /// Handed out, or under way here, and not answered.
    public let out: Int
    /// In order of their names; a node that stands by tells its own.
    public let leases: [Lease]

    public init(out: Int, leases: [Lease]) {
      self.out = out
      self.leases = leases
    }
  }

  public let components: [Component]
  /// Why nothing is signed until recovery is done; nil where none is owed.
  public let recovery: String?
  /// Why nothing new is signed; nil where signing goes on.
  public let frozen: String?
  /// Why nobody is let into channels, or not everybody is; nil where that works.
  public let access: String?
  /// Nil where there is no inbox, or it isn't known.
  public let inbox: Inbox?
  /// Nil where no other node can make any.
  public let calls: Calls?

  public init(
    _ components: [Component], recovery: String? = nil, frozen: String? = nil,
    access: String? = nil, inbox: Inbox? = nil, calls: Calls? = nil
  ) {
    self.calls = calls
    self.components = components
    self.recovery = recovery
    self.frozen = frozen
    self.access = access
    self.inbox = inbox
  }

  public var isReady: Bool { components.allSatisfy { $0.isHealthy || !$0.isVital } }
  public var isHealthy: Bool {
    recovery == nil && frozen == nil && components.allSatisfy(\.isHealthy)
  }
}

/// The read models, as routes see them.
public protocol TableReads: Sendable {
  /// The last position every table has taken in.
  var place: UInt64 { get }

  /// Batches of some channels, or of all, in the order they were opened, after so many of them;
  /// `place` numbers them from 1.
  func batches(
    of channels: [ChannelKey]?, after place: Int, limit: Int
  ) throws(TableReadFailure) -> [BatchRecord]

  /// Steps of processes whose columns have these values, what is due first before what is due
  /// later, after so many of them.
  func sagas(
    where matches: [(column: String, value: String?)], after place: Int, limit: Int
  ) throws(TableReadFailure) -> [SagaRecord]

  /// Rows of a table whose columns have these values, as JSON objects in the order of one column,
  /// or of its key.
  func lines(
    of table: String, where matches: [(column: String, value: String?)], by column: String?,
    after place: Int, limit: Int
  ) throws(TableReadFailure) -> [[JSONMember]]

  /// Every table, and how far each is.
  func tables() throws(TableReadFailure) -> [TablePlace]
}

/// How far one table is into the log.
public struct TablePlace: Hashable, Sendable {
  public let name: String
  public let position: UInt64
  /// Whether it must be rebuilt before it takes in anything.
  public let isStale: Bool
  public let rows: Int

  public init(name: String, position: UInt64, isStale: Bool, rows: Int) {
    self.name = name
    self.position = position
    self.isStale = isStale
    self.rows = rows
  }
}

/// A read model couldn't be read; the words are for the log.
public struct TableReadFailure: Error, Sendable {
  public let words: String
  public init(_ words: String) { self.words = words }
}

/// One step of a process as the tables have it.
public struct SagaRecord: Sendable {
  /// From then on it counts as stuck; nil once it has ended.
  public let dueAt: Instant?
  /// All columns, as a JSON object.
  public let columns: [JSONMember]

  public init(dueAt: Instant?, columns: [JSONMember]) {
    self.dueAt = dueAt
    self.columns = columns
  }

  /// Whether it waits for a person, or for longer than it should.
  public func isStuck(at now: Instant) -> Bool { dueAt.map { $0 <= now } ?? false }
}

/// One batch as the tables have it.
public struct BatchRecord: Sendable {
  /// The old platform's word for its phase (`payout_batches.status`).
  public let status: String
  /// The status and all columns, as a JSON object is written.
  public let json: [UInt8]

  public init(status: String, json: [UInt8]) {
    self.status = status
    self.json = json
  }

  /// The word for a phase as `batch_status` has it: `opened`, `handed_off` and so on.
  static func status(of phase: String) -> String {
    switch phase {
    case "opened": "pending"
    case "completed", "failed": phase
    default: "processing"
    }
  }
}
