import Glibc

extension DiskError {
  public var description: String { "\(call) \(path): \(String(cString: strerror(code)))" }

  /// The disk, or this user's part of it, is full.
  public var isFull: Bool { code == ENOSPC || code == EDQUOT }
  public var isMissing: Bool { code == ENOENT }
  var isForbidden: Bool { code == EACCES || code == EPERM }

  static func missing(_ path: String) -> DiskError { DiskError("open", path, code: ENOENT) }
}

/// The machine's own disk, by system calls; an interrupted or short one goes on where it stopped.
public struct RealDisk: Disk {
  public init() {}

  public func makeFolder(_ path: String) throws(DiskError) {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    throw DiskError("mkdir", path, code: errno)
  }

  public func names(in folder: String) throws(DiskError) -> [String] {
    var opened = opendir(folder)
    while opened == nil, errno == EINTR { opened = opendir(folder) }
    guard let handle = opened else { throw DiskError("opendir", folder, code: errno) }
    defer { closedir(handle) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(handle) else { break }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw DiskError("readdir", folder, code: errno) }
    return names.sorted()
  }

  public func open(_ path: String, _ mode: OpenMode) throws(DiskError) -> any DiskFile {
    let flags =
      switch mode {
      case .read: O_RDONLY
      case .write: O_RDWR
      case .create: O_RDWR | O_CREAT | O_TRUNC
      }
    return RealFile(try descriptor(path, flags), path)
  }

  public func rename(_ path: String, to other: String) throws(DiskError) {
    guard Glibc.rename(path, other) == 0 else { throw DiskError("rename", path, code: errno) }
  }

  public func remove(_ path: String) throws(DiskError) {
    guard unlink(path) == 0 else { throw DiskError("unlink", path, code: errno) }
  }

  public func syncFolder(_ path: String) throws(DiskError) {
    let descriptor = try descriptor(path, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    try retried("fsync", path) { fsync(descriptor) == 0 }
  }

  public func lock(_ path: String) throws(DiskError) -> LockOutcome {
    let descriptor = try descriptor(path, O_RDWR | O_CREAT)
    let file = RealFile(descriptor, path)
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK else { throw DiskError("flock", path, code: errno) }
      let holder = try file.bytes(20, at: 0).prefix { $0 >= 48 && $0 <= 57 }
      return .taken(by: String(decoding: holder, as: UTF8.self))
    }
    try file.truncate(to: 0)
    try file.write(Array("\(getpid())\n".utf8), at: 0)
    return .held(RealLock(file))
  }

  private func descriptor(_ path: String, _ flags: Int32) throws(DiskError) -> Int32 {
    while true {
      let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
      if descriptor >= 0 { return descriptor }
      guard errno == EINTR else { throw DiskError("open", path, code: errno) }
    }
  }
}

/// A call that a signal may interrupt, until it has an answer.
private func retried(_ call: String, _ path: String, _ isDone: () -> Bool) throws(DiskError) {
  while !isDone() {
    guard errno == EINTR else { throw DiskError(call, path, code: errno) }
  }
}

private final class RealFile: DiskFile {
  fileprivate let descriptor: Int32
  private let path: String

  init(_ descriptor: Int32, _ path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  func size() throws(DiskError) -> UInt64 {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw DiskError("fstat", path, code: errno) }
    return UInt64(status.st_size)
  }

  func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(DiskError) -> Int {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = pread(descriptor, rest.baseAddress, rest.count, Int(offset) + done)
      if count == 0 { break }
      guard count > 0 || errno == EINTR else { throw DiskError("pread", path, code: errno) }
      done += max(0, count)
    }
    return done
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(DiskError) {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      let count = pwrite(descriptor, rest.baseAddress, rest.count, Int(offset) + done)
      guard count > 0 || (count < 0 && errno == EINTR) else {
        throw DiskError("pwrite", path, code: count == 0 ? EIO : errno)
      }
      done += max(0, count)
    }
  }

  func sync() throws(DiskError) {
    try retried("fdatasync", path) { fdatasync(descriptor) == 0 }
  }

  func truncate(to size: UInt64) throws(DiskError) {
    try retried("ftruncate", path) { ftruncate(descriptor, Int(size)) == 0 }
  }

  func reserve(from start: UInt64, to end: UInt64) throws(DiskError) {
    var code: Int32
    repeat {
      code = posix_fallocate(descriptor, Int(start), Int(end - start))
    } while code == EINTR
    guard code == 0 else { throw DiskError("posix_fallocate", path, code: code) }
  }
}

private final class RealLock: DiskLock {
  private let file: RealFile

  init(_ file: RealFile) { self.file = file }

  // Closing alone leaves the lock to a child that is just being started with a copy of it.
  deinit { release() }

  func release() { flock(file.descriptor, LOCK_UN) }
}
