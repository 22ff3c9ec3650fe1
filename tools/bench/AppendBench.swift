import Engine
import JSON
import Kernel
import Log

/// The log on files as it is written: in groups, and by few and many callers that wait.
///
/// What limits a group is one core that hashes along the very same envelopes, and then the disk
/// that writes and syncs the very same frames. What limits callers that wait is the syncs a second
/// that the disk gives for frames of that size, with as many events in each. Deciding what they ask
/// for is no part of that limit: a disk that syncs in less time than a group takes to decide isn't
/// what they wait for. The same with syncs that take two milliseconds more, as those of disks do
/// that have no memory of their own to be safe in, shows how well one that is slow is used.
struct AppendBench: LogBench {
  /// One run, whatever its shape.
  struct Run: Sendable {
    var events = 0
    var seconds = 0.0
    var chunks: [Int] = []
    var latencies = Latencies()
    /// The same chunks by bare writes and syncs.
    var bareSeconds = 0.0
    /// SHA-256 along the same envelopes, by one core; 0 where that is no part of the limit.
    var hashSeconds = 0.0
    /// Seconds of a processor, by stage.
    var stages: [(name: String, seconds: Double)] = []

    var rate: Double { Double(events) / seconds }
    var limitSeconds: Double { bareSeconds + hashSeconds }
  }

  private static let group = 1_000
  let setting: BenchSetting
  private let clientele = Clientele(count: 256)

  func run() throws(BenchFailure) -> BenchReport {
    progress.tell("append: deciding what is appended")
    let prepared: PreparedGroups
    do throws(StoreError) {
      prepared = try PreparedGroups(events: events, commands: Self.group, clientele)
    } catch {
      throw .store(error)
    }
    let many = max(callers, events / 10)
    let measures = [
      try repeated("groups of 1,000") { () throws(BenchFailure) in try staged(prepared) },
      try repeated("groups of 1,000, one thread") { () throws(BenchFailure) in
        try appended(prepared)
      },
      try repeated("groups of 1,000, decided too") { () throws(BenchFailure) in try decided() },
      try repeated("\(callers) callers") { () throws(BenchFailure) in
        try waiting(callers, commands: many)
      },
      try repeated("\(callers) callers, syncs of 2 ms more", slower: 2_000) {
        () throws(BenchFailure) in
        try waiting(callers, commands: many, slower: 2_000)
      },
      try repeated("1 caller") { () throws(BenchFailure) in
        try waiting(1, commands: max(10, events / 50))
      },
    ]
    return BenchReport(bench: .append, measures: measures)
  }

  /// The run with the median rate, beside the median limit of the same bytes.
  private func repeated(
    _ name: String, slower microseconds: Int = 0, _ run: () throws(BenchFailure) -> Run
  ) throws(BenchFailure) -> Measure {
    var runs: [Run] = []
    for repetition in 0..<repetitions {
      progress.tell("append: \(name), \(repetition + 1) of \(repetitions)")
      var found = try run()
      found.bareSeconds = try BareFile.write(
        found.chunks, at: work.fresh("bare"), slower: microseconds)
      runs.append(found)
    }
    let run = median(runs) { $0.rate }
    let limit = median(runs) { Double($0.events) / $0.limitSeconds }
    return measure(name, run, limit)
  }

  private func measure(_ name: String, _ run: Run, _ limit: Run) -> Measure {
    let syncs = Double(run.chunks.count)
    let parts = run.stages.map { stage in
      JSONMember(stage.name, Measure.number(stage.seconds / Double(run.events) * 1e6))
    }
    return Measure(
      name: name, figure: run.rate, unit: "events/s",
      limit: Double(limit.events) / limit.limitSeconds,
      limitName: run.hashSeconds > 0
        ? "hashed by one core, then written and synced" : "the same frames written and synced",
      events: run.events, seconds: run.seconds,
      details: [
        JSONMember("syncs", .integer(run.chunks.count)),
        JSONMember("bytes", .integer(run.chunks.reduce(0, +))),
        JSONMember("eventsPerSync", Measure.number(Double(run.events) / max(1, syncs))),
        JSONMember("syncsPerSecond", Measure.number(syncs / run.seconds)),
        JSONMember(
          "limitSyncsPerSecond", Measure.number(Double(limit.chunks.count) / limit.bareSeconds)),
        JSONMember(
          "limitHashMicroseconds",
          Measure.number(limit.hashSeconds / Double(limit.events) * 1e6)),
        JSONMember(
          "limitWriteMicroseconds",
          Measure.number(limit.bareSeconds / Double(limit.events) * 1e6)),
        JSONMember("p50Microseconds", Measure.number(run.latencies.microseconds(0.5))),
        JSONMember("p99Microseconds", Measure.number(run.latencies.microseconds(0.99))),
      ] + parts)
  }

  private func store(_ disk: NotingDisk) throws(StoreError) -> FileStore {
    try FileStore.open(folder: work.fresh("append"), environment: .sandbox, disk: disk)
  }

  /// Prepared groups, each planned, encoded and hashed while the one before is written: as the loop
  /// has them written.
  private func staged(_ prepared: PreparedGroups) throws(BenchFailure) -> Run {
    do throws(StoreError) {
      let disk = NotingDisk()
      let store = try store(disk)
      var run = Run()
      let staged = try store.append(staging: prepared.groups)
      run.seconds = staged.seconds
      run.stages = [
        ("stageMicroseconds", staged.staging), ("commitMicroseconds", staged.committing),
      ]
      return try finished(run, prepared, store, disk)
    } catch {
      throw .store(error)
    }
  }

  /// Prepared groups, one after another by one thread.
  private func appended(_ prepared: PreparedGroups) throws(BenchFailure) -> Run {
    do throws(StoreError) {
      let disk = NotingDisk()
      let store = try store(disk)
      var run = Run()
      var processor = 0.0
      for group in prepared.groups {
        let start = Stopwatch.wall()
        try Stopwatch.thread(&processor) { () throws(StoreError) in _ = try store.append(group) }
        let spent = Stopwatch.wall() - start
        run.seconds += spent
        run.latencies.add(spent)
      }
      run.stages = [("appendMicroseconds", processor)]
      return try finished(run, prepared, store, disk)
    } catch {
      throw .store(error)
    }
  }

  private func finished(
    _ run: Run, _ prepared: PreparedGroups, _ store: FileStore, _ disk: NotingDisk
  ) throws(StoreError) -> Run {
    var run = run
    run.events = prepared.events
    run.chunks = disk.chunks
    run.hashSeconds = try hashSeconds(store)
    try store.close()
    return run
  }

  /// What hashing along the store's envelopes takes; the hash shows that they were the very same.
  private func hashSeconds(_ store: FileStore) throws(StoreError) -> Double {
    let (seconds, hash) = try LogEnvelopes(store).hash()
    precondition(hash == store.head.hash, "a bench hashed other envelopes than the log's")
    return seconds
  }

  /// A thousand commands a group, one thread: what deciding costs too.
  private func decided() throws(BenchFailure) -> Run {
    do throws(StoreError) {
      let disk = NotingDisk()
      let store = try store(disk)
      var settings = Traffic.Settings()
      settings.width = 256
      var traffic = Traffic(clientele, settings)
      var line = Line(store)
      var run = Run()
      var group = clientele.opening(log: store.logID)
      var processor = 0.0
      while run.events < events {
        let start = Stopwatch.wall()
        run.events += try Stopwatch.thread(&processor) { () throws(StoreError) in
          try line.step(group)
        }
        let spent = Stopwatch.wall() - start
        run.seconds += spent
        run.latencies.add(spent)
        group = (0..<Self.group).map { _ in traffic.next() }
      }
      run.chunks = disk.chunks
      run.stages = [("stepMicroseconds", processor)]
      run.hashSeconds = try hashSeconds(store)
      try store.close()
      return run
    } catch {
      throw .store(error)
    }
  }

  /// Callers that ask again as soon as they are answered, through the loop's queue.
  private func waiting(
    _ callers: Int, commands: Int, slower microseconds: Int = 0
  ) throws(BenchFailure) -> Run {
    let disk = NotingDisk(slower: microseconds)
    let store: FileStore
    do throws(StoreError) { store = try self.store(disk) } catch { throw .store(error) }
    let loop = RunningLoop(store)
    for submission in clientele.opening(log: store.logID) { Line.check(loop.submit(submission)) }
    _ = disk.take()
    var run = Run()
    let before = store.head.position
    let asked = loop.ask(callers, commands, clientele)
    run.seconds = asked.seconds
    run.stages = [("processMicroseconds", asked.processor)]
    run.events = Int(store.head.position - before)
    run.chunks = disk.chunks
    run.latencies = asked.latencies
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
