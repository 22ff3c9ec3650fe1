/// RFC 8785's order of names: by UTF-16 code units.
enum NameOrder {
  static func precedes(_ left: String, _ right: String) -> Bool {
    var left = left
    var right = right
    return left.withUTF8 { left in
      right.withUTF8 { right in
        for at in 0..<min(left.count, right.count) where left[at] != right[at] {
          return rank(left[at]) < rank(right[at])
        }
        return left.count < right.count
      }
    }
  }

  /// UTF-8 sorts as UTF-16 does, but for this: what UTF-16 writes as surrogates (first bytes F0 to
  /// F4) goes before U+E000 to U+FFFF (first bytes EE and EF).
  private static func rank(_ byte: UInt8) -> UInt8 {
    switch byte {
    case 0xEE, 0xEF: byte + 6
    case 0xF0...: byte - 2
    default: byte
    }
  }
}
