import Kernel

/// What a fact or a group lists, as its schema should say it.
struct ListedField: Hashable {
  enum Shape: Hashable {
    case text
    /// An id or another text of a form of its own.
    case pattern
    case word([String])
    case reference(String)
    case integer
    case flag
    indirect case array(Shape)
  }
  let key: String
  let shape: Shape
  let isOptional: Bool
}

/// A visitor that writes down what it is shown.
struct FieldRecorder: Fields {
  private(set) var listed: [ListedField] = []
  /// The groups met, by the name of their schema, each with its own fields.
  private(set) var groups: [String: [ListedField]] = [:]

  mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T) {
    add(key, Self.shape(of: T.self))
  }
  mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T?) {
    add(key, Self.shape(of: T.self), optional: true)
  }
  mutating func texts<T: TextValue>(_ key: StaticString, _ value: inout [T]) {
    add(key, .array(Self.shape(of: T.self)))
  }
  mutating func integer(_ key: StaticString, _ value: inout Int) { add(key, .integer) }
  mutating func integer(_ key: StaticString, _ value: inout Int?) {
    add(key, .integer, optional: true)
  }
  mutating func flag(_ key: StaticString, _ value: inout Bool) { add(key, .flag) }
  mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G) {
    add(key, .reference(note(G.self)))
  }
  mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G?) {
    add(key, .reference(note(G.self)), optional: true)
  }
  mutating func groups<G: FieldGroup>(_ key: StaticString, _ value: inout [G]) {
    add(key, .array(.reference(note(G.self))))
  }

  private mutating func add(_ key: StaticString, _ shape: ListedField.Shape, optional: Bool = false)
  {
    listed.append(ListedField(key: key.description, shape: shape, isOptional: optional))
  }

  private mutating func note<G: FieldGroup>(_ type: G.Type) -> String {
    var inner = FieldRecorder()
    var blank = G.blank
    blank.list(&inner)
    let name = Self.snake(String(describing: type))
    groups[name] = inner.listed
    groups.merge(inner.groups) { first, _ in first }
    return name
  }

  private static func shape<T: TextValue>(of type: T.Type) -> ListedField.Shape {
    if let word = type as? any Word.Type { return .word(texts(of: word)) }
    let name = String(describing: type)
    if name.hasPrefix("ID<") { return .pattern }
    switch name {
    case "String", "MoneyText", "RateText": return .text
    // The same on paper; it is only kept otherwise.
    case "KeptPersonal": return .reference("personal")
    default: return .reference(snake(name))
    }
  }

  private static func texts<W: Word>(of type: W.Type) -> [String] { type.allCases.map(\.text) }

  /// `ChannelFace<OpenChannelKind>` as `channel_face`.
  private static func snake(_ name: String) -> String {
    var text = ""
    for character in name.prefix(while: { $0 != "<" }) {
      if character.isUppercase, !text.isEmpty { text += "_" }
      text += character.lowercased()
    }
    return text
  }
}
