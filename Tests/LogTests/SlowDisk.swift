import Log
import Synchronization

/// The real disk, with something else to do in the middle of a sync, and a count of what is
/// reserved.
final class SlowDisk: Disk {
  private let real = RealDisk()
  fileprivate let work = Mutex<(@Sendable () -> Void)?>(nil)
  fileprivate let room = Mutex<UInt64>(0)

  /// Bytes that were reserved.
  var reserved: UInt64 { room.withLock { $0 } }

  func whileSyncing(_ work: @escaping @Sendable () -> Void) { self.work.withLock { $0 = work } }

  func makeFolder(_ path: String) throws(DiskError) { try real.makeFolder(path) }
  func names(in folder: String) throws(DiskError) -> [String] { try real.names(in: folder) }
  func rename(_ path: String, to other: String) throws(DiskError) {
    try real.rename(path, to: other)
  }
  func remove(_ path: String) throws(DiskError) { try real.remove(path) }
  func syncFolder(_ path: String) throws(DiskError) { try real.syncFolder(path) }
  func lock(_ path: String) throws(DiskError) -> LockOutcome { try real.lock(path) }
  func open(_ path: String, _ mode: OpenMode) throws(DiskError) -> any DiskFile {
    SlowFile(try real.open(path, mode), self)
  }
}

private final class SlowFile: DiskFile {
  private let real: any DiskFile
  private let disk: SlowDisk

  init(_ real: any DiskFile, _ disk: SlowDisk) {
    self.real = real
    self.disk = disk
  }

  func size() throws(DiskError) -> UInt64 { try real.size() }
  func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(DiskError) -> Int {
    try real.read(buffer, at: offset)
  }
  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(DiskError) {
    try real.write(bytes, at: offset)
  }
  func truncate(to size: UInt64) throws(DiskError) { try real.truncate(to: size) }
  func reserve(from start: UInt64, to end: UInt64) throws(DiskError) {
    disk.room.withLock { $0 += end - start }
    try real.reserve(from: start, to: end)
  }

  func sync() throws(DiskError) {
    disk.work.withLock { $0.take() }?()
    try real.sync()
  }
}
