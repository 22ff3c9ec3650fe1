import JSON
import Kernel
import Log
import PostgresLog

/// Every event of a log in PostgreSQL read, decoded and folded, by the wall's clock: the server has
/// its share of the work.
///
/// The limit is the same rows by a SELECT in the same pages, of which nothing is made.
struct PostgresReplayBench: LogBench {
  private struct Pass: Sendable {
    var state = 0.0
    var decoding = 0.0
    var rows = 0.0
  }

  let setting: BenchSetting

  func run() throws(BenchFailure) -> BenchReport {
    let filled = try FilledDatabase(setting, events: events)
    var passes: [Pass] = []
    for repetition in 0..<repetitions {
      progress.tell("replay: \(repetition + 1) of \(repetitions)")
      var pass = Pass()
      pass.rows = try Self.select(filled)
      do throws(StoreError) {
        pass.decoding = try Self.walk(filled.store) { _ in }
        var state = LedgerState()
        pass.state = try Self.walk(filled.store) { state.evolve($0.event) }
      } catch {
        throw .store(error)
      }
      passes.append(pass)
    }
    let count = Int(filled.store.head.position)
    let limit = median(passes) { $0.rows }.rows
    func measure(_ name: String, _ seconds: Double) -> Measure {
      Measure(
        name: name, figure: Double(count) / seconds, unit: "events/s",
        limit: Double(count) / limit, limitName: "the same rows by a bare SELECT", events: count,
        seconds: seconds)
    }
    return BenchReport(
      bench: .replay,
      measures: [
        measure("ledger state from PostgreSQL", median(passes) { $0.state }.state),
        measure("decoding alone", median(passes) { $0.decoding }.decoding),
      ], details: filled.details)
  }

  private static func walk(
    _ store: PostgresStore, _ take: (Recorded) -> Void
  ) throws(StoreError) -> Double {
    let start = Stopwatch.wall()
    _ = try store.replay(after: 0, limit: Int(store.head.position), wanting: .all) { take($0) }
    return Stopwatch.wall() - start
  }

  private static func select(_ filled: FilledDatabase) throws(BenchFailure) -> Double {
    do throws(PostgresFailure) {
      let session = try filled.url.connect()
      let start = Stopwatch.wall()
      for first in stride(from: 0, to: Int(filled.store.head.position), by: 4_096) {
        _ = try session.run(
          "SELECT position, name, at, body FROM weir.event WHERE partition = 1 "
            + "AND position > $1 AND position <= $2 ORDER BY position",
          [.integer(first), .integer(first + 4_096)])
      }
      return Stopwatch.wall() - start
    } catch {
      throw .failed(error.words)
    }
  }
}
