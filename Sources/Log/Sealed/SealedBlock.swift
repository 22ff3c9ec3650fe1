import Kernel

/// The head of a block: some consecutive records of a sealed segment, compressed together.
///
///      0  4  CRC-32C of everything behind it, up to the end of the compressed text
///      4  4  CRC-32C of what follows that
///      8  4  bytes of the table
///     12  4  bytes of the compressed text
///     16  4  bytes of text: all bodies, then what follows the body in each envelope
///     20  4  events
///     24  4  proposals that begin in the block
///     28  4  zero
///     32  8  first position
///     40  8  recorded time of the first event, in microseconds
///
/// Then the table, for each event five numbers in groups of 7 bits: bytes of its body, bytes behind
/// the body, its name's number, microseconds since the event before, and how many events the
/// proposal has that begins with it, or 0. Then the compressed text. Then 32 bytes of chain hash an
/// event, and 32 of digest a proposal that begins: only who asks for them reads those.
struct SealedBlock {
  static let headSize = 48

  var table = 0
  var compressed = 0
  var text = 0
  var events = 0
  var proposals = 0
  var first: UInt64 = 0
  var at: Int64 = 0

  /// Bytes up to the end of the compressed text.
  var told: Int { Self.headSize + table + compressed }
  /// Bytes of the block, without what pads it to a multiple of 8.
  var total: Int { told + 32 * (events + proposals) }

  /// One event of a block.
  struct Entry {
    var body = 0
    var bodyCount = 0
    var tail = 0
    var tailCount = 0
    var name = 0
    /// Events of the proposal that begins with this one, or 0.
    var proposal = 0
    var at = Instant.blank
  }

  /// Writes the head of a block that begins at `start` of some bytes and is whole otherwise.
  func complete(
    _ bytes: inout [UInt8], from start: Int, at offset: UInt64, _ seed: SealedFormat.Seed
  ) {
    bytes.put(UInt32(table), at: start + 8)
    bytes.put(UInt32(compressed), at: start + 12)
    bytes.put(UInt32(text), at: start + 16)
    bytes.put(UInt32(events), at: start + 20)
    bytes.put(UInt32(proposals), at: start + 24)
    bytes.put(UInt32(0), at: start + 28)
    bytes.put(first, at: start + 32)
    bytes.put(at, at: start + 40)
    bytes.withUnsafeMutableBytes { bytes in
      let block = UnsafeRawBufferPointer(rebasing: bytes[start...])
      let kept = seed.sum(block.part(told, total - told), at: offset)
      bytes.storeBytes(of: kept.littleEndian, toByteOffset: start + 4, as: UInt32.self)
      let sum = seed.sum(block.part(4, told - 4), at: offset)
      bytes.storeBytes(of: sum.littleEndian, toByteOffset: start, as: UInt32.self)
    }
  }

  /// Reads the head of a block whose bytes are all there; nil where they aren't what was written.
  init?(_ bytes: UnsafeRawBufferPointer, at offset: UInt64, _ seed: SealedFormat.Seed) {
    guard bytes.count >= Self.headSize else { return nil }
    table = Int(bytes.number(at: 8, UInt32.self))
    compressed = Int(bytes.number(at: 12, UInt32.self))
    text = Int(bytes.number(at: 16, UInt32.self))
    events = Int(bytes.number(at: 20, UInt32.self))
    proposals = Int(bytes.number(at: 24, UInt32.self))
    first = bytes.number(at: 32)
    at = bytes.number(at: 40)
    guard events > 0, text <= 2 * LogFormat.frameMost, total <= bytes.count,
      bytes.number(at: 0) == seed.sum(bytes.part(4, told - 4), at: offset)
    else { return nil }
  }

  /// Whether the hashes and digests are what was written; nothing is read of them before.
  func areHashesSound(
    _ bytes: UnsafeRawBufferPointer, at offset: UInt64, _ seed: SealedFormat.Seed
  ) -> Bool {
    bytes.number(at: 4) == seed.sum(bytes.part(told, total - told), at: offset)
  }

  init() {}

  /// Reads the table into `entries`; false where it isn't one of this block.
  func read(_ bytes: UnsafeRawBufferPointer, into entries: inout [Entry]) -> Bool {
    entries.removeAll(keepingCapacity: true)
    let table = bytes.part(Self.headSize, table)
    var place = 0
    var body = 0
    var time = at
    for _ in 0..<events {
      guard let bodyCount = table.varint(at: &place), let tailCount = table.varint(at: &place),
        let name = table.varint(at: &place), let step = table.varint(at: &place),
        let proposal = table.varint(at: &place),
        max(bodyCount, tailCount, name, proposal) < 1 << 32, step < 1 << 62
      else { return false }
      time = Int64(truncatingIfNeeded: UInt64(bitPattern: time) &+ step)
      entries.append(
        Entry(
          body: body, bodyCount: Int(bodyCount), tail: 0, tailCount: Int(tailCount),
          name: Int(name), proposal: Int(proposal), at: Instant(microseconds: time)))
      body += Int(bodyCount)
    }
    var tail = body
    var begun = 0
    for index in entries.indices {
      entries[index].tail = tail
      tail += entries[index].tailCount
      begun += entries[index].proposal > 0 ? 1 : 0
    }
    return tail == text && place == table.count && begun == proposals
  }
}
