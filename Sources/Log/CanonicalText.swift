/// Bytes of canonical JSON in the making: the pieces that RFC 8785 leaves no choice about.
struct CanonicalText {
  var bytes: [UInt8] = []

  /// Integers any JSON reader reads exactly.
  static let integers = -9_007_199_254_740_991...9_007_199_254_740_991

  mutating func put(_ byte: UInt8) { bytes.append(byte) }

  /// Text that needs no escapes and no quotes.
  mutating func put(raw text: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func put(quoted text: String) {
    put(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { escape($0) }
    put(UInt8(ascii: "\""))
  }

  mutating func put(_ number: Int) {
    precondition(Self.integers.contains(number), "\(number) is not exact in JSON")
    if number < 0 { put(UInt8(ascii: "-")) }
    put(number.magnitude)
  }

  mutating func put(_ number: UInt) {
    guard number >= 10 else { return put(UInt8(ascii: "0") + UInt8(number)) }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var rest = number
      var start = 20
      while rest > 0 {
        start -= 1
        digits[start] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
    }
  }

  private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
    var start = 0
    for index in 0..<text.count {
      let byte = text[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
        continue
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
      start = index + 1
      put(UInt8(ascii: "\\"))
      if let short = Escapes.short(of: byte) {
        put(short)
      } else {
        put(raw: "u00")
        put(Escapes.hex(byte >> 4))
        put(Escapes.hex(byte & 15))
      }
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
  }
}

/// The escapes of RFC 8785: seven short ones, and `\u00xx` in small digits for the other controls.
enum Escapes {
  static func short(of byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
    case 8: UInt8(ascii: "b")
    case 9: UInt8(ascii: "t")
    case 10: UInt8(ascii: "n")
    case 12: UInt8(ascii: "f")
    case 13: UInt8(ascii: "r")
    default: nil
    }
  }

  static func byte(ofShort letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): letter
    case UInt8(ascii: "b"): 8
    case UInt8(ascii: "t"): 9
    case UInt8(ascii: "n"): 10
    case UInt8(ascii: "f"): 12
    case UInt8(ascii: "r"): 13
    default: nil
    }
  }

  static func hex(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
  }

  static func nibble(ofHex digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
