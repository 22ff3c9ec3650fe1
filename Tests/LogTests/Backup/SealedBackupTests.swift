import Simulator
import Testing

@testable import Kernel
@testable import Log

/// Backups of a log whose closed segments are sealed since the backup before.
@Suite struct SealedBackupTests {
  /// A backup of raw segments, and then the log sealed.
  private func stage(orders: Int) throws -> BackupWorld {
    let world = BackupWorld()
    try world.make(orders: orders)
    try world.backUp()
    let store = try world.open()
    try store.sealAll()
    try store.close()
    return world
  }

  private func segments(_ disk: SimulatedDisk, _ kind: String) -> Set<String> {
    Set(
      disk.paths.filter { $0.hasPrefix("/backup/") && $0.hasSuffix(kind) }
        .map { String($0.dropFirst(8)) })
  }

  @Test("does: a sealed segment takes the place of its raw one, and comes back as it is")
  func replaces() throws {
    let world = try stage(orders: 40)
    let before = try world.manifest()
    let raw = segments(world.disk, ".raw")
    #expect(raw.count >= 3)
    let report = try world.backUp()
    #expect(report.root == before.root)
    #expect(report.copiedFiles == raw.count)
    #expect(segments(world.disk, ".raw") == [])
    #expect(segments(world.disk, ".sealed").count == raw.count)
    #expect(try world.manifest().files.count == before.files.count)
    try world.expectPrefix(atLeast: 81, "sealed")
    #expect(try world.backUp(.full).copiedFiles == 0)
    let again = try FileStore.open(
      folder: "/restored/log", environment: .sandbox, options: .small, disk: world.disk)
    #expect(again.head.position == 81)
    #expect(again.recovery == Recovery())
  }

  @Test("keeps: the raw segments of the backup, over a power cut at every call, until all is well")
  func powerCuts() throws {
    let disk = try stage(orders: 10).disk.afterKill()
    let trial = BackupWorld(disk.afterKill())
    try trial.backUp()
    for call in 1...trial.disk.calls.count {
      let world = BackupWorld(disk.afterKill())
      world.disk.plan(.power, at: call)
      #expect(throws: BackupError.self) { try world.backUp() }
      let after = world.disk.afterPowerCut(seed: UInt64(call))
      try BackupWorld(after.afterKill()).expectPrefix(atLeast: 21, "call \(call)")
      #expect(try BackupWorld(after).backUp().position == 21, "call \(call)")
      #expect(segments(after, ".raw") == [], "call \(call)")
    }
  }

  @Test("refuses: a sealed segment that has changed, and keeps the raw one it was made of")
  func damagedSource() throws {
    let sound = try stage(orders: 40)
    let events = try sound.events(of: "/data")
    let kept = segments(sound.disk, ".raw")
    let manifest = sound.disk.contents(of: "/backup/backup.json")
    let sealed = sound.disk.paths.filter { $0.hasPrefix("/data/") && $0.hasSuffix(".sealed") }
    var dice = Dice(seed: 20_261_127)
    var refused = 0
    for round in 0..<60 {
      let world = BackupWorld(sound.disk.afterKill())
      world.disk.tamper(sealed[round % sealed.count]) { bytes in
        bytes[dice.below(bytes.count)] ^= UInt8(1 << dice.below(8))
      }
      do {
        try world.backUp()
        // A bit that says nothing, such as one of padding: then it is no damage either.
        try world.backUp(.full)
      } catch {
        refused += 1
        #expect(world.disk.contents(of: "/backup/backup.json") == manifest, "round \(round)")
        #expect(kept.isSubset(of: segments(world.disk, ".raw")), "round \(round)")
      }
      _ = try world.restore()
      #expect(try world.events(of: "/restored") == events, "round \(round)")
    }
    #expect(refused > 30)
  }
}
