import Glibc
import Log
import Synchronization

/// A disk in memory that never fails: files by name, folders by what their files are called.
final class MemoryDisk: Disk {
  private let files: Mutex<[String: MemoryFile]>

  init(_ contents: [String: [UInt8]] = [:]) {
    files = Mutex(contents.mapValues { MemoryFile($0) })
  }

  /// Every file with what is in it.
  var contents: [String: [UInt8]] { files.withLock { $0.mapValues(\.contents) } }

  func makeFolder(_ path: String) throws(DiskError) {}

  func names(in folder: String) throws(DiskError) -> [String] {
    files.withLock { files in
      files.keys.filter { $0.hasPrefix(folder + "/") }
        .map { String($0.dropFirst(folder.utf8.count + 1)) }.sorted()
    }
  }

  func open(_ path: String, _ mode: OpenMode) throws(DiskError) -> any DiskFile {
    let file = files.withLock { files in
      if mode == .create { files[path] = MemoryFile([]) }
      return files[path]
    }
    guard let file else { throw DiskError("open", path, code: ENOENT) }
    return file
  }

  func rename(_ path: String, to other: String) throws(DiskError) {
    let isThere = files.withLock { files in
      guard let file = files.removeValue(forKey: path) else { return false }
      files[other] = file
      return true
    }
    guard isThere else { throw DiskError("rename", path, code: ENOENT) }
  }

  func remove(_ path: String) throws(DiskError) {
    let isThere = files.withLock { $0.removeValue(forKey: path) != nil }
    guard isThere else { throw DiskError("remove", path, code: ENOENT) }
  }

  func syncFolder(_ path: String) throws(DiskError) {}

  func lock(_ path: String) throws(DiskError) -> LockOutcome { .held(MemoryLock()) }
}

private final class MemoryLock: DiskLock {
  func release() {}
}

private final class MemoryFile: DiskFile {
  private let bytes: Mutex<[UInt8]>

  init(_ bytes: [UInt8]) { self.bytes = Mutex(bytes) }

  var contents: [UInt8] { bytes.withLock { $0 } }

  func size() throws(DiskError) -> UInt64 { bytes.withLock { UInt64($0.count) } }

  func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(DiskError) -> Int {
    let bytes = contents
    guard offset < UInt64(bytes.count) else { return 0 }
    let part = bytes[Int(offset)...].prefix(buffer.count)
    buffer.copyBytes(from: part)
    return part.count
  }

  func write(_ added: UnsafeRawBufferPointer, at offset: UInt64) throws(DiskError) {
    let added = Array(added)
    bytes.withLock { bytes in
      let end = Int(offset) + added.count
      if end > bytes.count { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
      bytes.replaceSubrange(Int(offset)..<end, with: added)
    }
  }

  func sync() throws(DiskError) {}

  func truncate(to size: UInt64) throws(DiskError) {
    bytes.withLock { bytes in
      let grown = max(0, Int(size) - bytes.count)
      bytes = bytes.prefix(Int(size)) + [UInt8](repeating: 0, count: grown)
    }
  }
}
