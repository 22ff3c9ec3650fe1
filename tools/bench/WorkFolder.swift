import FoundationEssentials
import Glibc

/// Where a bench keeps its files: a folder that stays, or one of its own that goes with it.
final class WorkFolder: Sendable {
  let path: String
  let isKept: Bool

  init(_ kept: String?) throws(BenchFailure) {
    isKept = kept != nil
    if let kept {
      path = kept
      guard mkdir(kept, 0o700) == 0 || errno == EEXIST else {
        throw .failed("mkdir \(kept): \(String(cString: strerror(errno)))")
      }
    } else {
      // Not /tmp, which may be memory.
      var template = Array("/var/tmp/weir-bench-XXXXXX".utf8CString)
      guard mkdtemp(&template) != nil else {
        throw .failed("no folder under /var/tmp: \(String(cString: strerror(errno)))")
      }
      path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  deinit { if !isKept { Self.remove(path) } }

  /// A path in it at which nothing is left of an earlier run.
  func fresh(_ name: String) -> String {
    let path = "\(path)/\(name)"
    Self.remove(path)
    return path
  }

  static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
