import Kernel
import Testing

/// Rows as folds change them, and their cells as a store writes them.
@Suite struct RowsTests {
  struct Stamp: TableRow {
    var key: String
    /// Has no text until it is set.
    var at: Instant = .blank
    var note: String?
    var position = 0

    init(key: String) { self.key = key }

    mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("name", &key)
      fields.text("at", &at)
      fields.text("note", &note)
      fields.integer("position", &position)
    }
  }

  private func rows(loading known: [String] = []) -> Rows<Stamp> {
    Rows { key in
      guard known.contains(key) else { return nil }
      var row = Stamp(key: key)
      row.at = Instant(microseconds: 1)
      row.position = 1
      return row
    }
  }

  @Test("does: a change where the row is carries the fact's position and counts once")
  func changes() {
    var rows = rows(loading: ["a"])
    rows.position = 7
    rows["a"]?.note = "x"
    rows.change("a") { $0.note = ($0.note ?? "") + "y" }
    rows[making: "b"].note = "z"
    rows.change(making: "b") { $0.at = Instant(microseconds: 2) }
    #expect(rows["a"]?.note == "xy" && rows["a"]?.position == 7)
    #expect(rows["b"]?.note == "z" && rows["b"]?.position == 7)
    #expect(rows.changedCount == 2)
  }

  @Test("ignores: a change of a row that isn't there, and its removal")
  func nothingThere() {
    var rows = rows()
    rows["a"]?.note = "x"
    rows["a"] = nil
    rows.change("a") { $0.note = "y" }
    #expect(!rows.reads("a") { _ in true })
    #expect(rows.changedCount == 0 && rows["a"] == nil)
  }

  @Test("does: a removed row's cells are its key alone, though its other values have no text")
  func removed() {
    var rows = rows(loading: ["a"])
    rows["b"] = Stamp(key: "b")
    rows["b"]?.at = Instant(microseconds: 5)
    rows["a"] = nil
    var cells = RowCells(isKey: [true, false, false, false])
    Stamp.drain(&rows, into: &cells)
    #expect(cells.isThere == [true, false])
    let texts = cells.withBytes { bytes in
      cells.cells.map { cell in
        switch cell {
        case .null: "-"
        case .integer(let number): "\(number)"
        case .text(let start, let count):
          String(decoding: bytes[start..<start + count], as: UTF8.self)
        }
      }
    }
    #expect(texts == ["b", "1970-01-01T00:00:00.000005Z", "-", "0", "a", "-", "-", "-"])
    #expect(rows.changedCount == 0)
  }
}
