import JSON
import Kernel

/// Takes the fields of a body one by one, each with its rule, and gathers what is wrong.
///
/// Numbers may come as JSON numbers or as text; null counts as absent; a field nobody asked for is
/// an error, because a misspelt one would be dropped in silence.
struct FieldReader {
  private let members: [String: JSONValue]
  private var asked = Set<String>()
  private(set) var errors: [Problem.FieldError] = []

  init(_ object: JSONValue) {
    members = Dictionary(
      (object.members ?? []).map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  mutating func refuse(_ field: String, _ problem: String) {
    errors.append(Problem.FieldError(field: field, problem: problem))
  }

  /// The value, where it is there and isn't null.
  mutating func value(_ field: String, isOptional: Bool) -> JSONValue? {
    asked.insert(field)
    guard let value = members[field], !value.isNull else {
      if !isOptional { refuse(field, "is missing") }
      return nil
    }
    return value
  }

  /// A text without control characters, trimmed; empty counts as missing.
  mutating func text(
    _ field: String, most: Int, isOptional: Bool = false, allowsLines: Bool = false
  ) -> String? {
    guard let value = value(field, isOptional: isOptional) else { return nil }
    guard let text = value.text?.trimmed else {
      refuse(field, "must be text")
      return nil
    }
    guard !text.isEmpty else {
      if !isOptional { refuse(field, "is empty") }
      return nil
    }
    guard text.count <= most else {
      refuse(field, "has more than \(most) characters")
      return nil
    }
    let isClean = text.unicodeScalars.allSatisfy { scalar in
      allowsLines && (scalar == "\n" || scalar == "\r" || scalar == "\t")
        || scalar.value >= 0x20 && !(0x7f...0x9f).contains(scalar.value)
    }
    guard isClean else {
      refuse(field, "has control characters")
      return nil
    }
    return text
  }

  /// Digits with an optional minus, as a number or as text: an id is never a fraction.
  mutating func id<Kind: IDKind>(_ field: String, _ kind: ID<Kind>.Type, _ rule: String)
    -> ID<Kind>?
  {
    guard let value = value(field, isOptional: false) else { return nil }
    guard let text = value.text?.trimmed ?? value.number, let id = ID<Kind>(text: text) else {
      refuse(field, rule)
      return nil
    }
    return id
  }

  mutating func integer(_ field: String, _ range: ClosedRange<Int>, isOptional: Bool = false)
    -> Int?
  {
    guard let value = value(field, isOptional: isOptional) else { return nil }
    let token = value.text?.trimmed ?? value.number
    guard let token, !token.isEmpty, token.utf8.allSatisfy({ (48...57).contains($0) }),
      let number = Int(token), range.contains(number)
    else {
      refuse(field, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number
  }

  /// An amount in US dollars with at most two decimals.
  mutating func dollars(_ field: String, isOptional: Bool = false) -> Money? {
    guard let value = value(field, isOptional: isOptional) else { return nil }
    guard let text = value.decimal, let money = Money(text, .usd) else {
      refuse(field, "must be an amount in US dollars")
      return nil
    }
    guard money.units % 1_000_000 == 0 else {
      refuse(field, "has more than two decimals")
      return nil
    }
    return money
  }

  mutating func flag(_ field: String, standard: Bool) -> Bool {
    guard let value = value(field, isOptional: true) else { return standard }
    guard let flag = value.flag else {
      refuse(field, "must be true or false")
      return standard
    }
    return flag
  }

  mutating func word<W: Word>(_ field: String, standard: W) -> W {
    guard let value = value(field, isOptional: true) else { return standard }
    guard let word = value.text.flatMap({ W(text: $0.trimmed.lowercased()) }) else {
      refuse(field, "must be " + W.allCases.map(\.rawValue).joined(separator: " or "))
      return standard
    }
    return word
  }

  /// Takes a field nobody needs.
  mutating func ignore(_ field: String) { asked.insert(field) }

  /// Everything that is wrong, fields nobody asked for among it; nil where nothing is.
  func problem() -> Problem? {
    let unknown = members.keys.filter { !asked.contains($0) }.sorted().prefix(20)
      .map { Problem.FieldError(field: $0.shown, problem: "is no field of this request") }
    let all = errors + unknown
    return all.isEmpty ? nil : Problem(.fieldsInvalid, errors: all)
  }
}
