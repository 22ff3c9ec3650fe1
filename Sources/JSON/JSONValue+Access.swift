extension JSONValue {
  /// The member of that name, compared byte for byte; nil if there is none or this is no object.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name.hasBytes(of: name) }?.value
  }

  /// The text of a string.
  public var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The token of a number, as written.
  public var number: String? {
    guard case .number(let token) = self else { return nil }
    return token
  }

  /// A number written as a plain integer (no point, no exponent) that fits.
  public var integer: Int? {
    guard case .number(let token) = self else { return nil }
    return Int(token)
  }

  /// A number, or a string that holds one, as plain decimal text: `1e-7` becomes `0.0000001`.
  ///
  /// Digits are moved, never computed; zeros at the end stay. Nil when it is neither, or would
  /// take more than 128 characters.
  public var decimal: String? {
    switch self {
    case .number(let token), .string(let token): NumberText.plain(token)
    case .null, .bool, .array, .object: nil
    }
  }

  public var items: [JSONValue]? {
    guard case .array(let items) = self else { return nil }
    return items
  }

  public var members: [JSONMember]? {
    guard case .object(let members) = self else { return nil }
    return members
  }

  public var flag: Bool? {
    guard case .bool(let flag) = self else { return nil }
    return flag
  }

  public var isNull: Bool {
    guard case .null = self else { return false }
    return true
  }

  /// An object with these members, in this order; a name given twice is a bug and traps.
  public static func object(_ pairs: KeyValuePairs<String, JSONValue>) -> JSONValue {
    var seen = NameSet()
    return .object(
      pairs.map { name, value in
        precondition(seen.insert(name), "a name given twice")
        return JSONMember(name, value)
      })
  }

  public static func integer(_ value: Int) -> JSONValue { .number(String(value)) }
}
