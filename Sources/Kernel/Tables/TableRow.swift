/// One row of a table: it lists its columns once, in the table's order, in the facts' own visitor.
///
/// Columns are texts, integers and flags; a group or a list has no place in a row and traps. Which
/// columns are the key says the table's SQL (`PRIMARY KEY`).
public protocol TableRow: FieldGroup {
  associatedtype Key: Hashable, Sendable
  var key: Key { get }
  /// The log position of the fact that last changed the row; `Rows` keeps it.
  var position: Int { get set }
  /// A row of which only the key is known.
  init(key: Key)

  // The two below have the same body for every row, and are requirements so that the compiler makes
  // them for each where it stands: a store that knows no row's type would pay for every column.

  /// Writes the cells of a row of which only the key is known.
  static func list(_ key: Key, into cells: inout RowCells)
  /// Writes the changed rows as cells and forgets that they changed.
  static func drain(_ rows: inout Rows<Self>, into cells: inout RowCells)
}

extension TableRow {
  @inlinable public static func list(_ key: Key, into cells: inout RowCells) {
    cells.add(key, nil as Self?)
  }
  @inlinable public static func drain(_ rows: inout Rows<Self>, into cells: inout RowCells) {
    rows.drain(into: &cells)
  }
}

extension TableRow where Key: TextValue {
  public static var blank: Self { Self(key: .blank) }
}

/// What a fold remembers of one subject (`split/WE01…`): a row of a table that belongs to the fold
/// alone, made by the store from this listing and keyed by `subject`.
public protocol TableNote: TableRow where Key == Subject {}

/// Of folds that need no notes.
public struct NoNote: TableNote {
  public var key = Subject.blank
  public var position = 0
  public init(key: Subject) { self.key = key }
  public mutating func list<F: Fields>(_ fields: inout F) {
    fields.text("subject", &key)
    fields.integer("position", &position)
  }
}

/// The decimal text of an amount whose asset is the column's; column type `amount_text`.
public struct AmountText: TextValue {
  public let text: String
  public init?(text: String) {
    guard DecimalText.units(text, scale: 18, cutting: true) != nil else { return nil }
    self.text = text
  }
  public init(_ money: Money) { text = money.amountText }
  public static var blank: AmountText { AmountText(.blank) }
}

extension Fields {
  /// An amount of a known asset as its decimal text.
  ///
  /// Where the asset is a column too, list it first.
  public mutating func amount(_ key: StaticString, _ value: inout Money, in asset: Asset) {
    precondition(value.asset == asset || value.units == 0, "\(key) holds \(value.asset)")
    if value.asset != asset { value = .zero(asset) }
    let before = AmountText(value)
    var amount = before
    text(key, &amount)
    // Only a reader changes it; reading a text costs more than comparing it.
    if amount == before { return }
    value = Money(amount.text, asset) ?? .zero(asset)
  }

  public mutating func amount(_ key: StaticString, _ value: inout Money?, in asset: Asset) {
    precondition(value == nil || value?.asset == asset, "\(key) holds \(String(describing: value))")
    let before = value.map { AmountText($0) }
    var amount = before
    text(key, &amount)
    if amount == before { return }
    value = amount.flatMap { Money($0.text, asset) }
  }

  /// A column no fact can fill; it is NULL in every row.
  public mutating func unfilled(_ key: StaticString) {
    var nothing: String?
    text(key, &nothing)
  }
}
