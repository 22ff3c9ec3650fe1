import Foundation
import Support
import Testing

@testable import Kernel
@testable import Log

/// The counts that a release is held to; a sample of them with every run, all of them with
/// `WEIR_TEST_LONG=1`.
@Suite struct MassFaultTests {
  private static let isLong = ProcessInfo.processInfo.environment["WEIR_TEST_LONG"] != nil

  private static func count(_ long: Int, sample: Int) -> Int { isLong ? long : sample }

  private func calls() throws -> Int {
    var story = DiskStory(SimulatedDisk())
    try story.run()
    return story.disk.calls.count
  }

  @Test("keeps: everything acknowledged, over 10,000 kills, in the middle of writes too")
  func kills() async throws {
    try await offPool {
      let calls = try calls()
      var dice = Dice(seed: 10)
      for round in 0..<Self.count(10_000, sample: 200) {
        var story = DiskStory(SimulatedDisk())
        let call = round % calls + 1
        story.disk.plan(.kill(dice.below(1 << 16)), at: call)
        #expect(throws: StoreError.self) { try story.run() }
        try DiskStory.check(
          story.disk.afterKill(), acknowledged: story.acknowledged, "kill \(round), call \(call)")
      }
    }
  }

  @Test("keeps: everything acknowledged, over 5,000 power cuts with any sectors left")
  func powerCuts() async throws {
    try await offPool {
      let calls = try calls()
      var dice = Dice(seed: 11)
      for round in 0..<Self.count(5_000, sample: 100) {
        var story = DiskStory(SimulatedDisk())
        let call = round % calls + 1
        story.disk.plan(.power, at: call)
        #expect(throws: StoreError.self) { try story.run() }
        try DiskStory.check(
          story.disk.afterPowerCut(seed: dice.next()), acknowledged: story.acknowledged,
          "power cut \(round), call \(call)")
      }
    }
  }

  /// What a disk that lies leaves is the log, the log as it once was, or refused by name: nothing
  /// can keep what never arrived, but nothing may pass for what it isn't.
  private static func checkHonesty(_ disk: SimulatedDisk, _ comment: Comment) throws -> Int? {
    do {
      let store = try DiskStory(disk).open()
      return try DiskStory.groups(in: store, comment)
    } catch is StoreError {
      return nil
    }
  }

  @Test("never shows: another event, after syncs that lied; what is missing before others stops")
  func lies() async throws {
    try await offPool {
      let calls = try calls()
      var dice = Dice(seed: 12)
      var refused = 0
      for round in 0..<Self.count(2_000, sample: 100) {
        var story = DiskStory(SimulatedDisk())
        story.disk.plan(.lie, at: round % calls + 1)
        try story.run()
        let disk = story.disk.afterPowerCut(seed: dice.next())
        let found = try Self.checkHonesty(disk, "lie \(round)")
        if found == nil { refused += 1 }
        // The end of the story is a mark that was synced: nothing can be missing before it unseen.
        let whole = DiskStory.groups + 1
        let isEnd = round % calls + 1 >= story.disk.calls.count - 8
        #expect(found == nil || found == whole || isEnd, "lie at call \(round % calls + 1)")
      }
      #expect(refused > 0)
    }
  }

  @Test("never shows: another event, after writes that went astray")
  func strayWrites() async throws {
    try await offPool {
      let calls = try calls()
      var dice = Dice(seed: 13)
      var refused = 0
      for round in 0..<Self.count(2_000, sample: 100) {
        var story = DiskStory(SimulatedDisk())
        story.disk.plan(.astray(dice.below(17) - 8), at: round % calls + 1)
        _ = try? story.run()
        let disk = story.disk.afterKill()
        if try Self.checkHonesty(disk, "stray write \(round)") == nil { refused += 1 }
      }
      #expect(refused > 0)
    }
  }

  @Test("never shows: another event, over reads that are stale or of another place")
  func strayReads() async throws {
    try await offPool {
      var story = DiskStory(SimulatedDisk())
      try story.run()
      var dice = Dice(seed: 14)
      var refused = 0
      for round in 0..<Self.count(4_000, sample: 200) {
        let disk = story.disk.afterKill()
        let fault: SimulatedDisk.Fault =
          dice.below(2) == 0 ? .stale(dice.below(64)) : .astray(dice.below(17) - 8)
        disk.plan(fault, at: 1 + dice.below(40))
        if try Self.checkHonesty(disk, "stray read \(round)") == nil { refused += 1 }
        // What it read wrongly it must not have made true: the next start sees the whole log.
        disk.plan(.stale(0), at: 1 << 40)
        let again = try Self.checkHonesty(disk.afterKill(), "after stray read \(round)")
        #expect(again == DiskStory.groups + 1, "a read that was wrong changed the log: \(fault)")
      }
      #expect(refused > 0)
    }
  }
}
