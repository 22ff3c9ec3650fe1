import JSON
import Kernel
import Log
import Projections

/// Every event of a log read, decoded and folded, on one thread; times are its processor's.
struct ReplayBench: LogBench {
  /// What walking the log once for each purpose took, in seconds.
  struct Pass: Sendable {
    var events = 0
    /// Read and looked at, for a fold that wants none of them.
    var passing = 0.0
    /// Read and decoded, for a fold that does nothing.
    var decoding = 0.0
    /// The same and the ledger's own fold.
    var state = 0.0
    /// The same and every projection's.
    var projections = 0.0
    /// Read for one projection: what it asks for decoded and folded, the rest passed over.
    var projection = 0.0
  }

  let setting: BenchSetting

  func run() throws(BenchFailure) -> BenchReport {
    if setting.options.store != nil { return try PostgresReplayBench(setting: setting).run() }
    let log = try GeneratedLog(events: events, in: work, progress)
    let opening = Stopwatch.wall()
    let store = try log.open()
    let openSeconds = Stopwatch.wall() - opening
    let files = try LogFiles(folder: log.folder)
    var passes: [Pass] = []
    var scans: [LogFiles.Scan] = []
    for repetition in 0..<repetitions {
      progress.tell("replay: \(repetition + 1) of \(repetitions)")
      scans.append(try files.scan())
      passes.append(try Self.pass(store))
    }
    let scan = median(scans) { $0.scanSeconds }
    let read = median(scans) { $0.readSeconds }
    func measure(_ name: String, _ seconds: (Pass) -> Double) -> Measure {
      let pass = median(passes, by: seconds)
      return Measure(
        name: name, figure: Double(pass.events) / seconds(pass), unit: "events/s",
        limit: Double(pass.events) / scan.scanSeconds, limitName: "a scan of the log's bytes",
        events: pass.events, seconds: seconds(pass))
    }
    let pass = median(passes) { $0.state }
    return BenchReport(
      bench: .replay,
      measures: [
        measure("ledger state") { $0.state },
        measure("decoding alone") { $0.decoding },
        measure("passing over") { $0.passing },
        measure("one projection, no table") { $0.projection },
        measure("every projection, no tables") { $0.projections },
      ],
      details: [
        JSONMember("logBytes", .integer(scan.bytes)),
        JSONMember("bytesPerEvent", Measure.number(Double(scan.bytes) / Double(pass.events))),
        JSONMember("nanosecondsPerEvent", Self.steps(pass)),
        JSONMember("preadEventsPerSecond", Measure.number(Double(pass.events) / read.readSeconds)),
        JSONMember("clock", .string("thread processor time")),
        JSONMember("openSeconds", seconds: openSeconds),
        JSONMember("madeInSeconds", seconds: log.seconds),
      ])
  }

  private static func steps(_ pass: Pass) -> JSONValue {
    let each = 1e9 / Double(pass.events)
    return .object([
      JSONMember("passing", Measure.number(pass.passing * each)),
      JSONMember("decode", Measure.number((pass.decoding - pass.passing) * each)),
      JSONMember("ledgerState", Measure.number((pass.state - pass.decoding) * each)),
      JSONMember("projections", Measure.number((pass.projections - pass.decoding) * each)),
    ])
  }

  private static func pass(_ store: FileStore) throws(BenchFailure) -> Pass {
    do throws(StoreError) {
      var pass = Pass(events: Int(store.head.position))
      var count = 0
      pass.decoding = try walk(store) { _ in count += 1 }
      guard count == pass.events else {
        preconditionFailure("\(count) of \(pass.events) events were handed over")
      }
      pass.passing = try walk(store, wanting: .none) { _ in }
      var state = LedgerState()
      pass.state = try walk(store) { state.evolve($0.event) }
      pass.projection = try fold([AccumulationTotals.self], store)
      pass.projections = try fold(allProjections, store)
      return pass
    } catch {
      throw .store(error)
    }
  }

  /// Seconds of the processor that a walk for these projections takes, and their folds.
  private static func fold(
    _ projections: [any Projection.Type], _ store: FileStore
  ) throws(StoreError) -> Double {
    var folds = Folds(projections)
    var portion: [Recorded] = []
    let start = Stopwatch.thread()
    _ = try walk(store, wanting: folds.forms) { recorded in
      portion.append(recorded)
      guard portion.count == 4_096 else { return }
      folds.take(portion)
      portion.removeAll(keepingCapacity: true)
    }
    folds.take(portion)
    return Stopwatch.thread() - start
  }

  /// Seconds of the processor that one walk takes.
  static func walk(
    _ store: any EventStore, wanting forms: FactForms = .all, _ take: (Recorded) -> Void
  ) throws(StoreError) -> Double {
    let start = Stopwatch.thread()
    var place: UInt64 = 0
    while place < store.head.position {
      place = try store.replay(after: place, limit: 4_096, wanting: forms) { take($0) }
    }
    return Stopwatch.thread() - start
  }
}
