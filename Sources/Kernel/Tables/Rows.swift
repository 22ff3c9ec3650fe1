/// The rows of one table as its fold sees them: to the fold a dictionary, to the store a list of
/// what changed, to a test a variable.
///
/// Rows are loaded on first touch. Not for sharing: one fold at a time works on it.
public struct Rows<Row: TableRow> {
  // Visible to the optimiser, and so is what folds call: they are specialised for their own rows,
  // which is worth a fifth of a rebuild.
  @usableFromInline struct Slot {
    @usableFromInline var row: Row?
    @usableFromInline var isChanged: Bool

    @inlinable init(row: Row?, isChanged: Bool) {
      self.row = row
      self.isChanged = isChanged
    }
  }

  @usableFromInline var slots: [Row.Key: Slot] = [:]
  @usableFromInline var touched: [Row.Key] = []
  @usableFromInline let load: ((Row.Key) -> Row?)?
  /// Position of the fact being taken in; every row written now carries it.
  public var position: UInt64 = 0

  /// Rows that start empty and live in memory alone.
  public init() { load = nil }

  /// Rows behind which stands a table.
  public init(loading load: @escaping (Row.Key) -> Row?) { self.load = load }

  /// The row, or nil where there is none; setting nil removes it.
  @inlinable public subscript(key: Row.Key) -> Row? {
    mutating get { find(key) }
    set {
      // An optional chain that found no row writes its nil back: nothing to note.
      if newValue == nil, find(key) == nil { return }
      var row = newValue
      row?.position = Int(position)
      if let slot = slots[key], slot.isChanged {
        slots[key]?.row = row
      } else {
        slots[key] = Slot(row: row, isChanged: true)
        touched.append(key)
      }
    }
  }

  /// The row, made where there is none.
  @inlinable public subscript(making key: Row.Key) -> Row {
    mutating get { find(key) ?? Row(key: key) }
    set { self[key] = newValue }
  }

  /// Keys held in memory.
  public var count: Int { slots.count }
  /// Keys written since the changes were last taken.
  public var changedCount: Int { touched.count }

  @inlinable mutating func find(_ key: Row.Key) -> Row? {
    if let slot = slots[key] { return slot.row }
    guard let load else { return nil }
    let row = load(key)
    slots[key] = Slot(row: row, isChanged: false)
    return row
  }

  /// Hands over what changed, in the order of first writing; nil stands for a removed row.
  public mutating func takeChanges<E: Error>(
    _ save: (Row.Key, Row?) throws(E) -> Void
  ) throws(E) {
    for key in touched {
      try save(key, slots[key]?.row)
      slots[key]?.isChanged = false
    }
    touched.removeAll(keepingCapacity: true)
  }

  /// Forgets every row, changed ones too; they are loaded again when touched.
  public mutating func forget() {
    slots.removeAll(keepingCapacity: true)
    touched.removeAll(keepingCapacity: true)
  }

  /// Every row in memory, in no order; for tests and whole-table folds in memory.
  public var all: [Row] { slots.values.compactMap(\.row) }
}
