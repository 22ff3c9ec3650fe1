/// Why a table couldn't be read or brought up to date.
public enum TableError: Error, Hashable, CustomStringConvertible {
  /// SQLite's own words.
  case database(String)
  /// Facts were left out between what the table holds and what it was given.
  case gap(table: String, place: UInt64, next: UInt64)
  /// The table's SQL isn't one CREATE TABLE with a PRIMARY KEY whose columns are the row's.
  case script(table: String, String)
  /// A stored value that the row can't read.
  case damaged(table: String, column: String)
  case unknownTable(String)
  case unknownColumn(table: String, column: String)
  /// The table was made by other SQL or another fold, and has to be rebuilt first.
  case stale(String)
  /// The log ends before what the tables have already taken in.
  case logTooShort(table: String, place: UInt64, log: UInt64)
  /// The log couldn't be read; its own words.
  case log(String)
  /// There is no earlier table to go back to, or it has another shape.
  case nothingToRestore(String)

  public var description: String {
    switch self {
    case .database(let words): "tables: \(words)"
    case .gap(let table, let place, let next):
      "\(table) stands at position \(place) and was given \(next) next"
    case .script(let table, let words): "the SQL of \(table): \(words)"
    case .damaged(let table, let column): "\(table).\(column) holds what no row can"
    case .unknownTable(let name): "no table \(name)"
    case .unknownColumn(let table, let column): "no column \(column) in \(table)"
    case .stale(let name): "\(name) was made by another version and has to be rebuilt"
    case .logTooShort(let table, let place, let log):
      "\(table) stands at position \(place), past the log's end at \(log)"
    case .log(let words): "the log: \(words)"
    case .nothingToRestore(let name): "no earlier \(name) to go back to"
    }
  }
}
