import Kernel

/// Bytes and numbers as the `0x` text of JSON-RPC.
public enum Hex {
  /// Lower-case digits with `0x` before them.
  public static func text(_ bytes: [UInt8]) -> String { "0x" + HexText.of(bytes) }

  /// Reads data: `0x` and an even number of digits of any case; nil for anything else.
  public static func bytes(_ text: String) -> [UInt8]? {
    text.hasPrefix("0x") ? bytes(bare: text.utf8.dropFirst(2)) : nil
  }

  static func bytes(bare text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 2)
    var high: UInt8?
    for character in text {
      guard let digit = digit(character) else { return nil }
      if let left = high {
        bytes.append(left << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return bytes
  }

  static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// A quantity: `0x0`, or digits that don't begin with a zero.
  ///
  /// Negative numbers are a bug and trap.
  public static func quantity(_ value: Int128) -> String {
    precondition(value >= 0, "a negative quantity")
    return "0x" + String(value, radix: 16)
  }

  /// Reads a quantity; leading zeros, an empty one, and more than `Int128` holds are refused.
  public static func quantity(_ text: String) -> Int128? {
    let body = text.utf8.dropFirst(2)
    guard text.hasPrefix("0x"), !body.isEmpty, body.count == 1 || body.first != UInt8(ascii: "0")
    else { return nil }
    return number(body)
  }

  /// Reads a 32-byte word as a number; nil where it has another length or `Int128` can't hold it.
  public static func word(_ bytes: [UInt8]) -> Int128? {
    guard bytes.count == 32, bytes.prefix(16).allSatisfy({ $0 == 0 }), bytes[16] < 0x80 else {
      return nil
    }
    return bytes.suffix(16).reduce(0) { $0 << 8 | Int128($1) }
  }

  private static func number(_ digits: Substring.UTF8View) -> Int128? {
    var value: Int128 = 0
    for character in digits {
      guard let digit = digit(character), value <= Int128.max >> 4 else { return nil }
      value = value << 4 | Int128(digit)
    }
    return value
  }
}
