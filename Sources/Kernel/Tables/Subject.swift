/// What a fold remembers something of, `payment/<id>`: a word, and what tells it from its like.
///
/// Written as a string with ids and numbers in it, of printable ASCII; no string is made of it.
public struct Subject: TextValue, Comparable, ExpressibleByStringInterpolation,
  CustomStringConvertible
{
  private let letters: ShortText

  private init(_ letters: ShortText) { self.letters = letters }

  public init(stringLiteral text: String) {
    guard let subject = Self(text: text) else { preconditionFailure("\(text) is no subject") }
    self = subject
  }

  public init(stringInterpolation: Parts) { self.init(stringInterpolation.letters) }

  public init?(text: String) {
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
    var letters = ShortText.empty
    letters.append(text)
    self.init(letters)
  }

  public var text: String { letters.text }
  public var description: String { text }
  public var isWritable: Bool { !letters.isEmpty }
  public static var blank: Subject { Subject(.empty) }
  public static func < (left: Subject, right: Subject) -> Bool { left.letters < right.letters }

  /// What stands in the string, one after the other.
  public struct Parts: StringInterpolationProtocol {
    fileprivate var letters = ShortText.empty

    public init(literalCapacity: Int, interpolationCount: Int) {}

    public mutating func appendLiteral(_ literal: String) { letters.append(literal) }

    public mutating func appendInterpolation<Kind>(_ id: ID<Kind>) { letters.append(id.letters) }

    public mutating func appendInterpolation<W: Word>(_ word: W) { append(word.text) }

    /// Whatever isn't printable ASCII stands as `%` and two digits, and so does a `%`.
    public mutating func appendInterpolation(_ text: String) { append(text) }

    private mutating func append(_ text: String) {
      func isPlain(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7f && byte != 0x25 }
      guard !text.utf8.allSatisfy(isPlain) else { return letters.append(text) }
      for byte in text.utf8 {
        let digits = [Escapes.hex(byte >> 4), Escapes.hex(byte & 15)]
        letters.append(
          String(decoding: isPlain(byte) ? [byte] : [0x25] + digits, as: UTF8.self))
      }
    }

    public mutating func appendInterpolation(_ number: Int) { letters.append(String(number)) }
  }
}
