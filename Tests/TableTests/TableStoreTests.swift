import Kernel
import Projections
import Support
import Testing

@testable import Tables

/// Taking facts in: in order, once, all or nothing, whatever happens.
@Suite struct TableStoreTests {
  static let log = Story.troubled().log

  static func store(_ folder: ScratchFolder, _ name: String = "tables.db") throws -> TableStore {
    try TableStore(path: folder.file(name), projections: allProjections)
  }

  /// The digests of a store that took everything in at once.
  static let expected: [TableDigest] = {
    let folder = ScratchFolder()
    guard let store = try? store(folder), (try? store.take(log)) != nil,
      let digests = try? store.digests()
    else { preconditionFailure("no tables") }
    return digests
  }()

  @Test("ignores: facts that were taken in before, however they are cut")
  func repeats() throws {
    let folder = ScratchFolder()
    let store = try Self.store(folder)
    for end in [10, 5, 200, 199, Self.log.count, 1, Self.log.count] {
      try store.take(Array(Self.log[..<end]))
    }
    for start in [0, 3, 100] { try store.take(Array(Self.log[start...])) }
    #expect(try store.digests() == Self.expected)
    #expect(store.place == UInt64(Self.log.count))
  }

  @Test("refuses: a gap, before a batch and within it, and then nothing has changed")
  func gaps() throws {
    let folder = ScratchFolder()
    let store = try Self.store(folder)
    try store.take(Array(Self.log[..<50]))
    let before = try store.digests()
    #expect(throws: TableError.gap(table: "accumulation_totals", place: 50, next: 52)) {
      try store.take(Array(Self.log[51...]))
    }
    #expect(throws: TableError.gap(table: "accumulation_totals", place: 200, next: 202)) {
      try store.take(Array(Self.log[..<200] + Self.log[201...]))
    }
    #expect(store.place == 50)
    #expect(try store.digests() == before)
    try store.take(Self.log)
    #expect(try store.digests() == Self.expected)
  }

  @Test("does: opened anew after every batch, it goes on where it was")
  func reopened() throws {
    let folder = ScratchFolder()
    for end in stride(from: 3, to: Self.log.count + 3, by: 3) {
      let store = try Self.store(folder)
      #expect(store.place == UInt64(end - 3))
      #expect(store.stale.isEmpty)
      try store.take(Array(Self.log[(end - 3)..<min(end, Self.log.count)]))
    }
    #expect(try Self.store(folder).digests() == Self.expected)
  }

  @Test("does: with almost no memory, rows are loaded again and again, and are the same")
  func littleMemory() throws {
    for kept in [0, 3] {
      let folder = ScratchFolder()
      let store = try TableStore(
        path: folder.file("t.db"), projections: allProjections, rowsKept: kept)
      for start in stride(from: 0, to: Self.log.count, by: 50) {
        try store.take(Array(Self.log[start..<min(start + 50, Self.log.count)]))
      }
      #expect(try store.digests() == Self.expected)
      let reports = try store.rebuildAll(
        of: UInt64(Self.log.count), reading: reader(Self.log))
      #expect(reports.allSatisfy { $0.differing == 0 })
    }
  }

  @Test("does: a place is answered while a writer is at work")
  func placeDoesntWait() throws {
    let folder = ScratchFolder()
    let store = try Self.store(folder)
    var places: [UInt64] = []
    let slow: LogReader = { after, limit in
      places.append(store.place)
      return Array(Self.log.dropFirst(Int(after)).prefix(40))
    }
    try store.take(Array(Self.log[..<100]))
    _ = try? store.rebuildAll(of: 100, reading: slow)
    // The last is asked while the writer is held.
    #expect(places.count > 1 && places.allSatisfy { $0 == 100 })
  }

  @Test("does: cut off anywhere in its last writes, it comes back to a whole batch and goes on")
  func torn() throws {
    let folder = ScratchFolder()
    let store = try Self.store(folder)
    for start in stride(from: 0, to: Self.log.count, by: 40) {
      try store.take(Array(Self.log[start..<min(start + 40, Self.log.count)]))
    }
    let (main, wal) = (
      try Bytes.read(folder.file("tables.db")), try Bytes.read(folder.file("tables.db-wal"))
    )
    #expect(!wal.isEmpty)
    var places = Set<UInt64>()
    for cut in 0..<24 {
      let name = "crash\(cut).db"
      try Bytes.write(main, folder.file(name))
      try Bytes.write(Array(wal.prefix(wal.count * cut / 23)), folder.file(name + "-wal"))
      let again = try Self.store(folder, name)
      places.insert(again.place)
      #expect(again.place % 40 == 0 || again.place == UInt64(Self.log.count))
      try again.catchUp(reading: reader(Self.log))
      #expect(try again.digests() == Self.expected, "cut at \(cut)")
    }
    #expect(places.count > 4)
  }

  @Test("does: takes from many threads leave what one leaves")
  func threads() async throws {
    let folder = ScratchFolder()
    let store = try Self.store(folder)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for end in stride(from: 20, to: Self.log.count + 20, by: 20) {
            try? store.take(Array(Self.log[..<min(end, Self.log.count)]))
            _ = try? store.rows(of: "client_views")
          }
        }
      }
    }
    #expect(store.place == UInt64(Self.log.count))
    #expect(try store.digests() == Self.expected)
  }

  @Test("does: a digest follows every value, and leaves out what it is told to")
  func digests() throws {
    let folder = ScratchFolder()
    let store = try Self.store(folder)
    try store.take(Self.log)
    let connection = try Connection(path: store.path, isWriter: true)
    let before = try store.digest(of: "client_views", leavingOut: ["open_title"])
    try connection.run("UPDATE client_views SET open_title = 'x' WHERE channel = 'ch-1001002'")
    #expect(try store.digest(of: "client_views") != Self.expected[2])
    #expect(try store.digest(of: "client_views", leavingOut: ["open_title"]) == before)
    #expect(before.rows == 10)
  }

  @Test("refuses: an amount in the file that is no amount")
  func damaged() throws {
    let folder = ScratchFolder()
    do {
      let store = try Self.store(folder)
      try store.take(Array(Self.log[..<100]))
    }
    let connection = try Connection(path: folder.file("tables.db"), isWriter: true)
    try connection.run("UPDATE client_views SET received_usdt = 'many'")
    let store = try Self.store(folder)
    #expect(throws: TableError.damaged(table: "client_views", column: "received_usdt")) {
      try store.take(Self.log)
    }
    #expect(store.place == 100)
  }
}

/// Reads a log in memory as the store reads a real one.
func reader(_ log: [Recorded]) -> LogReader {
  { after, limit in Array(log.dropFirst(Int(after)).prefix(limit)) }
}
