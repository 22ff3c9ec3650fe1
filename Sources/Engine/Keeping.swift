import Kernel
public import Log

/// Where and how often the engine keeps its own state (`SnapshotFolder`).
public struct Keeping: Sendable {
  public let folder: SnapshotFolder
  public let log: LogID
  /// Tells this build of the program from every other; asked where a snapshot is read or written.
  ///
  /// What another build made of the log may not be what this one makes of it, and who is paid hangs
  /// on it: after an upgrade the whole log is taken in once.
  public let program: @Sendable () -> UInt64
  /// Events between two snapshots.
  public var every = standardEvery
  public static let standardEvery: UInt64 = 250_000
  /// Events that make one worth its while when the loop stops.
  public var leastAtStop: UInt64 = 1_000

  public init(folder: SnapshotFolder, log: LogID, program: @escaping @Sendable () -> UInt64) {
    self.folder = folder
    self.log = log
    self.program = program
  }

  /// The shape that a snapshot of this build has, whose listing has a shape.
  func shape(of listing: UInt64) -> UInt64 { (listing ^ program()) &* 0x9e37_79b9_7f4a_7c15 }
}

/// What a loop tells of its start and of its snapshots.
public enum LoopNews: Sendable {
  /// The state is complete: read up to `from` from a snapshot, taken in from the log up to `to`.
  case started(from: UInt64, to: UInt64, microseconds: Int64)
  case taken(upTo: UInt64, of: UInt64)
  /// A snapshot was passed over.
  case ignored(String)
  case kept(position: UInt64, bytes: UInt64, microseconds: Int64)
  /// A snapshot couldn't be written; the log isn't touched by it.
  case notKept(String)
}

/// Keeps one machine's states: reads the newest, and writes one at a time beside the loop.
final class Keeper<P: LedgerProcess>: Sendable {
  private struct Writing {
    var isUnderWay = false
    /// Position of the newest that was begun.
    var newest: UInt64 = 0
  }

  private let keeping: Keeping
  private let listing: UInt64
  private let clock: @Sendable () -> Instant
  private let tell: @Sendable (LoopNews) -> Void
  private let writing = Signal(Writing())

  /// Nil where the process has no listing of its own.
  init?(
    _ keeping: Keeping, _ blank: Machine<P>, clock: @escaping @Sendable () -> Instant,
    tell: @escaping @Sendable (LoopNews) -> Void
  ) {
    let listing = StateFields.shape { fields in
      var machine = blank
      machine.list(&fields)
    }
    guard let listing else { return nil }
    self.keeping = keeping
    self.listing = listing
    self.clock = clock
    self.tell = tell
  }

  /// The newest state that is of the log, or the blank one.
  func newest(_ blank: Machine<P>, of store: any EventStore) -> Machine<P> {
    let found = keeping.folder.newest(
      of: store, log: keeping.log, shape: keeping.shape(of: listing), into: blank, { $0.list(&$1) },
      ignored: { tell(.ignored($0)) })
    writing.withLock { $0.newest = max($0.newest, found?.snapshot.position ?? 0) }
    return found?.state ?? blank
  }

  /// Whether it is time for a snapshot at a position, and none is under way.
  func isTime(_ position: UInt64) -> Bool {
    writing.withLock { !$0.isUnderWay && position >= $0.newest + keeping.every }
  }

  /// Begins a snapshot on a thread of its own, where it is time for one and none is under way.
  func keep(_ machine: Machine<P>, _ head: LogHead) {
    let isTime = writing.withLock { writing in
      guard !writing.isUnderWay, machine.head >= writing.newest + keeping.every else {
        return false
      }
      writing.isUnderWay = true
      writing.newest = machine.head
      return true
    }
    guard isTime else { return }
    onThread { [self] in
      write(machine, head)
      writing.post { $0.isUnderWay = false }
    }
  }

  /// Waits for what is under way, and keeps the last state where enough is new.
  func end(_ machine: Machine<P>, _ head: LogHead) {
    let newest: UInt64? = writing.wait(microseconds: nil) { $0.isUnderWay ? nil : $0.newest }
    if machine.head >= (newest ?? 0) + keeping.leastAtStop { write(machine, head) }
  }

  private func write(_ machine: Machine<P>, _ head: LogHead) {
    precondition(head.position == machine.head, "a snapshot of another position than the log's")
    let start = clock()
    do throws(DiskError) {
      let snapshot = Snapshot(
        log: keeping.log, position: head.position, shape: keeping.shape(of: listing),
        hash: head.hash)
      let bytes = try keeping.folder.write(snapshot) { fields in
        var machine = machine
        machine.list(&fields)
      }
      tell(
        .kept(
          position: head.position, bytes: bytes,
          microseconds: clock().microseconds - start.microseconds))
    } catch {
      tell(.notKept(error.description))
    }
  }
}
