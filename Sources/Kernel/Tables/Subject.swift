/// What a fold remembers something of, `payment/<id>`: a word, and what tells it from its like.
///
/// Written as a string with ids and numbers in it, of printable ASCII; no string is made of it.
public struct Subject: TextValue, ExpressibleByStringInterpolation, CustomStringConvertible {
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

  /// What stands in the string, one after the other.
  public struct Parts: StringInterpolationProtocol {
    fileprivate var letters = ShortText.empty

    public init(literalCapacity: Int, interpolationCount: Int) {}

    public mutating func appendLiteral(_ literal: String) { letters.append(literal) }

    public mutating func appendInterpolation<Kind>(_ id: ID<Kind>) { letters.append(id.letters) }

    public mutating func appendInterpolation(_ number: Int) { letters.append(String(number)) }
  }
}
