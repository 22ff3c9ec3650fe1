// How the reader gets values out of bytes: integers, texts, amounts.

extension BodyReader {
  /// An integer as JSON has it: no plus, no leading zeros, no minus zero, within 2^53 - 1.
  mutating func number() -> Int? {
    let start = at
    let isNegative = skip(UInt8(ascii: "-"))
    let first = at
    var value = 0
    while at < bytes.count, at - first < 17, case let digit = bytes[at], digit >= 48, digit <= 57 {
      value = value * 10 + Int(digit - 48)
      at += 1
    }
    let isCanonical = at - first > 0 && (bytes[first] != 48 || (at - first == 1 && !isNegative))
    guard isSound, isCanonical, CanonicalText.integers.contains(value) else {
      at = start
      fail("an exact integer")
      return nil
    }
    return isNegative ? -value : value
  }

  @inlinable mutating func read<T: TextValue>(_ value: inout T, _ key: StaticString) {
    let before = at
    guard skip(UInt8(ascii: "\"")) else { return fail("\"") }
    let start = at
    switch skipWords() {
    case .end:
      guard let found = T(utf8: UnsafeRawBufferPointer(rebasing: bytes[start..<at])) else {
        at = before
        return fail("a canonical ", key)
      }
      value = found
    case .escape: readEscaped(&value, start, key, before)
    case .none: return fail("the end of a string")
    }
    at += 1
  }

  /// What the words of a string led to.
  @usableFromInline enum Stop { case end, escape, none }

  /// Goes to the closing quote, or to the first backslash before it; to neither where a bare
  /// control character or nothing stands there.
  @usableFromInline mutating func skipWords() -> Stop {
    var place = at
    let count = bytes.count
    while place < count {
      if place + 8 <= count {
        let marks = Marks.special(in: word(place))
        guard marks != 0 else {
          place += 8
          continue
        }
        place += marks.trailingZeroBitCount >> 3
      }
      let byte = bytes[place]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        at = place
        return byte == UInt8(ascii: "\"") ? .end : .escape
      }
      guard byte >= 0x20 else { return .none }
      place += 1
    }
    return .none
  }

  @usableFromInline mutating func readEscaped<T: TextValue>(
    _ value: inout T, _ start: Int, _ key: StaticString, _ before: Int
  ) {
    // Room for the rest of the body, as the string's end isn't known; eight bytes more, as words
    // are written whole.
    let room = bytes.count - start + 8
    let found = withUnsafeTemporaryAllocation(byteCount: room, alignment: 8) { out in
      let count = at - start
      UnsafeMutableRawBufferPointer(rebasing: out[..<count])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<at]))
      return Escapes.undo(bytes, &at, into: out, from: count).map { count in
        T(utf8: UnsafeRawBufferPointer(rebasing: out[..<count]))
      }
    }
    guard let found else { return fail("a canonical escape") }
    guard let found else {
      at = before
      return fail("a canonical ", key)
    }
    value = found
  }

  /// The bytes of a string without escapes; empty where there is none.
  public mutating func plain(_ key: StaticString) -> UnsafeRawBufferPointer {
    guard require(key), skip(UInt8(ascii: "\"")) else {
      fail("a plain ", key)
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    let start = at
    guard skipWords() == .end else {
      fail("a plain ", key)
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    at += 1
    return UnsafeRawBufferPointer(rebasing: bytes[start..<at - 1])
  }

  /// Starts the object that stands under a key.
  public mutating func open(_ key: StaticString) {
    if require(key) { open() }
  }

  /// `{"amount":"24.25","asset":"USDT-ETH"}`, as `Money.list` has it, without a text in between.
  mutating func read(_ value: inout Money) {
    guard skip(raw: "{\"amount\":\"") else { return fail("an amount") }
    let start = at
    guard skipWords() == .end else { return fail("the end of an amount") }
    let amount = UnsafeRawBufferPointer(rebasing: bytes[start..<at])
    guard skip(raw: "\",\"asset\":\"") else { return fail("an asset") }
    let middle = at
    guard skipWords() == .end else { return fail("the end of an asset") }
    guard let asset = Asset(utf8: UnsafeRawBufferPointer(rebasing: bytes[middle..<at])) else {
      return fail("a canonical asset")
    }
    guard let units = DecimalText.canonicalUnits(amount, scale: asset.decimals) else {
      return fail("a canonical amount")
    }
    guard skip(raw: "\"}") else { return fail("}") }
    value = Money(units, asset)
  }
}

/// Eight bytes at a time.
enum Marks {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// The high bit of each byte that is a quote, a backslash or a control character.
  ///
  /// Exact for the lowest such byte; what is marked above it may be none.
  @inline(__always)
  static func special(in word: UInt64) -> UInt64 {
    let quotes = word ^ (ones &* 0x22)
    let slashes = word ^ (ones &* 0x5c)
    let found =
      ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes)
      | ((word &- (ones &* 0x20)) & ~word)
    return found & highs
  }
}
