import Glibc
import Log

/// The envelopes of a log's unsealed segments, found by the layout alone (`Frame.swift`): what the
/// chain runs over.
struct LogEnvelopes {
  private(set) var bytes: [UInt8] = []
  private(set) var ranges: [Range<Int>] = []

  init(folder: String) throws(BenchFailure) {
    let segments = folder + "/segments"
    let names: [String]
    do throws(DiskError) {
      names = try RealDisk().names(in: segments)
    } catch {
      throw .failed(error.description)
    }
    for name in names { take(try BareFile.bytes(of: "\(segments)/\(name)")) }
  }

  /// Seconds of this thread's processor that hashing along them takes, and the last hash.
  func hash() -> (seconds: Double, hash: [UInt8]) {
    var seconds = 0.0
    let hash = Stopwatch.thread(&seconds) {
      bytes.withUnsafeBytes { SHA256.chain(ranges, of: $0) }
    }
    return (seconds, hash)
  }

  private mutating func take(_ segment: [UInt8]) {
    segment.withUnsafeBytes { segment in
      func number(_ offset: Int) -> Int {
        Int(UInt32(littleEndian: segment.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
      }
      var frame = 80
      while frame + 104 <= segment.count, number(frame) != 0 {
        var at = frame + 104
        for _ in 0..<number(frame + 68) {
          let events = number(at + 32)
          at += 40
          for _ in 0..<events {
            let length = number(at + 4)
            let start = bytes.count
            bytes.append(contentsOf: segment[at + 48..<at + 48 + length])
            ranges.append(start..<start + length)
            at += 48 + length
          }
        }
        frame += (104 + number(frame + 12) + 7) & ~7
      }
    }
  }
}
