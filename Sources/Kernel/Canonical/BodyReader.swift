/// The visitor that reads a fact's fields from canonical JSON, and from nothing else.
///
/// It predicts: the listing says which key comes next, so a key is one comparison of words and
/// nothing is looked up; values are made from the bytes where they lie. The first difference is
/// remembered and stops the reading. It stands beside the facts, and not beside the log, so that
/// each listing is compiled for it; what lists fields elsewhere sees through `@inlinable`.
///
/// The bytes must stay valid as long as the reader is used.
public struct BodyReader: Fields {
  @usableFromInline let bytes: UnsafeRawBufferPointer
  @usableFromInline var at = 0
  private var isFirst = true
  private var trouble: Trouble?

  /// What was expected, in two parts that cost nothing to note.
  private struct Trouble {
    let offset: Int
    let before: StaticString
    let key: StaticString
    let after: StaticString
  }

  public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The first difference; nil as long as there is none.
  public var failure: BodyFailure? {
    trouble.map {
      BodyFailure(offset: $0.offset, expected: "\($0.before)\($0.key)\($0.after)")
    }
  }

  @usableFromInline var isSound: Bool { trouble == nil }

  /// Starts an object.
  public mutating func open() {
    if !skip(UInt8(ascii: "{")) { fail("{") }
    isFirst = true
  }

  /// Ends an object.
  public mutating func close() {
    if !skip(UInt8(ascii: "}")) { fail("}") }
    isFirst = false
  }

  /// Ends the outermost object, after which nothing may follow.
  public mutating func end() {
    close()
    if isSound, at != bytes.count { fail("the end") }
  }

  /// Steps over a value that somebody else reads.
  public mutating func pass(_ key: StaticString, count: Int) {
    guard require(key) else { return }
    guard count >= 0, count <= bytes.count - at else { return fail("all bytes of ", key) }
    at += count
  }

  @inlinable public mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T) {
    guard require(key) else { return }
    read(&value, key)
  }

  @inlinable public mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T?) {
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

  public mutating func integer(_ key: StaticString, _ value: inout Int) {
    guard require(key), let number = number() else { return }
    value = number
  }

  public mutating func integer(_ key: StaticString, _ value: inout Int?) {
    guard skip(key), let number = number() else { return }
    value = number
  }

  public mutating func flag(_ key: StaticString, _ value: inout Bool) {
    guard require(key) else { return }
    if skip(raw: "true") {
      value = true
    } else if skip(raw: "false") {
      value = false
    } else {
      fail("true or false")
    }
  }

  @inlinable public mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G) {
    guard require(key) else { return }
    read(&value)
  }

  @inlinable public mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G?) {
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

  public mutating func money(_ key: StaticString, _ value: inout Money) {
    guard require(key) else { return }
    read(&value)
  }

  public mutating func money(_ key: StaticString, _ value: inout Money?) {
    guard skip(key) else { return }
    var found = Money.blank
    read(&found)
    value = found
  }

  public mutating func refuse(_ key: StaticString) { fail("a canonical ", key) }

  @inline(never) @usableFromInline
  mutating func fail(
    _ before: StaticString, _ key: StaticString = "", _ after: StaticString = ""
  ) {
    if trouble == nil {
      trouble = Trouble(offset: at, before: before, key: key, after: after)
    }
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

  @usableFromInline mutating func require(_ key: StaticString) -> Bool {
    if skip(key) { return true }
    fail("key ", key)
    return false
  }

  /// Steps over `"key":`, with its comma, if it is next.
  @usableFromInline mutating func skip(_ key: StaticString) -> Bool {
    let comma = isFirst ? 0 : 1
    let count = key.utf8CodeUnitCount
    let start = at + comma + 1
    let end = start + count + 2
    guard isSound, end < bytes.count else { return false }
    guard isFirst || bytes[at] == UInt8(ascii: ","), bytes[start - 1] == UInt8(ascii: "\""),
      bytes[end - 2] == UInt8(ascii: "\""), bytes[end - 1] == UInt8(ascii: ":"),
      matches(key, count, start)
    else { return false }
    at = end
    isFirst = false
    return true
  }

  /// Whether the text stands there, whole, within the bytes.
  func matches(_ text: StaticString, _ count: Int, _ start: Int) -> Bool {
    let expected = UnsafeRawPointer(text.utf8Start)
    var index = 0
    while index + 8 <= count {
      guard word(start + index) == expected.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      else { return false }
      index += 8
    }
    while index < count {
      guard bytes[start + index] == expected.load(fromByteOffset: index, as: UInt8.self) else {
        return false
      }
      index += 1
    }
    return true
  }

  func word(_ offset: Int) -> UInt64 {
    bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }

  @usableFromInline mutating func skip(_ byte: UInt8) -> Bool {
    guard isSound, at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  mutating func skip(raw text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard isSound, count <= bytes.count - at, matches(text, count, at) else { return false }
    at += count
    return true
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
