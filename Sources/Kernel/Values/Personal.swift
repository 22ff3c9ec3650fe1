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

  public var text: String { "p0:" + value }
  public static var blank: Personal { Personal("") }
}
