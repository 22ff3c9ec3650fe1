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
    // The last word again from its end, as far as there is one.
    if index > 0 {
      guard index < text.count else { return false }
      let last = text.loadUnaligned(fromByteOffset: text.count - 8, as: UInt64.self)
      return Marks.special(in: last) != 0
    }
    if text.count >= 4 {
      let low = text.loadUnaligned(as: UInt32.self)
      let high = text.loadUnaligned(fromByteOffset: text.count - 4, as: UInt32.self)
      return Marks.special(in: UInt64(low) | UInt64(high) << 32) != 0
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

  /// How many bytes of a text are the inside of a canonical string: up to its closing quote, all
  /// escapes as they must be, in valid UTF-8; nil where there is no such end.
  static func skip(_ text: UnsafeRawBufferPointer) -> Int? {
    var seen: UInt64 = 0
    // A first byte that is nothing special stands before the others as any does.
    var from = text.count > 0 && !isSpecial(text[0]) ? 1 : 0
    if from > 0 { seen = UInt64(text[0]) }
    while true {
      // Sixteen bytes in which quotes stand behind backslashes and nowhere else: nearly all of a
      // notice. The byte before the first isn't a backslash that is an escape's second.
      while from > 0, from + 16 <= text.count {
        let bytes = text.loadUnaligned(fromByteOffset: from, as: SIMD16<UInt8>.self)
        let before = text.loadUnaligned(fromByteOffset: from - 1, as: SIMD16<UInt8>.self)
        // As words: the compiler goes through masks a byte at a time.
        let quotes = words(bytes .== SIMD16(repeating: 0x22))
        let slashes = words(before .== SIMD16(repeating: 0x5c))
        let controls = words(bytes .< SIMD16(repeating: 0x20))
        let all = unsafeBitCast(bytes, to: (low: UInt64, high: UInt64).self)
        let odd = (
          low: (quotes.low ^ slashes.low) | controls.low,
          high: (quotes.high ^ slashes.high) | controls.high
        )
        guard odd.low | odd.high == 0 else {
          // The first odd byte is the end where it is a quote: those before it are as they must be.
          let low = UInt64(littleEndian: odd.low)
          let high = UInt64(littleEndian: odd.high)
          let place = low != 0 ? low.trailingZeroBitCount >> 3 : 8 + high.trailingZeroBitCount >> 3
          guard text[from + place] == UInt8(ascii: "\""), text[from + place - 1] != 0x5c else {
            break
          }
          // What lies behind it may not be ASCII: then they are looked at one by one.
          if (seen | all.low | all.high) & Marks.highs == 0 { return from + place }
          break
        }
        seen |= all.low | all.high
        from += 16
      }
      // A backslash that ended the last sixteen bytes is an escape's first.
      if from > 0, text[from - 1] == UInt8(ascii: "\\") { from -= 1 }
      let start = from
      repeat {
        guard from < text.count else { return nil }
        let byte = text[from]
        if byte == UInt8(ascii: "\"") {
          return seen & Marks.highs == 0 || isUTF8(text, from) ? from : nil
        }
        guard byte >= 0x20 else { return nil }
        seen |= UInt64(byte)
        from += 1
        if byte == UInt8(ascii: "\\"), undo(text, &from) == nil { return nil }
      } while from < start + 16 || text[from - 1] == UInt8(ascii: "\\")
    }
  }

  @inline(__always)
  private static func words(_ mask: SIMDMask<SIMD16<Int8>>) -> (low: UInt64, high: UInt64) {
    unsafeBitCast(mask, to: (low: UInt64, high: UInt64).self)
  }

  private static func isUTF8(_ text: UnsafeRawBufferPointer, _ count: Int) -> Bool {
    String(validating: UnsafeRawBufferPointer(rebasing: text[..<count]), as: UTF8.self) != nil
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
