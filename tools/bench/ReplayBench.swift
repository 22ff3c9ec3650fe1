import JSON
import Kernel
import Log

/// Every event of a log read, decoded and folded, on one thread; times are its processor's.
struct ReplayBench {
  /// What each step of one pass took, in seconds.
  struct Pass: Sendable {
    var events = 0
    var bodyBytes = 0
    var read = 0.0
    var decode = 0.0
    var state = 0.0
    var projections = 0.0

    var decoding: Double { read + decode }
  }

  private let events: Int
  private let repetitions: Int
  private let work: WorkFolder
  private let progress: BenchProgress

  init(_ options: BenchOptions, _ work: WorkFolder, _ progress: BenchProgress) {
    events = options.events ?? 100_000
    repetitions = options.repetitions
    self.work = work
    self.progress = progress
  }

  func run() throws(BenchFailure) -> BenchReport {
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
    let pass = median(passes) { $0.decoding + $0.state }
    return BenchReport(
      bench: .replay,
      measures: [
        measure("ledger state") { $0.decoding + $0.state },
        measure("decoding alone") { $0.decoding },
        measure("every projection, no tables") { $0.decoding + $0.projections },
      ],
      details: [
        JSONMember("logBytes", .integer(scan.bytes)),
        JSONMember("bodyBytes", .integer(pass.bodyBytes)),
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
      JSONMember("read", Measure.number(pass.read * each)),
      JSONMember("decode", Measure.number(pass.decode * each)),
      JSONMember("ledgerState", Measure.number(pass.state * each)),
      JSONMember("projections", Measure.number(pass.projections * each)),
    ])
  }

  static func pass(_ store: FileStore, folding isFolding: Bool = true) throws(BenchFailure) -> Pass
  {
    do throws(StoreError) {
      var pass = Pass()
      var state = LedgerState()
      var folds = Folds()
      var place: UInt64 = 0
      var events: [Recorded] = []
      while true {
        let page = try Stopwatch.thread(&pass.read) { () throws(StoreError) in
          try store.read(after: place, limit: 4_096)
        }
        guard let last = page.last else { return pass }
        place = last.position
        pass.events += page.count
        for event in page { pass.bodyBytes += event.body.count }
        events.removeAll(keepingCapacity: true)
        try Stopwatch.thread(&pass.decode) { () throws(StoreError) in
          for stored in page { events.append(try stored.recorded()) }
        }
        guard isFolding else { continue }
        Stopwatch.thread(&pass.state) { for recorded in events { state.evolve(recorded.event) } }
        Stopwatch.thread(&pass.projections) { folds.take(events) }
      }
    } catch {
      throw .store(error)
    }
  }
}
