import Foundation
import Support
import Testing

/// The kill tests' story with its log in PostgreSQL: lives of the service end at any moment, and so
/// do its sessions with the server, in the middle of commits too.
@Suite struct PostgresKillTests {
  static let kills = 100

  @Test(
    "does: ends the same over kills and broken sessions, each notice and each payout once",
    .enabled(if: ProcessInfo.processInfo.environment["WEIR_TEST_LONG"] != nil))
  func kills() async throws {
    let world = try await offPool { try KillWorld() }
    let server = try await offPool { try PostgresServer.shared.get() }
    let database = try await offPool { try server.database() }
    world.environment["WEIR_STORE"] = server.url(database)
    try await world.begin()
    let story = world.story()
    for index in 0..<Self.kills {
      let service = try world.start()
      _ = await world.isUp(within: 60)
      let allowed = (index + 1) * story.count / Self.kills
      let deadline = ContinuousClock.now + .milliseconds(50 + world.random(below: 700))
      while ContinuousClock.now < deadline {
        await world.deliver(story.prefix(allowed), before: deadline)
        if world.random(below: 3) == 0 { try await breakSessions(server, database) }
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(service.isRunning, "ended by itself: see \(world.log)")
      try await offPool { service.kill() }
    }
    let last = try world.start()
    try await world.settle(story)
    #expect(try await offPool { last.stop() } == 0)

    let (data, witness, environment) = (world.data, world.witness, world.environment)
    let verified = try await offPool {
      try WeirProcess.run(
        ["log", "verify", "--data", data, "--witness", witness],
        ["WEIR_STORE": environment["WEIR_STORE"] ?? ""])
    }
    #expect(verified.code == 0, "\(verified)")
    try await world.checkLog(story)
    try await world.checkChain()
    #expect(!FileManager.default.fileExists(atPath: data + "/log"))
  }

  /// Ends every session with the database, whatever it is in the middle of.
  private func breakSessions(_ server: PostgresServer, _ database: String) async throws {
    let ended = try await offPool {
      try server.psql(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(database)'")
    }
    #expect(ended.code == 0, "\(ended)")
  }
}
