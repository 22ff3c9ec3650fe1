import Kernel
import Log
import Projections
import Tables

// The tables, at their own pace behind the log; of a few seeds, as SQLite takes its time.
extension Simulation {
  /// Facts between two batches at most.
  private static let behindMost = 40

  /// Takes what is durable into the tables, late and in batches of any size.
  func follow(_ committed: [Recorded]) {
    guard plan.followsTables else { return }
    behind += weakness == .otherRows ? committed.map { shown($0) } : committed
    guard behind.count > streams.people.below(Self.behindMost) else { return }
    do throws(TableError) {
      try tables?.take(behind)
      behind = []
    } catch { witness.accuse("I17", "the tables: \(error)") }
  }

  /// A completed payout as nothing that matters.
  private func shown(_ recorded: Recorded) -> Recorded {
    guard case .split(.completed) = recorded.event else { return recorded }
    return Recorded(
      position: recorded.position, at: recorded.at, event: LedgerEvent.blanks[0].event)
  }

  /// A start reads what the tables missed.
  func catchUp(_ store: FileStore) {
    guard plan.followsTables else { return }
    behind = []
    do throws(TableError) {
      if tables == nil {
        tables = try TableStore(path: ":memory:", projections: allProjections)
      }
      try tables?.catchUp { try store.facts(after: $0, limit: $1) }
    } catch { witness.accuse("I17", "the tables: \(error)") }
  }

  /// I17: tables made anew from the log are those that grew with it.
  func checkTables(_ store: FileStore) {
    guard let tables else { return }
    do throws(TableError) {
      let read: LogReader = { try store.facts(after: $0, limit: $1) }
      try tables.catchUp(reading: read)
      for report in try tables.rebuildAll(of: store.head.position, reading: read)
      where report.differing != 0 {
        witness.accuse("I17", "\(report.table) grew otherwise than the log says: \(report)")
      }
      mark("tables: made anew, and the same")
    } catch { witness.accuse("I17", "the tables: \(error)") }
  }
}
