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
    guard Self.isPlain(bytes),
      let value = String(utf8: UnsafeRawBufferPointer(rebasing: bytes[3...]))
    else { return nil }
    self.value = value
  }

  public init?(ascii bytes: UnsafeRawBufferPointer) {
    guard Self.isPlain(bytes) else { return nil }
    value = asciiText(UnsafeRawBufferPointer(rebasing: bytes[3...]))
  }

  /// Whether a text is stored as it is.
  fileprivate static func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 3 && bytes[0] == UInt8(ascii: "p") && bytes[1] == UInt8(ascii: "0")
      && bytes[2] == UInt8(ascii: ":")
  }

  public var text: String { "p0:" + value }
  public var isWritable: Bool { true }
  public static var blank: Personal { Personal("") }
}

/// A long text that belongs to a person, kept as a body spells it: its escapes are undone only when
/// somebody asks for the text.
public struct KeptPersonal: TextValue {
  // The inside of its JSON string, scheme and escapes and all: one spelling for each text.
  private let spelling: [UInt8]

  public init(_ value: String) {
    var out = CanonicalText()
    out.put(quoted: "p0:" + value)
    spelling = Array(out.bytes.dropFirst().dropLast())
  }

  /// Takes over what is the canonical inside of a string; nil where its scheme is another.
  init?(spelling: UnsafeRawBufferPointer) {
    guard Personal.isPlain(spelling) else { return nil }
    self.spelling = [UInt8](spelling)
  }

  public init?(text: String) {
    guard let personal = Personal(text: text) else { return nil }
    self.init(personal.value)
  }

  public var value: String {
    guard let personal = Personal(text: text) else {
      preconditionFailure("a kept text lost its scheme")
    }
    return personal.value
  }

  public var text: String {
    spelling.withUnsafeBytes { spelling in
      // A quote behind it, for `undo` to stop at; eight bytes more, as words are written whole.
      withUnsafeTemporaryAllocation(byteCount: 2 * spelling.count + 9, alignment: 8) { room in
        let inside = UnsafeMutableRawBufferPointer(rebasing: room[..<(spelling.count + 1)])
        inside.copyMemory(from: spelling)
        inside[spelling.count] = UInt8(ascii: "\"")
        let out = UnsafeMutableRawBufferPointer(rebasing: room[(spelling.count + 1)...])
        var from = 0
        guard let count = Escapes.undo(UnsafeRawBufferPointer(inside), &from, into: out, from: 0),
          let text = String(utf8: UnsafeRawBufferPointer(rebasing: out[..<count]))
        else { preconditionFailure("a kept text isn't spelled as texts are") }
        return text
      }
    }
  }

  public var isWritable: Bool { true }
  public static let blank = KeptPersonal("")

  public func write(to out: inout CanonicalText) {
    out.put(UInt8(ascii: "\""))
    out.bytes += spelling
    out.put(UInt8(ascii: "\""))
  }

  public func hash(into hasher: inout Hasher) {
    spelling.withUnsafeBytes { hasher.combine(bytes: $0) }
  }
}
