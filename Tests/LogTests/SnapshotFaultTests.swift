import Kernel
import Simulator
import Testing

@testable import Log

/// A snapshot's disk at its worst: whatever fails, the one before is still there.
@Suite struct SnapshotFaultTests {
  private let log = LogID(text: String(repeating: "0", count: 32))!

  private func folder(_ disk: SimulatedDisk) -> SnapshotFolder {
    SnapshotFolder(path: "snapshots", disk: disk)
  }

  private func write(_ disk: SimulatedDisk, _ position: UInt64) throws(DiskError) {
    let snapshot = Snapshot(
      log: log, position: position, shape: 1, hash: [UInt8](repeating: 7, count: 32))
    _ = try folder(disk).write(snapshot) { fields in
      var numbers = [UInt64](repeating: position, count: 100_000)
      fields.plain("numbers", &numbers)
    }
  }

  private func positions(_ disk: SimulatedDisk) -> [UInt64] {
    folder(disk).entries().compactMap { $0.snapshot?.position }
  }

  /// Whether a file holds all that was written.
  private func isWhole(_ disk: SimulatedDisk, _ entry: SnapshotFolder.Entry) throws -> Bool {
    let reader = try SnapshotReader(disk.open("snapshots/" + entry.file, .read))
    var fields = StateFields(reading: reader)
    var numbers: [UInt64] = []
    fields.plain("numbers", &numbers)
    return fields.isSound && reader.isAtEnd()
      && numbers.allSatisfy { $0 == entry.snapshot?.position }
  }

  @Test(
    "does: no room, or a failed call, at any call of the writing leaves what was there",
    arguments: [SimulatedDisk.Fault.error(28), .error(5)])
  func everyCall(_ fault: SimulatedDisk.Fault) throws {
    var failed = 0
    for call in 1...24 {
      let faulty = SimulatedDisk()
      try write(faulty, 1)
      try write(faulty, 2)
      faulty.plan(fault, at: call)
      if (try? write(faulty, 3)) == nil { failed += 1 }
      // A fault of a later call than the last is none.
      let disk = faulty.afterKill()
      let entries = folder(disk).entries()
      #expect(entries.contains { $0.snapshot?.position ?? 0 >= 2 }, "call \(call)")
      for entry in entries { #expect(try isWhole(disk, entry), "call \(call)") }
      // And the next one is written as if nothing had been.
      try write(disk, 4)
      #expect(positions(disk)[0] == 4)
    }
    #expect(failed > 6)
  }

  @Test("does: a power cut at any call leaves one that is whole, or one that is seen not to be")
  func powerCuts() throws {
    for call in 1...24 {
      for seed in 0..<4 as Range<UInt64> {
        let disk = SimulatedDisk()
        try write(disk, 1)
        try write(disk, 2)
        disk.plan(.power, at: call)
        try? write(disk, 3)
        let after = disk.afterPowerCut(seed: seed)
        let whole = folder(after).entries().filter { (try? isWhole(after, $0)) ?? false }
        #expect(whole.contains { $0.snapshot?.position ?? 0 >= 2 }, "call \(call), seed \(seed)")
      }
    }
  }
}
