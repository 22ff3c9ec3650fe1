import FoundationEssentials
import Glibc

/// A folder of a test's own; gone with everything in it when it goes.
public final class ScratchFolder: Sendable {
  public let path: String

  public init() {
    var template = Array("/tmp/weir-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { preconditionFailure("no scratch folder: \(errno)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  public func file(_ name: String) -> String { "\(path)/\(name)" }
}
