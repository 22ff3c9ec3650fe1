import Glibc
import Log
import Synchronization

/// The real disk, and a list of what the log asked of it, so that a limit can ask for the same.
final class NotingDisk: Disk {
  /// One thing that was asked for.
  enum Note: Sendable {
    /// A write of so many bytes that was synced at once.
    case wrote(Int)
    case read(path: String, offset: UInt64, count: Int)
  }

  private let real = RealDisk()
  fileprivate let notes = Mutex<[Note]>([])
  private let notesReads: Bool
  /// Microseconds that every sync takes longer than the disk needs for it.
  private let slower: Int

  init(notesReads: Bool = false, slower microseconds: Int = 0) {
    self.notesReads = notesReads
    slower = microseconds
  }

  /// Hands over what was noted so far, and begins anew.
  func take() -> [Note] {
    notes.withLock { notes in
      defer { notes = [] }
      return notes
    }
  }

  func makeFolder(_ path: String) throws(DiskError) { try real.makeFolder(path) }
  func names(in folder: String) throws(DiskError) -> [String] { try real.names(in: folder) }
  func rename(_ path: String, to other: String) throws(DiskError) {
    try real.rename(path, to: other)
  }
  func remove(_ path: String) throws(DiskError) { try real.remove(path) }
  func syncFolder(_ path: String) throws(DiskError) { try real.syncFolder(path) }
  func lock(_ path: String) throws(DiskError) -> LockOutcome { try real.lock(path) }

  func open(_ path: String, _ mode: OpenMode) throws(DiskError) -> any DiskFile {
    NotingFile(
      try real.open(path, mode), path, self, notesReads: notesReads, slower: slower)
  }
}

private final class NotingFile: DiskFile {
  private let real: any DiskFile
  private let path: String
  private let disk: NotingDisk
  private let notesReads: Bool
  private let slower: Int

  init(
    _ real: any DiskFile, _ path: String, _ disk: NotingDisk, notesReads: Bool, slower: Int
  ) {
    self.real = real
    self.path = path
    self.disk = disk
    self.notesReads = notesReads
    self.slower = slower
  }

  func size() throws(DiskError) -> UInt64 { try real.size() }
  func sync() throws(DiskError) {
    try real.sync()
    if slower > 0 { usleep(UInt32(slower)) }
  }
  func truncate(to size: UInt64) throws(DiskError) { try real.truncate(to: size) }
  func reserve(from start: UInt64, to end: UInt64) throws(DiskError) {
    try real.reserve(from: start, to: end)
  }

  func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(DiskError) -> Int {
    if notesReads {
      disk.notes.withLock { $0.append(.read(path: path, offset: offset, count: buffer.count)) }
    }
    return try real.read(buffer, at: offset)
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(DiskError) {
    // Zeros are written ahead of the log, which is the log's own cost and none of the limit's.
    if bytes.first.map({ $0 != 0 }) ?? false {
      disk.notes.withLock { $0.append(.wrote(bytes.count)) }
    }
    try real.write(bytes, at: offset)
  }
}

/// Files without anybody's code between them and the system.
enum BareFile {
  /// Seconds that writing chunks of such sizes takes, each followed by one fdatasync, into a file
  /// that was filled with zeros and synced before.
  ///
  /// - Parameter slower: Microseconds that every sync takes longer.
  static func write(
    _ chunks: [Int], at path: String, slower microseconds: Int = 0
  ) throws(BenchFailure) -> Double {
    let file = try open(path, O_RDWR | O_CREAT | O_TRUNC)
    defer {
      close(file)
      unlink(path)
    }
    let total = chunks.reduce(0, +)
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    var offset = 0
    while offset < total {
      try put(file, zeros[...], at: offset)
      offset += zeros.count
    }
    guard fdatasync(file) == 0 else { throw failure("fdatasync", path) }
    let bytes = [UInt8](repeating: 0x5a, count: chunks.max() ?? 0)
    offset = 0
    let start = Stopwatch.wall()
    for count in chunks {
      try put(file, bytes[..<count], at: offset)
      guard fdatasync(file) == 0 else { throw failure("fdatasync", path) }
      if microseconds > 0 { usleep(UInt32(microseconds)) }
      offset += count
    }
    return Stopwatch.wall() - start
  }

  static func bytes(of path: String) throws(BenchFailure) -> [UInt8] {
    let file = try open(path, O_RDONLY)
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: max(0, lseek(file, 0, SEEK_END)))
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        pread(file, $0.baseAddress.map { $0 + done }, $0.count - done, done)
      }
      guard count > 0 else { throw failure("pread", path) }
      done += count
    }
    return bytes
  }

  static func open(_ path: String, _ flags: Int32) throws(BenchFailure) -> Int32 {
    let file = Glibc.open(path, flags | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure("open", path) }
    return file
  }

  static func failure(_ call: String, _ path: String) -> BenchFailure {
    .failed("\(call) \(path): \(String(cString: strerror(errno)))")
  }

  private static func put(
    _ file: Int32, _ bytes: ArraySlice<UInt8>, at offset: Int
  ) throws(BenchFailure) {
    let count = bytes.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, offset) }
    guard count == bytes.count else { throw failure("pwrite", "of \(bytes.count) bytes") }
  }
}
