import Foundation
import HTTP
import JSON
import Support
import Testing

/// Three nodes, of which the two that stand by make calls of the one that serves, as processes.
@Suite(.serialized) struct CallTests {
  private static let watching = "gchostpay1-response-queue"

  private func all(_ leases: [String: [String]]) -> Int {
    leases.values.map(\.count).reduce(0, +)
  }

  @Test("does: two nodes share the leases; who ends loses them, and with nobody left all goes on")
  func shares() async throws {
    let nodes = try await Nodes.start()
    let world = nodes.world
    let (second, third) = (try nodes.lives[1].tag, try nodes.lives[2].tag)
    let isShared = try await nodes.eventually {
      let leases = try await nodes.leases(0)
      return leases[second]?.count == 4 && leases[third]?.count == 4
    }
    #expect(isShared, "the leases aren't shared: see \(world.log)")
    let status = try await offPool {
      try WeirProcess.run(
        ["status", "--url", world.base], ["WEIR_OPERATOR_KEY": "any-key-for-a-public-page"])
    }
    #expect(status.out.contains("calls: out=") && status.out.contains("tables="), "\(status)")
    try await offPool { nodes.lives[1].life.kill() }
    #expect(
      try await nodes.eventually { try await nodes.leases(0)[third]?.count == 8 })
    try await offPool { nodes.lives[2].life.kill() }
    #expect(try await nodes.eventually { try await self.all(nodes.leases(0)) == 0 })
    // With no other node everything is done where it always was.
    let story = world.story()
    try await world.settle(story)
    try await world.checkLog(story)
    try await world.checkChain()
    #expect(try await offPool { nodes.lives[0].life.stop() } == 0)
  }

  /// Waits until the node that makes calls of the lane has one, and nobody has answered it.
  private func holder(_ nodes: Nodes, serving: Int) async throws -> Int {
    var found: Int?
    let isOut = try await nodes.eventually {
      guard let place = try await nodes.holder(of: Self.watching, asking: serving),
        place != serving, (try await nodes.calls(serving)?["out"]?.integer ?? 0) > 0,
        (try await nodes.calls(place)?["out"]?.integer ?? 0) > 0
      else { return false }
      found = place
      return true
    }
    #expect(isOut, "no call is out")
    return try #require(found)
  }

  @Test("does: each payout once, though nodes sleep, are killed and woken with calls under way")
  func story() async throws {
    let nodes = try await Nodes.start(holding: true)
    let world = nodes.world
    let story = world.story()
    let proxy = try #require(nodes.proxy)
    defer { proxy.stop() }
    let (first, second) = (Array(story[72..<78]), Array(story[78..<84]))
    // One sleeps past its lease in the middle of a call: its answer is refused.
    proxy.hold(true)
    for (index, notice) in first.enumerated() { await nodes.deliver(index % 3, notice) }
    let sleeping = try await holder(nodes, serving: 0)
    nodes.lives[sleeping].life.signal(SIGSTOP)
    proxy.hold(false)
    #expect(
      try await nodes.eventually {
        let place = try await nodes.holder(of: Self.watching, asking: 0)
        return place != nil && place != sleeping
      })
    nodes.lives[sleeping].life.signal(SIGCONT)
    #expect(
      try await nodes.eventually {
        await nodes.counted(sleeping, "refused").values.reduce(0, +) > 0
      })
    #expect(await nodes.counted(0, "taken_back").values.reduce(0, +) > 0)
    // One is killed between taking a call and answering it.
    proxy.hold(true)
    for (index, notice) in second.enumerated() { await nodes.deliver(index % 3, notice) }
    let killed = try await holder(nodes, serving: 0)
    let before = await nodes.counted(0, "taken_back").values.reduce(0, +)
    try await offPool { nodes.lives[killed].life.kill() }
    nodes.lives.remove(at: killed)
    proxy.hold(false)
    #expect(
      try await nodes.eventually {
        await nodes.counted(0, "taken_back").values.reduce(0, +) > before
      })
    #expect(try await nodes.eventually { try await self.all(nodes.leases(0)) == 8 })
    world.port = nodes.lives[0].port
    try nodes.standBy("fourth")
    try await nodes.reads(2)
    // The one that serves is killed, with calls out.
    proxy.hold(true)
    for (index, notice) in story[..<72].enumerated() { await nodes.deliver(index % 3, notice) }
    _ = try await holder(nodes, serving: 0)
    #expect(await !nodes.counted(0, "answered").isEmpty)
    try await offPool { nodes.lives[0].life.kill() }
    nodes.lives.remove(at: 0)
    proxy.hold(false)
    let served = try await nodes.serving()
    for (index, notice) in story.enumerated() { await nodes.deliver(index % 2, notice) }
    world.port = nodes.lives[served].port
    try await world.settle(story)
    // The one that is left makes calls for the next.
    #expect(
      try await nodes.eventually {
        await nodes.counted(served, "answered")[try nodes.lives[1 - served].tag] ?? 0 > 0
      })
    try await world.checkLog(story)
    try await world.checkChain()
    for node in [nodes.lives[1 - served].life, nodes.lives[served].life] {
      #expect(try await offPool { node.stop() } == 0)
    }
  }

  @Test("refuses: to begin, by name, where its role may not use other nodes' calls")
  func rights() async throws {
    let server = try await offPool { try PostgresServer.shared.get() }
    let database = try await offPool { try server.database() }
    let scratch = ScratchFolder()
    try await offPool {
      let (process, _) = try WeirProcess.serve(
        scratch.file("first"), ["WEIR_STORE": server.url(database)])
      let role = "caller_of_\(database)"
      let granted = try server.psql(
        database,
        "CREATE ROLE \(role) LOGIN; GRANT USAGE ON SCHEMA weir TO \(role); "
          + "GRANT SELECT ON ALL TABLES IN SCHEMA weir TO \(role); "
          + "GRANT EXECUTE ON FUNCTION weir.take_lane, weir.keep_lane, weir.append, "
          + "weir.put_inbox, weir.take_inbox, weir.lead_calls, weir.tend_node TO \(role)")
      #expect(granted.code == 0, "\(granted)")
      let refused = try WeirProcess.run(
        [
          "serve", "--sandbox", "--standby", "--data", scratch.file("second"), "--listen",
          "127.0.0.1:0",
        ], ["WEIR_STORE": server.url(database, role: role)])
      #expect(refused.code != 0)
      #expect(
        refused.err.contains("role \(role) may not use the calls of other nodes"), "\(refused)")
      process.signal(SIGTERM)
      #expect(process.wait().status == 0)
    }
  }
}
