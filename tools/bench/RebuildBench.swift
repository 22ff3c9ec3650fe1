import JSON
import Kernel
import Log
import Projections
import Tables

/// Every table made from the log, rows and places written, compared and switched in.
struct RebuildBench: LogBench {
  private struct Run: Sendable {
    let seconds: Double
    let cpuSeconds: Double
    let reports: [RebuildReport]
  }

  let setting: BenchSetting

  func run() throws(BenchFailure) -> BenchReport {
    if setting.options.store != nil {
      let filled = try FilledDatabase(setting, events: events)
      return try report(filled.store, details: filled.details)
    }
    return try report(try GeneratedLog(events: events, in: work, progress).open(), details: [])
  }

  private func report(
    _ store: any EventStore, details: [JSONMember]
  ) throws(BenchFailure) -> BenchReport {
    var runs: [Run] = []
    var limits: [Double] = []
    for repetition in 0..<repetitions {
      progress.tell("rebuild: \(repetition + 1) of \(repetitions)")
      let start = Stopwatch.wall()
      do throws(StoreError) {
        _ = try ReplayBench.walk(store) { _ in }
      } catch {
        throw .store(error)
      }
      limits.append(Stopwatch.wall() - start)
      runs.append(try rebuild(store))
    }
    let run = median(runs) { $0.seconds }
    let limit = median(limits) { $0 }
    let count = Int(store.head.position)
    guard Set(runs.map { $0.reports.map(\.digest) }).count == 1 else {
      throw .failed("two rebuilds of one log gave different tables")
    }
    return BenchReport(
      bench: .rebuild,
      measures: [
        Measure(
          name: "every table", figure: Double(count) / run.seconds, unit: "events/s",
          limit: Double(count) / limit, limitName: "decoding alone", events: count,
          seconds: run.seconds)
      ],
      details: [
        JSONMember("processorSeconds", seconds: run.cpuSeconds),
        JSONMember("tables", .array(run.reports.map { .object(Self.members($0)) })),
      ] + details)
  }

  private static func members(_ report: RebuildReport) -> [JSONMember] {
    [
      JSONMember("table", .string(report.table)), JSONMember("rows", .integer(report.rows)),
      JSONMember("digest", .string(report.digest)),
    ]
  }

  private func rebuild(_ store: any EventStore) throws(BenchFailure) -> Run {
    do throws(TableError) {
      for suffix in ["", "-wal", "-shm"] {
        WorkFolder.remove("\(work.path)/tables.sqlite\(suffix)")
      }
      let tables = try TableStore(
        path: "\(work.path)/tables.sqlite", projections: allProjections)
      let (start, cpu) = (Stopwatch.wall(), Stopwatch.process())
      let reports = try tables.rebuildAll(of: store.head.position) { after, limit in
        try store.facts(after: after, limit: limit)
      }
      return Run(
        seconds: Stopwatch.wall() - start, cpuSeconds: Stopwatch.process() - cpu, reports: reports)
    } catch {
      throw .tables(error)
    }
  }
}
