import JSON

extension House {
  /// Where a schema says other than the fields that are listed.
  ///
  /// `up` leads from the schema's folder to `schemas`.
  static func schemaProblems(_ schema: JSONValue, _ fields: [ListedField], up: String) -> [String] {
    var problems: [String] = []
    let properties = schema["properties"]?.members ?? []
    let required = schema["required"]?.items?.compactMap(\.text) ?? []
    if schema["type"]?.text != "object" { problems.append("is no object") }
    if schema["additionalProperties"]?.flag != false { problems.append("takes strangers") }
    if properties.map(\.name) != fields.map(\.key) {
      problems.append("has \(properties.map(\.name)), listed are \(fields.map(\.key))")
    }
    if required != fields.filter({ !$0.isOptional }).map(\.key) {
      problems.append("requires \(required)")
    }
    if schema["description"]?.text?.hasSuffix(".") != true { problems.append("isn't described") }
    for field in fields {
      guard let property = schema["properties"]?[field.key] else { continue }
      if let problem = shapeProblem(property, field.shape, up: up) {
        problems.append("\(field.key) \(problem)")
      }
      if property["description"]?.text?.hasSuffix(".") != true {
        problems.append("\(field.key) isn't described")
      }
    }
    return problems
  }

  private static func shapeProblem(_ property: JSONValue, _ shape: ListedField.Shape, up: String)
    -> String?
  {
    let type = property["type"]?.text
    switch shape {
    case .text: return type == "string" ? nil : "is no string"
    case .pattern:
      return type == "string" && property["pattern"]?.text != nil ? nil : "is no id"
    case .word(let words):
      let listed = property["enum"]?.items?.compactMap(\.text)
      return listed == words ? nil : "knows the words \(listed ?? [])"
    case .reference(let name):
      return property["$ref"]?.text == "\(up)\(name).json" ? nil : "isn't of \(name).json"
    case .integer: return type == "integer" ? nil : "is no integer"
    case .flag: return type == "boolean" ? nil : "is no flag"
    case .array(let inner):
      guard type == "array", let items = property["items"] else { return "is no array" }
      return shapeProblem(items, inner, up: up)
    }
  }

  /// Lines of the released list whose file isn't what was released; `read` gives a file's bytes.
  static func releaseProblems(_ lock: String, digest: (String) -> String?) -> [String] {
    lock.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
      let parts = line.split(separator: " ")
      guard parts.count == 2 else { return "released.lock: \(line)" }
      let path = String(parts[1])
      guard let found = digest(path) else { return "\(path) was released and is gone" }
      return found == parts[0] ? nil : "\(path) was released and has changed"
    }
  }
}
