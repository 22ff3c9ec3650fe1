import Glibc
import Simulator
import Testing

@testable import Kernel
@testable import Log

@Suite struct DiskFaultTests {
  private func calls() throws -> Int {
    var story = DiskStory(SimulatedDisk())
    try story.run()
    return story.disk.calls.count
  }

  @Test("runs: the story without faults, over several segments")
  func whole() throws {
    let disk = SimulatedDisk()
    var story = DiskStory(disk)
    try story.run()
    #expect(story.acknowledged == DiskStory.groups + 1)
    #expect(disk.paths.filter { $0.hasSuffix(".raw") }.count >= 3)
    try DiskStory.check(disk.afterKill(), acknowledged: story.acknowledged, "no fault")
  }

  @Test("keeps: everything acknowledged, over a power cut at every call")
  func powerCuts() throws {
    for call in 1...(try calls()) {
      for seed in 1...UInt64(2) {
        var story = DiskStory(SimulatedDisk())
        story.disk.plan(.power, at: call)
        #expect(throws: StoreError.self) { try story.run() }
        try DiskStory.check(
          story.disk.afterPowerCut(seed: seed), acknowledged: story.acknowledged,
          "power cut at call \(call), seed \(seed)")
      }
    }
  }

  @Test("keeps: everything acknowledged, over a second power cut while it recovers")
  func powerCutInRecovery() throws {
    var dice = Dice(seed: 3)
    let calls = try calls()
    for round in 1...100 {
      var story = DiskStory(SimulatedDisk())
      story.disk.plan(.power, at: 1 + dice.below(calls))
      #expect(throws: StoreError.self) { try story.run() }
      let acknowledged = story.acknowledged
      let second = DiskStory(story.disk.afterPowerCut(seed: dice.next()))
      second.disk.plan(.power, at: 1 + dice.below(30))
      _ = try? second.open()
      try DiskStory.check(
        second.disk.afterPowerCut(seed: dice.next()), acknowledged: acknowledged,
        "second power cut, round \(round)")
    }
  }

  @Test("keeps: everything acknowledged, over a failure of every call", arguments: [EIO, ENOSPC])
  func errors(_ code: Int32) throws {
    for call in 1...(try calls()) {
      var story = DiskStory(SimulatedDisk())
      story.disk.plan(.error(code), at: call)
      do {
        try story.run()
      } catch {
        #expect(code == EIO || story.acknowledged == 0 || !isFull(error), "\(error)")
      }
      let name = story.disk.calls[call - 1]
      try DiskStory.check(
        story.disk.afterKill(), acknowledged: story.acknowledged, "\(name), call \(call)")
    }
  }

  private func isFull(_ error: any Error) -> Bool {
    if case .full = error as? StoreError { true } else { false }
  }

  @Test("refuses: everything after a failed sync, until it is opened again")
  func deadAfterSync() throws {
    let disk = SimulatedDisk()
    let story = DiskStory(disk)
    let store = try story.open()
    _ = try store.append([proposal("c1", [placed(1)])])
    disk.plan(.error(EIO), at: 2)
    let error = #expect(throws: StoreError.self) {
      try store.append([proposal("c2", [placed(2)])])
    }
    guard case .failed = error else { throw error ?? .full("nothing thrown") }
    #expect(store.head.position == 1)
    #expect(try store.read(after: 0, limit: 9).count == 1)
    #expect(throws: StoreError.self) { try store.append([proposal("c3", [placed(3)])]) }
    #expect(throws: StoreError.self) { try store.rest() }
    #expect(try DiskStory(disk.afterKill()).open().head.position == 2)
  }

  @Test("goes on: after a full disk, when there is room again")
  func fullDisk() throws {
    let disk = SimulatedDisk()
    let store = try DiskStory(disk).open()
    disk.hold(12_000)
    var appended = 0
    var isFull = false
    while !isFull, appended < 100 {
      do throws(StoreError) {
        _ = try store.append([proposal("c\(appended + 1)", [placed(appended + 1)])])
        appended += 1
      } catch .full {
        isFull = true
      } catch {
        throw error
      }
    }
    #expect(isFull && appended > 5)
    #expect(store.head.position == UInt64(appended))
    #expect(try store.read(after: 0, limit: 1000).count == appended)
    disk.hold(100_000)
    for number in appended + 1...appended + 20 {
      #expect(
        try store.append([proposal("c\(number)", [placed(number)])])
          == [.appended(first: UInt64(number), last: UInt64(number))])
    }
    #expect(try DiskStory(disk.afterPowerCut(seed: 1)).open().head == store.head)
  }
}
