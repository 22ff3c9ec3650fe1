import CPostgres
package import Kernel

/// What a statement gave, in PostgreSQL's binary form.
package final class SQLRows {
  private let result: OpaquePointer

  init(_ result: OpaquePointer) { self.result = result }

  deinit { PQclear(result) }

  package var count: Int { Int(PQntuples(result)) }

  package func isNull(_ row: Int, _ column: Int) -> Bool {
    PQgetisnull(result, Int32(row), Int32(column)) == 1
  }

  /// Where the value's bytes lie, as long as the rows do.
  package func bytes(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      start: PQgetvalue(result, Int32(row), Int32(column)),
      count: Int(PQgetlength(result, Int32(row), Int32(column))))
  }

  package func text(_ row: Int, _ column: Int) -> String {
    String(decoding: bytes(row, column), as: UTF8.self)
  }

  /// Integers of any width, and booleans.
  package func integer(_ row: Int, _ column: Int) -> Int {
    bytes(row, column).reduce(into: 0) { $0 = $0 << 8 | Int($1) }
  }

  /// A timestamp with its zone, to the microsecond.
  package func instant(_ row: Int, _ column: Int) -> Instant {
    Instant(microseconds: Int64(integer(row, column)) + SQLValue.epoch)
  }

  /// An array of texts, without nulls.
  func texts(_ row: Int, _ column: Int) -> [String] {
    let bytes = bytes(row, column)
    func number(_ at: Int) -> Int {
      Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: at, as: Int32.self)))
    }
    guard number(0) == 1 else { return [] }
    var at = 20
    return (0..<number(12)).map { _ in
      let length = number(at)
      defer { at += 4 + length }
      return String(
        decoding: UnsafeRawBufferPointer(rebasing: bytes[at + 4..<at + 4 + length]),
        as: UTF8.self)
    }
  }
}
