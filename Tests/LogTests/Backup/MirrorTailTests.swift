import Simulator
import Support
import Testing

@testable import Kernel
@testable import Log

@Suite struct MirrorTailTests {
  private func opened(_ data: String, _ world: BackupWorld) throws -> FileStore {
    try FileStore.open(
      folder: data + "/log", environment: .sandbox, options: .small, disk: world.disk)
  }

  /// A log of `orders`, a backup of its first ones taken back to `/restored`.
  private func restored(_ world: BackupWorld, at early: Int, of orders: Int) throws {
    try world.make(orders: early)
    try world.backUp()
    _ = try world.restore()
    try world.make(orders: orders)
  }

  private func tail(_ world: BackupWorld, of data: String = BackupWorld.data) throws -> MirrorTail {
    try MirrorTail(of: data + "/log", disk: world.disk)
  }

  @Test("does: what a restored log lacks comes back, with its hashes, commands and all")
  func comesBack() throws {
    let world = BackupWorld()
    try restored(world, at: 7, of: 400)
    let log = try opened("/restored", world)
    let tail = try tail(world)
    let report = try tail.missing(in: log)
    #expect(report.from == 15 && report.to == 801)
    #expect(log.head.position == 15)
    try tail.append(report, to: log)
    #expect(log.head.position == 801 && log.recoveryOwed != nil)
    #expect(HexText.of(log.head.hash) == report.head)
    #expect(
      try log.append([proposal("c400", [placed(400), invoiced(400)])])
        == [.replayed(first: 800, last: 801)])
    #expect(throws: MirrorError.nothing(mirror: 801, log: 801)) { try tail.missing(in: log) }
    try log.close()
    #expect(try world.events(of: "/restored") == world.events(of: "/data"))
  }

  @Test("does: in two goes what in one, as a mirror that grew, or a first go that was cut off")
  func twice() throws {
    let world = BackupWorld()
    try restored(world, at: 5, of: 20)
    for orders in [20, 31] {
      try world.make(orders: orders)
      let log = try opened("/restored", world)
      let tail = try tail(world)
      try tail.append(try tail.missing(in: log), to: log)
      try log.close()
      #expect(try world.events(of: "/restored") == world.events(of: "/data"))
    }
  }

  @Test("refuses: a log that went on by itself, another log, a mirror with less")
  func refuses() throws {
    let world = BackupWorld()
    try restored(world, at: 7, of: 20)
    let log = try opened("/restored", world)
    _ = try log.append([proposal("own", [placed(77)])])
    #expect(throws: MirrorError.forked(position: 16)) { try tail(world).missing(in: log) }
    let short = try opened("/data", world)
    #expect(throws: MirrorError.forked(position: 16)) {
      try tail(world, of: "/restored").missing(in: short)
    }
    try short.close()
    try log.close()
    let other = BackupWorld()
    try other.make(orders: 3)
    _ = try other.backUp()
    _ = try other.restore()
    let foreign = try opened("/restored", other)
    let mirror = try tail(world)
    #expect(throws: MirrorError.otherLog(mirror: mirror.mirror.logID, log: foreign.logID)) {
      try mirror.missing(in: foreign)
    }
    let same = try tail(other)
    #expect(throws: MirrorError.nothing(mirror: 7, log: 7)) { try same.missing(in: foreign) }
    try foreign.close()
  }

  @Test("refuses: a damaged mirror, wherever it is damaged, and appends nothing of it")
  func damaged() throws {
    let world = BackupWorld()
    try restored(world, at: 7, of: 60)
    let names = world.disk.paths.filter { $0.hasPrefix("/data/log/segments/") }.sorted()
    for name in names {
      let whole = try #require(world.disk.contents(of: name))
      for at in stride(from: 150, to: whole.count, by: 4_099) {
        world.disk.tamper(name) { $0[at] ^= 16 }
        let log = try opened("/restored", world)
        if let report = try? tail(world).missing(in: log) {
          // Zeros behind the last group are no part of the log.
          #expect(report.to == 121, "\(name) at \(at)")
        }
        #expect(log.head.position == 15)
        try log.close()
        world.disk.tamper(name) { $0[at] ^= 16 }
      }
    }
  }
}
