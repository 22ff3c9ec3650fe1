import Glibc
import Simulator
import Support
import Synchronization
import Testing

@testable import Kernel
@testable import Log

@Suite struct BackupTests {
  @Test("does: what was backed up comes back, event for event, with its checkpoint")
  func comesBack() throws {
    let world = BackupWorld()
    try world.make(orders: 40)
    let report = try world.backUp()
    #expect(report.position == 81)
    #expect(report.checkpoint == 81)
    #expect(try world.manifest().files.count { $0.name.hasSuffix(".raw") } >= 3)
    let restored = try world.restore()
    #expect(restored.position == 81)
    #expect(restored.root == report.root)
    #expect(restored.ignored == [])
    #expect(try world.events(of: "/restored") == world.events(of: "/data"))
    #expect(
      world.disk.contents(of: "/restored/checkpoints/newest")
        == world.disk.contents(of: "/data/checkpoints/newest"))
    #expect(world.disk.contents(of: "/restored/log-key") == nil)
    #expect(!world.disk.paths.contains { $0.hasPrefix("/backup") && $0.contains("key") })
  }

  @Test("does: a restored log owes recovery, opens clean, and goes on where it ended")
  func goesOn() throws {
    let world = BackupWorld()
    let store = try world.open()
    try world.grow(store, to: 7)
    // The writer goes on: the last group has no mark behind it.
    try world.backUp()
    try world.grow(store, to: 9)
    _ = try world.restore()
    let again = try FileStore.open(
      folder: "/restored/log", environment: .sandbox, options: .small, disk: world.disk)
    #expect(again.recovery == Recovery())
    #expect(again.head.position == 15)
    #expect(again.recoveryOwed?.hasPrefix("restored from a backup of position 15") == true)
    #expect(
      try again.append([proposal("c7", [placed(7), invoiced(7)])])
        == [.replayed(first: 14, last: 15)])
    #expect(try again.append([proposal("n", [placed(99)])]) == [.appended(first: 16, last: 16)])
    try again.endRecovery()
    try again.close()
    let settled = try FileStore.open(
      folder: "/restored/log", environment: .sandbox, options: .small, disk: world.disk)
    #expect(settled.recoveryOwed == nil)
    #expect(settled.head.position == 16)
  }

  @Test("does: a copy of the backup, put in place by hand, owes recovery as well")
  func byHand() throws {
    let world = BackupWorld()
    try world.make(orders: 12)
    try world.backUp()
    let copy = try FileStore.open(
      folder: "/backup/log", environment: .sandbox, options: .small, disk: world.disk)
    #expect(copy.head.position == 25)
    #expect(copy.recoveryOwed != nil)
  }

  @Test("does: a second backup copies what is new, and nothing again")
  func incremental() throws {
    let world = BackupWorld()
    try world.make(orders: 40)
    let first = try world.backUp()
    let again = try world.backUp()
    #expect(again.copiedFiles == 0)
    #expect(again.keptFiles == first.copiedFiles)
    #expect(again.root == first.root)
    let before = Set(try world.manifest().files.map(\.name))
    try world.make(orders: 60)
    let third = try world.backUp()
    let added = try world.manifest().files.filter { !before.contains($0.name) }
    // The segment that was the last one is closed now: another name, and whole.
    #expect(third.copiedBytes == added.reduce(0) { $0 + UInt64($1.bytes) })
    #expect(third.keptBytes >= 8_000)
    #expect(third.position == 121)
    let whole = BackupWorld(world.disk)
    #expect(
      try Backup(of: "/data", in: "/other", disk: whole.disk).run(at: BackupWorld.begun).root
        == third.root)
    #expect(!world.disk.paths.contains { $0.hasPrefix("/backup") && $0.hasSuffix(".new") })
    let actives = world.disk.paths.filter {
      $0.hasPrefix("/backup/") && $0.hasSuffix(".active")
    }
    #expect(actives.count == 1)
    try world.expectPrefix(atLeast: 121, "third")
  }

  @Test("mends: a file of the backup that has changed, and says so")
  func mends() throws {
    let world = BackupWorld()
    try world.make(orders: 40)
    try world.backUp()
    let name = "log/segments/00000000000000000001.raw"
    world.disk.tamper("/backup/" + name) { $0[1_000] ^= 4 }
    #expect(throws: BackupError.damaged(file: name, what: "it isn't what was backed up")) {
      try world.restore()
    }
    #expect(try world.backUp().mended == [name])
    try world.expectPrefix(atLeast: 81, "mended")
  }

  @Test("refuses: a log that is another, older, or forked; and changes nothing")
  func otherLogs() throws {
    let world = BackupWorld()
    try world.make(orders: 10)
    let young = world.disk.afterKill()
    try world.make(orders: 20)
    try world.backUp()
    let kept = world.disk.contents(of: "/backup/backup.json")
    let disk = world.disk
    func put(_ other: SimulatedDisk) {
      for path in disk.paths where path.hasPrefix("/data/") {
        disk.rename(behindTheBack: path, to: nil)
      }
      other.state.withLock { other in
        for (path, inode) in other.names where path.hasPrefix("/data/") {
          let copy = other.inodes[inode]
          disk.state.withLock { state in
            state.inodes.append(copy)
            state.names[path] = state.inodes.count - 1
          }
        }
      }
    }
    put(young)
    #expect(throws: BackupError.older(source: 21, backup: 41)) { try world.backUp() }
    let store = try world.open()
    for number in 11...30 {
      _ = try store.append([proposal("other\(number)", [placed(number), invoiced(number)])])
    }
    try store.close()
    #expect(throws: BackupError.forked(position: 41)) { try world.backUp() }
    let foreign = BackupWorld()
    try foreign.make(orders: 30)
    put(foreign.disk)
    let error = #expect(throws: BackupError.self) { try world.backUp() }
    guard case .otherLog = error else { throw error ?? .files("nothing thrown") }
    #expect(disk.contents(of: "/backup/backup.json") == kept)
  }

  @Test("refuses: a folder that holds something else, or that another backup writes to")
  func occupied() throws {
    let world = BackupWorld()
    try world.make(orders: 3)
    #expect(throws: BackupError.occupied(folder: "/data")) {
      try Backup(of: "/data", in: "/data", disk: world.disk).run(at: BackupWorld.begun)
    }
    #expect(throws: BackupError.missing(folder: "/backup")) { try world.restore() }
    try world.backUp()
    #expect(throws: BackupError.occupied(folder: "/data")) { try world.restore(to: "/data") }
    let lock = try world.disk.lock("/backup/lock")
    #expect(throws: BackupError.taken(folder: "/backup", process: "4711")) { try world.backUp() }
    if case .held(let lock) = lock { lock.release() }
    try world.backUp(.full)
  }
}
