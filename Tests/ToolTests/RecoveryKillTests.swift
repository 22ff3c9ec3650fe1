import Foundation
import Gateways
import JSON
import Support
import Testing

/// `weir recovery adopt` and `weir recovery rotate` as processes that are killed at any moment.
@Suite struct RecoveryKillTests {
  private static let isLong = ProcessInfo.processInfo.environment["WEIR_TEST_LONG"] != nil
  private static let rounds = 25

  @Test(
    "does: a repair that is killed again and again ends as one that isn't, and pays nobody twice",
    .enabled(if: isLong), arguments: [false, true])
  func kills(rotates: Bool) async throws {
    let stage = try await offPool { try RecoveryCommandTests.Stage() }
    let world = stage.world
    try await world.begin()
    let (old, data) = (stage.scratch.file("old"), stage.scratch.file("restored"))
    let service = try await stage.serve(world.data)
    try await stage.deliver(0)
    try await stage.settle(1, on: world.data)
    #expect(try await stage.run("backup", old, "--data", world.data).code == 0)
    try await stage.deliver(1)
    try await stage.settle(2, on: world.data)
    #expect(try await offPool { service.stop() } == 0)
    // Whoever rotates has nothing but the chain.
    if rotates { world.environment["WEIR_WITNESS_PATH"] = nil }
    #expect(try await stage.run("restore", old, data).code == 0)
    try stage.putKeyBack(data)
    let recovering = try await stage.serve(data)
    world.forgetDelivered()
    try await stage.deliver(1)
    #expect(try await offPool { recovering.stop() } == 0)

    let hex = String(repeating: "5e", count: 32)
    let successor = try #require(EthereumKey(hex: hex)).address
    let keyFile = stage.scratch.file("successor")
    _ = FileManager.default.createFile(
      atPath: keyFile, contents: Data(hex.utf8), attributes: [.posixPermissions: 0o600])
    var words = [
      "recovery", rotates ? "rotate" : "adopt", "--sandbox", "--data", data, "--reason", "a drill",
      "--actor", "ana", "--wait", "5",
    ]
    if rotates {
      words += ["--successor-key", keyFile, "--second", "ben"]
      words += ["--second-key", data + "/sandbox/approver-ben-key"]
    }
    var killed = 0
    for round in 1...Self.rounds {
      // Each gets a little further, until one is done.
      let wait = round * 60 + world.random(below: 60)
      let (all, environment) = (words, world.environment)
      let code = try await offPool {
        let process = try WeirProcess.start(all, environment, errors: .null)
        Thread.sleep(forTimeInterval: Double(wait) / 1_000)
        process.kill()
        return process.wait()
      }
      if case .signal = code { killed += 1 }
      try await checkSent(world, successor)
    }
    #expect(killed >= 3)
    var last: WeirProcess.Outcome?
    for _ in 1...10 where last?.code != 0 {
      let (all, environment) = (words, world.environment)
      last = try await offPool { try WeirProcess.run(all, environment) }
    }
    #expect(last?.code == 0, "\(String(describing: last))")
    try await checkSent(world, successor)
    // An adoption is over when what was signed is known; the service sees it confirmed.
    let fact = rotates ? "transfer.confirmed.v1" : "transfer.signed.v1"
    #expect(try await world.log(fact, of: data).count == 2)
    guard rotates else { return }
    #expect(last?.out.hasPrefix("rotation=finished") == true, "\(String(describing: last))")
    try await goOn(stage, data, keyFile, successor)
  }

  /// What left since the copy was made is swept to the successor.
  private func checkSent(_ world: KillWorld, _ successor: String) async throws {
    let others = try await world.sent().filter {
      $0["to"]?.text?.lowercased() != successor.lowercased()
    }
    #expect(others.count == 2)
  }

  private func goOn(
    _ stage: RecoveryCommandTests.Stage, _ data: String, _ keyFile: String, _ successor: String
  ) async throws {
    let world = stage.world
    world.environment["WEIR_HOST_WALLET_KEY_FILE"] = keyFile
    let (words, environment) = (
      [
        "recovery", "complete", "--sandbox", "--data", data, "--reason", "a drill", "--actor",
        "ana",
      ], world.environment
    )
    let done = try await offPool { try WeirProcess.run(words, environment) }
    #expect(done.code == 0 && done.out.hasPrefix("recovery=none"), "\(done)")
    let settled = try await stage.serve(data)
    try await stage.deliver(2)
    for _ in 0..<600 where try await world.log("split.completed.v1", of: data).count < 3 {
      try await Task.sleep(for: .milliseconds(200))
    }
    #expect(try await offPool { settled.stop() } == 0)
    let assigned = try await world.log("wallet.nonce_assigned.v1", of: data)
    #expect(assigned.last?["body"]?["wallet"]?.text == successor, "\(assigned)")
    #expect(assigned.last?["body"]?["nonce"]?.integer == 0, "\(assigned)")
    #expect(try await world.log("split.completed.v1", of: data).count == 3)
    try await checkSent(world, successor)
  }
}
