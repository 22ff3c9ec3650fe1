import Glibc

/// A window over one file at a time, read in large steps.
///
/// One thread at a time; what it hands out is valid until the next call.
final class ReadBuffer {
  private var memory: UnsafeMutableRawBufferPointer
  private var file: (any DiskFile)?
  private var start: UInt64 = 0
  private var count = 0

  init(window: Int) {
    memory = UnsafeMutableRawBufferPointer.allocate(byteCount: window, alignment: 16)
  }

  deinit { memory.deallocate() }

  /// Reads from the disk again next time: a file that grows must not be judged by old bytes.
  func forget() { count = 0 }

  /// At least `least` bytes of the file from an offset on, where it has as many, and whatever of
  /// the window lies behind them.
  func bytes(
    of file: any DiskFile, at offset: UInt64, least: Int
  ) throws(DiskError) -> UnsafeRawBufferPointer {
    let isHere =
      self.file === file && offset >= start && offset + UInt64(least) <= start + UInt64(count)
    if !isHere {
      if least > memory.count { grow(to: least) }
      count = 0
      self.file = file
      start = offset
      count = try file.read(memory, at: offset)
    }
    return UnsafeRawBufferPointer(rebasing: memory[Int(offset - start)..<count])
  }

  private func grow(to size: Int) {
    memory.deallocate()
    memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    count = 0
  }
}

extension UnsafeRawBufferPointer {
  /// A little-endian number at an offset that must lie within.
  func number<T: FixedWidthInteger>(at offset: Int, _ type: T.Type = T.self) -> T {
    T(littleEndian: loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  func part(_ start: Int, _ count: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: self[start..<start + count])
  }

  /// Whether there is nothing but zeros.
  var isZero: Bool {
    guard let start = baseAddress, count > 0 else { return true }
    return self[0] == 0 && memcmp(start, start + 1, count - 1) == 0
  }
}

extension Array where Element == UInt8 {
  mutating func put<T: FixedWidthInteger>(_ number: T, at offset: Int) {
    withUnsafeMutableBytes {
      $0.storeBytes(of: number.littleEndian, toByteOffset: offset, as: T.self)
    }
  }

  mutating func put(_ digest: Digest, at offset: Int) {
    withUnsafeMutableBytes { bytes in
      Swift.withUnsafeBytes(of: digest.words) {
        UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<offset + 32]).copyMemory(from: $0)
      }
    }
  }

  mutating func put(_ log: LogID, at offset: Int) {
    put(log.high.byteSwapped, at: offset)
    put(log.low.byteSwapped, at: offset + 8)
  }
}
