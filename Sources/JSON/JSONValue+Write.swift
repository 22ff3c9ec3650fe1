/// How a value is written; always compact, strings always escaped as RFC 8785 says.
public enum JSONStyle: Hashable, Sendable {
  /// Members in document order, number tokens verbatim.
  case asIs

  /// Members by name at every depth (UTF-16 code units), number tokens verbatim.
  case sorted

  /// RFC 8785: `sorted`, and numbers as ECMAScript's Number::toString prints them.
  ///
  /// A number beyond the doubles keeps its token.
  case sortedECMAScript
}

extension JSONValue {
  /// The text of the value as UTF-8.
  public func written(_ style: JSONStyle) -> [UInt8] {
    var writer = JSONWriter()
    write(to: &writer, style)
    return writer.bytes
  }

  /// Writes the value as the next one of a text under way.
  public func write(to writer: inout JSONWriter, _ style: JSONStyle) {
    switch self {
    case .null: writer.null()
    case .bool(let flag): writer.bool(flag)
    case .number(let token):
      writer.number(style == .sortedECMAScript ? NumberText.ecmaScript(token) : token)
    case .string(let text): writer.string(text)
    case .array(let items):
      writer.beginArray()
      for item in items { item.write(to: &writer, style) }
      writer.endArray()
    case .object(let members):
      writer.beginObject()
      let ordered =
        style == .asIs ? members : members.sorted { NameOrder.precedes($0.name, $1.name) }
      for member in ordered {
        writer.name(member.name)
        member.value.write(to: &writer, style)
      }
      writer.endObject()
    }
  }
}
