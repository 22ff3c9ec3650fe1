import Dispatch
import Engine
import JSON
import Kernel
import Log
import Synchronization

/// Commands into the log on files, the whole line behind them, by few and many callers.
struct AppendBench {
  /// One run, whatever its shape.
  struct Run: Sendable {
    var events = 0
    var seconds = 0.0
    var chunks: [Int] = []
    var latencies = Latencies()
    /// The same chunks by bare writes and syncs.
    var bareSeconds = 0.0
    /// SHA-256 of as many bytes.
    var hashSeconds = 0.0

    var rate: Double { Double(events) / seconds }
  }

  private let events: Int
  private let callers: Int
  private let repetitions: Int
  private let work: WorkFolder
  private let progress: BenchProgress
  private let clientele = Clientele(count: 256)

  init(_ options: BenchOptions, _ work: WorkFolder, _ progress: BenchProgress) {
    events = options.events ?? 100_000
    callers = options.callers ?? 32
    repetitions = options.repetitions
    self.work = work
    self.progress = progress
  }

  func run() throws(BenchFailure) -> BenchReport {
    let groups = try repeated("groups of 1,000") { () throws(BenchFailure) in try inGroups() }
    let many = try repeated("\(callers) callers") { () throws(BenchFailure) in
      try waiting(callers, commands: max(callers, events / 10))
    }
    let one = try repeated("1 caller") { () throws(BenchFailure) in
      try waiting(1, commands: max(10, events / 50))
    }
    return BenchReport(bench: .append, measures: [groups, many, one])
  }

  /// The run with the median rate, beside bare writes of the same chunks.
  private func repeated(
    _ name: String, _ run: () throws(BenchFailure) -> Run
  ) throws(BenchFailure) -> Measure {
    var runs: [Run] = []
    for repetition in 0..<repetitions {
      progress.tell("append: \(name), \(repetition + 1) of \(repetitions)")
      var found = try run()
      found.bareSeconds = try BareFile.write(found.chunks, at: work.fresh("bare"))
      found.hashSeconds = Self.hashSeconds(found.chunks.reduce(0, +))
      runs.append(found)
    }
    let run = median(runs) { $0.rate }
    let bare = median(runs) { $0.bareSeconds * run.rate / $0.rate }
    return measure(
      name, run, bareSeconds: bare.bareSeconds * Double(run.events) / Double(bare.events))
  }

  private func measure(_ name: String, _ run: Run, bareSeconds: Double) -> Measure {
    let bytes = run.chunks.reduce(0, +)
    let syncs = Double(run.chunks.count)
    return Measure(
      name: name, figure: run.rate, unit: "events/s", limit: Double(run.events) / bareSeconds,
      limitName: "the same chunks written and synced", events: run.events, seconds: run.seconds,
      details: [
        JSONMember("syncs", .integer(run.chunks.count)), JSONMember("bytes", .integer(bytes)),
        JSONMember("syncsPerSecond", Measure.number(syncs / run.seconds)),
        JSONMember("limitSyncsPerSecond", Measure.number(syncs / bareSeconds)),
        JSONMember(
          "hashAndWriteEventsPerSecond",
          Measure.number(Double(run.events) / (bareSeconds + run.hashSeconds))),
        JSONMember("p50Microseconds", Measure.number(run.latencies.microseconds(0.5))),
        JSONMember("p99Microseconds", Measure.number(run.latencies.microseconds(0.99))),
      ])
  }

  private static func hashSeconds(_ count: Int) -> Double {
    let bytes = [UInt8](repeating: 0x5a, count: 1 << 20)
    let start = Stopwatch.wall()
    for _ in 0..<max(1, count / bytes.count) { _ = SHA256.digest(of: bytes) }
    let spent = Stopwatch.wall() - start
    return spent * Double(count) / Double(max(1, count / bytes.count) * bytes.count)
  }

  private func store(_ disk: NotingDisk) throws(StoreError) -> FileStore {
    try FileStore.open(folder: work.fresh("append"), environment: .sandbox, disk: disk)
  }

  /// A thousand commands a group, one thread: what deciding, encoding and writing cost.
  private func inGroups() throws(BenchFailure) -> Run {
    do throws(StoreError) {
      let disk = NotingDisk()
      let store = try store(disk)
      var settings = Traffic.Settings()
      settings.width = 256
      var traffic = Traffic(clientele, settings)
      var line = Line(store)
      _ = try line.step(clientele.opening(log: store.logID))
      _ = disk.take()
      var run = Run()
      while run.events < events {
        let group = (0..<1_000).map { _ in traffic.next() }
        let start = Stopwatch.wall()
        run.events += try line.step(group)
        let spent = Stopwatch.wall() - start
        run.seconds += spent
        run.latencies.add(spent)
      }
      run.chunks = disk.chunks
      try store.close()
      return run
    } catch {
      throw .store(error)
    }
  }

  /// Callers that wait for each answer before they ask again, through the loop's queue.
  private func waiting(_ callers: Int, commands: Int) throws(BenchFailure) -> Run {
    let disk = NotingDisk()
    let store: FileStore
    do throws(StoreError) { store = try self.store(disk) } catch { throw .store(error) }
    let loop = RunningLoop(store)
    for submission in clientele.opening(log: store.logID) { Line.check(loop.submit(submission)) }
    _ = disk.take()
    let each = max(1, commands / callers)
    let asked = (0..<callers).map { caller in
      var traffic = Traffic(clientele, caller: caller, of: callers)
      return (0..<each).map { _ in traffic.next() }
    }
    var run = Run()
    let before = store.head.position
    let all = Mutex(Latencies())
    let start = Stopwatch.wall()
    try Callers.run(callers) { caller in
      var latencies = Latencies()
      for submission in asked[caller] {
        let start = Stopwatch.wall()
        Line.check(loop.submit(submission))
        latencies.add(Stopwatch.wall() - start)
      }
      all.withLock { $0.add(latencies) }
    }
    run.seconds = Stopwatch.wall() - start
    run.events = Int(store.head.position - before)
    run.chunks = disk.chunks
    run.latencies = all.withLock { $0 }
    try loop.stop()
    do throws(StoreError) { try store.close() } catch { throw .store(error) }
    return run
  }
}

extension NotingDisk {
  /// Sizes of the writes since the list was last taken.
  fileprivate var chunks: [Int] {
    take().compactMap {
      switch $0 {
      case .wrote(let count): count
      case .read: nil
      }
    }
  }
}
