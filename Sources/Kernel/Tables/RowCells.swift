/// Rows as a store binds them: their columns' values one after the other, texts as bytes.
///
/// One buffer takes many rows, so that writing a row costs no allocation.
public struct RowCells: Fields {
  /// A column's value.
  public enum Cell: Sendable {
    case null
    case integer(Int64)
    /// Bytes of the buffer.
    case text(start: Int, count: Int)
  }

  @usableFromInline var bytes: [UInt8] = []
  public private(set) var cells: [Cell] = []
  /// For each row, whether there is one; else only its key's cells aren't null.
  public private(set) var isThere: [Bool] = []

  /// Whether each column is of the key.
  @usableFromInline let isKey: [Bool]
  /// The next column of a row of which the key alone is listed; nil where all of it is.
  @usableFromInline var keyColumn: Int?

  /// Cells of a table with these columns of its key, in the row's order.
  public init(isKey: [Bool]) { self.isKey = isKey }

  /// Runs `body` with the bytes that texts point into.
  public func withBytes<T, E: Error>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(E) -> T
  ) throws(E) -> T {
    try bytes.span.withUnsafeBufferPointer(body)
  }

  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    cells.removeAll(keepingCapacity: true)
    isThere.removeAll(keepingCapacity: true)
  }

  @inlinable mutating func add<Row: TableRow>(_ key: Row.Key, _ row: Row?) {
    begin(isThere: row != nil)
    var row = row ?? Row(key: key)
    row.list(&self)
  }

  /// False for a column that isn't listed: what only a key is known of has values without a text.
  @inlinable mutating func isListed() -> Bool {
    guard let column = keyColumn else { return true }
    keyColumn = column + 1
    if !isKey[column] { put(.null) }
    return isKey[column]
  }

  @usableFromInline mutating func begin(isThere: Bool) {
    self.isThere.append(isThere)
    keyColumn = isThere ? nil : 0
  }
  @usableFromInline mutating func put(_ cell: Cell) { cells.append(cell) }

  @usableFromInline mutating func put(_ text: String) {
    var text = text
    let start = bytes.count
    text.withUTF8 { bytes.append(contentsOf: $0) }
    cells.append(.text(start: start, count: bytes.count - start))
  }

  @inlinable public mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T) {
    if isListed() { put(value.text) }
  }
  @inlinable public mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T?) {
    guard isListed() else { return }
    if let value { put(value.text) } else { put(.null) }
  }
  @inlinable public mutating func integer(_ key: StaticString, _ value: inout Int) {
    if isListed() { put(.integer(Int64(value))) }
  }
  @inlinable public mutating func integer(_ key: StaticString, _ value: inout Int?) {
    guard isListed() else { return }
    if let value { put(.integer(Int64(value))) } else { put(.null) }
  }
  @inlinable public mutating func flag(_ key: StaticString, _ value: inout Bool) {
    if isListed() { put(.integer(value ? 1 : 0)) }
  }
  public mutating func texts<T: TextValue>(_ key: StaticString, _ value: inout [T]) { trap(key) }
  public mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G) { trap(key) }
  public mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G?) { trap(key) }
  public mutating func groups<G: FieldGroup>(_ key: StaticString, _ value: inout [G]) { trap(key) }

  private func trap(_ key: StaticString) -> Never {
    preconditionFailure("\(key): a table's row has columns only, no groups and no lists")
  }
}
