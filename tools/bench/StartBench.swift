import Engine
import JSON
import Kernel
import Log
import Service

/// The engine's whole state from a log: by taking all of it in, and from a snapshot.
struct StartBench: LogBench {
  private struct Pass {
    var taking = 0.0
    var folding = 0.0
    var keeping = 0.0
    var reading = 0.0
    var bytes: UInt64 = 0
  }

  let setting: BenchSetting

  func run() throws(BenchFailure) -> BenchReport {
    let log = try GeneratedLog(events: events, in: work, progress)
    let opening = Stopwatch.wall()
    let store = try log.open()
    let openSeconds = Stopwatch.wall() - opening
    var passes: [Pass] = []
    for repetition in 0..<repetitions {
      progress.tell("start: \(repetition + 1) of \(repetitions)")
      do throws(StoreError) {
        passes.append(try pass(store))
      } catch {
        throw .store(error)
      }
    }
    let count = Int(store.head.position)
    let scan = median(
      try (0..<repetitions).map { _ throws(BenchFailure) in
        try LogFiles(folder: log.folder).scan()
      }
    ) { $0.scanSeconds }
    func measure(_ name: String, _ seconds: (Pass) -> Double) -> Measure {
      let pass = median(passes, by: seconds)
      return Measure(
        name: name, figure: Double(count) / seconds(pass), unit: "events/s",
        limit: Double(count) / scan.scanSeconds, limitName: "a scan of the log's bytes",
        events: count, seconds: seconds(pass))
    }
    return BenchReport(
      bench: .start,
      measures: [
        measure("the whole log taken in") { $0.taking },
        measure("folding alone, its thread's time") { $0.folding },
        measure("from a snapshot") { $0.reading },
        measure("writing a snapshot") { $0.keeping },
      ],
      details: [
        JSONMember("snapshotBytes", .integer(Int(passes[0].bytes))),
        JSONMember(
          "snapshotBytesPerEvent", Measure.number(Double(passes[0].bytes) / Double(count))),
        JSONMember("openSeconds", seconds: openSeconds),
        JSONMember("madeInSeconds", seconds: log.seconds),
      ])
  }

  private func pass(_ store: FileStore) throws(StoreError) -> Pass {
    var pass = Pass()
    guard let id = LogID(text: store.logID) else { return pass }
    let folder = SnapshotFolder(path: work.fresh("snapshots"))
    let blank = Machine(process: Line.process, settings: Line.settings)
    let wall = Stopwatch.wall()
    let own = Stopwatch.thread()
    var machine = blank
    try machine.replay(store)
    pass.taking = Stopwatch.wall() - wall
    pass.folding = Stopwatch.thread() - own
    let shape =
      StateFields.shape { fields in
        var machine = blank
        machine.list(&fields)
      } ?? 0
    let head = store.head
    let keeping = Stopwatch.wall()
    do throws(DiskError) {
      pass.bytes = try folder.write(
        Snapshot(log: id, position: head.position, shape: shape, hash: head.hash)
      ) { machine.list(&$0) }
    } catch {
      throw .unusable(error.description)
    }
    pass.keeping = Stopwatch.wall() - keeping
    let reading = Stopwatch.wall()
    let found = folder.newest(
      of: store, log: id, shape: shape, into: blank, { $0.list(&$1) }, ignored: { _ in })
    var started = found?.state ?? blank
    try started.replay(store)
    pass.reading = Stopwatch.wall() - reading
    precondition(found?.snapshot.position == head.position, "the snapshot wasn't taken")
    return pass
  }
}
