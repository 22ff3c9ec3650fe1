import CSQLite
import Kernel

/// A statement's text for use again and again, and the statement once it was needed.
// Found by itself and not by its text: hashing the text cost more than the look-up it was for.
final class Sentence {
  let sql: String
  private(set) var made: (statement: Statement, age: Int)?

  init(_ sql: String) { self.sql = sql }

  func keep(_ statement: Statement, age: Int) { made = (statement, age) }
}

/// A prepared statement; finalized when it goes.
///
/// Columns count from 0, parameters from 1.
final class Statement {
  private let handle: OpaquePointer

  init(preparing sql: String, on database: OpaquePointer) throws(TableError) {
    var made: OpaquePointer?
    let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
    guard sqlite3_prepare_v3(database, sql, -1, flags, &made, nil) == SQLITE_OK, let made else {
      throw .database("\(String(cString: sqlite3_errmsg(database))) in: \(sql.prefix(200))")
    }
    handle = made
  }

  deinit { sqlite3_finalize(handle) }

  func reset() { sqlite3_reset(handle) }

  /// True with a row, false at the end (`sqlite3_step`).
  func step() throws(TableError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default:
      let message = String(cString: sqlite3_errmsg(sqlite3_db_handle(handle)))
      sqlite3_reset(handle)
      throw .database(message)
    }
  }

  /// Runs a statement that gives no rows, and makes it ready again.
  func run() throws(TableError) {
    _ = try step()
    sqlite3_reset(handle)
  }

  func bind(_ index: Int32, _ text: String) {
    var text = text
    _ = text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { chars in
        // An empty text has no address; SQLite would take that for NULL.
        if let start = chars.baseAddress {
          weir_bind_text(handle, index, start, Int32(chars.count))
        } else {
          weir_bind_text(handle, index, "", 0)
        }
      }
    }
  }

  /// Binds a row's cells, each to the parameter of its column; 0 where the statement doesn't ask.
  ///
  /// Texts aren't copied: run the statement before the bytes go, and bind all of it again after.
  func bind(
    _ cells: ArraySlice<RowCells.Cell>, _ parameters: [Int32], _ bytes: UnsafeBufferPointer<UInt8>
  ) {
    precondition(cells.count == parameters.count, "a row of another width")
    for (parameter, cell) in zip(parameters, cells) where parameter != 0 {
      switch cell {
      case .null: sqlite3_bind_null(handle, parameter)
      case .integer(let number): sqlite3_bind_int64(handle, parameter, number)
      case .text(let start, let count):
        guard count > 0 else {
          bind(parameter, "")
          continue
        }
        UnsafeBufferPointer(rebasing: bytes[start..<start + count])
          .withMemoryRebound(to: CChar.self) { chars in
            _ = weir_bind_kept_text(handle, parameter, chars.baseAddress, Int32(count))
          }
      }
    }
  }

  func bind(_ index: Int32, _ integer: Int64) { sqlite3_bind_int64(handle, index, integer) }
  func bindNull(_ index: Int32) { sqlite3_bind_null(handle, index) }

  var columnCount: Int32 { sqlite3_column_count(handle) }
  func name(_ column: Int32) -> String {
    sqlite3_column_name(handle, column).map(String.init) ?? ""
  }
  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
  func isInteger(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_INTEGER }
  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  /// The column's bytes, valid within `body`; empty for NULL.
  func withBytes<T>(_ column: Int32, _ body: (UnsafeBufferPointer<UInt8>) -> T) -> T {
    let start = sqlite3_column_text(handle, column)
    let count = Int(sqlite3_column_bytes(handle, column))
    return body(UnsafeBufferPointer(start: start, count: start == nil ? 0 : count))
  }

  func text(_ column: Int32) -> String {
    withBytes(column) { String(decoding: $0, as: UTF8.self) }
  }
}
