import Simulator
import Testing

@testable import Kernel
@testable import Log

/// A log that grows on a simulated disk, its backup, and folders the backup is taken back to.
struct BackupWorld {
  static let data = "/data"
  static let target = "/backup"
  static let begun = instant(9_000)

  let disk: SimulatedDisk

  init(_ disk: SimulatedDisk = SimulatedDisk()) { self.disk = disk }

  func open() throws -> FileStore {
    try FileStore.open(
      folder: Self.data + "/log", environment: .sandbox, options: .small, disk: disk)
  }

  /// Appends orders up to a number, each a group of two events.
  func grow(_ store: FileStore, to last: Int) throws {
    if store.head.position == 0 {
      _ = try store.append([proposal("g", [genesis(log: store.logID)])])
    }
    let first = Int(store.head.position - 1) / 2 + 1
    for number in first..<last + 1 {
      _ = try store.append([
        proposal("c\(number)", [placed(number), invoiced(number)], second: number)
      ])
    }
  }

  func sign(_ store: FileStore) throws {
    let files = CheckpointFiles(data: Self.data, disk: disk)
    try Notary.open(store, log: store.logID, files: files).sign()
  }

  /// A log of so many orders, closed.
  func make(orders: Int, isSigned: Bool = true) throws {
    let store = try open()
    try grow(store, to: orders)
    if isSigned { try sign(store) }
    try store.close()
  }

  @discardableResult
  func backUp(_ check: Backup.Check = .new) throws(BackupError) -> Backup.Report {
    try Backup(of: Self.data, in: Self.target, disk: disk).run(at: Self.begun, checking: check)
  }

  func restore(to data: String = "/restored") throws(BackupError) -> Restore.Report {
    try Restore(of: Self.target, to: data, disk: disk).run()
  }

  /// The events of a data folder's log, after all of it was verified.
  func events(of data: String) throws -> [StoredEvent] {
    let reader = try FileLogReader.open(folder: data + "/log", disk: disk)
    _ = try reader.verify()
    return try reader.read(after: 0, limit: 100_000)
  }

  func manifest() throws -> BackupManifest {
    try #require(try BackupFolder(path: Self.target, disk: disk).readManifest())
  }

  /// Restores, and holds the log to be the first events of the source's.
  func expectPrefix(atLeast position: UInt64, _ comment: Comment) throws {
    let report = try restore(to: "/restored")
    let restored = try events(of: "/restored")
    let source = try events(of: Self.data)
    #expect(restored.count == Int(report.position), comment)
    #expect(report.position >= position, comment)
    #expect(restored == Array(source.prefix(restored.count)), comment)
  }
}
