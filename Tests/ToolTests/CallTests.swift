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
      return [leases[second]?.count, leases[third]?.count].compactMap(\.self).sorted() == [3, 4]
    }
    #expect(isShared, "the leases aren't shared: see \(world.log)")
    let status = try await offPool {
      try WeirProcess.run(
        ["status", "--url", world.base], ["WEIR_OPERATOR_KEY": "any-key-for-a-public-page"])
    }
    #expect(status.out.contains("calls: out=") && status.out.contains("telegram="), "\(status)")
    try await offPool { nodes.lives[1].life.kill() }
    #expect(
      try await nodes.eventually { try await nodes.leases(0)[third]?.count == 7 })
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
    #expect(try await nodes.eventually { try await self.all(nodes.leases(0)) == 7 })
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
    let (role, refused) = try await Nodes.standing(
      granted: "weir.take_lane, weir.keep_lane, weir.append, weir.put_inbox, weir.take_inbox, "
        + "weir.lead_calls, weir.tend_node")
    #expect(refused.code != 0)
    #expect(
      refused.err.contains("role \(role) may not use the calls of other nodes"), "\(refused)")
  }

  /// How far the tables in a database are; nil where there are none.
  private func place(_ nodes: Nodes, _ name: String) async throws -> Int? {
    try await offPool { [server = nodes.server] in
      let done = try server.psql(
        name, "SELECT min(position) FROM weir_tables.table_places")
      return done.out.split(separator: "\n").first.flatMap { Int($0) }
    }
  }

  /// Waits until the tables have what the log has.
  private func areCurrent(_ nodes: Nodes, _ name: String) async throws -> Bool {
    try await nodes.eventually {
      let end = try await nodes.position()
      return try await self.place(nodes, name) == end
    }
  }

  @Test("does: tables in a database are kept by whoever leased them, and by the last that is left")
  func tables() async throws {
    let server = try await offPool { try PostgresServer.shared.get() }
    let name = try await offPool { try server.database() }
    let nodes = try await Nodes.start(["WEIR_TABLES_STORE": server.url(name)])
    let world = nodes.world
    #expect(try await nodes.eventually { try await self.all(nodes.leases(0)) == 8 })
    #expect(try await areCurrent(nodes, name))
    func keepers() async throws -> String {
      try await offPool {
        try server.psql(
          name,
          "SELECT classid, objid, count(*) FROM pg_locks WHERE locktype = 'advisory' "
            + "AND database = (SELECT oid FROM pg_database WHERE datname = '\(name)') "
            + "AND objsubid = 2 GROUP BY 1, 2"
        ).out
      }
    }
    #expect(try await nodes.eventually { try await keepers() == "2003134834|1|1\n" })
    let story = Array(world.story().prefix(24))
    for (index, notice) in story[..<8].enumerated() { await nodes.deliver(index % 3, notice) }
    #expect(try await areCurrent(nodes, name))
    // Whoever keeps them is killed; the other takes them, and then the one that serves.
    for part in [story[8..<16], story[16...]] {
      let holder = try #require(try await nodes.holder(of: "tables", asking: 0))
      #expect(holder != 0)
      try await offPool { nodes.lives[holder].life.kill() }
      nodes.lives.remove(at: holder)
      for notice in part { await nodes.deliver(0, notice) }
      #expect(
        try await nodes.eventually {
          let next = try await nodes.holder(of: "tables", asking: 0)
          return nodes.lives.count == 1 ? next == nil : next != nil
        })
      #expect(try await areCurrent(nodes, name))
    }
    #expect(try await nodes.eventually { try await keepers() == "2003134834|1|1\n" })
    // A node comes, and is given them.
    try nodes.standBy("fourth")
    try await nodes.reads(1)
    #expect(
      try await nodes.eventually { try await nodes.holder(of: "tables", asking: 0) == 1 })
    world.forgetDelivered()
    for notice in world.story().dropFirst(24).prefix(12) { await nodes.deliver(0, notice) }
    #expect(try await areCurrent(nodes, name))
    #expect(try await offPool { nodes.lives[1].life.stop() } == 0)
    #expect(try await offPool { nodes.lives[0].life.stop() } == 0)
    #expect(try await keepers() == "")
    let compared = try await offPool {
      try WeirProcess.run(
        ["projections", "compare", "--data", world.data, "--to", server.url(name)],
        world.environment.filter { $0.key == "WEIR_STORE" })
    }
    #expect(compared.code == 0, "\(compared)")
    let log = try String(contentsOfFile: world.log, encoding: .utf8)
    #expect(log.contains(#""event":"tables_kept""#) && log.contains(#""event":"tables_left""#))
  }

  @Test("does: with a log in files the one node keeps them")
  func files() async throws {
    let scratch = ScratchFolder()
    try await offPool {
      let server = try PostgresServer.shared.get()
      let name = try server.database()
      let (process, _) = try WeirProcess.serve(
        scratch.file("data"), ["WEIR_TABLES_STORE": server.url(name)])
      var place = ""
      for _ in 0..<2_400 where !place.contains("14|t") {
        place = try server.psql(
          name, "SELECT count(*), min(position) > 0 FROM weir_tables.table_places"
        ).out
        usleep(50_000)
      }
      #expect(place == "14|t\n")
      process.signal(SIGTERM)
      #expect(process.wait().status == 0)
    }
  }
}
