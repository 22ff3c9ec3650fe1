/// Bytes from one file into another, hashed on their way.
struct FileCopy {
  let disk: any Disk
  /// Called with the bytes of each step.
  let progress: (Int) -> Void

  /// Copies the start of a file, and what ends it, under a name that is not finished, and reads it
  /// back; gives how many bytes of the file there were, and their digest.
  ///
  /// Throws `damaged` where the disk gives back something else.
  func copy(
    _ source: any DiskFile, limit: UInt64 = .max, ending: [UInt8] = [], to path: String
  ) throws(BackupError) -> (bytes: UInt64, digest: Digest) {
    do throws(BackupError) {
      return try copied(source, limit, ending, path)
    } catch {
      // Half a file would only take room, which may be what is missing.
      try? disk.remove(path + ".new")
      throw error
    }
  }

  private func copied(
    _ source: any DiskFile, _ limit: UInt64, _ ending: [UInt8], _ path: String
  ) throws(BackupError) -> (bytes: UInt64, digest: Digest) {
    let target = try backing { () throws(DiskError) in try disk.open(path + ".new", .create) }
    let copied = try read(source, limit: limit) { (bytes, at) throws(DiskError) in
      try target.write(bytes, at: at)
    }
    try backing { () throws(DiskError) in
      if !ending.isEmpty { try target.write(ending, at: copied.bytes) }
      try target.sync()
    }
    let kept = try backing { () throws(DiskError) in try disk.open(path + ".new", .read) }
    let seen = try read(kept, limit: copied.bytes) { _, _ in }
    guard seen == copied else { throw .damaged(file: path, what: "it isn't what was written") }
    return copied
  }

  /// Writes a small file, safe under its name when it returns.
  func write(_ bytes: [UInt8], to path: String, in folder: String) throws(BackupError) {
    try backing { () throws(DiskError) in
      let file = try disk.open(path + ".new", .create)
      try file.write(bytes, at: 0)
      try file.sync()
      try disk.rename(path + ".new", to: path)
      try disk.syncFolder(folder)
    }
  }

  /// How many bytes of a file's start there are, and their digest; nil where there is no file.
  func sum(
    of path: String, limit: UInt64
  ) throws(BackupError) -> (bytes: UInt64, digest: Digest)? {
    let file: any DiskFile
    do throws(DiskError) {
      file = try disk.open(path, .read)
    } catch {
      if error.isMissing { return nil }
      throw .files(error.description)
    }
    return try read(file, limit: limit) { _, _ in }
  }

  private func read(
    _ file: any DiskFile, limit: UInt64,
    _ take: (UnsafeRawBufferPointer, UInt64) throws(DiskError) -> Void
  ) throws(BackupError) -> (bytes: UInt64, digest: Digest) {
    let window = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { window.deallocate() }
    var at: UInt64 = 0
    let digest = try backing { () throws(DiskError) in
      try Chain().hash { () throws(DiskError) -> UnsafeRawBufferPointer? in
        let count = Int(min(UInt64(window.count), limit - at))
        guard count > 0 else { return nil }
        let part = UnsafeMutableRawBufferPointer(rebasing: window[..<count])
        let found = try file.read(part, at: at)
        guard found > 0 else { return nil }
        let bytes = UnsafeRawBufferPointer(rebasing: part[..<found])
        try take(bytes, at)
        at += UInt64(found)
        progress(found)
        return bytes
      }
    }
    return (at, digest)
  }
}
