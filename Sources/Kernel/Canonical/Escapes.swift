/// The escapes of RFC 8785: seven short ones, and `\u00xx` in small digits for the other controls.
public enum Escapes {
  static func short(of byte: UInt8) -> UInt8? {
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return byte }
    return pairs.first { $0.byte == byte }?.letter
  }

  static func byte(ofShort letter: UInt8) -> UInt8? {
    if letter == UInt8(ascii: "\"") || letter == UInt8(ascii: "\\") { return letter }
    return pairs.first { $0.letter == letter }?.byte
  }

  private static let pairs: [(byte: UInt8, letter: UInt8)] = [
    (8, UInt8(ascii: "b")), (9, UInt8(ascii: "t")), (10, UInt8(ascii: "n")),
    (12, UInt8(ascii: "f")), (13, UInt8(ascii: "r")),
  ]

  public static func hex(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
  }

  public static func nibble(ofHex digit: UInt8) -> UInt8? {
    if digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") { return digit - UInt8(ascii: "0") }
    if digit >= UInt8(ascii: "a"), digit <= UInt8(ascii: "f") {
      return digit - UInt8(ascii: "a") + 10
    }
    return nil
  }

  /// Whether a quote, a backslash or a control character is in the text.
  static func areNeeded(for text: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index + 8 <= text.count {
      let word = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      if Marks.special(in: word) != 0 { return true }
      index += 8
    }
    while index < text.count {
      if isSpecial(text[index]) { return true }
      index += 1
    }
    return false
  }

  /// Writes a text with its escapes; `out` has room for six bytes for each of the text's, and
  /// eight.
  static func write(_ text: UnsafeRawBufferPointer, to out: UnsafeMutableRawPointer) -> Int {
    var from = 0
    var to = 0
    while from < text.count {
      if from + 8 <= text.count {
        let word = text.loadUnaligned(fromByteOffset: from, as: UInt64.self)
        out.storeBytes(of: word, toByteOffset: to, as: UInt64.self)
        let marks = Marks.special(in: word)
        let step = marks == 0 ? 8 : marks.trailingZeroBitCount >> 3
        from += step
        to += step
        if marks == 0 { continue }
      }
      let byte = text[from]
      from += 1
      guard isSpecial(byte) else {
        out.storeBytes(of: byte, toByteOffset: to, as: UInt8.self)
        to += 1
        continue
      }
      out.storeBytes(of: UInt8(ascii: "\\"), toByteOffset: to, as: UInt8.self)
      if let short = short(of: byte) {
        out.storeBytes(of: short, toByteOffset: to + 1, as: UInt8.self)
        to += 2
      } else {
        let letters = [UInt8(ascii: "u"), 48, 48, hex(byte >> 4), hex(byte & 15)]
        for (place, letter) in letters.enumerated() {
          out.storeBytes(of: letter, toByteOffset: to + 1 + place, as: UInt8.self)
        }
        to += 6
      }
    }
    return to
  }

  /// Writes what a string's inside stands for behind `count` bytes, up to its closing quote, and
  /// gives how many there are then; nil where there is no end, or an escape that isn't canonical.
  ///
  /// `out` has room for as many bytes as the text has from there, and eight.
  static func undo(
    _ text: UnsafeRawBufferPointer, _ from: inout Int, into out: UnsafeMutableRawBufferPointer,
    from count: Int
  ) -> Int? {
    var to = count
    while from < text.count {
      if from + 8 <= text.count {
        let word = text.loadUnaligned(fromByteOffset: from, as: UInt64.self)
        out.storeBytes(of: word, toByteOffset: to, as: UInt64.self)
        let marks = Marks.special(in: word)
        let step = marks == 0 ? 8 : marks.trailingZeroBitCount >> 3
        from += step
        to += step
        if marks == 0 { continue }
      }
      var byte = text[from]
      if byte == UInt8(ascii: "\"") { return to }
      guard byte >= 0x20 else { return nil }
      from += 1
      if byte == UInt8(ascii: "\\") {
        guard let found = undo(text, &from) else { return nil }
        byte = found
      }
      out[to] = byte
      to += 1
    }
    return nil
  }

  /// The byte an escape stands for, whose letter is at `from`.
  private static func undo(_ text: UnsafeRawBufferPointer, _ from: inout Int) -> UInt8? {
    guard from < text.count else { return nil }
    let letter = text[from]
    if let byte = byte(ofShort: letter) {
      from += 1
      return byte
    }
    guard letter == UInt8(ascii: "u"), from + 5 <= text.count, text[from + 1] == 48,
      text[from + 2] == 48, let high = nibble(ofHex: text[from + 3]), high < 2,
      let low = nibble(ofHex: text[from + 4]), short(of: high << 4 | low) == nil
    else { return nil }
    from += 5
    return high << 4 | low
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }
}
