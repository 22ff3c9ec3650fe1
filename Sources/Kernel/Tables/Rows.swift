/// The rows of one table as its fold sees them: to the fold a dictionary, to the store a list of
/// what changed, to a test a variable.
///
/// Rows are loaded on first touch. Not for sharing: one fold at a time works on it.
public struct Rows<Row: TableRow> {
  // Visible to the optimiser, and so is what folds call: they are specialised for their own rows,
  // which is worth a fifth of a rebuild.
  @usableFromInline struct Slot {
    @usableFromInline let key: Row.Key
    @usableFromInline var row: Row?
    @usableFromInline var isChanged = false

    @inlinable init(key: Row.Key, row: Row?) {
      self.key = key
      self.row = row
    }
  }

  // Rows stay where they are and are found by one look-up; what is written once a batch is a place.
  @usableFromInline var places: [Row.Key: Int] = [:]
  @usableFromInline var slots: [Slot] = []
  @usableFromInline var touched: [Int] = []
  @usableFromInline let load: ((Row.Key) -> Row?)?
  /// Position of the fact being taken in; every row written now carries it.
  public var position: UInt64 = 0

  /// Rows that start empty and live in memory alone.
  public init() { load = nil }

  /// Rows behind which stands a table.
  public init(loading load: @escaping (Row.Key) -> Row?) { self.load = load }

  /// The row, or nil where there is none; setting nil removes it.
  @inlinable public subscript(key: Row.Key) -> Row? {
    mutating get { find(key).flatMap { slots[$0].row } }
    set {
      // An optional chain that found no row writes its nil back: nothing to note.
      let place: Int
      if newValue == nil {
        guard let found = find(key), slots[found].row != nil else { return }
        place = found
      } else {
        place = places[key] ?? add(key, nil)
      }
      slots[place].row = newValue
      note(place)
    }
    _modify {
      let place = find(key) ?? add(key, nil)
      // Moved out and back, not copied.
      var row = slots[place].row.take()
      let wasThere = row != nil
      defer {
        let isThere = row != nil
        slots[place].row = row.take()
        if wasThere || isThere { note(place) }
      }
      yield &row
    }
  }

  /// The row, made where there is none.
  @inlinable public subscript(making key: Row.Key) -> Row {
    mutating get { self[key] ?? Row(key: key) }
    set { self[key] = newValue }
    _modify {
      let place = find(key) ?? add(key, nil)
      var row = slots[place].row.take() ?? Row(key: key)
      defer {
        slots[place].row = row
        note(place)
      }
      yield &row
    }
  }

  /// Changes the row where it is; nothing where there is none.
  @inlinable public mutating func change(_ key: Row.Key, _ edit: (inout Row) -> Void) {
    guard let place = find(key), var row = slots[place].row.take() else { return }
    edit(&row)
    slots[place].row = row
    note(place)
  }

  /// Changes the row where it is, made where there is none.
  @inlinable public mutating func change(making key: Row.Key, _ edit: (inout Row) -> Void) {
    edit(&self[making: key])
  }

  /// What a test says of the row, without a copy of it; false where there is none.
  @inlinable public mutating func reads(_ key: Row.Key, _ test: (Row) -> Bool) -> Bool {
    guard let place = find(key) else { return false }
    return slots[place].row.map(test) ?? false
  }

  /// Keys held in memory.
  public var count: Int { slots.count }
  /// Keys written since the changes were last taken.
  @inlinable public var changedCount: Int { touched.count }

  /// Where the key's row is held, loaded if need be; nil where there can be none.
  @inlinable mutating func find(_ key: Row.Key) -> Int? {
    if let place = places[key] { return place }
    guard let load else { return nil }
    return add(key, load(key))
  }

  @inlinable mutating func add(_ key: Row.Key, _ row: Row?) -> Int {
    let place = slots.count
    slots.append(Slot(key: key, row: row))
    places[key] = place
    return place
  }

  /// Notes that a row was written.
  @inlinable mutating func note(_ place: Int) {
    slots[place].row?.position = Int(position)
    guard !slots[place].isChanged else { return }
    slots[place].isChanged = true
    touched.append(place)
  }

  /// Hands over what changed, in the order of first writing; nil stands for a removed row.
  public mutating func takeChanges<E: Error>(
    _ save: (Row.Key, Row?) throws(E) -> Void
  ) throws(E) {
    for place in touched {
      try save(slots[place].key, slots[place].row)
      slots[place].isChanged = false
    }
    touched.removeAll(keepingCapacity: true)
  }

  /// Writes what changed as cells, in the order of first writing.
  ///
  /// What can't be stored afterwards is lost: the store forgets all rows then.
  @inlinable mutating func drain(into cells: inout RowCells) {
    for place in touched {
      cells.add(slots[place].key, slots[place].row)
      slots[place].isChanged = false
    }
    touched.removeAll(keepingCapacity: true)
  }

  /// Forgets every row, changed ones too; they are loaded again when touched.
  public mutating func forget() {
    places.removeAll(keepingCapacity: true)
    slots.removeAll(keepingCapacity: true)
    touched.removeAll(keepingCapacity: true)
  }

  /// Every row in memory, in no order; for tests and whole-table folds in memory.
  public var all: [Row] { slots.compactMap(\.row) }
}
