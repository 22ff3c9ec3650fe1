import Foundation
import JSON
import Support
import Testing

/// `weir recovery adopt`: a log whose end nobody has any more, and what the witness has of it.
@Suite struct RecoveryAdoptTests {
  @Test("does: adopts what an older copy forgot, dry first, and pays it once")
  func story() async throws {
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
    #expect(try await stage.run("restore", old, data).code == 0)
    try stage.putKeyBack(data)

    // The payment isn't known yet: nothing owes what was sent.
    let early = try await recovery(stage, "adopt", data, ["--wait", "3", "--json"])
    let report = try JSONValue.parse(Array(early.out.utf8))
    #expect(early.code == 2 && report["forgotten"]?.integer == 1, "\(early)")
    let why = report["left"]?.items?.first?["why"]?.text ?? ""
    #expect(why.contains("48.50 USDT-ETH to 0x"), "\(early)")
    #expect(why.hasSuffix("nothing in the log owes it yet"), "\(early)")
    let recovering = try await stage.serve(data)
    world.forgetDelivered()
    try await stage.deliver(1)
    #expect(try await offPool { recovering.stop() } == 0)
    #expect(try await world.sent().count == 2)

    let before = try await world.log("transfer.signed.v1", of: data).count
    let dry = try await recovery(stage, "adopt", data, ["--dry-run"])
    #expect(dry.code == 0 && dry.out.hasPrefix("would adopt: forgotten=1 adopted=1"), "\(dry)")
    #expect(try await world.log("transfer.signed.v1", of: data).count == before)
    let done = try await recovery(stage, "adopt", data)
    #expect(done.code == 0 && done.out.hasPrefix("forgotten=1 adopted=1"), "\(done)")
    #expect(try await world.log("transfer.signed.v1", of: data).count == before + 1)
    let begun = try await world.log("ledger.adoption_begun.v1", of: data)
    #expect(begun.last?["cause"]?["actor"]?.text == "ana", "\(begun)")

    try await complete(stage, data)
    let settled = try await stage.serve(data)
    world.forgetDelivered()
    try await stage.deliver(2)
    try await stage.settle(3, on: data)
    #expect(try await offPool { settled.stop() } == 0)
    let verified = try await stage.run(
      "log", "verify", "--data", data, "--witness", world.witness)
    #expect(verified.code == 0, "\(verified)")
  }

  /// What was signed of the lost end is given up on two people's word, and kept.
  private func complete(_ stage: RecoveryCommandTests.Stage, _ data: String) async throws {
    let plain = try await recovery(stage, "complete", data)
    #expect(plain.code == 2 && plain.out.contains("R1 NOT PASSED"), "\(plain)")
    for check in ["R2", "R3", "R4"] { #expect(plain.out.contains("\(check) passed"), "\(plain)") }
    let alone = try await recovery(stage, "complete", data, ["--new-epoch"])
    #expect(alone.code == 2 && alone.err.contains("another person's name"), "\(alone)")
    let same = try await recovery(stage, "complete", data, ["--new-epoch", "--second", "ANA"])
    #expect(same.code == 2 && same.err.contains("another person's name"), "\(same)")
    let ben = ["--new-epoch", "--second", "ben"]
    for (more, why) in [
      ([], "--second-key"),
      (["--second-key", data + "/sandbox/approver-ana-key"], "not the key of ben"),
      (["--second-key", data + "/nowhere"], "nowhere"),
    ] {
      let said = try await recovery(stage, "complete", data, ben + more)
      #expect(said.code == 2 && said.err.contains(why), "\(said)")
    }
    let nobody = try await recovery(stage, "complete", data, ["--new-epoch", "--second", "eve"])
    #expect(nobody.code == 2 && nobody.err.contains("no approver"), "\(nobody)")
    let done = try await recovery(
      stage, "complete", data, ben + ["--second-key", data + "/sandbox/approver-ben-key"])
    #expect(done.code == 0 && done.out.hasPrefix("recovery=none"), "\(done)")
    let aside = stage.world.witness + "-epoch1"
    defer { try? FileManager.default.removeItem(atPath: aside) }
    #expect(done.err.contains(aside) && FileManager.default.fileExists(atPath: aside))
    let ended = try await stage.world.log("ledger.recovered.v1", of: data)
    #expect(ended.last?["body"]?["reason"]?.text?.contains("with ben") == true, "\(ended)")
  }

  private func recovery(
    _ stage: RecoveryCommandTests.Stage, _ what: String, _ data: String, _ more: [String] = []
  ) async throws -> WeirProcess.Outcome {
    let words =
      ["recovery", what, "--sandbox", "--data", data, "--reason", "the disk is lost"]
      + ["--actor", "ana"] + more
    let environment = stage.world.environment
    return try await offPool { try WeirProcess.run(words, environment) }
  }
}
