import Glibc
import Simulator
import Support
import Synchronization
import Testing

@testable import Kernel
@testable import Log

@Suite struct BackupFaultTests {
  /// A disk with a log, its backup, and more log since, and how many calls the next backup makes.
  private func stage() throws -> (disk: SimulatedDisk, calls: Int) {
    let world = BackupWorld()
    try world.make(orders: 7)
    try world.backUp()
    try world.make(orders: 15)
    let disk = world.disk.afterKill()
    let trial = BackupWorld(disk.afterKill())
    try trial.backUp()
    return (disk, trial.disk.calls.count)
  }

  @Test("keeps: the backup before, over a power cut at every call, and the next one is whole")
  func powerCuts() throws {
    let (disk, calls) = try stage()
    for call in 1...calls {
      let world = BackupWorld(disk.afterKill())
      world.disk.plan(.power, at: call)
      #expect(throws: BackupError.self) { try world.backUp() }
      let after = world.disk.afterPowerCut(seed: UInt64(call))
      let comment: Comment = "power cut at call \(call), \(world.disk.calls.last ?? "")"
      try BackupWorld(after.afterKill()).expectPrefix(atLeast: 15, comment)
      try BackupWorld(world.disk.afterKill()).expectPrefix(atLeast: 15, comment)
      let again = BackupWorld(after)
      #expect(try again.backUp().position == 31, comment)
      try again.expectPrefix(atLeast: 31, comment)
      #expect(again.disk.paths.allSatisfy { !$0.hasSuffix(".new") }, comment)
    }
  }

  @Test("does: what is backed up is on the log's own disk first, over a kill before its sync")
  func unsynced() throws {
    func young() throws -> (BackupWorld, FileStore) {
      let world = BackupWorld()
      let store = try world.open()
      try world.grow(store, to: 5)
      return (world, store)
    }
    let (trial, trialStore) = try young()
    let calls = trial.disk.calls.count
    try trial.grow(trialStore, to: 6)
    #expect(trial.disk.calls.last == "sync")
    // The group is written, and its sync, the last call, never begins.
    let (world, store) = try young()
    world.disk.plan(.power, at: trial.disk.calls.count - calls)
    #expect(throws: StoreError.self) { try world.grow(store, to: 6) }
    let killed = world.disk.afterKill()
    for seed in 0..<UInt64(12) {
      let copied = BackupWorld(killed.afterKill())
      #expect(try copied.backUp().position == 13)
      let after = BackupWorld(copied.disk.afterPowerCut(seed: seed))
      #expect(try after.open().head.position == 13, "seed \(seed)")
    }
    let lost = (0..<UInt64(12)).map { BackupWorld(killed.afterPowerCut(seed: $0)) }
    #expect(try lost.contains { try $0.open().head.position == 11 })
  }

  @Test("keeps: the backup before, over a failure of every call", arguments: [EIO, ENOSPC])
  func errors(_ code: Int32) throws {
    let (disk, calls) = try stage()
    for call in 1...calls {
      let world = BackupWorld(disk.afterKill())
      world.disk.plan(.error(code), at: call)
      _ = try? world.backUp()
      let comment: Comment = "\(world.disk.calls[call - 1]), call \(call)"
      try BackupWorld(world.disk.afterKill()).expectPrefix(atLeast: 15, comment)
    }
  }

  @Test("does: the first backup, cut off at every call, is no backup or a whole one")
  func firstBackup() throws {
    let world = BackupWorld()
    try world.make(orders: 9)
    let disk = world.disk.afterKill()
    try world.backUp()
    for call in 1...world.disk.calls.count - disk.calls.count {
      let cut = BackupWorld(disk.afterKill())
      cut.disk.plan(.power, at: call)
      _ = try? cut.backUp()
      let after = cut.disk.afterPowerCut(seed: UInt64(call))
      do throws(BackupError) {
        #expect(try BackupWorld(after.afterKill()).restore().position == 19)
      } catch {
        #expect(error == .missing(folder: "/backup"), "call \(call)")
      }
      #expect(try BackupWorld(after).backUp().position == 19, "call \(call)")
    }
  }

  @Test("refuses: to call a restore done that was cut off; no log is there, or the whole one")
  func cutRestore() throws {
    let world = BackupWorld()
    try world.make(orders: 14)
    try world.backUp()
    let disk = world.disk.afterKill()
    let trial = BackupWorld(disk.afterKill())
    _ = try trial.restore()
    for call in 1...trial.disk.calls.count {
      let cut = BackupWorld(disk.afterKill())
      cut.disk.plan(.power, at: call)
      _ = try? cut.restore()
      let after = cut.disk.afterPowerCut(seed: UInt64(call))
      var options = FileStore.Options.small
      options.mayCreate = false
      do throws(StoreError) {
        let store = try FileStore.open(
          folder: "/restored/log", environment: .sandbox, options: options, disk: after)
        #expect(store.head.position == 29, "call \(call)")
        #expect(store.recoveryOwed != nil, "call \(call)")
      } catch {
        guard case .unusable = error else { throw error }
      }
    }
  }

  @Test(
    "refuses: a backup with one bit changed anywhere, a file missing, cut or in another's place")
  func tampered() throws {
    let world = BackupWorld()
    try world.make(orders: 20)
    try world.backUp()
    let disk = world.disk.afterKill()
    let names = ["backup.json"] + (try world.manifest().files.map(\.name))
    var dice = Dice(seed: 20_261_127)
    for round in 0..<300 {
      let name = names[round % names.count]
      let bad = BackupWorld(disk.afterKill())
      let used = try world.manifest().file(name)?.bytes
      bad.disk.tamper("/backup/" + name) { bytes in
        let count = used ?? bytes.count
        bytes[dice.below(count)] ^= UInt8(1 << dice.below(8))
      }
      let error = #expect(throws: BackupError.self, "\(name)") { try bad.restore() }
      #expect(
        error?.description.contains(name.split(separator: "/").last ?? "") == true
          || name == "backup.json", "\(String(describing: error))")
      #expect(!bad.disk.paths.contains { $0.hasPrefix("/restored/log/log.json") })
    }
    for name in names.dropFirst() {
      let without = BackupWorld(disk.afterKill())
      without.disk.rename(behindTheBack: "/backup/" + name, to: nil)
      #expect(throws: BackupError.damaged(file: name, what: "it is missing")) {
        try without.restore()
      }
      let cut = BackupWorld(disk.afterKill())
      let bytes = try #require(world.manifest().file(name)?.bytes)
      cut.disk.tamper("/backup/" + name) { $0 = Array($0.prefix(bytes - 1)) }
      #expect(
        throws: BackupError.damaged(file: name, what: "it has \(bytes - 1) bytes, not \(bytes)")
      ) { try cut.restore() }
    }
    let segments = names.filter { $0.hasSuffix(".raw") }
    let swapped = BackupWorld(disk.afterKill())
    swapped.disk.rename(behindTheBack: "/backup/" + segments[0], to: "/backup/x")
    swapped.disk.rename(behindTheBack: "/backup/" + segments[1], to: "/backup/" + segments[0])
    swapped.disk.rename(behindTheBack: "/backup/x", to: "/backup/" + segments[1])
    let error = #expect(throws: BackupError.self) { try swapped.restore() }
    #expect(error?.description.contains(segments[0]) == true)
  }

  @Test("ignores: files beside the backup that its manifest doesn't list, and names them")
  func extra() throws {
    let world = BackupWorld()
    try world.make(orders: 20)
    try world.backUp()
    let stray = "log/segments/00000000000000009999.raw"
    world.disk.copy(
      behindTheBack: "/backup/log/segments/00000000000000000001.raw", to: "/backup/" + stray)
    #expect(try world.restore().ignored == [stray])
    #expect(try world.events(of: "/restored") == world.events(of: "/data"))
  }
}
