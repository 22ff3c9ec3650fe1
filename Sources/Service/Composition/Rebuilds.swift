import Foundation
public import Kernel
public import Log
import Synchronization
public import Tables

/// Tables that people have made anew from the log while the service runs: one at a time, on a
/// thread of its own.
public final class Rebuilds: Sendable {
  /// How it goes, or went.
  enum Phase: Sendable {
    case running
    case done(RebuildReport?)
    case failed(String)
  }

  /// The last thing that was asked for.
  struct Job: Sendable {
    let kind: TableWork
    let table: String
    let actor: String
    let reason: String
    let beganAt: Instant
    var phase = Phase.running
    var endedAt: Instant?
    /// Facts taken in, of `total`.
    var done: UInt64 = 0
    var total: UInt64 = 0
    var factsPerSecond = 0
  }

  private let tables: TableStore
  private let store: any EventStore
  private let clock: @Sendable () -> Instant
  private let job = Mutex<Job?>(nil)

  public init(
    _ tables: TableStore, _ store: any EventStore, clock: @escaping @Sendable () -> Instant
  ) {
    self.tables = tables
    self.store = store
    self.clock = clock
  }

  /// The last job, running or ended; nil where there was none since the service started.
  var last: Job? { job.withLock { $0 } }

  var isRunning: Bool {
    if case .running? = last?.phase { true } else { false }
  }

  func holds(_ table: String) -> Bool { tables.names.contains(table) }

  /// Begins a job; false while another one runs.
  func begin(_ kind: TableWork, _ table: String, actor: String, reason: String) -> Bool {
    let total = store.head.position
    let begun = job.withLock { job in
      if case .running? = job?.phase { return false }
      job = Job(
        kind: kind, table: table, actor: actor, reason: reason, beganAt: clock(), total: total)
      return true
    }
    guard begun else { return false }
    let thread = Thread { [self] in
      let phase = run(kind, table, total)
      job.withLock { job in
        job?.phase = phase
        job?.endedAt = clock()
      }
    }
    thread.name = "rebuild"
    thread.start()
    return true
  }

  private func run(_ kind: TableWork, _ table: String, _ total: UInt64) -> Phase {
    do throws(TableError) {
      switch kind {
      case .compare, .rebuild:
        let reports = try tables.rebuild(
          [table], of: total, isSwitching: kind == .rebuild, reading: Weir.reader(of: store)
        ) { progress in
          job.withLock { job in
            job?.done = progress.done
            job?.total = progress.total
            job?.factsPerSecond = progress.factsPerSecond
          }
        }
        return .done(reports.first)
      case .restore:
        try tables.restore(table, reading: Weir.reader(of: store))
        return .done(nil)
      }
    } catch { return .failed("\(error)") }
  }
}
