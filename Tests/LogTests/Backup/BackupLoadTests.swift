import Glibc
import Support
import Synchronization
import Testing

@testable import Kernel
@testable import Log

/// Backups of a log on a real disk, one after another, while somebody writes to it.
@Suite struct BackupLoadTests {
  private final class Writing: Sendable {
    let acknowledged = Mutex<UInt64>(0)
    let isDone = Mutex(false)
  }

  @Test("does: each of 12 backups under load is a prefix, with everything acknowledged before it")
  func underLoad() async throws {
    let scratch = ScratchFolder()
    let data = scratch.file("data")
    try RealDisk().makeFolder(data)
    var options = FileStore.Options.small
    // Segments are closed, sealed and taken away while they are copied.
    options.sealing = .beside
    let store = try FileStore.open(folder: data + "/log", environment: .sandbox, options: options)
    let writing = Writing()
    _ = try store.append([proposal("g", [genesis(log: store.logID)])])
    async let writer: Void = offPool {
      var number = 0
      while !writing.isDone.withLock({ $0 }) {
        number += 1
        usleep(1_000)
        _ = try store.append([proposal("c\(number)", [placed(number), invoiced(number)])])
        writing.acknowledged.withLock { $0 = UInt64(1 + 2 * number) }
      }
    }
    let backups = try await offPool {
      defer { writing.isDone.withLock { $0 = true } }
      var found: [(Restore.Report, [StoredEvent])] = []
      for round in 1...12 {
        // The writer is never waited for by a backup, but this test is about one that goes on.
        let before = found.last?.0.position ?? 0
        for _ in 0..<60_000 where writing.acknowledged.withLock({ $0 <= before }) { usleep(1_000) }
        let acknowledged = writing.acknowledged.withLock { $0 }
        let report = try Backup(of: data, in: scratch.file("backup")).run(
          at: BackupWorld.begun, checking: round % 3 == 0 ? .full : .new)
        #expect(report.position >= acknowledged)
        let folder = scratch.file("restored-\(round)")
        let restored = try Restore(of: scratch.file("backup"), to: folder).run()
        #expect(restored.position == report.position)
        #expect(restored.root == report.root)
        let log = try FileLogReader.open(folder: folder + "/log")
        found.append((restored, try log.read(after: 0, limit: 1_000_000)))
      }
      return found
    }
    try await writer
    let all = try store.read(after: 0, limit: 1_000_000)
    for (report, events) in backups {
      #expect(events.count == Int(report.position))
      #expect(events == Array(all.prefix(events.count)))
    }
    let positions = backups.map(\.0.position)
    // A busy machine may write nothing between two of them.
    #expect(positions == positions.sorted() && Set(positions).count > 1)
  }
}
