import Foundation
import Glibc
import Support
import Testing

/// A small file system of a test's own, mounted for real; gone with the test.
final class MountedDisk: Sendable {
  enum Kind: String, CaseIterable, Sendable {
    /// 16 MiB of ext4 in a file, by a loop device.
    case ext4
    /// 2 MiB of memory.
    case tmpfs
  }

  struct NotMounted: Error {
    let why: String
  }

  /// Whether mounting is allowed: it takes root, and loop devices.
  static let isAllowed: Bool =
    geteuid() == 0
    && Kind.allCases.allSatisfy { kind in
      (try? MountedDisk(kind)) != nil
    }

  let path: String
  private let scratch = ScratchFolder()

  init(_ kind: Kind) throws {
    path = scratch.file("disk")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    switch kind {
    case .ext4:
      let image = scratch.file("image")
      try Self.run("truncate", "-s", "16M", image)
      try Self.run("mkfs.ext4", "-q", "-m", "0", image)
      try Self.run("mount", "-o", "loop", image, path)
    case .tmpfs: try Self.run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", path)
    }
  }

  deinit { _ = try? ChildProcess.run("umount", ["-l", path]) }

  func remount(_ how: String) throws { try Self.run("mount", "-o", "remount,\(how)", path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Leaves so many bytes free, give or take a block.
  func fill(leaving free: Int) throws {
    let handle = try #require(fopen(file("ballast"), "w"))
    defer { fclose(handle) }
    let block = [UInt8](repeating: 1, count: 4096)
    while room > free, fwrite(block, 1, block.count, handle) == block.count { fflush(handle) }
  }

  /// Takes the ballast away; a journal gives its blocks back with its next commit only.
  func empty() throws {
    try FileManager.default.removeItem(atPath: file("ballast"))
    let folder = open(path, O_RDONLY)
    defer { close(folder) }
    try #require(fsync(folder) == 0)
  }

  private var room: Int {
    var facts = statvfs()
    guard statvfs(path, &facts) == 0 else { return 0 }
    return Int(facts.f_bavail) * Int(facts.f_frsize)
  }

  private static func run(_ words: String...) throws {
    let outcome = try ChildProcess.run(words[0], Array(words.dropFirst()))
    if outcome.code != 0 { throw NotMounted(why: "\(words): \(outcome)") }
  }
}
