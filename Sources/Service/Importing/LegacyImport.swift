import Engine
public import Kernel
public import Log
public import PostgresLog
import Sagas

/// Takes the old system's tables over into the log, once: every row has a command id of its own, so
/// that a second run, or one after a crash, adds what is missing and nothing else.
///
/// Needs the log for itself. Rows that don't fit are told of and left out; the others are written.
public struct LegacyImport {
  /// Something to be told of a row.
  public struct Finding: Hashable, Sendable {
    public enum Kind: String, Sendable {
      /// It isn't taken over.
      case misfit
      /// It is, but this column isn't as it stood there.
      case change
    }

    public let kind: Kind
    public let table: LegacyTable
    public let key: String
    /// Empty where it is about the row as a whole.
    public let column: String
    public let why: String

    /// The row as a whole isn't taken over.
    fileprivate init(_ row: LegacyRow, _ why: String) {
      (kind, table, key, column, self.why) = (.misfit, row.table, row.key, "", why)
    }

    fileprivate init(_ kind: Kind, _ row: LegacyRow, _ note: LegacyNote) {
      (self.kind, table, key, column, why) = (kind, row.table, row.key, note.column, note.words)
    }
  }

  /// What became of a table's rows.
  public struct Count: Sendable {
    public let table: LegacyTable
    /// False where the old database has no such table.
    public fileprivate(set) var isThere = true
    public fileprivate(set) var read = 0
    /// Taken over by this run, or what would be.
    public fileprivate(set) var written = 0
    /// Taken over by a run before.
    public fileprivate(set) var known = 0
    public fileprivate(set) var misfits = 0
  }

  public struct Report: Sendable {
    public fileprivate(set) var counts: [Count] = []
    /// What clients are owed because of this run.
    public fileprivate(set) var owed = Money.zero(.usdt)
    public let from: UInt64
    public fileprivate(set) var to: UInt64

    public var isWhole: Bool { counts.allSatisfy { $0.misfits == 0 } }
  }

  private let source: LegacySource
  private let isDry: Bool
  /// Rows that one group of the log takes.
  private let groupMost = 250

  /// - Parameter zone: Where the clock hung that times without a zone were read off, as PostgreSQL
  ///   names it; nil where no such name can be.
  public init?(_ tables: ForeignTables, zone: String, isDry: Bool) {
    let letters = zone.utf8
    guard !letters.isEmpty,
      letters.allSatisfy({
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
          || "_/+-".utf8.contains($0)
      })
    else { return nil }
    source = LegacySource(tables, zone: zone)
    self.isDry = isDry
  }

  /// Reads all tables into `store`, or only says what that would do.
  ///
  /// `find` is told of each row that doesn't fit, or not as it stands; `progress` of rows read, and
  /// how many there are.
  public func run(
    into store: any EventStore, at clock: () -> Instant,
    progress: (LegacyTable, Int, Int) -> Void, find: (Finding) -> Void
  ) throws(StoreError) -> Report {
    let target: any EventStore = isDry ? Rehearsal(of: store) : store
    var machine = Machine(process: NoProcess())
    try machine.replay(target)
    var report = Report(from: target.head.position, to: target.head.position)
    for table in LegacyTable.allCases {
      var count = Count(table: table)
      guard let total = try source.count(table) else {
        count.isThere = false
        report.counts.append(count)
        continue
      }
      var group: [LegacyRow] = []
      var seen: Set<String> = []
      func flush() throws(StoreError) {
        let rows = group
        group = []
        try take(rows, &machine, target, clock(), &count, &report.owed, find)
        progress(table, count.read, total)
      }
      try source.read(table) { (row) throws(StoreError) in
        count.read += row.table == table ? 1 : 0
        guard seen.insert("\(row.table) \(row.key)").inserted else {
          count.misfits += 1
          return find(Finding(row, "stands there more than once; the first is taken over"))
        }
        group.append(row)
        if group.count == groupMost { try flush() }
      }
      try flush()
      report.counts.append(count)
    }
    report.to = target.head.position
    return report
  }

  private func take(
    _ rows: [LegacyRow], _ machine: inout Machine<NoProcess>, _ store: any EventStore,
    _ now: Instant, _ count: inout Count, _ owed: inout Money, _ find: (Finding) -> Void
  ) throws(StoreError) {
    var asked: [LegacyRow] = []
    var submissions: [Submission] = []
    for row in rows {
      guard let (id, command) = row.command else {
        count.misfits += 1
        find(Finding(row, "its key can't be read"))
        continue
      }
      asked.append(row)
      submissions.append(
        Submission(
          id: id, digest: CommandDigest.of(command), command: command, actor: "import"))
    }
    guard !asked.isEmpty else { return }
    let step = try machine.step(submissions, at: now, store)
    for recorded in step.committed {
      if case .accumulation(.locked(let e)) = recorded.event { owed = owed + e.locked }
    }
    for (row, answer) in zip(asked, step.answers) {
      switch answer {
      case .accepted:
        if row.table == count.table { count.written += 1 }
        for note in machine.state.reading(of: row).changes { find(Finding(.change, row, note)) }
      case .replayed, .ignored: if row.table == count.table { count.known += 1 }
      case .refused:
        count.misfits += 1
        for note in machine.state.reading(of: row).misfits { find(Finding(.misfit, row, note)) }
      case .keyReused:
        count.misfits += 1
        find(Finding(row, "has changed since it was taken over; the log keeps it"))
      case .stopping, .full: preconditionFailure("a machine without a loop never stops")
      }
    }
  }
}

/// Reacts to nothing: what is imported starts nothing, and neither does importing.
private struct NoProcess: LedgerProcess {
  mutating func take(_ recorded: Recorded) -> Reaction<Effect> { Reaction() }
  var wakeAt: Instant? { nil }
  mutating func wake(at now: Instant, _ state: LedgerState) -> [(CommandID, LedgerCommand)] { [] }
}
