import Foundation
import JSON
import Kernel
import Log
import Service
import Support
import Testing

@Suite struct SagaCommandTests {
  /// A sandbox's folder whose one batch waits for a person: hostpay held before any transfer.
  private func folder() throws -> ScratchFolder {
    let scratch = ScratchFolder()
    var story = Story()
    let channel = story.register(threshold: "50")
    story.troubles = [.hostpayHeld]
    story.buy(1, channel, tier: 2, paying: "52")
    story.runBatches()
    let store = try FileStore.open(folder: scratch.file("log"), environment: .sandbox)
    // Now, or the service would try what is held again before anybody looks.
    let now = Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))
    for recorded in story.log {
      // The wallet is for the service to claim, with the key it has.
      if case .wallet(.claimed) = recorded.event { continue }
      var event = recorded.event
      if case .ledger = event,
        case .accept(let opened) = LedgerState().decide(
          .ledger(.open(environment: .sandbox, log: store.logID)), at: recorded.at)
      {
        event = opened[0]
      }
      try StoryFolder.append(event, of: recorded, to: store, at: now)
    }
    try store.close()
    return scratch
  }

  @Test("does: what is stuck is listed, explained, tried dry, and let go on once")
  func operates() throws {
    let scratch = try folder()
    let (process, url) = try WeirProcess.serve(scratch.path)
    defer { process.kill() }
    func weir(_ words: String...) throws -> WeirProcess.Outcome {
      try WeirProcess.run(["sagas"] + words + ["--data", scratch.path])
    }
    let list = try weir("list", "--stuck", "--json")
    #expect(list.code == 0, "\(list)")
    let rows = try list.lines.map { try JSONValue.parse(Array($0.utf8)) }
    let kinds = rows.map { $0["kind"]?.text }
    #expect(kinds.contains("hostpay"), "\(list.out)")
    let split = "WE01000000000001"
    let shown = try weir("show", split)
    #expect(shown.code == 0, "\(shown)")
    #expect(shown.out.contains("the swap is verifying"))
    #expect(shown.out.contains("split.swap_opened.v1"))
    // What goes to the swap provider, by the split's id or its batch's; there is none of another.
    for id in [split, "ch-1001001-b1"] {
      let told = try weir("evidence", id)
      #expect(told.code == 0 && told.lines.count == 1 && told.err.isEmpty, "\(told)")
      let evidence = try JSONValue.parse(Array(told.out.utf8))
      #expect(evidence["split"]?.text == split && evidence["sent"]?["amount"]?.text == "50.44")
      #expect(evidence["swaps"]?.items?.first?["reference"]?.text == split + "-1", "\(told)")
      #expect(evidence["timeline"]?.items?.isEmpty == false)
      #expect(evidence["held"]?.text?.contains("verifying") == true, "\(told)")
    }
    let none = try weir("evidence", "WE01000000000009")
    #expect(none.code == 2 && none.out.isEmpty, "\(none)")
    #expect(try weir("evidence").code == 64)
    let why = ["--reason", "verified by mail", "--actor", "ada"]
    let dry = try WeirProcess.run(
      ["sagas", "retry", split, "--dry-run", "--data", scratch.path] + why)
    #expect(dry.code == 0 && dry.lines.first == "would append:", "\(dry)")
    let again = try WeirProcess.run(
      ["sagas", "retry", split, "--url", url, "--key", "k1", "--json"] + why,
      ["WEIR_OPERATOR_KEY": try operatorKey(scratch)])
    #expect(again.code == 0 && again.out.contains("\"done\""), "\(again)")
    let repeated = try WeirProcess.run(
      ["sagas", "retry", split, "--data", scratch.path, "--key", "k1", "--json"] + why)
    #expect(repeated.out.contains("\"repeated\""), "\(repeated)")
    let facts = try FileLogReader.open(folder: scratch.file("log"))
      .read(after: 0, limit: 10_000).filter { $0.name == "split.retried.v1" }
    #expect(facts.map(\.actor) == ["operator:ada"])
  }

  private func operatorKey(_ scratch: ScratchFolder) throws -> String {
    try String(contentsOfFile: scratch.file("sandbox/operator-key"), encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test("refuses: without reason, actor or key, and what the ledger refuses, each by its code")
  func refuses() throws {
    let scratch = try folder()
    let (process, url) = try WeirProcess.serve(scratch.path)
    defer { process.kill() }
    let why = ["--reason", "x", "--actor", "ada"]
    let bare = try WeirProcess.run(["sagas", "retry", "WE01000000000001", "--url", url])
    #expect(bare.code == 64, "\(bare)")
    let keyless = try WeirProcess.run(["sagas", "retry", "WE01000000000001", "--url", url] + why)
    #expect(keyless.code == 2, "\(keyless)")
    let wrong = try WeirProcess.run(
      ["sagas", "retry", "WE01000000000001", "--url", url] + why,
      ["WEIR_OPERATOR_KEY": String(repeating: "x", count: 40)])
    #expect(wrong.code == 2 && wrong.err.contains("operator_key_needed"), "\(wrong)")
    let nothing = try WeirProcess.run(
      ["sagas", "retry", "WE01000000000009", "--data", scratch.path] + why)
    #expect(nothing.code == 2 && nothing.err.contains("split_unknown"), "\(nothing)")
    process.kill()
    let nobody = try WeirProcess.run(["sagas", "list", "--data", scratch.path])
    #expect(nobody.code == 1 && nobody.err.contains("no service listens at"), "\(nobody)")
    for words in [["show"], ["show", "a b"], ["list", "--kind", "a b"], ["explode"]] {
      #expect(try WeirProcess.run(["sagas"] + words + ["--data", scratch.path]).code == 64)
    }
  }
}
