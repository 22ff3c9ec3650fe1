/// The first 16 bytes of a text in two words, in their order: words compare as the texts do.
struct PackedText: Equatable, Sendable {
  /// The first byte on top; zeros behind the last.
  private(set) var first: UInt64
  private(set) var second: UInt64

  /// Packs no more than 16 of the bytes.
  @inline(__always)
  init(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, bytes.count > 0 else {
      (first, second) = (0, 0)
      return
    }
    let count = bytes.count
    guard count >= 8 else {
      first = Self.few(start, count)
      second = 0
      return
    }
    first = Self.word(start, 0)
    if count >= 16 {
      second = Self.word(start, 8)
    } else {
      // The last eight bytes, those of the first word shifted out; all of them where there are 8.
      second = count == 8 ? 0 : Self.word(start, count - 8) << UInt64((16 - count) * 8)
    }
  }

  /// How many bytes are packed, of a text without zeros.
  var count: Int {
    second == 0 ? 8 - first.trailingZeroBitCount >> 3 : 16 - second.trailingZeroBitCount >> 3
  }

  /// Packs more behind the `count` bytes there are, no more than there is room for.
  mutating func append(_ bytes: UnsafeRawBufferPointer, behind count: Int) {
    let more = PackedText(bytes)
    let all = (UInt128(more.first) << 64 | UInt128(more.second)) >> UInt128(count * 8)
    first |= UInt64(truncatingIfNeeded: all >> 64)
    second |= UInt64(truncatingIfNeeded: all)
  }

  /// Runs `body` with the 16 bytes.
  func withBytes<T>(_ body: (UnsafeRawBufferPointer) -> T) -> T {
    withUnsafeBytes(of: (first.bigEndian, second.bigEndian), body)
  }

  private static func word(_ start: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    UInt64(bigEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// 1 to 7 bytes.
  private static func few(_ start: UnsafeRawPointer, _ count: Int) -> UInt64 {
    guard count < 4 else {
      let high = UInt32(bigEndian: start.loadUnaligned(as: UInt32.self))
      let low = UInt32(
        bigEndian: start.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
      // Of the last four bytes those are shifted out that stand in the first four.
      return UInt64(high) << 32 | UInt64(count == 4 ? 0 : low << UInt32((8 - count) * 8))
    }
    var word: UInt64 = 0
    for index in 0..<count {
      word |= UInt64(start.load(fromByteOffset: index, as: UInt8.self)) << UInt64(56 - index * 8)
    }
    return word
  }
}

/// Printable ASCII of which 16 bytes are packed, and the rest a string: nearly all ids are copied,
/// compared and hashed without one.
struct ShortText: Hashable, Sendable {
  private var start: PackedText
  private var rest: String

  /// Packs a text; bytes that aren't printable ASCII are a bug.
  @inline(__always)
  init(_ bytes: UnsafeRawBufferPointer) {
    start = PackedText(bytes)
    rest = bytes.count > 16 ? asciiText(UnsafeRawBufferPointer(rebasing: bytes[16...])) : ""
  }

  static let empty = ShortText(UnsafeRawBufferPointer(start: nil, count: 0))

  var isEmpty: Bool { start.first == 0 }
  var count: Int { rest.isEmpty ? start.count : 16 + rest.utf8.count }

  var text: String {
    guard !rest.isEmpty else {
      return start.withBytes { asciiText(UnsafeRawBufferPointer(rebasing: $0[..<start.count])) }
    }
    let count = count
    return String(unsafeUninitializedCapacity: count) { out in
      copy(to: UnsafeMutableRawBufferPointer(out))
      return count
    }
  }

  /// Runs `body` with all bytes; no string is made of them.
  @inline(__always)
  func withBytes<T>(_ body: (UnsafeRawBufferPointer) -> T) -> T {
    guard !rest.isEmpty else {
      let count = start.count
      return start.withBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
    let count = count
    return withUnsafeTemporaryAllocation(byteCount: count, alignment: 8) { room in
      copy(to: room)
      return body(UnsafeRawBufferPointer(room))
    }
  }

  /// Adds printable ASCII at the end.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    let count = count
    let packed = min(max(0, 16 - count), bytes.count)
    if packed > 0 {
      start.append(UnsafeRawBufferPointer(rebasing: bytes[..<packed]), behind: count)
    }
    if packed < bytes.count {
      rest += asciiText(UnsafeRawBufferPointer(rebasing: bytes[packed...]))
    }
  }

  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  mutating func append(_ other: ShortText) {
    other.start.withBytes { append(UnsafeRawBufferPointer(rebasing: $0[..<other.start.count])) }
    if !other.rest.isEmpty { append(other.rest) }
  }

  /// Writes all bytes to the beginning of `out`, which has room for them.
  func copy(to out: UnsafeMutableRawBufferPointer) {
    start.withBytes { bytes in
      out.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<start.count]))
    }
    guard !rest.isEmpty else { return }
    var rest = rest
    rest.withUTF8 { bytes in
      UnsafeMutableRawBufferPointer(rebasing: out[16...]).copyMemory(
        from: UnsafeRawBufferPointer(bytes))
    }
  }

  static func == (left: ShortText, right: ShortText) -> Bool {
    left.start == right.start && left.rest == right.rest
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(start.first)
    hasher.combine(start.second)
    if !rest.isEmpty { hasher.combine(rest) }
  }

  static func < (left: ShortText, right: ShortText) -> Bool {
    if left.start.first != right.start.first { return left.start.first < right.start.first }
    if left.start.second != right.start.second { return left.start.second < right.start.second }
    return left.rest < right.rest
  }
}

/// A string of bytes that are known to be ASCII: nobody looks at them again.
@usableFromInline
func asciiText(_ bytes: UnsafeRawBufferPointer) -> String {
  let letters = UnsafeBufferPointer(
    start: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), count: bytes.count)
  return String(copying: UTF8Span(unchecked: letters.span, isKnownASCII: true))
}
