public import Kernel

/// One column as a row lists it.
public struct TableColumn: Hashable, Sendable {
  /// What a column may hold; `declarations` are the SQL types it may be declared with.
  public enum Kind: Hashable, Sendable {
    case text, amount, instant, integer, flag

    public var declarations: [String] {
      switch self {
      case .text: ["TEXT", "DATE", "TIME"]
      case .amount: ["amount_text"]
      case .instant: ["instant_text"]
      case .integer: ["INTEGER", "BIGINT", "SMALLINT"]
      case .flag: ["BOOLEAN"]
      }
    }
  }
  public let name: String
  public let kind: Kind
  public let isOptional: Bool
}

/// Collects the columns a row lists, in order.
public struct ColumnLister: Fields {
  public private(set) var columns: [TableColumn] = []

  public init() {}

  /// The columns of a row.
  public static func columns<G: FieldGroup>(of type: G.Type) -> [TableColumn] {
    var lister = ColumnLister()
    var row = G.blank
    row.list(&lister)
    return lister.columns
  }

  private mutating func add(_ key: StaticString, _ kind: TableColumn.Kind, optional: Bool = false) {
    columns.append(TableColumn(name: key.description, kind: kind, isOptional: optional))
  }

  private func kind<T>(_ type: T.Type) -> TableColumn.Kind {
    if type == Instant.self { return .instant }
    return type == AmountText.self ? .amount : .text
  }

  public mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T) {
    add(key, kind(T.self))
  }
  public mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T?) {
    add(key, kind(T.self), optional: true)
  }
  public mutating func integer(_ key: StaticString, _ value: inout Int) { add(key, .integer) }
  public mutating func integer(_ key: StaticString, _ value: inout Int?) {
    add(key, .integer, optional: true)
  }
  public mutating func flag(_ key: StaticString, _ value: inout Bool) { add(key, .flag) }
  public mutating func texts<T: TextValue>(_ key: StaticString, _ value: inout [T]) { refuse(key) }
  public mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G) { refuse(key) }
  public mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G?) { refuse(key) }
  public mutating func groups<G: FieldGroup>(_ key: StaticString, _ value: inout [G]) {
    refuse(key)
  }
}

/// Fills a row in from a statement whose columns stand in the row's own order.
struct RowReader: Fields {
  let statement: Statement
  private var next: Int32 = 0
  /// The first column whose value the row couldn't take.
  private(set) var damaged: String?

  init(_ statement: Statement) { self.statement = statement }

  private mutating func column() -> Int32 {
    defer { next += 1 }
    return next
  }

  mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T) {
    guard let read = T(text: statement.text(column())) else { return damage(key) }
    value = read
  }
  mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T?) {
    let column = column()
    guard !statement.isNull(column) else { return value = nil }
    guard let read = T(text: statement.text(column)) else { return damage(key) }
    value = read
  }
  mutating func integer(_ key: StaticString, _ value: inout Int) {
    value = Int(statement.integer(column()))
  }
  mutating func integer(_ key: StaticString, _ value: inout Int?) {
    let column = column()
    value = statement.isNull(column) ? nil : Int(statement.integer(column))
  }
  mutating func flag(_ key: StaticString, _ value: inout Bool) {
    value = statement.integer(column()) != 0
  }
  mutating func texts<T: TextValue>(_ key: StaticString, _ value: inout [T]) { refuse(key) }
  mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G) { refuse(key) }
  mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G?) { refuse(key) }
  mutating func groups<G: FieldGroup>(_ key: StaticString, _ value: inout [G]) { refuse(key) }

  private mutating func damage(_ key: StaticString) { damaged = damaged ?? key.description }
}

private func refuse(_ key: StaticString) -> Never {
  preconditionFailure("\(key): a table's row has columns only, no groups and no lists")
}
