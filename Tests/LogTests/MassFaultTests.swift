import Foundation
import Simulator
import Support
import Testing

@testable import Kernel
@testable import Log

/// The counts that a release is held to; a sample of them with every run, all of them with
/// `WEIR_TEST_LONG=1`.
@Suite struct MassFaultTests {
  private static let isLong = ProcessInfo.processInfo.environment["WEIR_TEST_LONG"] != nil

  private static func count(_ long: Int, sample: Int) -> Int { isLong ? long : sample }

  /// The story with a fault at a call: closed segments are sealed in every other round, and every
  /// call has its turn.
  private struct Rounds {
    let calls: [Int]

    init() throws {
      calls = try [false, true].map { seals in
        var story = DiskStory(SimulatedDisk(), seals: seals)
        try story.run()
        return story.disk.calls.count
      }
    }

    /// Far apart from round to round, as a sample must not end where the story begins.
    func call(_ round: Int) -> Int { round / 2 * 7_919 % calls[round % 2] + 1 }

    func story(_ round: Int, _ fault: SimulatedDisk.Fault) -> DiskStory {
      let story = DiskStory(SimulatedDisk(), seals: round % 2 == 1)
      story.disk.plan(fault, at: call(round))
      return story
    }
  }

  @Test("keeps: everything acknowledged, over 10,000 kills, in the middle of writes too")
  func kills() async throws {
    try await offPool {
      let rounds = try Rounds()
      var dice = Dice(seed: 10)
      for round in 0..<Self.count(10_000, sample: 200) {
        var story = rounds.story(round, .kill(dice.below(1 << 16)))
        #expect(throws: StoreError.self) { try story.run() }
        try DiskStory.check(
          story.disk.afterKill(), acknowledged: story.acknowledged, "kill \(round)")
      }
    }
  }

  @Test("keeps: everything acknowledged, over 5,000 power cuts with any sectors left")
  func powerCuts() async throws {
    try await offPool {
      let rounds = try Rounds()
      var dice = Dice(seed: 11)
      for round in 0..<Self.count(5_000, sample: 100) {
        var story = rounds.story(round, .power)
        #expect(throws: StoreError.self) { try story.run() }
        try DiskStory.check(
          story.disk.afterPowerCut(seed: dice.next()), acknowledged: story.acknowledged,
          "power cut \(round)")
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
      let rounds = try Rounds()
      var dice = Dice(seed: 12)
      var refused = 0
      for round in 0..<Self.count(2_000, sample: 100) {
        var story = rounds.story(round, .lie)
        try story.run()
        let disk = story.disk.afterPowerCut(seed: dice.next())
        let found = try Self.checkHonesty(disk, "lie \(round)")
        if found == nil { refused += 1 }
        // The end of the story is a mark that was synced: nothing can be missing before it unseen.
        let whole = DiskStory.groups + 1
        let isEnd = rounds.call(round) >= story.disk.calls.count - 8
        #expect(found == nil || found == whole || isEnd, "lie at call \(rounds.call(round))")
      }
      #expect(refused > 0)
    }
  }

  @Test("never shows: another event, after writes that went astray")
  func strayWrites() async throws {
    try await offPool {
      let rounds = try Rounds()
      var dice = Dice(seed: 13)
      var refused = 0
      for round in 0..<Self.count(2_000, sample: 100) {
        var story = rounds.story(round, .astray(dice.below(17) - 8))
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
      var stories = [false, true].map { DiskStory(SimulatedDisk(), seals: $0) }
      for index in stories.indices { try stories[index].run() }
      var dice = Dice(seed: 14)
      var refused = 0
      for round in 0..<Self.count(4_000, sample: 200) {
        let disk = stories[round % 2].disk.afterKill()
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
