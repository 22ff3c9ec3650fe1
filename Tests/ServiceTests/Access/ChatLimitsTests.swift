import Gateways
import Kernel
import Synchronization
import Testing

@testable import Sandbox
@testable import Service

@Suite struct ChatLimitsTests {
  private let start = Instant(text: "2026-11-25T12:00:00.000000Z")!

  private func said(_ number: Int, by user: Int, joins: ClosedChannelID? = nil) -> TelegramUpdate {
    TelegramUpdate(
      ChatUpdate(
        number: number, user: UserID(text: "\(user)")!, text: "words", joins: joins))
  }

  @Test("does: hears one person 60 times at once and 2,000 times a day, tells it once a minute")
  func bounded() {
    let told = Mutex<[UserID]>([])
    let limits = ChatLimits(isOn: true) { said in told.withLock { $0.append(said.user) } }
    var heard = [1: 0, 2: 0]
    var now = start
    // Ten a second for a day from one, one in ten minutes from another.
    for second in 0..<86_400 {
      now = start.adding(seconds: Int64(second))
      for number in 0..<10 where limits.hears(said(second * 10 + number, by: 1), at: now) {
        heard[1, default: 0] += 1
      }
      if second == 0 { #expect(heard[1] == 10) }
      if second == 59 { #expect(heard[1] == 60 + 59) }
      if second % 600 == 0, limits.hears(said(second, by: 2), at: now) { heard[2, default: 0] += 1 }
    }
    #expect((2_000...4_000).contains(heard[1] ?? 0), "\(heard)")
    #expect(heard[2] == 144)
    #expect(told.withLock { $0.count } <= 24 * 60 && told.withLock { Set($0).count } == 1)
    let closed = ClosedChannelID(text: "-1002000000001")!
    #expect(limits.hears(said(0, by: 1, joins: closed), at: now), "who asks to join is heard")
  }

  @Test("does: says since when and why nobody is let in, until it works again")
  func access() async throws {
    let world = try AccessWorld(seed: 8)
    #expect(world.access.trouble == nil)
    world.person(1, "start")
    world.setRights(false)
    world.pay(1, 1)
    try await world.run(until: world.now.adding(seconds: 60))
    let trouble = try #require(world.access.trouble)
    #expect(trouble.hasPrefix("failing in -1002000000001 since 2026-11-25T12:0"), "\(trouble)")
    #expect(trouble.contains("the bot has no right there"))
    // A stranger who names channels makes no trouble of them.
    world.say(2, "/start")
    world.say(2, "/database")
    world.say(2, "-1007777777777")
    try await world.run(until: world.now.adding(seconds: 60))
    #expect(world.access.trouble == trouble)
    world.setRights(true)
    try await world.run(until: world.now.adding(seconds: 3_600))
    #expect(world.access.trouble == nil)
  }

  @Test("does: knows a token that is none, updates that go elsewhere, and being off")
  func bot() {
    let start = self.start
    let watch = AccessWatch(isOn: true, clock: { start })
    watch.note("getUpdates", nil, .permanent("HTTP 409: Conflict", code: .notAvailable))
    #expect(
      watch.trouble
        == "failing since \(start.text): somebody else takes the bot's updates, HTTP 409: Conflict")
    watch.note("sendMessage", "5", nil)
    #expect(watch.trouble != nil, "that it can speak doesn't make it hear")
    watch.note("getUpdates", nil, .permanent("HTTP 401: Unauthorized", code: .credentials))
    #expect(watch.trouble?.contains("Telegram knows no bot of that token") == true)
    watch.note("getUpdates", nil, nil)
    #expect(watch.trouble == nil)
    watch.note("getUpdates", nil, .unknown("timed out"))
    #expect(watch.trouble?.contains("the bot hears nothing") == true)
    watch.note("getUpdates", nil, nil)
    // A person who has blocked the bot is nobody's trouble.
    watch.note("sendMessage", "5", .permanent("blocked", code: .unreachable))
    watch.note("sendMessage", "5", .permanent("blocked", code: .rightsMissing))
    #expect(watch.trouble == nil)
    for number in 0..<2_000 {
      watch.note("banChatMember", "-\(number)", .permanent("no", code: .rightsMissing))
    }
    #expect(watch.trouble?.hasSuffix("and in 995 more channels") == true)
    #expect(AccessWatch(isOn: false, clock: { start }).trouble == AccessWatch.off)
  }
}
