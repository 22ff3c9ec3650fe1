import CPostgres
import Glibc

extension Session {
  /// Begins `COPY … FROM STDIN`; nothing else may run in the session until it has ended.
  package func copy(_ sql: String) throws(PostgresFailure) -> CopyIn {
    guard PQsendQuery(handle, sql) == 1 else { throw lost() }
    let deadline = Session.now() + 30_000
    try flush(until: deadline)
    while PQisBusy(handle) == 1 {
      try wait(Int16(POLLIN), until: deadline)
      guard PQconsumeInput(handle) == 1 else { throw lost() }
    }
    guard let result = PQgetResult(handle) else { throw lost() }
    let status = PQresultStatus(result)
    defer { PQclear(result) }
    guard status == PGRES_COPY_IN else {
      let failure = Session.failure(result)
      _ = try? finish(30)
      throw failure
    }
    return CopyIn(session: self)
  }

  fileprivate func put(_ bytes: [UInt8]) throws(PostgresFailure) {
    let deadline = Session.now() + 120_000
    while true {
      let code = bytes.withUnsafeBytes { buffer in
        PQputCopyData(
          handle, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count))
      }
      if code == 1 { return try flush(until: deadline) }
      guard code == 0 else { throw lost() }
      try wait(Int16(POLLIN | POLLOUT), until: deadline)
      guard PQconsumeInput(handle) == 1 else { throw lost() }
    }
  }

  fileprivate func endCopy(_ why: String?) throws(PostgresFailure) {
    let deadline = Session.now() + 120_000
    while true {
      let code = PQputCopyEnd(handle, why)
      if code == 1 { break }
      guard code == 0 else { throw lost() }
      try wait(Int16(POLLIN | POLLOUT), until: deadline)
      guard PQconsumeInput(handle) == 1 else { throw lost() }
    }
    _ = try finish(600)
  }
}

/// Rows on their way into a table, in COPY's text form.
package struct CopyIn {
  fileprivate let session: Session

  /// Sends whole lines, or parts of them.
  package func put(_ bytes: [UInt8]) throws(PostgresFailure) {
    if !bytes.isEmpty { try session.put(bytes) }
  }

  /// All rows are in; throws what the server refused.
  package func end() throws(PostgresFailure) { try session.endCopy(nil) }

  /// Takes none of the rows in.
  package func giveUp() { try? session.endCopy("given up") }
}
