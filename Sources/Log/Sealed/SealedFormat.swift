/// The layout of a sealed segment: one file, written once and never touched again.
///
/// Little-endian. The segment's own head of 80 bytes (`Segment`, kind 2), then
///
///     blocks    from byte 80, each at a multiple of 8 (`SealedBlock`)
///     contents  4 bytes of CRC-32C of what follows, 4 how many bytes of names, 4 of dictionary,
///               4 zero; the facts' names, each behind a byte of its length; the dictionary
///     pages     of 4,096 bytes, at multiples of that (`SealedPage`):
///       places    where each block begins, and with what event
///       keys      what streams, tags and commands events have
///       steps     the first key of each page of keys
///       filter    a Bloom filter over the keys
///       footer    one page, the file's last
///
/// Every checksum begins with the log's id, the segment's first position and the place in the file,
/// so that right bytes at a wrong place are wrong. A record keeps its canonical bytes: `{"at":` and
/// its value come from the block's table, the body and what follows it from the block's text.
///
/// Measured on the straight line's mix: blocks of 8 KiB with a dictionary of 64 KiB are 12 % of the
/// canonical bytes, tables 1.5 %, chain hashes 4.2 %, digests 2.7 %; without the dictionary such
/// blocks are 22 %, and blocks of 48 KiB 13 %, but then a point read has six times as much to do.
enum SealedFormat {
  static let kind: UInt32 = 2
  static let contentsHead = 16
  static let page = 4096
  /// Bytes of records that make a block; more where one record alone has more.
  static let blockText = 8 << 10
  static let dictionaryMost = 64 << 10
  /// Events of a segment: 24 bits.
  static let eventsMost = 1 << 24

  /// What a checksum of a place in a segment begins with.
  struct Seed: Sendable {
    private let start: UInt32

    init(log: LogID, first: UInt64) {
      var words = (log.high.littleEndian, log.low.littleEndian, first.littleEndian)
      start = withUnsafeBytes(of: &words) { crc($0) }
    }

    func sum(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) -> UInt32 {
      var word = offset.littleEndian
      return crc(bytes, after: withUnsafeBytes(of: &word) { crc($0, after: start) })
    }
  }
}

extension Array where Element == UInt8 {
  /// Appends a number in groups of 7 bits, the lowest first.
  mutating func append(varint number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  mutating func appendZeros(to count: Int) {
    append(contentsOf: repeatElement(0, count: Swift.max(0, count - self.count)))
  }
}

extension UnsafeRawBufferPointer {
  /// Reads a number in groups of 7 bits and steps over it; nil where there is none.
  func varint(at offset: inout Int) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while offset < count, shift < 64 {
      let byte = self[offset]
      offset += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    return nil
  }
}
