extension Walk {
  /// The string whose opening quote is at `start`, its escapes undone.
  func string(from start: Int) throws(JSONError) -> String {
    var at = start + 1
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        try blank(from: at + 1)
        return String(
          decoding: UnsafeBufferPointer(rebasing: bytes[start + 1..<at]), as: UTF8.self)
      case UInt8(ascii: "\\"):
        return try escapedString(from: start, firstEscape: at)
      case 0..<0x20:
        throw JSONError(.controlCharacter, at: at)
      default:
        at += 1
      }
    }
    throw JSONError(.unclosedString, at: start)
  }

  private func escapedString(
    from start: Int, firstEscape: Int
  ) throws(JSONError) -> String {
    var text = [UInt8](bytes[start + 1..<firstEscape])
    var at = firstEscape
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        try blank(from: at + 1)
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        at = try undoEscape(at: at, into: &text)
      case 0..<0x20:
        throw JSONError(.controlCharacter, at: at)
      default:
        text.append(bytes[at])
        at += 1
      }
    }
    throw JSONError(.unclosedString, at: start)
  }

  /// Adds what the escape at `at` stands for; returns where the text goes on.
  private func undoEscape(at: Int, into text: inout [UInt8]) throws(JSONError) -> Int {
    guard at + 1 < bytes.count else { throw JSONError(.badEscape, at: at) }
    switch bytes[at + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(bytes[at + 1])
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): return try undoUnicodeEscape(at: at, into: &text)
    default: throw JSONError(.badEscape, at: at)
    }
    return at + 2
  }

  private func undoUnicodeEscape(
    at: Int, into text: inout [UInt8]
  ) throws(JSONError) -> Int {
    let unit = try codeUnit(at: at)
    if let scalar = Unicode.Scalar(unit) {
      text.append(contentsOf: scalar.utf8)
      return at + 6
    }
    guard unit < 0xDC00, at + 7 < bytes.count, bytes[at + 6] == UInt8(ascii: "\\"),
      bytes[at + 7] == UInt8(ascii: "u")
    else { throw JSONError(.loneSurrogate, at: at) }
    let second = try codeUnit(at: at + 6)
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(
        0x10000 + (UInt32(unit - 0xD800) << 10 | UInt32(second - 0xDC00)))
    else { throw JSONError(.loneSurrogate, at: at) }
    text.append(contentsOf: scalar.utf8)
    return at + 12
  }

  /// The four hexadecimal digits of the `\uXXXX` at `at`.
  private func codeUnit(at: Int) throws(JSONError) -> UInt16 {
    guard at + 6 <= bytes.count else { throw JSONError(.badEscape, at: at) }
    var unit: UInt16 = 0
    for byte in bytes[at + 2..<at + 6] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw JSONError(.badEscape, at: at)
      }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }
}
