/// A text that belongs to a person and can be erased without touching the log's hashes.
///
/// Stored with a scheme before it: `p0:` is the text as it is. Later schemes hold ciphertext under
/// a key per person, so that erasing the key erases the text (reliability OP-18).
public struct Personal: TextValue {
  public let value: String

  public init(_ value: String) { self.value = value }

  public init?(text: String) {
    // By bytes: as characters, a mark that combines would take the colon from its prefix.
    guard text.utf8.starts(with: "p0:".utf8) else { return nil }
    value = String(Substring(text.utf8.dropFirst(3)))
  }

  public init?(utf8 bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 3, bytes[0] == UInt8(ascii: "p"), bytes[1] == UInt8(ascii: "0"),
      bytes[2] == UInt8(ascii: ":"),
      let value = String(utf8: UnsafeRawBufferPointer(rebasing: bytes[3...]))
    else { return nil }
    self.value = value
  }

  public var text: String { "p0:" + value }
  public var isWritable: Bool { true }
  public static var blank: Personal { Personal("") }
}
