import CLZ4
import FoundationEssentials
import JSON
import Kernel
import Log

/// Closed segments sealed: how fast, and how small they become.
struct SealBench: LogBench {
  private struct Pass {
    var sealing = 0.0
    var events = 0
    var sealedBytes = 0
  }

  /// The canonical bytes of the events that were sealed, compressed and hashed by nobody's code.
  fileprivate struct Limit {
    var canonicalBytes = 0
    var compressedBytes = 0
    var compressing = 0.0
    var hashing = 0.0
  }

  let setting: BenchSetting

  func run() throws(BenchFailure) -> BenchReport {
    var options = FileStore.Options()
    options.sealing = .byHand
    // Small logs have small segments, so that most of them is closed.
    options.segmentBytes = min(options.segmentBytes, max(1 << 14, events * 100))
    options.stepBytes = min(options.stepBytes, options.segmentBytes)
    let log = try GeneratedLog(events: events, in: work, progress, options)
    var passes: [Pass] = []
    var limits: [Limit] = []
    for repetition in 0..<repetitions {
      progress.tell("seal: \(repetition + 1) of \(repetitions)")
      let folder = work.fresh("sealed")
      do {
        try FileManager.default.copyItem(atPath: log.folder, toPath: folder)
      } catch {
        throw .failed("a copy of the log: \(error)")
      }
      do throws(StoreError) {
        passes.append(try Self.seal(folder, options))
        if let pass = passes.last { limits.append(try Self.limit(folder, pass.events)) }
      } catch {
        throw .store(error)
      }
    }
    return report(
      median(passes) { $0.sealing }, median(limits) { $0.compressing + $0.hashing }, log)
  }

  private func report(_ pass: Pass, _ limit: Limit, _ log: GeneratedLog) -> BenchReport {
    let count = Double(max(1, pass.events))
    let limitSeconds = limit.compressing + limit.hashing
    return BenchReport(
      bench: .seal,
      measures: [
        Measure(
          name: "bytes sealed", figure: Double(pass.sealedBytes) / count, unit: "bytes/event",
          limit: Double(limit.compressedBytes) / count,
          limitName: "LZ4 of the same bytes in blocks of 64 KiB", isTime: true,
          events: pass.events, seconds: pass.sealing,
          details: [
            JSONMember(
              "partOfCanonicalBytes",
              Measure.number(Double(pass.sealedBytes) / Double(max(1, limit.canonicalBytes))))
          ]),
        Measure(
          name: "sealing", figure: count / pass.sealing, unit: "events/s",
          limit: count / limitSeconds, limitName: "LZ4 and SHA-256 of the same bytes",
          events: pass.events, seconds: pass.sealing),
      ],
      details: [
        JSONMember(
          "canonicalBytesPerEvent", Measure.number(Double(limit.canonicalBytes) / count)),
        JSONMember("lz4Seconds", seconds: limit.compressing),
        JSONMember("sha256Seconds", seconds: limit.hashing),
        JSONMember("clock", .string("thread processor time")),
        JSONMember("madeInSeconds", seconds: log.seconds),
      ])
  }

  private static func seal(
    _ folder: String, _ options: FileStore.Options
  ) throws(StoreError) -> Pass {
    var pass = Pass()
    let store = try FileStore.open(folder: folder, environment: .sandbox, options: options)
    let start = Stopwatch.thread()
    try store.sealAll()
    pass.sealing = Stopwatch.thread() - start
    do throws(DiskError) {
      let disk = RealDisk()
      let segments = folder + "/segments"
      for name in try disk.names(in: segments) where name.hasSuffix(".sealed") {
        pass.sealedBytes += Int(try disk.open("\(segments)/\(name)", .read).size())
      }
      // The one segment that isn't sealed says in its name where it begins.
      let active = try disk.names(in: segments).first { !$0.hasSuffix(".sealed") }
      let first = active.flatMap { Int($0.prefix { $0 != "." }) }
      pass.events = (first ?? 1) - 1
    } catch {
      throw .unreadable(error.description)
    }
    try store.close()
    return pass
  }

  private static func limit(_ folder: String, _ events: Int) throws(StoreError) -> Limit {
    var limit = Limit()
    var options = FileStore.Options()
    options.sealing = .byHand
    let store = try FileStore.open(folder: folder, environment: .sandbox, options: options)
    var block: [UInt8] = []
    var place = 0
    while place < events {
      let page = try store.read(after: UInt64(place), limit: min(1_000, events - place))
      guard let last = page.last else { break }
      for event in page {
        block += LogExport.canonicalBytes(of: event)
        if block.count >= Limit.block {
          limit.take(block)
          block.removeAll(keepingCapacity: true)
        }
      }
      place = Int(last.position)
    }
    limit.take(block)
    try store.close()
    return limit
  }
}

extension SealBench.Limit {
  fileprivate static let block = 64 << 10

  fileprivate mutating func take(_ block: [UInt8]) {
    let most = Int(LZ4_compressBound(Int32(block.count)))
    var count: Int32 = 0
    Stopwatch.thread(&compressing) {
      let made = [CChar](unsafeUninitializedCapacity: most) { out, filled in
        count = block.withUnsafeBytes {
          LZ4_compress_default(
            $0.bindMemory(to: CChar.self).baseAddress, out.baseAddress, Int32($0.count),
            Int32(most))
        }
        filled = Int(count)
      }
      count = Int32(made.count)
    }
    Stopwatch.thread(&hashing) { _ = SHA256.digest(of: block) }
    canonicalBytes += block.count
    compressedBytes += Int(count)
  }
}
