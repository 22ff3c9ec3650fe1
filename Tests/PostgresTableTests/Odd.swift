import Kernel
import Synchronization

final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).newValue }
}

/// A projection whose texts are no easy ones.
enum Odd: PlainProjection {
  static let table = Table(
    "odd",
    sql: Array(
      ("CREATE TABLE odd (\n  name TEXT NOT NULL,\n  amount amount_text NOT NULL,\n"
        + "  facts INTEGER NOT NULL,\n  position BIGINT NOT NULL,\n  PRIMARY KEY (name)\n);\n").utf8
    ))

  struct Row: TableRow {
    var key: String
    var amount = AmountText.blank
    var facts = 0
    var position = 0
    init(key: String) { self.key = key }

    mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("name", &key)
      fields.text("amount", &amount)
      fields.integer("facts", &facts)
      fields.integer("position", &position)
    }
  }

  static func apply(_ recorded: Recorded, to rows: inout Rows<Row>) {
    let name = "a\0\"\\,{}"
    rows[making: name].facts += 1
    rows[making: name].amount = AmountText(text: "007.50") ?? .blank
  }
}
