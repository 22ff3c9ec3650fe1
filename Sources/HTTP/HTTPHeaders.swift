/// Header fields in the order they came, looked up without regard to case; duplicates stay visible.
public struct HTTPHeaders: Sendable, Equatable {
  /// One field line.
  public struct Field: Sendable, Equatable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public private(set) var fields: [Field]

  public init(_ fields: [Field] = []) {
    self.fields = fields
  }

  public init(_ pairs: [(String, String)]) {
    fields = pairs.map { Field($0.0, $0.1) }
  }

  public var count: Int { fields.count }

  /// The first value of a name; nil when there is none.
  public subscript(name: String) -> String? {
    fields.first { HTTPHeaders.same($0.name, name) }?.value
  }

  /// Every value of a name, in order.
  public func all(_ name: String) -> [String] {
    fields.filter { HTTPHeaders.same($0.name, name) }.map(\.value)
  }

  /// The value of a name that may occur once; nil when it is absent or occurs again.
  public func only(_ name: String) -> String? {
    let values = all(name)
    return values.count == 1 ? values[0] : nil
  }

  public func contains(_ name: String) -> Bool {
    fields.contains { HTTPHeaders.same($0.name, name) }
  }

  public mutating func add(_ name: String, _ value: String) {
    fields.append(Field(name, value))
  }

  /// Puts one value in place of every value the name had.
  public mutating func set(_ name: String, _ value: String) {
    fields.removeAll { HTTPHeaders.same($0.name, name) }
    add(name, value)
  }

  /// True when two names differ at most in the case of ASCII letters.
  static func same(_ left: String, _ right: String) -> Bool {
    let left = left.utf8
    let right = right.utf8
    guard left.count == right.count else { return false }
    return zip(left, right).allSatisfy { $0 == $1 || $0.asciiLowercase == $1.asciiLowercase }
  }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, String)...) {
    self.init(elements)
  }
}

extension UInt8 {
  var asciiLowercase: UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
  }

  /// True for a character of a token, RFC 9110 section 5.6.2.
  var isTokenCharacter: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      return true
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
      UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
      UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      return true
    default:
      return false
    }
  }

  /// True for what a field value may hold: anything but control characters, and the tab.
  var isFieldCharacter: Bool {
    self == 0x09 || (self >= 0x20 && self != 0x7f)
  }
}

extension String {
  var isToken: Bool { !isEmpty && utf8.allSatisfy(\.isTokenCharacter) }
  var isFieldValue: Bool { utf8.allSatisfy(\.isFieldCharacter) }
}
