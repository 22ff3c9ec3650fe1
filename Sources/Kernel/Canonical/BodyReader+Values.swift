// How the reader gets values out of bytes: integers, texts, amounts.

extension BodyReader {
  /// An integer as JSON has it: no plus, no leading zeros, no minus zero, within 2^53 - 1.
  @usableFromInline mutating func number() -> Int? {
    let before = at
    let isNegative = skip(UInt8(ascii: "-"))
    let first = at
    var value = 0
    while left > 0, at - first < 17, case let digit = byte &- 48, digit <= 9 {
      value = value * 10 + Int(digit)
      at += 1
    }
    let count = at - first
    let isCanonical =
      count > 0 && (first.load(as: UInt8.self) != 48 || (count == 1 && !isNegative))
    guard isCanonical, CanonicalText.integers.contains(value) else {
      at = before
      fail("an exact integer")
      return nil
    }
    return isNegative ? -value : value
  }

  @inlinable mutating func read<T: TextValue>(_ value: inout T, _ key: StaticString) {
    let before = at
    guard skip(UInt8(ascii: "\"")) else { return fail("\"") }
    let start = at
    let found: T?
    switch skipWords() {
    case .ascii: found = T(ascii: UnsafeRawBufferPointer(start: start, count: at - start))
    case .end: found = T(utf8: UnsafeRawBufferPointer(start: start, count: at - start))
    case .escape: found = escaped(from: start)
    case .none: return fail("the end of a string")
    }
    guard let found else {
      at = isSound ? before : edge
      return fail("a canonical ", key)
    }
    value = found
    at += 1
  }

  /// What the words of a string led to.
  @usableFromInline enum Stop { case ascii, end, escape, none }

  /// Goes to the closing quote, and says whether there was ASCII only; or to the first backslash
  /// before it; to neither where a bare control character or nothing stands there.
  // In place: nearly every field is a text, and most end within two words.
  @usableFromInline @inline(__always) mutating func skipWords() -> Stop {
    var place = at
    var seen: UInt64 = 0
    while true {
      if edge - place >= 8 {
        let word = UInt64(littleEndian: place.loadUnaligned(as: UInt64.self))
        let marks = Marks.special(in: word)
        guard marks != 0 else {
          seen |= word
          place += 8
          continue
        }
        let count = marks.trailingZeroBitCount & ~7
        seen |= word & ((1 << UInt64(count)) &- 1)
        place += count >> 3
      }
      guard place < edge else { return .none }
      let byte = place.load(as: UInt8.self)
      if byte == UInt8(ascii: "\"") {
        at = place
        return seen & Marks.highs == 0 ? .ascii : .end
      }
      if byte == UInt8(ascii: "\\") {
        at = place
        return .escape
      }
      guard byte >= 0x20 else { return .none }
      seen |= UInt64(byte)
      place += 1
    }
  }

  /// The value of a string with escapes, of which the first is next; goes to its closing quote.
  @usableFromInline mutating func escaped<T: TextValue>(from start: UnsafeRawPointer) -> T? {
    let text = UnsafeRawBufferPointer(start: start, count: edge - start)
    var place = at - start
    // Room for the rest of the body, as the string's end isn't known; eight bytes more, as words
    // are written whole.
    let found: T?? = withUnsafeTemporaryAllocation(byteCount: text.count + 8, alignment: 8) { out in
      let count = place
      UnsafeMutableRawBufferPointer(rebasing: out[..<count])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: text[..<count]))
      return Escapes.undo(text, &place, into: out, from: count).map { count in
        T(utf8: UnsafeRawBufferPointer(rebasing: out[..<count]))
      }
    }
    at = start + place
    guard let found else {
      fail("a canonical escape")
      return nil
    }
    return found
  }

  /// A person's text as it is spelled; the spelling is checked, and not undone.
  mutating func read(_ value: inout KeptPersonal, _ key: StaticString) {
    let before = at
    guard skip(UInt8(ascii: "\"")) else { return fail("\"") }
    let start = at
    let text = UnsafeRawBufferPointer(start: start, count: left)
    guard let count = Escapes.skip(text) else { return fail("a canonical string") }
    guard let found = KeptPersonal(spelling: UnsafeRawBufferPointer(rebasing: text[..<count]))
    else {
      at = before
      return fail("a canonical ", key)
    }
    value = found
    at = start + count + 1
  }

  /// The bytes of a string without escapes; empty where there is none.
  public mutating func plain(_ key: StaticString) -> UnsafeRawBufferPointer {
    guard require(key), skip(UInt8(ascii: "\"")) else {
      fail("a plain ", key)
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    let start = at
    guard let words = words() else {
      fail("a plain ", key)
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    at = start + words.count + 1
    return words
  }

  /// Shows the bytes of each string of a list, none of which has escapes.
  public mutating func plains(
    _ key: StaticString, _ show: (UnsafeRawBufferPointer) -> Void
  ) {
    guard require(key) else { return }
    items { reader in
      guard reader.skip(UInt8(ascii: "\"")), let words = reader.words() else {
        return reader.fail("a plain ", key)
      }
      reader.at += 1
      show(words)
    }
  }

  /// The words up to the closing quote, where no escape comes before it; goes there.
  private mutating func words() -> UnsafeRawBufferPointer? {
    let start = at
    switch skipWords() {
    case .ascii, .end: return UnsafeRawBufferPointer(start: start, count: at - start)
    case .escape, .none: return nil
    }
  }

  /// Starts the object that stands under a key.
  public mutating func open(_ key: StaticString) {
    if require(key) { open() }
  }

  /// `{"amount":"24.25","asset":"USDT-ETH"}`, as `Money.list` has it, without a text in between.
  @usableFromInline mutating func read(_ value: inout Money) {
    guard skip(raw: "{\"amount\":\"") else { return fail("an amount") }
    guard let amount = words() else { return fail("the end of an amount") }
    guard skip(raw: "\",\"asset\":\"") else { return fail("an asset") }
    guard let name = words() else { return fail("the end of an asset") }
    guard let asset = Asset(utf8: name) else { return fail("a canonical asset") }
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
  static let highs: UInt64 = 0x8080_8080_8080_8080

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
