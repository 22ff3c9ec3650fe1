import Glibc
import Kernel
import Log
import Tables

/// Tables in a scratch file, folded from the log's beginning; the file goes with them.
final class ScratchTables {
  private let log: any WholeLog
  private let folder: String
  let store: TableStore
  /// The last position that was folded.
  private(set) var place: UInt64 = 0

  init(_ log: any WholeLog, _ projections: [any Projection.Type]) throws(TablesFailure) {
    self.log = log
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var path = Array("\(base)/weir-tables-XXXXXX".utf8CString)
    guard mkdtemp(&path) != nil else {
      throw .tables(.database("no scratch folder can be made in \(base)"))
    }
    let made = path.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
    do throws(TableError) {
      store = try TableStore(path: "\(made)/tables.db", projections: projections)
      folder = made
    } catch {
      Self.remove(made)
      throw .tables(error)
    }
  }

  deinit { Self.remove(folder) }

  private static func remove(_ folder: String) {
    for name in ["tables.db", "tables.db-wal", "tables.db-shm"] { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }

  /// Goes on folding the log up to a position, or to its end as it is now; gives where it came to.
  @discardableResult
  func fold(
    upTo end: UInt64?, _ progress: (UInt64, UInt64) -> Void
  ) throws(TablesFailure) -> UInt64 {
    try logged { () throws(StoreError) in try log.refresh() }
    let goal = min(end ?? .max, log.head.position)
    while place < goal {
      let limit = Int(min(UInt64(Tables.portion), goal - place))
      let events = try logged { () throws(StoreError) in
        try log.facts(after: place, limit: limit)
      }
      guard let last = events.last?.position else {
        throw .tables(.logTooShort(table: store.names.first ?? "", place: goal, log: place))
      }
      try folded { () throws(TableError) in try store.take(events) }
      place = last
      progress(place, goal)
    }
    return place
  }

  /// Hands over a table's rows in COPY's text form, about a megabyte at a time.
  func eachPortion(
    of table: StoredTable, _ take: ([UInt8]) throws(TablesFailure) -> Void
  ) throws(TablesFailure) {
    var bytes: [UInt8] = []
    var failure: TablesFailure?
    func send() {
      guard failure == nil, !bytes.isEmpty else { return }
      do throws(TablesFailure) { try take(bytes) } catch { failure = error }
      bytes.removeAll(keepingCapacity: true)
    }
    try folded { () throws(TableError) in
      try store.eachStored(table) { line in
        guard failure == nil else { return }
        for index in line.columns.indices {
          if index > 0 { bytes.append(UInt8(ascii: "\t")) }
          Self.put(line, index, &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
        if bytes.count > 1 << 20 { send() }
      }
    }
    send()
    if let failure { throw failure }
  }

  private static func put(_ line: TableLine, _ index: Int, _ out: inout [UInt8]) {
    let isText = line.withText(at: index) { text in
      for byte in text {
        switch byte {
        case UInt8(ascii: "\\"): out += [byte, byte]
        case UInt8(ascii: "\t"): out += Array("\\t".utf8)
        case UInt8(ascii: "\n"): out += Array("\\n".utf8)
        case UInt8(ascii: "\r"): out += Array("\\r".utf8)
        case 0: out += ServerText.noNull
        case _: out.append(byte)
        }
      }
    }
    guard !isText else { return }
    switch line.value(at: index) {
    case .integer(let number): out += String(number).utf8
    case .flag(let flag): out.append(UInt8(ascii: flag ? "t" : "f"))
    case .null, .text: out += Array("\\N".utf8)
    }
  }
}
