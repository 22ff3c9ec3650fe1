import Kernel
import PostgresLog
import Tables

/// Fills a row in from what `ServerTable.values` asked for.
struct CellReader: Fields {
  let rows: SQLRows
  let row: Int
  private var next = 0
  /// The first column whose value the row couldn't take.
  private(set) var damaged: String?

  init(_ rows: SQLRows, _ row: Int) {
    self.rows = rows
    self.row = row
  }

  private mutating func column() -> Int {
    defer { next += 1 }
    return next
  }

  private func read<T: TextValue>(_ type: T.Type, _ column: Int) -> T? {
    if type == Instant.self { return rows.instant(row, column) as? T }
    return T(text: rows.text(row, column))
  }

  mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T) {
    guard let read = read(T.self, column()) else { return damage(key) }
    value = read
  }
  mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T?) {
    let column = column()
    guard !rows.isNull(row, column) else { return value = nil }
    guard let read = read(T.self, column) else { return damage(key) }
    value = read
  }
  mutating func integer(_ key: StaticString, _ value: inout Int) {
    value = rows.integer(row, column())
  }
  mutating func integer(_ key: StaticString, _ value: inout Int?) {
    let column = column()
    value = rows.isNull(row, column) ? nil : rows.integer(row, column)
  }
  mutating func flag(_ key: StaticString, _ value: inout Bool) {
    value = rows.integer(row, column()) != 0
  }
  mutating func texts<T: TextValue>(_ key: StaticString, _ value: inout [T]) { trap(key) }
  mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G) { trap(key) }
  mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G?) { trap(key) }
  mutating func groups<G: FieldGroup>(_ key: StaticString, _ value: inout [G]) { trap(key) }

  private mutating func damage(_ key: StaticString) { damaged = damaged ?? key.description }

  private func trap(_ key: StaticString) -> Never {
    preconditionFailure("\(key): a table's row has columns only, no groups and no lists")
  }
}

/// Rows column by column, each column as the literal of an array: one statement writes them all.
struct ColumnArrays {
  private var literals: [[UInt8]]

  init(columns count: Int) {
    literals = [[UInt8]](repeating: [UInt8(ascii: "{")], count: count)
  }

  /// Adds a row; `wanted` names the places of its cells, in the order of the arrays.
  mutating func add(
    _ cells: ArraySlice<RowCells.Cell>, _ wanted: [Int], _ bytes: UnsafeBufferPointer<UInt8>
  ) {
    for (index, place) in wanted.enumerated() {
      if literals[index].count > 1 { literals[index].append(UInt8(ascii: ",")) }
      switch cells[cells.startIndex + place] {
      case .null: literals[index] += "NULL".utf8
      case .integer(let number): literals[index] += String(number).utf8
      case .text(let start, let count):
        Self.quote(UnsafeBufferPointer(rebasing: bytes[start..<start + count]), &literals[index])
      }
    }
  }

  /// The parameters.
  var values: [SQLValue] {
    literals.map { .text(String(decoding: $0 + [UInt8(ascii: "}")], as: UTF8.self)) }
  }

  private static func quote(_ text: UnsafeBufferPointer<UInt8>, _ out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
      case 0: out += ServerText.noNull
      case _: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}

enum ServerText {
  /// What stands for U+0000, which PostgreSQL has in no text: U+FFFD.
  static let noNull: [UInt8] = [0xef, 0xbf, 0xbd]

  /// A text as the server keeps it.
  static func kept(_ text: UnsafeBufferPointer<UInt8>) -> String {
    guard text.contains(0) else { return String(decoding: text, as: UTF8.self) }
    return String(decoding: text.flatMap { $0 == 0 ? noNull : [$0] }, as: UTF8.self)
  }
}
