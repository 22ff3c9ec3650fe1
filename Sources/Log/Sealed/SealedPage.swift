/// A page of a sealed segment, 4,096 bytes with a checksum of their own.
///
///      0  4  CRC-32C of everything behind it
///      4  1  kind
///      5  1  zero
///      6  2  bytes of content
///      8  8  its first key, where keys are in it
///     16     content; zeros fill the page
struct SealedPage {
  enum Kind: UInt8 {
    /// Eight bytes a block: its first event, counted from 0 in the segment, and its offset / 8.
    case places = 1
    /// Keys in order, each the difference to the one before it in groups of 7 bits.
    case keys = 2
    /// Eight bytes a page of keys: its first.
    case steps = 3
    /// A Bloom filter in blocks of 64 bytes, 63 a page.
    case filter = 4
    case footer = 5
  }

  static let head = 16
  static let room = SealedFormat.page - head
  /// Numbers of eight bytes that a page holds.
  static let words = room / 8

  /// Appends a page, which will lie at `offset` of its file.
  static func append(
    _ kind: Kind, first: UInt64, _ content: [UInt8], to bytes: inout [UInt8], at offset: UInt64,
    _ seed: SealedFormat.Seed
  ) {
    precondition(content.count <= room, "a page of \(content.count) bytes")
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: head))
    bytes.append(contentsOf: content)
    bytes.appendZeros(to: start + SealedFormat.page)
    bytes.put(kind.rawValue, at: start + 4)
    bytes.put(UInt16(content.count), at: start + 6)
    bytes.put(first, at: start + 8)
    let sum = bytes.withUnsafeBytes {
      seed.sum($0.part(start + 4, SealedFormat.page - 4), at: offset)
    }
    bytes.put(sum, at: start)
  }

  /// Whether some bytes are the page of a kind that was written at an offset.
  static func isSound(
    _ bytes: UnsafeRawBufferPointer, _ kind: Kind, at offset: UInt64, _ seed: SealedFormat.Seed
  ) -> Bool {
    bytes.count == SealedFormat.page && bytes[4] == kind.rawValue
      && bytes.number(at: 6, UInt16.self) <= UInt16(room)
      && bytes.number(at: 0) == seed.sum(bytes.part(4, SealedFormat.page - 4), at: offset)
  }
}

/// A key of a sealed index: 40 bits of a name's hash, and 24 of an event's place in the segment.
struct SealedKey: Hashable, Comparable, Sendable {
  let word: UInt64

  init(word: UInt64) { self.word = word }

  init(_ hash: KeyHash, place: Int) { word = hash.short << 24 | UInt64(place) }

  var short: UInt64 { word >> 24 }
  var place: Int { Int(word & 0xff_ffff) }

  static func < (left: SealedKey, right: SealedKey) -> Bool { left.word < right.word }
}

/// The filter of a sealed segment: whether a name may be in it; wrong for one absent name in about
/// a hundred, and never for one that is there.
struct SealedFilter {
  /// Bytes that one name's bits lie in.
  static let block = 64
  /// Blocks a page; their content begins where the first would, a page's head taking its place.
  static let perPage = SealedFormat.page / block - 1
  private static let bitsPerName = 10

  static func pages(names: Int) -> Int {
    let blocks = (names * bitsPerName + block * 8 - 1) / (block * 8)
    return max(1, (blocks + perPage - 1) / perPage)
  }

  /// The block of a name's bits, over all pages.
  static func block(of short: UInt64, pages: Int) -> Int {
    let spread = (short &* 0x9e37_79b9_7f4a_7c15) >> 32
    return Int((spread &* UInt64(pages * perPage)) >> 32)
  }

  /// Six of the block's 512 bits.
  private static func bits(_ short: UInt64) -> UInt64 {
    var word = short &* 0xd6e8_feb8_6659_fd93
    word = (word ^ word >> 32) &* 0xd6e8_feb8_6659_fd93
    return word ^ word >> 32
  }

  static func set(_ short: UInt64, in block: inout ArraySlice<UInt8>) {
    var word = bits(short)
    for _ in 0..<6 {
      block[block.startIndex + Int(word >> 3 & 63)] |= 1 << UInt8(word & 7)
      word >>= 9
    }
  }

  static func mayHold(_ short: UInt64, _ block: UnsafeRawBufferPointer) -> Bool {
    var word = bits(short)
    for _ in 0..<6 {
      if block[Int(word >> 3 & 63)] & 1 << UInt8(word & 7) == 0 { return false }
      word >>= 9
    }
    return true
  }
}
