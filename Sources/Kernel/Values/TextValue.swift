/// A value that is stored, shown and read as one exact text.
///
/// `init(text:)` of `text` gives the value back; any other spelling is refused, so that equal
/// values have equal bytes. `blank` is a placeholder that never reaches the log (writers trap on
/// it).
public protocol TextValue: Hashable, Sendable {
  init?(text: String)
  /// The value of a text's UTF-8, without the text where that can be; bytes that are no UTF-8 are
  /// refused.
  init?(utf8 bytes: UnsafeRawBufferPointer)
  var text: String { get }
  static var blank: Self { get }
  /// False for what has no text of its own, such as a blank.
  var isWritable: Bool { get }
  /// Appends the text as a JSON string.
  func write(to out: inout CanonicalText)
}

extension TextValue {
  public init?(utf8 bytes: UnsafeRawBufferPointer) {
    guard let text = String(utf8: bytes) else { return nil }
    self.init(text: text)
  }

  public var isWritable: Bool { !text.isEmpty || Self(text: text) == self }

  public func write(to out: inout CanonicalText) { out.put(quoted: text) }
}

/// A closed set of words, stored as their raw text.
public protocol Word: TextValue, RawRepresentable, CaseIterable where RawValue == String {}

extension Word {
  public init?(text: String) { self.init(rawValue: text) }
  public var text: String { rawValue }
  public static var blank: Self {
    guard let first = allCases.first else { preconditionFailure("\(Self.self) has no words") }
    return first
  }
}

extension String: TextValue {
  public init?(text: String) { self = text }

  public init?(utf8 bytes: UnsafeRawBufferPointer) {
    var text = String(decoding: bytes.assumingMemoryBound(to: UInt8.self), as: UTF8.self)
    // Decoding repairs what isn't UTF-8, so bytes that come out as they went in were. Plain ASCII
    // needs no second look.
    guard isASCII(bytes) || text.withUTF8({ UnsafeRawBufferPointer($0).elementsEqual(bytes) })
    else { return nil }
    self = text
  }

  public var text: String { self }
  public var isWritable: Bool { true }
  public static var blank: String { "" }
}

private func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
  var index = 0
  var marks: UInt64 = 0
  while index + 8 <= bytes.count {
    marks |= bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
    index += 8
  }
  while index < bytes.count {
    marks |= UInt64(bytes[index])
    index += 1
  }
  return marks & 0x8080_8080_8080_8080 == 0
}
