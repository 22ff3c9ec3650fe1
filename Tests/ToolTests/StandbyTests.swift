import Foundation
import HTTP
import Support
import Testing

/// Two nodes and one log in PostgreSQL: one serves, and one stands by.
@Suite(.serialized) struct StandbyTests {
  /// Channels registered, and the address of a database that has the log.
  private func world() async throws -> KillWorld {
    let world = try await offPool { try KillWorld() }
    let server = try await offPool { try PostgresServer.shared.get() }
    world.environment["WEIR_STORE"] = server.url(try await offPool { try server.database() })
    try await world.begin()
    return world
  }

  /// Another node, which stands by; with a folder, checkpoints and a port of its own.
  private func standBy(_ world: KillWorld, _ name: String, _ port: Int) throws -> Life {
    let (folder, served) = ("\(world.data)/\(name)", world.port)
    defer { world.port = served }
    world.port = port
    return try world.start(on: folder, ["--standby"], ["WEIR_WITNESS_PATH": folder + "-witness"])
  }

  private func eventually(_ isTrue: () throws -> Bool) async throws -> Bool {
    for _ in 0..<2_400 {
      if try isTrue() { return true }
      try await Task.sleep(for: .milliseconds(50))
    }
    return false
  }

  /// How many nodes have said that they stand by.
  private func standing(_ world: KillWorld) throws -> Int {
    try String(contentsOfFile: world.log, encoding: .utf8).split(separator: "\n")
      .count { $0.contains(#""event":"standing_by""#) }
  }

  private func verify(_ world: KillWorld, on folder: String) async throws {
    let store = world.environment["WEIR_STORE"] ?? ""
    let verified = try await offPool {
      try WeirProcess.run(["log", "verify", "--data", folder], ["WEIR_STORE": store])
    }
    #expect(verified.code == 0, "\(verified)")
  }

  @Test("serves: a node that stood by, once the other is told to stop; told so itself, it ends")
  func takesOver() async throws {
    let world = try await world()
    let first = try world.start()
    try #require(await world.isUp(within: 240), "not up: see \(world.log)")
    let port = FreePort.next()
    let second = try standBy(world, "second", port)
    let third = try standBy(world, "third", FreePort.next())
    #expect(try await eventually { try standing(world) == 2 })
    #expect(try await offPool { third.stop() } == 0)
    let story = Array(world.story().prefix(6))
    try await world.deliverAll(Array(story.prefix(3)), before: .now + .seconds(120))
    #expect(second.isRunning)
    try await readsBeside(world, port)
    #expect(try await offPool { first.stop() } == 0)
    world.port = port
    #expect(await world.isUp(within: 240), "not up: see \(world.log)")
    try await world.deliverAll(story, before: .now + .seconds(120))
    #expect(try await offPool { second.stop() } == 0)
    let observed = try await world.log("payment.observed.v1", of: world.data + "/second")
    #expect(observed.count == story.count)
    try await verify(world, on: world.data + "/second")
  }

  /// What one node answers, the one that stands by answers too; of writes it takes webhooks alone.
  private func readsBeside(_ world: KillWorld, _ port: Int) async throws {
    func get(_ port: Int, _ path: String) async -> HTTPClientResponse? {
      let request = HTTPClientRequest(
        method: "GET", url: "http://127.0.0.1:\(port)\(path)",
        headers: ["Authorization": "Bearer \(world.key)"])
      return try? await world.http.send(request).get()
    }
    let channel = "/api/channels/\(world.channel(1))"
    var tries = 0
    while await get(port, channel)?.status != 200, tries < 2_400 {
      tries += 1
      try await Task.sleep(for: .milliseconds(50))
    }
    // Payouts go on meanwhile, so both are asked what stays: how it was at a position.
    for path in [channel + "?asof=16", channel + "/timeline?asof=16", "/api/batches?asof=16"] {
      let served = await get(world.port, path)
      #expect(served?.status == 200, "\(path)")
      #expect(await get(port, path)?.body == served?.body, "\(path)")
    }
    #expect(await get(port, "/ready")?.status == 503)
    let former = world.port
    defer { world.port = former }
    world.port = port
    let notice = world.story()[0]
    let status = await world.post(
      "/webhooks/nowpayments", notice.body, ["x-nowpayments-sig": notice.signature], seconds: 10)
    #expect(status == 200)
    let refused = await world.post(
      "/api/channels/register", world.registration(1, 100),
      ["Authorization": "Bearer \(world.key)"],
      seconds: 10)
    #expect(refused == 503)
  }

  @Test(
    "ends: a node that was stopped until another served in its place, and takes nothing in then",
    .enabled(if: ProcessInfo.processInfo.environment["WEIR_TEST_LONG"] != nil))
  func wakes() async throws {
    let world = try await world()
    let first = try world.start()
    try #require(await world.isUp(within: 240), "not up: see \(world.log)")
    let (former, port) = (world.port, FreePort.next())
    let second = try standBy(world, "second", port)
    #expect(try await eventually { try standing(world) == 1 })
    // In the middle of its work: payouts on their way, notices not answered.
    let story = world.story()
    await world.deliver(story[...60], before: .now + .seconds(4))
    first.signal(SIGSTOP)
    world.port = port
    #expect(await world.isUp(within: 240), "not up: see \(world.log)")
    await world.deliver(story[...70], before: .now + .seconds(4))
    first.signal(SIGCONT)
    // Whatever it answers, it is no yes.
    world.port = former
    for notice in story.suffix(3) {
      let status = await world.post(
        "/webhooks/nowpayments", notice.body, ["x-nowpayments-sig": notice.signature], seconds: 5)
      #expect(status != 200, "a node without the lane took a notice in")
    }
    #expect(try await eventually { !first.isRunning })
    world.port = port
    try await world.settle(story)
    #expect(try await offPool { second.stop() } == 0)
    try await world.checkLog(story)
    try await world.checkChain()
    try await verify(world, on: world.data + "/second")
  }

  @Test("refuses: to stand by for a log in files")
  func files() async throws {
    let scratch = ScratchFolder()
    let refused = try await offPool {
      try WeirProcess.run(
        "serve", "--sandbox", "--standby", "--data", scratch.path, "--listen", "127.0.0.1:0")
    }
    #expect(refused.code == 2, "\(refused)")
    #expect(refused.err.contains("--store"))
  }
}
