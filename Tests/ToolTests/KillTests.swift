import Foundation
import Gateways
import HTTP
import JSON
import Kernel
import Sandbox
import Support
import Testing

/// `kill -9` at random moments of a story: nothing acknowledged is missing, nobody is paid twice,
/// and the story ends as it would have ended.
@Suite struct KillTests {
  static let kills = 200

  @Test("does: ends the same over 200 kills, with every acknowledged notice and each payout once")
  func kills() async throws {
    let world = try await offPool { try KillWorld() }
    try await world.begin()
    let story = world.story()
    for index in 0..<Self.kills {
      let service = try world.start()
      // Some lives end while the log is being opened, some after a while of work.
      let isShort = world.random(below: 5) == 0
      let life = isShort ? 30 + world.random(below: 120) : 50 + world.random(below: 500)
      if !isShort { _ = await world.isUp(within: 10) }
      let allowed = (index + 1) * story.count / Self.kills
      let deadline = ContinuousClock.now + .milliseconds(life)
      while ContinuousClock.now < deadline {
        await world.deliver(story.prefix(allowed), before: deadline)
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(service.isRunning, "ended by itself: see \(world.log)")
      try await offPool { service.kill() }
    }
    #expect(try world.lives() > Self.kills / 2, "most lives were too short to serve")
    let last = try world.start()
    try await world.settle(story)
    #expect(try await offPool { last.stop() } == 0)

    let (data, witness) = (world.data, world.witness)
    let verified = try await offPool {
      try WeirProcess.run("log", "verify", "--data", data, "--witness", witness)
    }
    #expect(verified.code == 0, "\(verified)")
    // One life signs at least once where it did anything.
    let signed = verified.out.split(separator: "=").last.flatMap { Int($0.dropLast()) } ?? 0
    #expect(signed > Self.kills / 2)
    try await world.checkLog(story)
    try await world.checkChain()
  }
}
