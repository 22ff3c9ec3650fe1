import Kernel
import Synchronization

/// A projection of the tests' own: counts facts.
enum Tally: PlainProjection {
  static let table = Table("tally", sql: Array(sql(extra: "").utf8))

  static func sql(extra: String) -> String {
    "-- One row.\nCREATE TABLE tally (\n  name TEXT NOT NULL,\n  facts INTEGER NOT NULL,\n"
      + extra + "  position BIGINT NOT NULL,\n  PRIMARY KEY (name)\n);\n"
  }

  struct Row: TableRow {
    var key: String
    var facts = 0
    var position = 0
    init(key: String) { self.key = key }

    mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("name", &key)
      fields.integer("facts", &facts)
      fields.integer("position", &position)
    }
  }

  static func apply(_ recorded: Recorded, to rows: inout Rows<Row>) {
    rows[making: "all"].facts += 1
  }
}

/// The same table with a column more.
enum TallyWithFamilies: PlainProjection {
  static let table = Table("tally", sql: Array(Tally.sql(extra: "  last TEXT,\n").utf8))

  struct Row: TableRow {
    var key: String
    var facts = 0
    var last: String?
    var position = 0
    init(key: String) { self.key = key }

    mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("name", &key)
      fields.integer("facts", &facts)
      fields.text("last", &last)
      fields.integer("position", &position)
    }
  }

  static func apply(_ recorded: Recorded, to rows: inout Rows<Row>) {
    rows[making: "all"].facts += 1
    rows[making: "all"].last = recorded.event.name
  }
}

/// The same table, counted otherwise.
enum TallyOfTwo: PlainProjection {
  typealias Row = Tally.Row
  static let table = Tally.table
  static let version = 2

  static func apply(_ recorded: Recorded, to rows: inout Rows<Tally.Row>) {
    rows[making: "all"].facts += 2
  }
}

/// A projection with whatever SQL a test gives it.
enum Scripted: PlainProjection {
  typealias Row = Tally.Row
  static let sql = Mutex("")
  static var table: Table { Table("x", sql: Array(sql.withLock { $0 }.utf8)) }
  static func apply(_ recorded: Recorded, to rows: inout Rows<Tally.Row>) {}
}
