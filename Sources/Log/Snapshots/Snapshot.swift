import CISAL
import Kernel

/// A state that was kept, so that a start takes in only what came after it.
///
/// A cache: one that is missing, damaged or of something else is passed over, and the log says the
/// same. Little-endian head of 96 bytes, then blocks:
///
///      0  8  "WEIRSNP" and the format, 1
///      8  4  CRC-32C of the rest of the head
///     12  4  zero
///     16 16  log id
///     32  8  position: the last event taken in
///     40  8  shape: the listing (`StateFields.shape`) and the program
///     48 32  chain hash at the position
///     80 16  zero
///
/// A block is 4 bytes of length, 4 of CRC-32C, and bytes; the sum goes on from the block before, so
/// that none can be left out or moved. An empty block is the last.
public struct Snapshot: Hashable, Sendable {
  public let log: LogID
  public let position: UInt64
  public let shape: UInt64
  /// 32 bytes.
  public let hash: [UInt8]

  public init(log: LogID, position: UInt64, shape: UInt64, hash: [UInt8]) {
    precondition(hash.count == 32, "a chain hash has 32 bytes")
    self.log = log
    self.position = position
    self.shape = shape
    self.hash = hash
  }

  static let headSize = 96
  private static let magic = Array("WEIRSNP".utf8)
  private static let format: UInt8 = 1
  static let blockSize = 1 << 18

  var head: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.headSize)
    bytes.replaceSubrange(0..<7, with: Self.magic)
    bytes[7] = Self.format
    bytes.put(log, at: 16)
    bytes.put(position, at: 32)
    bytes.put(shape, at: 40)
    bytes.replaceSubrange(48..<80, with: hash)
    bytes.put(bytes.withUnsafeBytes { crc($0.part(12, Self.headSize - 12)) }, at: 8)
    return bytes
  }

  /// Reads a head; throws what is wrong with it.
  init(_ bytes: [UInt8]) throws(SnapshotFault) {
    guard bytes.count == Self.headSize, Array(bytes[..<7]) == Self.magic else {
      throw SnapshotFault("it doesn't begin like a snapshot")
    }
    guard bytes[7] == Self.format else {
      throw SnapshotFault("it has format \(bytes[7]), and this program's is \(Self.format)")
    }
    let (isWhole, log, position, shape) = bytes.withUnsafeBytes { raw in
      (
        raw.number(at: 8, UInt32.self) == crc(raw.part(12, Self.headSize - 12)),
        LogID(raw, at: 16), raw.number(at: 32, UInt64.self), raw.number(at: 40, UInt64.self)
      )
    }
    guard isWhole else { throw SnapshotFault("the checksum of its head is wrong") }
    self.init(log: log, position: position, shape: shape, hash: Array(bytes[48..<80]))
  }
}

/// Why a snapshot isn't used.
struct SnapshotFault: Error, Sendable {
  let what: String
  init(_ what: String) { self.what = what }
}

/// Writes a state's bytes block by block; the first failure ends the writing.
final class SnapshotWriter: StateSink {
  private let file: any DiskFile
  private var offset: UInt64
  private var sum: UInt32
  private var block: [UInt8] = []
  private(set) var failure: DiskError?

  init(_ file: any DiskFile, _ snapshot: Snapshot) {
    self.file = file
    let head = snapshot.head
    sum = head.withUnsafeBytes { crc($0) }
    offset = 0
    begin()
    write(head)
  }

  private func begin() {
    block.removeAll(keepingCapacity: true)
    block.reserveCapacity(Snapshot.blockSize + 8)
    block.append(contentsOf: repeatElement(0, count: 8))
  }

  func put(_ bytes: UnsafeRawBufferPointer) {
    var at = 0
    while at < bytes.count {
      let count = min(bytes.count - at, Snapshot.blockSize + 8 - block.count)
      block.append(contentsOf: bytes.part(at, count))
      at += count
      if block.count == Snapshot.blockSize + 8 { end() }
    }
  }

  private func end() {
    block.put(UInt32(block.count - 8), at: 0)
    sum = block.withUnsafeBytes { raw in
      let length = weir_crc32c(sum, raw.baseAddress, 4)
      return weir_crc32c(length, raw.part(8, raw.count - 8).baseAddress, raw.count - 8)
    }
    block.put(sum, at: 4)
    write(block)
    begin()
  }

  private func write(_ bytes: [UInt8]) {
    guard failure == nil else { return }
    do throws(DiskError) {
      try file.write(bytes, at: offset)
      offset += UInt64(bytes.count)
    } catch {
      failure = error
    }
  }

  /// Writes the rest; gives the size of the file.
  func finish() throws(DiskError) -> UInt64 {
    if block.count > 8 { end() }
    end()
    if let failure { throw failure }
    try file.sync()
    return offset
  }
}

/// Reads a state's bytes, every one of them checked before it is handed out.
final class SnapshotReader: StateSource {
  private let file: any DiskFile
  private var offset = UInt64(Snapshot.headSize)
  private var sum: UInt32
  private let room = UnsafeMutableRawBufferPointer.allocate(
    byteCount: Snapshot.blockSize, alignment: 64)
  private var at = 0
  private var count = 0
  private(set) var fault: SnapshotFault?
  let snapshot: Snapshot

  init(_ file: any DiskFile) throws(SnapshotFault) {
    let head: [UInt8]
    do throws(DiskError) {
      head = try file.bytes(Snapshot.headSize, at: 0)
    } catch {
      throw SnapshotFault(error.description)
    }
    self.file = file
    sum = head.withUnsafeBytes { crc($0) }
    snapshot = try Snapshot(head)
  }

  deinit { room.deallocate() }

  func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
    var filled = 0
    while filled < buffer.count {
      if at == count, !next() { return false }
      let size = min(buffer.count - filled, count - at)
      UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<(filled + size)])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: room[at..<(at + size)]))
      filled += size
      at += size
    }
    return true
  }

  /// Whether nothing is left but the end.
  func isAtEnd() -> Bool {
    guard at == count, !next(), fault == nil, count == 0 else { return false }
    guard let size = try? file.size(), size == offset else {
      fault = SnapshotFault("something stands behind its end")
      return false
    }
    return true
  }

  /// Reads the next block; false at the last one, and where it isn't what was written.
  private func next() -> Bool {
    guard fault == nil else { return false }
    do throws(DiskError) {
      let head = try file.bytes(8, at: offset)
      guard head.count == 8 else { return fail("it is cut off") }
      let (length, expected) = head.withUnsafeBytes {
        (Int($0.number(at: 0, UInt32.self)), $0.number(at: 4, UInt32.self))
      }
      guard length <= Snapshot.blockSize else { return fail("a block's length is wrong") }
      let block = UnsafeMutableRawBufferPointer(rebasing: room[..<length])
      guard try file.read(block, at: offset + 8) == length else { return fail("it is cut off") }
      sum = head.withUnsafeBytes { weir_crc32c(sum, $0.baseAddress, 4) }
      sum = weir_crc32c(sum, block.baseAddress, length)
      guard sum == expected else { return fail("a checksum is wrong") }
      offset += UInt64(8 + length)
      (at, count) = (0, length)
      return length > 0
    } catch {
      return fail(error.description)
    }
  }

  private func fail(_ what: String) -> Bool {
    fault = SnapshotFault(what)
    return false
  }
}
