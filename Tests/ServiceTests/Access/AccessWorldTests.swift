import Engine
import Kernel
import Log
import Testing

@testable import Sandbox
@testable import Service

@Suite struct AccessWorldTests {
  private let day: Int64 = 86_400

  @Test("does: 1,000 ends due at once are facts at once, and removals keep Telegram's rate")
  func thousand() async throws {
    let world = try AccessWorld(seed: 1)
    let users = Array(1_001...2_000)
    for user in users {
      world.person(user, "start")
      world.pay(user, user)
    }
    try await world.run(until: AccessWorld.start.adding(seconds: 1_800))
    for user in users {
      let link = try #require(world.links(told: user).first)
      #expect(world.person(user, "join", link: link))
    }
    let end = AccessWorld.start.adding(days: 30)
    try await world.run(until: Instant(microseconds: end.microseconds - 1))
    #expect(world.members.count == 1_000)
    let idle = world.idle
    try await world.run(until: end.adding(seconds: 600))
    #expect(world.members.isEmpty)
    #expect(try world.facts("membership.removed.v1").count == 1_000)
    #expect(world.tooMany == 0)
    // One step a call or a fact; hardly one that found nothing to do.
    #expect(world.idle - idle < 100, "\(world.idle - idle)")
    for stored in try world.store.read(after: 0, limit: 1_000_000)
    where stored.name == "membership.expired.v1" {
      #expect(stored.at == end)
    }
    #expect(users.allSatisfy { world.links(told: $0).count == 1 } && world.links.count == 1_000)
  }

  @Test("does: what is owed to all is summed up once a day, and told, over kills and lost answers")
  func liabilities() async throws {
    let world = try AccessWorld(seed: 11)
    world.lossOneIn = 3
    world.killsInThousand = 300
    world.person(702, "start")
    world.pay(703, 1)
    for number in 1...5 {
      for attempt in 1...3 {
        let salt = String(repeating: "\(number)\(attempt)", count: 32)
        world.ask(
          .ledger(.publishLiabilities(salt: salt, chat: "702", checkpoint: ["a & b"])),
          "liabilities-\(number)-\(attempt)")
        try await world.run(until: world.now.adding(seconds: 3_600))
      }
      try await world.run(until: AccessWorld.start.adding(days: number))
    }
    let facts = try world.facts("ledger.liabilities_published.v1")
    #expect(facts.count == 5 && world.kills > 0)
    let told = world.messages.filter { $0.user == 702 }.map(\.text)
    for fact in facts {
      guard case .ledger(.liabilitiesPublished(let e)) = fact else { continue }
      let about = told.filter { $0.contains("What we owe on \(e.day)") }
      let root = try #require(e.sums.first?.root)
      #expect(about.contains { $0.contains("24.25 USDT-ETH in 1 parts, root \(root)") })
      #expect(!about.contains { $0.contains(e.salt) })
    }
  }

  @Test("does: over 200 kills and lost answers nobody has two links at a time, or stays too long")
  func kills() async throws {
    let world = try AccessWorld(seed: 7)
    world.lossOneIn = 4
    world.killsInThousand = 250
    let (early, late, never) = (Array(1...20), Array(21...27), [28, 29])
    for user in early { world.person(user, "start") }
    for user in early + late + never {
      world.pay(user, user)
      // The same notice again, and another payment of the same order (P-11).
      world.pay(user, user)
      if user % 10 == 0 { world.pay(user, 1_000 + user) }
    }
    try await world.run(until: AccessWorld.start.adding(seconds: 600))
    for user in early { try join(world, user) }
    // Not where one link is about to run out: whoever is told of it then has a minute to join.
    try await world.run(until: AccessWorld.start.adding(seconds: 2 * 3_600 + 1_200))
    for user in late { world.person(user, "start") }
    try await world.run(until: AccessWorld.start.adding(seconds: 2 * 3_600 + 1_800))
    for user in late { try join(world, user) }
    try await world.run(until: AccessWorld.start.adding(days: 29))
    #expect(world.members == Set(early + late))
    world.lossOneIn = 2
    try await world.run(until: AccessWorld.start.adding(days: 31))
    // Who has paid twice is there until his second end.
    #expect(world.members == [10, 20])
    try await world.run(until: AccessWorld.start.adding(days: 61))
    #expect(world.members.isEmpty)
    #expect(try world.facts("order.granted.v1").count == 31)
    #expect(try world.facts("invite.delivered.v1").count == 27)
    #expect(try world.facts("invite.failed.v1").count == 2)
    #expect(try world.facts("membership.expired.v1").count == 29)
    #expect(try world.facts("membership.removed.v1").count == 29)
    try check(world, early + late)
    #expect(world.kills > 200, "\(world.kills)")
  }

  private func join(_ world: AccessWorld, _ user: Int) throws {
    let link = try #require(world.links(told: user).last, "\(user)")
    #expect(world.person(user, "join", link: link), "\(user)")
  }

  /// TG-06: a link that anybody was told of lives alone; a repeat is of the same one.
  private func check(_ world: AccessWorld, _ users: [Int]) throws {
    let until = Dictionary(uniqueKeysWithValues: world.links.map { ($0.text, $0.link.until ?? 0) })
    for user in users {
      let told = world.messages.filter { $0.user == user && !$0.text.contains("runs out on") }
      let links = world.links(told: user)
      #expect(told.count == links.count && !told.isEmpty)
      #expect(told.allSatisfy { $0.text.contains("&lt;b&gt;Signals &amp; more&lt;/i&gt;") })
      for index in links.indices.dropFirst() where links[index] != links[index - 1] {
        let end = try #require(until[links[index - 1]])
        #expect(end <= told[index].at, "\(user)")
      }
    }
  }

  @Test("does: who buys again after his end is let in again, and who buys before it just stays")
  func renewals() async throws {
    let world = try AccessWorld(seed: 3)
    for user in [1, 2] {
      world.person(user, "start")
      world.pay(user, user)
    }
    try await world.run(until: AccessWorld.start.adding(seconds: 60))
    for user in [1, 2] { world.person(user, "join", link: world.links(told: user).first) }
    try await world.run(until: AccessWorld.start.adding(days: 29))
    world.pay(1, 11)
    try await world.run(until: AccessWorld.start.adding(days: 31))
    #expect(world.members == [1])
    world.pay(2, 12)
    try await world.run(until: AccessWorld.start.adding(seconds: 31 * day + 60))
    let link = try #require(world.links(told: 2).last)
    #expect(world.links(told: 2).count == 2 && world.person(2, "join", link: link))
    try await world.run(until: AccessWorld.start.adding(days: 60))
    #expect(world.members == [2])
    try await world.run(until: AccessWorld.start.adding(seconds: 61 * day + 120))
    #expect(world.members.isEmpty)
  }
}
