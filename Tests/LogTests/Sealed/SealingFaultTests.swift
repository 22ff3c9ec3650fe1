import Glibc
import Simulator
import Testing

@testable import Kernel
@testable import Log

/// The story of `DiskFaultTests`, with every closed segment sealed as soon as it is one.
@Suite struct SealingFaultTests {
  private func whole() throws -> SimulatedDisk {
    var story = DiskStory(SimulatedDisk(), seals: true)
    try story.run()
    return story.disk
  }

  /// Opens what a fault left, seals what it kept from being sealed, and reads everything.
  private func check(_ disk: SimulatedDisk, acknowledged: Int, _ comment: Comment) throws {
    try DiskStory.check(disk.afterKill(), acknowledged: acknowledged, comment)
    let again = disk.afterKill()
    let store = try DiskStory(again).open()
    let events = try store.read(after: 0, limit: 1000)
    try store.sealAll()
    #expect(try store.read(after: 0, limit: 1000) == events, comment)
    try store.close()
    let names = SealedLog.names(again)
    #expect(names.filter { $0.hasSuffix(".raw") }.isEmpty, "\(names) \(comment)")
    let reader = try FileLogReader.open(folder: "/log", disk: again.afterPowerCut(seed: 0))
    #expect(try reader.verify().events == UInt64(events.count), comment)
  }

  @Test("runs: the story without faults, with sealed segments")
  func story() throws {
    let disk = try whole()
    #expect(SealedLog.names(disk).filter { $0.hasSuffix(".sealed") }.count >= 3)
    try check(disk, acknowledged: DiskStory.groups + 1, "no fault")
  }

  @Test("keeps: everything acknowledged, over a power cut at every call while it seals")
  func powerCuts() throws {
    for call in 1...(try whole().calls.count) {
      var story = DiskStory(SimulatedDisk(), seals: true)
      story.disk.plan(.power, at: call)
      #expect(throws: StoreError.self) { try story.run() }
      try check(
        story.disk.afterPowerCut(seed: UInt64(call)), acknowledged: story.acknowledged,
        "power cut at call \(call)")
    }
  }

  @Test("keeps: everything acknowledged, over a failure of every call while it seals")
  func errors() throws {
    let calls = try whole().calls
    for call in 1...calls.count {
      let code = call % 2 == 0 ? EIO : ENOSPC
      var story = DiskStory(SimulatedDisk(), seals: true)
      story.disk.plan(.error(code), at: call)
      try? story.run()
      try check(
        story.disk.afterKill(), acknowledged: story.acknowledged,
        "\(calls[call - 1]), call \(call), code \(code)")
    }
  }
}
