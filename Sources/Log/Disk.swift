/// What the file store needs of a disk; small, so that tests can stand in a disk with bad manners.
///
/// Calls happen at once and in order. Nothing written is safe before its file's `sync`, and no name
/// before its folder's.
public protocol Disk: Sendable {
  /// Makes a folder where there is none; parents must exist.
  func makeFolder(_ path: String) throws(DiskError)
  /// Names in a folder, sorted.
  func names(in folder: String) throws(DiskError) -> [String]
  func open(_ path: String, _ mode: OpenMode) throws(DiskError) -> any DiskFile
  /// Takes the place of a file that has the new name already.
  func rename(_ path: String, to other: String) throws(DiskError)
  /// Takes a file's name away; handles that are open go on reading it.
  func remove(_ path: String) throws(DiskError)
  func syncFolder(_ path: String) throws(DiskError)
  /// Takes the lock of a file, made where there is none; it ends with the handle or the process.
  func lock(_ path: String) throws(DiskError) -> LockOutcome
}

public protocol DiskFile: AnyObject, Sendable {
  func size() throws(DiskError) -> UInt64
  /// Reads what there is: fewer bytes than asked for only at the end of the file.
  func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(DiskError) -> Int
  /// Writes all of the bytes.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(DiskError)
  /// Contents and size are on the disk when it returns.
  func sync() throws(DiskError)
  func truncate(to size: UInt64) throws(DiskError)
  /// Makes the file reach to `end`, where a full disk is told: what lies behind `start`, its end so
  /// far, reads as zeros, also when only part of it is ever written.
  func reserve(from start: UInt64, to end: UInt64) throws(DiskError)
}

extension DiskFile {
  /// By writing zeros, which is what a disk does that knows nothing better.
  public func reserve(from start: UInt64, to end: UInt64) throws(DiskError) {
    try zero(from: start, to: end)
  }

  /// Writes zeros.
  func zero(from start: UInt64, to end: UInt64) throws(DiskError) {
    let zeros = [UInt8](repeating: 0, count: Int(min(1 << 20, end > start ? end - start : 0)))
    var at = start
    while at < end {
      let count = min(UInt64(zeros.count), end - at)
      try write(count == zeros.count ? zeros : Array(zeros[..<Int(count)]), at: at)
      at += count
    }
  }

  func write(_ bytes: [UInt8], at offset: UInt64) throws(DiskError) {
    let failure: DiskError? = bytes.withUnsafeBytes { raw in
      do throws(DiskError) {
        try write(raw, at: offset)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  /// Up to so many bytes; fewer at the end of the file.
  func bytes(_ count: Int, at offset: UInt64) throws(DiskError) -> [UInt8] {
    var failure: DiskError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(DiskError) {
        filled = try read(UnsafeMutableRawBufferPointer(buffer), at: offset)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }
}

/// Holds a lock as long as it lives.
public protocol DiskLock: AnyObject, Sendable {
  func release()
}

public enum OpenMode: Hashable, Sendable {
  case read
  case write
  /// Makes the file, or empties it.
  case create
}

public enum LockOutcome: Sendable {
  case held(any DiskLock)
  /// Somebody else has it: what it left in the file.
  case taken(by: String)
}

/// A system call that failed.
public struct DiskError: Error, Hashable, Sendable, CustomStringConvertible {
  public let call: String
  public let path: String
  /// `errno`.
  public let code: Int32

  public init(_ call: String, _ path: String, code: Int32) {
    self.call = call
    self.path = path
    self.code = code
  }
}
