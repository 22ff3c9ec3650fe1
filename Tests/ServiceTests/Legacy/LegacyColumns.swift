import Kernel

/// A projected row's columns by name, as texts; NULL isn't there.
struct LegacyColumns: Fields {
  private(set) var cells: [String: String] = [:]

  static func of(_ row: some TableRow) -> [String: String] {
    var (columns, row) = (LegacyColumns(), row)
    row.list(&columns)
    return columns.cells
  }

  mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T) {
    cells["\(key)"] = value.text
  }
  mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T?) {
    cells["\(key)"] = value?.text
  }
  mutating func integer(_ key: StaticString, _ value: inout Int) { cells["\(key)"] = "\(value)" }
  mutating func integer(_ key: StaticString, _ value: inout Int?) {
    cells["\(key)"] = value.map { "\($0)" }
  }
  mutating func flag(_ key: StaticString, _ value: inout Bool) { cells["\(key)"] = "\(value)" }
  mutating func texts<T: TextValue>(_ key: StaticString, _ value: inout [T]) {}
  mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G) {}
  mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G?) {}
  mutating func groups<G: FieldGroup>(_ key: StaticString, _ value: inout [G]) {}

  /// Whether two spellings say the same: of a number, an instant, or a text with blanks behind it.
  static func isSame(_ old: String?, _ new: String?) -> Bool {
    guard let old, let new else { return old == new }
    if old == new || old.hasSuffix(" ") && isSame(String(old.dropLast()), new) { return true }
    if let left = DecimalText.units(old, scale: 18), let right = DecimalText.units(new, scale: 18) {
      return left == right
    }
    return instant(old) == new
  }

  /// A time as PostgreSQL prints it, in UTC, in the ledger's form.
  private static func instant(_ text: String) -> String? {
    var text = text.hasSuffix("+00") ? String(text.dropLast(3)) : text
    guard text.count >= 19, let blank = text.firstIndex(of: " ") else { return nil }
    text.replaceSubrange(blank...blank, with: "T")
    let decimals = text.count == 19 ? 0 : text.count - 20
    if decimals == 0 { text += "." }
    return text + String(repeating: "0", count: max(0, 6 - decimals)) + "Z"
  }
}
