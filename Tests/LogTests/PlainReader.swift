import Glibc

@testable import Kernel

/// The reader as it was before it was made fast.
///
/// By characters, and with a text between every value and its bytes. What the two accept must be
/// the same.
struct PlainReader: Fields {
  let bytes: UnsafeRawBufferPointer
  private(set) var failure: BodyFailure?
  private(set) var at = 0
  private var isFirst = true

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Reads the whole body into a blank of its fact.
  mutating func read(_ event: inout LedgerEvent) {
    open()
    event.list(&self)
    end()
  }

  /// Starts an object.
  mutating func open() {
    if !skip(UInt8(ascii: "{")) { fail("{") }
    isFirst = true
  }

  /// Ends the outermost object, after which nothing may follow.
  mutating func end() {
    close()
    if failure == nil, at != bytes.count { fail("the end") }
  }

  mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T) {
    guard require(key) else { return }
    read(&value, key)
  }

  mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T?) {
    guard skip(key) else { return }
    var found = T.blank
    read(&found, key)
    value = found
  }

  mutating func texts<T: TextValue>(_ key: StaticString, _ value: inout [T]) {
    guard require(key) else { return }
    value = []
    items { reader in
      var item = T.blank
      reader.read(&item, key)
      value.append(item)
    }
  }

  mutating func integer(_ key: StaticString, _ value: inout Int) {
    guard require(key), let number = number() else { return }
    value = number
  }

  mutating func integer(_ key: StaticString, _ value: inout Int?) {
    guard skip(key), let number = number() else { return }
    value = number
  }

  mutating func flag(_ key: StaticString, _ value: inout Bool) {
    guard require(key) else { return }
    if skip(raw: "true") {
      value = true
    } else if skip(raw: "false") {
      value = false
    } else {
      fail("true or false")
    }
  }

  mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G) {
    guard require(key) else { return }
    read(&value)
  }

  mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G?) {
    guard skip(key) else { return }
    var found = G.blank
    read(&found)
    value = found
  }

  mutating func groups<G: FieldGroup>(_ key: StaticString, _ value: inout [G]) {
    guard require(key) else { return }
    value = []
    items { reader in
      var item = G.blank
      reader.read(&item)
      value.append(item)
    }
  }

  mutating func refuse(_ key: StaticString) { fail("a canonical \(key)") }

  private mutating func fail(_ expected: String) {
    if failure == nil { failure = BodyFailure(offset: at, expected: expected) }
  }

  private mutating func close() {
    if !skip(UInt8(ascii: "}")) { fail("}") }
    isFirst = false
  }

  private mutating func read<G: FieldGroup>(_ value: inout G) {
    open()
    value.list(&self)
    close()
  }

  private mutating func items(_ item: (inout Self) -> Void) {
    guard skip(UInt8(ascii: "[")) else { return fail("[") }
    if skip(UInt8(ascii: "]")) { return }
    while failure == nil {
      item(&self)
      if skip(UInt8(ascii: "]")) { return }
      if !skip(UInt8(ascii: ",")) { fail("] or ,") }
    }
  }

  private mutating func require(_ key: StaticString) -> Bool {
    guard failure == nil else { return false }
    guard skip(key) else {
      fail("key \(key)")
      return false
    }
    return true
  }

  /// Steps over `"key":`, with its comma, if it is next.
  private mutating func skip(_ key: StaticString) -> Bool {
    let comma = isFirst ? 0 : 1
    let count = key.utf8CodeUnitCount
    let end = at + comma + count + 3
    guard failure == nil, end < bytes.count else { return false }
    guard isFirst || bytes[at] == UInt8(ascii: ","),
      bytes[at + comma] == UInt8(ascii: "\""),
      matches(key, at + comma + 1),
      bytes[end - 2] == UInt8(ascii: "\""), bytes[end - 1] == UInt8(ascii: ":")
    else { return false }
    at = end
    isFirst = false
    return true
  }

  private func matches(_ text: StaticString, _ start: Int) -> Bool {
    let expected = text.utf8Start
    for index in 0..<text.utf8CodeUnitCount where bytes[start + index] != expected[index] {
      return false
    }
    return true
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard failure == nil, at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  private mutating func skip(raw text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard failure == nil, at + count <= bytes.count, matches(text, at) else { return false }
    at += count
    return true
  }
}

extension PlainReader {
  /// An integer as JSON has it: no plus, no leading zeros, no minus zero, within 2^53 - 1.
  private mutating func number() -> Int? {
    let start = at
    let isNegative = skip(UInt8(ascii: "-"))
    let first = at
    var value = 0
    while at < bytes.count, at - first < 17, case let digit = bytes[at], digit >= 48, digit <= 57 {
      value = value * 10 + Int(digit - 48)
      at += 1
    }
    let isCanonical = at - first > 0 && (bytes[first] != 48 || (at - first == 1 && !isNegative))
    guard failure == nil, isCanonical, CanonicalText.integers.contains(value) else {
      at = start
      fail("an exact integer")
      return nil
    }
    return isNegative ? -value : value
  }

  private mutating func read<T: TextValue>(_ value: inout T, _ key: StaticString) {
    let start = at
    guard let words = words() else { return }
    guard let found = T(text: words) else {
      at = start
      return fail("a canonical \(key)")
    }
    value = found
  }

  /// A string in quotes, with the escapes RFC 8785 gives it and no others, in valid UTF-8.
  private mutating func words() -> String? {
    guard skip(UInt8(ascii: "\"")) else {
      fail("\"")
      return nil
    }
    let start = at
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") {
        let text = text(UnsafeRawBufferPointer(rebasing: bytes[start..<at]))
        at += 1
        return text
      }
      if byte == UInt8(ascii: "\\") { return escapedWords(start) }
      if byte < 0x20 { break }
      at += 1
    }
    fail("the end of a string")
    return nil
  }

  private mutating func escapedWords(_ start: Int) -> String? {
    // By runs: a notice kept as it came has an escape in every few bytes.
    var found: [UInt8] = []
    found.reserveCapacity(bytes.count - start)
    var run = start
    while at < bytes.count, bytes[at] >= 0x20 {
      let byte = bytes[at]
      guard byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
        at += 1
        continue
      }
      found.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[run..<at]))
      at += 1
      if byte == UInt8(ascii: "\"") {
        return found.withUnsafeBytes { text($0) }
      }
      guard let control = escaped() else {
        fail("a canonical escape")
        return nil
      }
      found.append(control)
      run = at
    }
    fail("the end of a string")
    return nil
  }

  /// Decoding repairs what isn't UTF-8, so bytes that come out as they went in were.
  private mutating func text(_ bytes: UnsafeRawBufferPointer) -> String? {
    var text = String(decoding: bytes.bindMemory(to: UInt8.self), as: UTF8.self)
    let isSame = text.withUTF8 { found in
      guard let left = found.baseAddress, let right = bytes.baseAddress else {
        return bytes.isEmpty
      }
      return found.count == bytes.count && memcmp(left, right, bytes.count) == 0
    }
    if !isSame { fail("valid UTF-8") }
    return isSame ? text : nil
  }

  private mutating func escaped() -> UInt8? {
    let short: [UInt8: UInt8] = [
      34: 34, 92: 92, 98: 8, 116: 9, 110: 10, 102: 12, 114: 13,
    ]
    guard at < bytes.count else { return nil }
    let letter = bytes[at]
    if let byte = short[letter] {
      at += 1
      return byte
    }
    guard letter == UInt8(ascii: "u"), at + 5 <= bytes.count else { return nil }
    let digits = String(decoding: bytes[at + 1..<at + 5], as: UTF8.self)
    // Swift reads a number with a plus before it too.
    guard digits == digits.lowercased(), digits.first != "+",
      let code = UInt8(digits, radix: 16), code < 0x20, !short.values.contains(code)
    else { return nil }
    at += 5
    return code
  }
}
