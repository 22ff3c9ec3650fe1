import Foundation
import HTTP
import JSON
import Kernel
import Support
import Testing

/// `weir backup`, `restore` and `recovery` around a service that pays: nothing is paid twice,
/// whatever copy of its log it is given.
@Suite struct RecoveryCommandTests {
  /// A service outside of which everything lives on, and copies of its data.
  final class Stage: @unchecked Sendable {  // One test uses it, one step at a time.
    let world: KillWorld
    let scratch = ScratchFolder()
    let story: [KillWorld.Notice]

    init() throws {
      world = try KillWorld()
      story = world.story()
    }

    /// The notices of the n-th payment to a channel that is paid at once.
    func payment(_ number: Int) -> ArraySlice<KillWorld.Notice> {
      let first = (3 * 8 + number) * 3
      return story[first..<first + 3]
    }

    func run(_ words: String..., witness: Bool = true) async throws -> WeirProcess.Outcome {
      var variables = world.environment
      if !witness { variables["WEIR_WITNESS_PATH"] = nil }
      let (all, environment) = (words, variables)
      return try await offPool { try WeirProcess.run(all, environment) }
    }

    func deliver(_ number: Int) async throws {
      let deadline = ContinuousClock.now + .seconds(120)
      await world.deliver(payment(number), before: deadline)
    }

    /// Waits until so many transfers are on the chain and nothing is under way any more.
    func settle(_ count: Int, on data: String) async throws {
      for _ in 0..<600 {
        let done = try await world.log("split.completed.v1", of: data).count
        if done >= count { break }
        try await Task.sleep(for: .milliseconds(200))
      }
      #expect(try await world.sent().count == count)
    }

    func get(_ path: String) async throws -> String {
      let request = HTTPClientRequest(method: "GET", url: world.base + path)
      return String(decoding: try await world.http.send(request).get().body, as: UTF8.self)
    }

    /// Starts on a folder and waits until requests are answered.
    func serve(_ data: String) async throws -> Life {
      let life = try world.start(on: data)
      try #require(await world.isUp(within: 240), "not up: see \(world.log)")
      return life
    }

    /// Puts back by hand what no backup holds.
    func putKeyBack(_ data: String) throws {
      try FileManager.default.copyItem(atPath: world.data + "/log-key", toPath: data + "/log-key")
    }
  }

  @Test("does: a restored service takes notices, pays nothing until recovery is done, then once")
  func story() async throws {
    let stage = try await offPool { try Stage() }
    let world = stage.world
    try await world.begin()
    let (old, new) = (stage.scratch.file("old"), stage.scratch.file("new"))
    let service = try await stage.serve(world.data)
    try await stage.deliver(0)
    try await stage.settle(1, on: world.data)
    let first = try await stage.run("backup", old, "--data", world.data, "--json")
    #expect(first.code == 0, "\(first)")
    try await stage.deliver(1)
    try await stage.settle(2, on: world.data)
    let second = try await stage.run("backup", new, "--data", world.data)
    #expect(second.code == 0, "\(second)")
    // In peace: its end is at the witness.
    #expect(try await offPool { service.stop() } == 0)
    let by = try FileManager.default.subpathsOfDirectory(atPath: new)
    #expect(!by.contains { $0.contains("key") || $0.contains("sandbox") })

    try await refusesOld(stage, old)

    let data = stage.scratch.file("restored")
    let restored = try await stage.run("restore", new, data)
    #expect(restored.code == 0, "\(restored)")
    #expect(try await stage.run("restore", new, data).code == 2)
    try stage.putKeyBack(data)
    let recovering = try await stage.serve(data)
    try await stage.deliver(2)
    #expect(try await stage.get("/health").contains("restored from a backup of position"))
    #expect(try await stage.get("/metrics").contains("\nweir_recovery_owed 1\n"))
    let channel = world.channel(13)
    #expect(try await stage.get("/api/channels/\(channel)/timeline").contains("payment.routed.v1"))
    try await Task.sleep(for: .seconds(3))
    #expect(try await world.sent().count == 2)
    #expect(try await world.log("transfer.nonce_reserved.v1", of: data).count == 2)
    let complete = [
      "recovery", "complete", "--sandbox", "--data", data, "--reason", "the disk was lost",
      "--actor", "ops:ana",
    ]
    let early = try await offPool { try WeirProcess.run(complete, world.environment) }
    #expect(early.code == 2 && early.err.contains("stop the service first"), "\(early)")
    #expect(try await offPool { recovering.stop() } == 0)
    // A second node that is silent may know of money that left.
    var silent = world.environment
    silent["WEIR_ETHEREUM_SECOND_RPC_URL"] = "http://127.0.0.1:\(FreePort.next())"
    let twoNodes = silent
    let half = try await offPool { try WeirProcess.run(complete, twoNodes) }
    #expect(half.code == 2 && half.out.contains("R2 NOT PASSED: a node is silent"), "\(half)")
    let done = try await offPool { try WeirProcess.run(complete, world.environment) }
    #expect(done.code == 0 && done.out.hasPrefix("recovery=none"), "\(done)")
    let settled = try await stage.serve(data)
    try await stage.settle(3, on: data)
    try await Task.sleep(for: .seconds(2))
    #expect(try await world.sent().count == 3)
    #expect(try await stage.get("/metrics").contains("\nweir_recovery_owed 0\n"))
    #expect(try await offPool { settled.stop() } == 0)
    try await checkLog(stage, data)
  }

  /// Copies that miss a payment, one from a backup and one put in place by hand, never sign.
  private func refusesOld(_ stage: Stage, _ old: String) async throws {
    let world = stage.world
    let data = stage.scratch.file("older")
    #expect(try await stage.run("restore", old, data).code == 0)
    try stage.putKeyBack(data)
    let words = [
      "recovery", "complete", "--sandbox", "--data", data, "--reason", "in haste", "--actor", "ops",
    ]
    let both = try await offPool { try WeirProcess.run(words, world.environment) }
    #expect(both.code == 2, "\(both)")
    #expect(both.out.contains("R1 NOT PASSED: log-truncated"), "\(both)")
    #expect(both.out.contains("R2 NOT PASSED"), "\(both)")
    #expect(both.out.contains("R3 NOT PASSED: signed-forgotten"), "\(both)")
    #expect(both.out.contains("money left that this log doesn't know of"), "\(both)")
    // Without a witness the chain alone must be enough.
    var environment = world.environment
    environment["WEIR_WITNESS_PATH"] = nil
    let unwitnessed = environment
    let chain = try await offPool { try WeirProcess.run(words, unwitnessed) }
    #expect(chain.code == 2 && chain.out.contains("R1 passed"), "\(chain)")
    // The marker taken away, as a copy by hand of an old folder would be: the witness tells.
    let marker = URL(filePath: data + "/log/log.json")
    let text = try String(contentsOf: marker, encoding: .utf8)
    let start = try #require(text.range(of: ",\"recovery\""))
    try Data((text[..<start.lowerBound] + "}").utf8).write(to: marker)
    for _ in 1...2 {
      let service = try await stage.serve(data)
      #expect(try await stage.get("/health").contains("log-truncated"))
      // The log grows beyond what was signed, and is another one there.
      await world.deliver(stage.story[..<30], before: .now + .seconds(60))
      try await Task.sleep(for: .seconds(1))
      #expect(try await offPool { service.stop() } == 0)
      world.forgetDelivered()
    }
    #expect(try await world.sent().count == 2)
    let status = try await stage.run("recovery", "status", "--sandbox", "--data", data, "--json")
    #expect(status.out.contains(#""recovery":"owed""#), "\(status)")
    #expect(status.out.contains("log-rewritten"), "\(status)")
  }

  /// Who ended the recovery stands in the log, and an auditor believes all of it.
  private func checkLog(_ stage: Stage, _ data: String) async throws {
    let world = stage.world
    let ended = try await world.log("ledger.recovered.v1", of: data)
    #expect(ended.count == 1)
    #expect(ended.first?["body"]?["reason"]?.text == "the disk was lost")
    #expect(ended.first?["cause"]?["actor"]?.text == "ops:ana")
    let signed = try await world.log("transfer.signed.v1", of: data)
    #expect(signed.compactMap { $0["body"]?["nonce"]?.integer } == [0, 1, 2])
    let verified = try await stage.run(
      "log", "verify", "--data", data, "--witness", world.witness)
    #expect(verified.code == 0, "\(verified)")
    let export = try await stage.run("log", "export", "--data", data)
    let key = try await stage.run("log", "key", "--data", data)
    let file = stage.scratch.file("export")
    try Data(export.out.utf8).write(to: URL(filePath: file))
    let vkey = try #require(key.lines.first)
    let audited = try await offPool {
      try WeirProcess.run(
        program: "/usr/bin/env",
        ["python3", AuditTests.script, vkey, file, world.witness, data + "/checkpoints/newest"])
    }
    #expect(audited.code == 0, "\(audited)")
  }

  @Test("refuses: a target within the data folder, and words it doesn't know")
  func refuses() async throws {
    let folder = try StoryFolder()
    let path = folder.path
    for target in [path, path + "/backup", path + "/log", path + "/x/../.."] {
      let outcome = try await offPool { try WeirProcess.run("backup", target, "--data", path) }
      #expect(outcome.code == 2 && outcome.err.contains("backup-within-data"), "\(outcome)")
    }
    let scratch = ScratchFolder()
    let target = scratch.file("target")
    for words in [["--verify", "some"], ["--verify"]] {
      let outcome = try await offPool {
        try WeirProcess.run(["backup", target, "--data", path] + words, [:])
      }
      #expect(outcome.code == 64, "\(outcome)")
    }
    let done = try await offPool {
      try WeirProcess.run("backup", target + "/", "--data", path, "--verify", "full", "--json")
    }
    #expect(done.code == 0, "\(done)")
    let report = try JSONValue.parse(Array(done.out.utf8))
    #expect(report["kept_files"]?.integer == 0)
    let again = try await offPool { try WeirProcess.run("backup", target, "--data", path) }
    #expect(again.code == 0 && again.out.contains("copied=0 files, 0 bytes"), "\(again)")
    let empty = ScratchFolder().path
    let nowhere = try await offPool { try WeirProcess.run("restore", empty, target + "2") }
    #expect(nowhere.code == 2 && nowhere.err.contains("backup-missing"), "\(nowhere)")
  }
}
