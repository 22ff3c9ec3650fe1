import Support
import Testing

@testable import Kernel
@testable import Log

/// Room for a frame that is large is reserved, where zeros would be written twice over.
@Suite struct BulkRoomTests {
  let scratch = ScratchFolder()
  let disk = SlowDisk()

  private func open() throws(StoreError) -> FileStore {
    var options = FileStore.Options()
    options.segmentBytes = 4 << 20
    options.stepBytes = 1 << 16
    options.sealing = .byHand
    return try FileStore.open(
      folder: scratch.file("log"), environment: .sandbox, options: options, disk: disk)
  }

  private func group(_ numbers: Range<Int>) -> [Proposal] {
    numbers.map { proposal("c\($0)", [placed($0)]) }
  }

  @Test("does: what a real file reserves reads as zeros, and what stood before stays")
  func reserved() throws {
    let file = try RealDisk().open(scratch.file("room"), .create)
    try file.write([1, 2, 3], at: 0)
    try file.reserve(from: 3, to: 100_000)
    try file.sync()
    #expect(try file.size() == 100_000)
    #expect(try file.bytes(100_000, at: 0) == [1, 2, 3] + [UInt8](repeating: 0, count: 99_997))
  }

  @Test("does: only a bulk's room is reserved, and a log that ends in it opens to the same events")
  func bulk() throws {
    // Nobody closes it: the handle goes, as with a process that is killed.
    let (head, events) = try { () throws in
      let log = try open()
      _ = try log.append([proposal("g", [genesis(log: log.logID)])])
      _ = try log.append(group(0..<300))
      #expect(disk.reserved == 0)
      _ = try log.append(group(300..<1_300))
      #expect(disk.reserved >= 1 << 18)
      _ = try log.append(group(1_300..<1_301))
      return (log.head, try log.read(after: 0, limit: 2_000))
    }()
    let again = try open()
    #expect(again.recovery.cutBytes == 0 && again.head == head)
    #expect(try again.read(after: 0, limit: 2_000) == events)
    try again.close()
  }
}
