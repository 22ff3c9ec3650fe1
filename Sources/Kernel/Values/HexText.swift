/// Bytes as hex digits, the one way everybody writes them.
public enum HexText {
  /// Small digits, two a byte, nothing before them.
  public static func of(_ bytes: some Sequence<UInt8>) -> String {
    bytes.withContiguousStorageIfAvailable(text) ?? Array(bytes).withUnsafeBufferPointer(text)
  }

  private static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    String(unsafeUninitializedCapacity: bytes.count * 2) { out in
      for index in 0..<bytes.count {
        out[2 * index] = digit(bytes[index] >> 4)
        out[2 * index + 1] = digit(bytes[index] & 15)
      }
      return bytes.count * 2
    }
  }

  private static func digit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
  }
}
