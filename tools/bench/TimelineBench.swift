import Glibc
import JSON
import Kernel
import Log

/// A client's first thousand events found by its tag, decoded and folded into its timeline.
struct TimelineBench: LogBench {
  let setting: BenchSetting
  private let reads = 100

  func run() throws(BenchFailure) -> BenchReport {
    let log = try GeneratedLog(events: events, in: work, progress)
    let disk = NotingDisk(notesReads: true)
    let store = try log.open(disk)
    _ = disk.take()
    let entries = try timeline(store, log.clientele.watched.key)
    let asked = disk.take()
    var times = Latencies()
    var bare = Latencies()
    for repetition in 0..<repetitions {
      progress.tell("timeline: \(repetition + 1) of \(repetitions)")
      for _ in 0..<reads {
        let start = Stopwatch.wall()
        let again = try timeline(store, log.clientele.watched.key)
        times.add(Stopwatch.wall() - start)
        guard again == entries else { throw .failed("two reads of one timeline differ") }
        _ = disk.take()
      }
      try repeatReads(asked, &bare)
    }
    let bytes = asked.reduce(0) { sum, note in
      if case .read(_, _, let count) = note { sum + count } else { sum }
    }
    func measure(_ name: String, _ part: Double) -> Measure {
      Measure(
        name: name, figure: times.microseconds(part), unit: "µs",
        limit: bare.microseconds(part), limitName: "the same preads alone", isTime: true,
        events: entries, seconds: times.all.reduce(0, +))
    }
    return BenchReport(
      bench: .timeline, measures: [measure("p99", 0.99), measure("p50", 0.5)],
      details: [
        JSONMember("reads", .integer(times.all.count)), JSONMember("preads", .integer(asked.count)),
        JSONMember("preadBytes", .integer(bytes)),
        JSONMember("logEvents", .integer(Int(store.head.position))),
      ])
  }

  /// Reads the whole timeline; gives its length.
  private func timeline(_ store: FileStore, _ channel: ChannelKey) throws(BenchFailure) -> Int {
    do throws(StoreError) {
      var timeline = ClientTimeline()
      var entries: [ClientTimeline.Entry] = []
      for recorded in try store.facts(with: .channel(channel), after: 0, limit: 1_000) {
        entries.append(timeline.take(recorded, of: channel))
      }
      return entries.count
    } catch {
      throw .store(error)
    }
  }

  private func repeatReads(
    _ notes: [NotingDisk.Note], _ times: inout Latencies
  ) throws(BenchFailure) {
    var files: [String: Int32] = [:]
    defer { for file in files.values { close(file) } }
    var asked: [(file: Int32, offset: Int, count: Int)] = []
    for case .read(let path, let offset, let count) in notes {
      if files[path] == nil { files[path] = try BareFile.open(path, O_RDONLY) }
      asked.append((files[path] ?? -1, Int(offset), count))
    }
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: asked.map(\.count).max() ?? 1, alignment: 64)
    defer { buffer.deallocate() }
    for _ in 0..<reads {
      let start = Stopwatch.wall()
      for (file, offset, count) in asked {
        guard pread(file, buffer.baseAddress, count, offset) >= 0 else {
          throw BareFile.failure("pread", "of the log")
        }
      }
      times.add(Stopwatch.wall() - start)
    }
  }
}
