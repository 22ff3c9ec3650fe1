import Foundation
import HTTP
import JSON
import Support
import Testing

/// Three nodes on one log in PostgreSQL, and notices at all of them.
@Suite(.serialized) struct InboxTests {
  @Test(
    "does: each notice at any node is in the log once and each payout sent once, though a node dies"
  )
  func story() async throws {
    let nodes = try await Nodes.start()
    let world = nodes.world
    let story = world.story()
    // A forged one is refused by all, and nothing of it is kept.
    for place in 0...2 {
      let forged = String(story[0].signature.map { $0 == "0" ? Character("1") : "0" })
      #expect(await nodes.post(place, story[0], signature: forged) == 403)
    }
    #expect(try await nodes.sql("SELECT number FROM weir.inbox_lane") == "0")
    // In turn to all three, while payouts run; now and then the same to another one as well.
    let half = story.count / 2
    for (index, notice) in story[..<half].enumerated() {
      await nodes.deliver(index % 3, notice)
      if index % 5 == 0 { #expect(await nodes.post((index + 1) % 3, notice) == 200) }
    }
    #expect(world.delivered.count == half)
    let place = try await nodes.position()
    #expect(try await nodes.eventually { await nodes.areAlike(at: place) })

    // Taken in by nodes that stand by while the one that serves takes nothing any more.
    let serving = nodes.lives[0].life
    serving.signal(SIGSTOP)
    let waiting = story[half..<half + 6]
    for (index, notice) in waiting.enumerated() { await nodes.deliver(1 + index % 2, notice) }
    #expect(world.delivered.count == half + 6)
    let untaken = "SELECT count(*) FROM weir.inbox i WHERE NOT EXISTS "
    #expect(
      try await nodes.sql(
        untaken + "(SELECT FROM weir.inbox_taken t WHERE t.number = i.number)") == "6")
    #expect(
      try await nodes.eventually {
        let body = await nodes.get(1, "/health")?.body ?? []
        return try JSONValue.parse(body)["inbox"]?["waiting"]?.integer == 6
      })
    try await offPool { serving.kill() }
    nodes.lives.removeFirst()
    let served = try await nodes.serving()
    for (index, notice) in story[(half + 6)...].enumerated() {
      await nodes.deliver(index % 2, notice)
    }
    world.port = nodes.lives[served].port
    try await world.settle(story)
    #expect(
      try await nodes.eventually {
        try await nodes.sql(
          untaken + "(SELECT FROM weir.inbox_taken t WHERE t.number = i.number)") == "0"
      })
    #expect(
      try await nodes.sql("SELECT count(*) FROM weir.inbox_taken WHERE outcome !~ '^200 '") == "0")
    try await world.checkLog(story)
    try await world.checkChain()
    let end = try await nodes.position()
    #expect(try await nodes.eventually { await nodes.areAlike(at: end) })
    for node in [nodes.lives[1 - served].life, nodes.lives[served].life] {
      #expect(try await offPool { node.stop() } == 0)
    }
  }

  @Test("refuses: to begin, by name, where its role may not use the inbox")
  func rights() async throws {
    let (role, refused) = try await Nodes.standing(
      granted: "weir.take_lane, weir.keep_lane, weir.append")
    #expect(refused.code != 0)
    #expect(refused.err.contains("role \(role) may not use the inbox"), "\(refused)")
  }
}
