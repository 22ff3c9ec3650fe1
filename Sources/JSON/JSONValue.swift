/// A JSON value with nothing lost: numbers as their text, members in document order.
///
/// Two values are equal when their members and items are, in order, and their texts are the same
/// bytes; Unicode's canonical equivalence, which `String` compares by, makes no two texts equal.
public enum JSONValue: Sendable {
  case null
  case bool(Bool)

  /// The token as written, which must be one JSON's grammar allows.
  case number(String)
  case string(String)
  case array([JSONValue])

  /// The members in document order, no name twice.
  case object([JSONMember])
}

/// One member of an object.
public struct JSONMember: Hashable, Sendable {
  public let name: String
  public let value: JSONValue

  public init(_ name: String, _ value: JSONValue) {
    self.name = name
    self.value = value
  }

  public static func == (left: JSONMember, right: JSONMember) -> Bool {
    left.name.hasBytes(of: right.name) && left.value == right.value
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combineBytes(of: name)
    hasher.combine(value)
  }
}

extension JSONValue: Hashable {
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.number(let left), .number(let right)): left.utf8.elementsEqual(right.utf8)
    case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)): left == right
    case (.null, _), (.bool, _), (.number, _), (.string, _), (.array, _), (.object, _): false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null:
      hasher.combine(0)
    case .bool(let flag):
      hasher.combine(1)
      hasher.combine(flag)
    case .number(let token):
      hasher.combine(2)
      hasher.combineBytes(of: token)
    case .string(let text):
      hasher.combine(3)
      hasher.combineBytes(of: text)
    case .array(let items):
      hasher.combine(4)
      hasher.combine(items)
    case .object(let members):
      hasher.combine(5)
      hasher.combine(members)
    }
  }
}

extension Hasher {
  mutating func combineBytes(of text: String) {
    var text = text
    combine(text.utf8.count)
    text.withUTF8 { combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
