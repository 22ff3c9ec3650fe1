import Foundation
import HTTP
import JSON
import Support
import Testing

/// Three nodes on one log in PostgreSQL, and notices at all of them.
@Suite(.serialized) struct InboxTests {
  /// The nodes of a world: one that serves first, and two that stand by.
  private final class Nodes: @unchecked Sendable {  // One test uses it, one step at a time.
    let world: KillWorld
    let server: PostgresServer
    let database: String
    var lives: [(life: Life, port: Int)] = []

    init(_ world: KillWorld, _ server: PostgresServer, _ database: String) {
      self.world = world
      self.server = server
      self.database = database
    }

    func get(_ place: Int, _ path: String) async -> HTTPClientResponse? {
      let request = HTTPClientRequest(
        method: "GET", url: "http://127.0.0.1:\(lives[place].port)\(path)",
        headers: ["Authorization": "Bearer \(world.key)"])
      return try? await world.http.send(request).get()
    }

    func post(_ place: Int, _ notice: KillWorld.Notice, signature: String? = nil) async -> Int? {
      world.port = lives[place].port
      return await world.post(
        "/webhooks/nowpayments", notice.body,
        ["x-nowpayments-sig": signature ?? notice.signature], seconds: 30)
    }

    /// Sends until it is acknowledged by one node.
    func deliver(_ place: Int, _ notice: KillWorld.Notice) async {
      world.port = lives[place].port
      await world.deliver([notice], before: .now + .seconds(60))
    }

    func sql(_ text: String) async throws -> String {
      try await offPool { [server, database] in
        let done = try server.psql(database, text)
        #expect(done.code == 0, "\(done)")
        return done.out.split(separator: "\n").joined(separator: "\n")
      }
    }

    func eventually(_ isTrue: () async throws -> Bool) async throws -> Bool {
      for _ in 0..<2_400 {
        if try await isTrue() { return true }
        try await Task.sleep(for: .milliseconds(50))
      }
      return false
    }

    /// Whether each node tells the same, as of one position.
    func areAlike(at position: Int) async -> Bool {
      for path in ["/api/channels/\(world.channel(1))/timeline", "/api/batches"] {
        let first = await get(0, path + "?asof=\(position)")
        guard first?.status == 200 else { return false }
        for place in lives.indices.dropFirst() {
          guard await get(place, path + "?asof=\(position)")?.body == first?.body else {
            return false
          }
        }
      }
      return true
    }

    func position() async throws -> Int {
      Int(try await sql("SELECT position FROM weir.lane")) ?? 0
    }
  }

  private func nodes() async throws -> Nodes {
    let world = try await offPool { try KillWorld() }
    let server = try await offPool { try PostgresServer.shared.get() }
    let database = try await offPool { try server.database() }
    world.environment["WEIR_STORE"] = server.url(database)
    try await world.begin()
    let nodes = Nodes(world, server, database)
    nodes.lives.append((try world.start(), world.port))
    try #require(await world.isUp(within: 240), "not up: see \(world.log)")
    for name in ["second", "third"] {
      let folder = "\(world.data)/\(name)"
      world.port = FreePort.next()
      let life = try world.start(
        on: folder, ["--standby"], ["WEIR_WITNESS_PATH": folder + "-witness"])
      nodes.lives.append((life, world.port))
    }
    for place in 1...2 {
      let isReading = try await nodes.eventually {
        await nodes.get(place, "/api/batches")?.status == 200
      }
      try #require(isReading, "node \(place) doesn't read: see \(world.log)")
    }
    return nodes
  }

  @Test(
    "does: each notice at any node is in the log once and each payout sent once, though a node dies"
  )
  func story() async throws {
    let nodes = try await nodes()
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
    var next: Int?
    _ = try await nodes.eventually {
      for place in 0...1 where await nodes.get(place, "/ready")?.status == 200 { next = place }
      return next != nil
    }
    let served = try #require(next, "nobody serves: see \(world.log)")
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
    let server = try await offPool { try PostgresServer.shared.get() }
    let database = try await offPool { try server.database() }
    let scratch = ScratchFolder()
    try await offPool {
      let (process, _) = try WeirProcess.serve(
        scratch.file("first"), ["WEIR_STORE": server.url(database)])
      let role = "served_of_\(database)"
      let granted = try server.psql(
        database,
        "CREATE ROLE \(role) LOGIN; GRANT USAGE ON SCHEMA weir TO \(role); "
          + "GRANT SELECT ON ALL TABLES IN SCHEMA weir TO \(role); "
          + "GRANT EXECUTE ON FUNCTION weir.take_lane, weir.keep_lane, weir.append TO \(role)")
      #expect(granted.code == 0, "\(granted)")
      let refused = try WeirProcess.run(
        [
          "serve", "--sandbox", "--standby", "--data", scratch.file("second"), "--listen",
          "127.0.0.1:0",
        ], ["WEIR_STORE": server.url(database, role: role)])
      #expect(refused.code != 0)
      #expect(refused.err.contains("role \(role) may not use the inbox"), "\(refused)")
      process.signal(SIGTERM)
      #expect(process.wait().status == 0)
    }
  }
}
