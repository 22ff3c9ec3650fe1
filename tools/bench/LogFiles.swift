import Glibc
import Log

/// The bytes of a log's segments, read without anybody's code: what limits a replay.
struct LogFiles {
  /// How long reading and looking at every byte took, by this thread's processor.
  struct Scan {
    var bytes = 0
    var readSeconds = 0.0
    var scanSeconds = 0.0
    /// So that no compiler leaves the scan out.
    var sum: UInt64 = 0
  }

  private let paths: [String]

  init(folder: String) throws(BenchFailure) {
    let segments = folder + "/segments"
    do throws(DiskError) {
      paths = try RealDisk().names(in: segments).map { "\(segments)/\($0)" }
    } catch {
      throw .failed(error.description)
    }
  }

  /// Reads everything in steps of 1 MiB, and adds all words up by exclusive or; zeros that are
  /// written ahead are no part of the log.
  func scan() throws(BenchFailure) -> Scan {
    var scan = Scan()
    let window = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { window.deallocate() }
    for path in paths {
      let file = try BareFile.open(path, O_RDONLY)
      defer { close(file) }
      var offset = 0
      while true {
        var count = 0
        var part = 0.0
        Stopwatch.thread(&part) { count = pread(file, window.baseAddress, window.count, offset) }
        guard count >= 0 else { throw BareFile.failure("pread", path) }
        let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(window)[..<count])
        var found: UInt64 = 0
        var scanned = 0.0
        Stopwatch.thread(&scanned) { found = Self.sum(bytes) }
        if count == 0 || found == 0 { break }
        scan.sum ^= found
        scan.bytes += count
        scan.readSeconds += part
        scan.scanSeconds += scanned
        offset += count
      }
    }
    return scan
  }

  private static func sum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var sum: UInt64 = 0
    for word in bytes.bindMemory(to: UInt64.self) { sum ^= word }
    return sum
  }
}
