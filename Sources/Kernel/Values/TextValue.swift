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
  /// The same of bytes that are known to be ASCII.
  init?(ascii bytes: UnsafeRawBufferPointer)
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

  public init?(ascii bytes: UnsafeRawBufferPointer) { self.init(utf8: bytes) }

  public var isWritable: Bool { !text.isEmpty || Self(text: text) == self }

  public func write(to out: inout CanonicalText) { out.put(quoted: text) }
}

/// A closed set of words, stored as their raw text.
public protocol Word: TextValue, RawRepresentable, CaseIterable where RawValue == String {
  /// All of them, to find one by its bytes; what is read often keeps its list.
  static var words: WordList<Self> { get }
}

extension Word {
  public init?(text: String) { self.init(rawValue: text) }
  public init?(utf8 bytes: UnsafeRawBufferPointer) {
    guard let word = Self.words.word(of: bytes) else { return nil }
    self = word
  }
  public var text: String { rawValue }
  public static var words: WordList<Self> { WordList() }
  public static var blank: Self {
    guard let first = allCases.first else { preconditionFailure("\(Self.self) has no words") }
    return first
  }
}

/// The words of a closed set by their bytes.
public struct WordList<W: Word>: Sendable {
  private let entries: [(start: PackedText, count: Int, word: W)]

  public init() {
    entries = W.allCases.map { word in
      var text = word.rawValue
      return text.withUTF8 { bytes in
        (PackedText(UnsafeRawBufferPointer(bytes)), bytes.count, word)
      }
    }
  }

  func word(of bytes: UnsafeRawBufferPointer) -> W? {
    guard bytes.count <= 16 else { return String(utf8: bytes).flatMap { W(rawValue: $0) } }
    let start = PackedText(bytes)
    for entry in entries where entry.start == start && entry.count == bytes.count {
      return entry.word
    }
    return nil
  }
}

extension String: TextValue {
  public init?(text: String) { self = text }

  public init?(utf8 bytes: UnsafeRawBufferPointer) {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    self = text
  }

  public init?(ascii bytes: UnsafeRawBufferPointer) { self = asciiText(bytes) }

  public var text: String { self }
  public var isWritable: Bool { true }
  public static var blank: String { "" }
}
