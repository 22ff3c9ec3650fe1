/// Writes compact JSON straight into bytes; commas and colons are its own work.
///
/// Strings are escaped as RFC 8785 says: only `"`, `\` and U+0000 to U+001F. The text is canonical
/// when the caller gives the names of each object in order (`JSONWriter.inOrder` tells).
public struct JSONWriter: Sendable {
  /// What is written so far.
  public private(set) var bytes: [UInt8] = []
  private var wantsComma = false

  public init(reserving capacity: Int = 512) {
    bytes.reserveCapacity(capacity)
  }

  public mutating func beginObject() { open(UInt8(ascii: "{")) }
  public mutating func endObject() { close(UInt8(ascii: "}")) }
  public mutating func beginArray() { open(UInt8(ascii: "[")) }
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  /// The name of the next member.
  public mutating func name(_ text: String) {
    comma()
    quoted(text)
    bytes.append(UInt8(ascii: ":"))
    wantsComma = false
  }

  public mutating func string(_ text: String) {
    comma()
    quoted(text)
    wantsComma = true
  }

  /// A string by its bytes, which must be UTF-8.
  public mutating func string(_ text: UnsafeBufferPointer<UInt8>) {
    comma()
    quoted(text)
    wantsComma = true
  }

  public mutating func bool(_ flag: Bool) { token(flag ? "true" : "false") }
  public mutating func null() { token("null") }

  public mutating func integer(_ value: Int) {
    integer(negative: value < 0, UInt64(value.magnitude))
  }

  public mutating func integer(_ value: UInt64) { integer(negative: false, value) }

  /// A number's token as it is, which must be one JSON's grammar allows.
  public mutating func number(_ text: String) {
    assert(NumberText.isNumber(text), "not a number")
    comma()
    bytes.append(contentsOf: text.utf8)
    wantsComma = true
  }

  /// A whole value that is JSON already.
  public mutating func raw(_ value: some Collection<UInt8>) {
    comma()
    bytes.append(contentsOf: value)
    wantsComma = true
  }

  /// Forgets what is written and keeps the room for it.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    wantsComma = false
  }

  /// Whether RFC 8785 puts the first name before the second.
  public static func inOrder(_ first: String, _ second: String) -> Bool {
    NameOrder.precedes(first, second)
  }

  private mutating func open(_ bracket: UInt8) {
    comma()
    bytes.append(bracket)
    wantsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    wantsComma = true
  }

  private mutating func comma() {
    if wantsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func token(_ text: StaticString) {
    comma()
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    wantsComma = true
  }

  private mutating func integer(negative: Bool, _ magnitude: UInt64) {
    comma()
    if negative { bytes.append(UInt8(ascii: "-")) }
    let first = bytes.count
    var rest = magnitude
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    bytes[first...].reverse()
    wantsComma = true
  }

  private mutating func quoted(_ text: String) {
    var text = text
    text.withUTF8 { quoted($0) }
  }

  private mutating func quoted(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    var clean = 0
    for at in text.indices where JSONWriter.needsEscape(text[at]) {
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[clean..<at]))
      escape(text[at])
      clean = at + 1
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[clean...]))
    bytes.append(UInt8(ascii: "\""))
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func escape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    case 0..<0x20:
      let low = byte & 0xF
      bytes.append(contentsOf: "u00".utf8)
      bytes.append(UInt8(ascii: "0") + byte >> 4)
      bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
    default: bytes.append(byte)
    }
  }
}
