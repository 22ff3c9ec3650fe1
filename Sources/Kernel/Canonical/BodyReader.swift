/// The visitor that reads a fact's fields from canonical JSON, and from nothing else.
///
/// It predicts: the listing says which key comes next, so a key is one comparison of words and
/// nothing is looked up; values are made from the bytes where they lie. The first difference is
/// remembered and stops the reading. It stands beside the facts, and not beside the log, so that
/// each listing is compiled for it; what lists fields elsewhere sees through `@inlinable`.
///
/// The bytes must stay valid as long as the reader is used.
public struct BodyReader: Fields {
  private let start: UnsafeRawPointer
  /// The next byte; never behind `edge`, and at it once anything differed.
  @usableFromInline var at: UnsafeRawPointer
  @usableFromInline let edge: UnsafeRawPointer
  /// What stands before the next key: a comma, or the brace of the object it is the first of.
  @usableFromInline var lead = comma
  private var trouble: Trouble?

  private static let nothing: StaticString = ""
  @usableFromInline static var comma: UInt8 { UInt8(ascii: ",") }
  @usableFromInline static var brace: UInt8 { UInt8(ascii: "{") }

  /// What was expected, in two parts that cost nothing to note.
  private struct Trouble {
    let offset: Int
    let before: StaticString
    let key: StaticString
    let after: StaticString
  }

  public init(_ bytes: UnsafeRawBufferPointer) {
    start = bytes.baseAddress ?? UnsafeRawPointer(Self.nothing.utf8Start)
    at = start
    edge = start + bytes.count
  }

  /// The first difference; nil as long as there is none.
  public var failure: BodyFailure? {
    trouble.map {
      BodyFailure(offset: $0.offset, expected: "\($0.before)\($0.key)\($0.after)")
    }
  }

  @usableFromInline var isSound: Bool { trouble == nil }

  /// Starts an object.
  @inlinable public mutating func open() {
    // Stepped over with the first key, or by `close`.
    guard left > 0, byte == Self.brace else { return fail("{") }
    lead = Self.brace
  }

  /// Ends an object.
  @inlinable public mutating func close() {
    if lead == Self.brace { _ = skip(Self.brace) }
    if !skip(UInt8(ascii: "}")) { fail("}") }
    lead = Self.comma
  }

  /// Ends the outermost object, after which nothing may follow.
  public mutating func end() {
    close()
    if isSound, at != edge { fail("the end") }
  }

  /// Steps over a value that somebody else reads.
  public mutating func pass(_ key: StaticString, count: Int) {
    guard require(key) else { return }
    guard count >= 0, count <= left else { return fail("all bytes of ", key) }
    at += count
  }

  @inlinable @inline(__always)
  public mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T) {
    guard require(key) else { return }
    read(&value, key)
  }

  @inlinable @inline(__always)
  public mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T?) {
    guard skip(key) else { return }
    var found = T.blank
    read(&found, key)
    value = found
  }

  @inlinable public mutating func texts<T: TextValue>(_ key: StaticString, _ value: inout [T]) {
    guard require(key) else { return }
    value = []
    items { reader in
      var item = T.blank
      reader.read(&item, key)
      value.append(item)
    }
  }

  @inlinable @inline(__always)
  public mutating func integer(_ key: StaticString, _ value: inout Int) {
    guard require(key), let number = number() else { return }
    value = number
  }

  @inlinable @inline(__always)
  public mutating func integer(_ key: StaticString, _ value: inout Int?) {
    guard skip(key), let number = number() else { return }
    value = number
  }

  @inlinable public mutating func flag(_ key: StaticString, _ value: inout Bool) {
    guard require(key) else { return }
    if skip(raw: "true") {
      value = true
    } else if skip(raw: "false") {
      value = false
    } else {
      fail("true or false")
    }
  }

  @inlinable @inline(__always)
  public mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G) {
    guard require(key) else { return }
    read(&value)
  }

  @inlinable @inline(__always)
  public mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G?) {
    guard skip(key) else { return }
    var found = G.blank
    read(&found)
    value = found
  }

  @inlinable public mutating func groups<G: FieldGroup>(_ key: StaticString, _ value: inout [G]) {
    guard require(key) else { return }
    value = []
    items { reader in
      var item = G.blank
      reader.read(&item)
      value.append(item)
    }
  }

  @inlinable @inline(__always)
  public mutating func money(_ key: StaticString, _ value: inout Money) {
    guard require(key) else { return }
    read(&value)
  }

  @inlinable @inline(__always)
  public mutating func money(_ key: StaticString, _ value: inout Money?) {
    guard skip(key) else { return }
    var found = Money.blank
    read(&found)
    value = found
  }

  public mutating func kept(_ key: StaticString, _ value: inout KeptPersonal) {
    guard require(key) else { return }
    read(&value, key)
  }

  public mutating func refuse(_ key: StaticString) { fail("a canonical ", key) }

  @inline(never) @usableFromInline
  mutating func fail(
    _ before: StaticString, _ key: StaticString = "", _ after: StaticString = ""
  ) {
    if trouble == nil {
      trouble = Trouble(offset: at - start, before: before, key: key, after: after)
    }
    // Nothing can be read from there.
    at = edge
  }

  @inlinable mutating func read<G: FieldGroup>(_ value: inout G) {
    open()
    value.list(&self)
    close()
  }

  @inlinable mutating func items(_ item: (inout Self) -> Void) {
    guard skip(UInt8(ascii: "[")) else { return fail("[") }
    if skip(UInt8(ascii: "]")) { return }
    while isSound {
      item(&self)
      if skip(UInt8(ascii: "]")) { return }
      if !skip(UInt8(ascii: ",")) { fail("] or ,") }
    }
  }

  @inlinable @inline(__always) mutating func require(_ key: StaticString) -> Bool {
    if skip(key) { return true }
    fail("key ", key)
    return false
  }

  /// Bytes that are left.
  @inlinable var left: Int { edge - at }

  /// The next byte, of those that are left.
  @inlinable var byte: UInt8 { at.load(as: UInt8.self) }

  /// Steps over `"key":`, with what stands before it, if it is next.
  // In place, where the key is known: it is compared with words that are in the code.
  @inlinable @inline(__always) mutating func skip(_ key: StaticString) -> Bool {
    let count = key.utf8CodeUnitCount
    guard left >= count + 4,
      at.loadUnaligned(as: UInt16.self) == (UInt16(lead) | 0x2200).littleEndian,
      Self.isSame(at + 2, key, count),
      at.loadUnaligned(fromByteOffset: count + 2, as: UInt16.self) == UInt16(0x3a22).littleEndian
    else { return false }
    at += count + 4
    lead = Self.comma
    return true
  }

  @inlinable mutating func skip(_ byte: UInt8) -> Bool {
    guard left > 0, self.byte == byte else { return false }
    at += 1
    return true
  }

  @inlinable @inline(__always) mutating func skip(raw text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard left >= count, Self.isSame(at, text, count) else { return false }
    at += count
    return true
  }

  /// Whether a text's `count` bytes stand at a place, from which there are as many.
  @inlinable @inline(__always)
  static func isSame(_ place: UnsafeRawPointer, _ text: StaticString, _ count: Int) -> Bool {
    let expected = UnsafeRawPointer(text.utf8Start)
    func isSame<W: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ word: W.Type) -> Bool {
      place.loadUnaligned(fromByteOffset: offset, as: W.self)
        == expected.loadUnaligned(fromByteOffset: offset, as: W.self)
    }
    // Where the last word isn't full, one that ends with it and overlaps those before.
    if count >= 8 {
      var offset = 0
      while offset + 8 <= count {
        guard isSame(offset, UInt64.self) else { return false }
        offset += 8
      }
      return isSame(count - 8, UInt64.self)
    }
    if count >= 4 { return isSame(0, UInt32.self) && isSame(count - 4, UInt32.self) }
    if count >= 2 { return isSame(0, UInt16.self) && isSame(count - 2, UInt16.self) }
    return count == 0 || isSame(0, UInt8.self)
  }
}

/// What a body has instead of what its fact's listing says, and where.
public struct BodyFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// Bytes from the start of the body.
  public let offset: Int
  public let expected: String

  public init(offset: Int, expected: String) {
    self.offset = offset
    self.expected = expected
  }

  public var description: String { "\(expected) expected at byte \(offset)" }
}
