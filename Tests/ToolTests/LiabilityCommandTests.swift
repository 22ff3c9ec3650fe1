import Foundation
import JSON
import Kernel
import Log
import Support
import Testing

/// `weir liabilities prove` and `tools/liability.py`, which shares no line with the product.
@Suite struct LiabilityCommandTests {
  private static let script = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../tools/liability.py").standardized.path

  /// The story's log in the middle, where something is owed, and what was published there.
  private struct Published {
    let folder = ScratchFolder()
    let channel: ChannelKey
    let sum: LiabilitySum

    init() throws {
      let store = try FileStore.open(folder: folder.file("log"), environment: .sandbox)
      var state = LedgerState()
      var owner: ChannelKey?
      for recorded in Story.standard().log {
        var event = recorded.event
        if case .ledger(.opened) = event {
          let open = LedgerCommand.ledger(.open(environment: .sandbox, log: store.logID))
          guard case .accept(let opened) = state.decide(open, at: recorded.at) else { continue }
          event = opened[0]
        }
        try StoryFolder.append(event, of: recorded, to: store)
        state.evolve(event)
        if case .accumulation(.converted(let e)) = event { owner = e.channel }
        if owner != nil { break }
      }
      try Self.pay(others: 4, &state, store)
      let last = try #require(try store.read(after: store.head.position - 1, limit: 1).first)
      let command = LedgerCommand.ledger(
        .publishLiabilities(
          salt: String(repeating: "5a", count: 32), chat: "-100777", checkpoint: []))
      guard case .accept(let events) = state.decide(command, at: last.at),
        case .ledger(.liabilitiesPublished(let fact))? = events.first
      else { throw CancellationError() }
      _ = try store.append([
        Proposal(
          command: .composed("test", "publish"), digest: [UInt8](repeating: 0, count: 32),
          actor: "test", at: last.at, events: events)
      ])
      try store.close()
      channel = try #require(owner)
      sum = try #require(fact.sums.first)
    }

    /// Payments of other channels, so that a proof has a way to go.
    private static func pay(others: Int, _ state: inout LedgerState, _ store: FileStore) throws {
      let at = try #require(try store.read(after: store.head.position - 1, limit: 1).first).at
      let policy = PaymentPolicy(
        fee: .standardFee, tolerance: .standardTolerance, isAccumulating: true)
      for number in 1...others {
        let open = OpenChannelID(text: "-100700\(number)")!
        let registration = ChannelRegistration(
          open: ChannelFace(id: open, title: "o", description: "d"),
          closed: ChannelFace(
            id: ClosedChannelID(text: "-100800\(number)")!, title: "c", description: "d"),
          tiers: [Tier(price: Money("\(number)5", .usd)!, days: 30)],
          payout: PayoutSettings(
            asset: Asset(text: "XMR-XMR")!, wallet: String(repeating: "4", count: 95),
            strategy: .threshold, threshold: Money("900", .usd)!),
          donationMessage: nil, notify: nil)
        var report = PaymentReport(
          payment: PaymentID(text: "77\(number)")!, status: "finished", source: .notice, raw: "{}")
        report.order = "PGP-6271402111|\(open)"
        report.priceAmount = "\(number)5"
        report.priceCurrency = "usd"
        report.actuallyPaid = "\(number)5"
        report.outcomeAmount = "\(number)5"
        report.outcomeCurrency = "usdterc20"
        let commands: [LedgerCommand] = [
          .channel(.register(registration)), .payment(.note(report, policy)),
        ]
        for (index, command) in commands.enumerated() {
          guard case .accept(let events) = state.decide(command, at: at) else {
            throw CancellationError()
          }
          events.forEach { state.evolve($0) }
          _ = try store.append([
            Proposal(
              command: .composed("test", "\(number)", "\(index)"),
              digest: [UInt8](repeating: 0, count: 32), actor: "test", at: at, events: events)
          ])
        }
      }
    }

    func prove(_ words: String...) throws -> WeirProcess.Outcome {
      try WeirProcess.run(["liabilities", "prove", "--data", folder.path] + words)
    }
  }

  private func check(_ text: String, _ roots: String..., in folder: ScratchFolder) throws
    -> WeirProcess.Outcome
  {
    try text.write(toFile: folder.file("mine.json"), atomically: false, encoding: .utf8)
    return try WeirProcess.run(
      program: "/usr/bin/env", ["python3", Self.script, folder.file("mine.json")] + roots)
  }

  @Test("does: a client's proof out of the log, which the script believes for the root told")
  func proves() throws {
    let published = try Published()
    let proof = try published.prove(published.channel.text)
    #expect(proof.code == 0, "\(proof)")
    let checked = try check(proof.out, published.sum.root, in: published.folder)
    #expect(checked.code == 0, "\(checked)")
    #expect(checked.out.contains("OK: 24.25 of \(published.sum.total.amountText) "), "\(checked)")
    #expect(checked.out.hasSuffix("have \(published.channel) in them\n"), "\(checked)")
  }

  @Test("refuses: another root, and anything in a proof changed; by the script")
  func tampered() throws {
    let published = try Published()
    let good = try published.prove(published.channel.text).out
    let root = published.sum.root
    let other = try check(good, String(repeating: "0", count: 64), in: published.folder)
    #expect(other.code == 1 && other.err.hasPrefix("REFUSED: nobody was told"), "\(other)")
    let told = try JSONValue.parse(Array(good.utf8))
    let units = try #require(told["proofs"]?.items?.first?["units"]?.text)
    let step = try #require(told["proofs"]?.items?.first?["path"]?.items?.first)
    let (beside, hash) = (try #require(step["units"]?.text), try #require(step["hash"]?.text))
    let total = published.sum.total
    #expect(published.sum.clients == 5)
    for (from, to) in [
      (#""client":"\#(published.channel)"#, #""client":"ch-1"#),
      (#""units":"\#(units)""#, #""units":"\#(units)0""#),
      (#""units":"\#(units)""#, #""units":"-1""#),
      (#""total_units":"\#(total.units)""#, #""total_units":"\#(total.units - 1)""#),
      (#""amount":"\#(total.amountText)""#, #""amount":"1""#),
      (#""units":"\#(beside)","#, #""units":"\#(beside)1","#),
      (hash, String(hash.reversed())), (#""side":"left""#, #""side":"up""#),
      (#""side":""#, #""side":"\#(step["side"]?.text == "left" ? "right" : "left")","_":""#),
      (root, String(repeating: "0", count: 64)), (#""salt":""#, #""salt":"00"#),
      (#""path":[{"#, #""path":[{"side":"left","units":"1","hash":"00"},{"#),
      (#""path":[{"#, #""path":[{},{"#), ("{", "["),
    ] {
      let bad = good.replacing(from, with: to, maxReplacements: 1)
      #expect(bad != good, "\(from) in \(good)")
      let outcome = try check(bad, root, in: published.folder)
      #expect(outcome.code == 1 && outcome.err.hasPrefix("REFUSED: "), "\(to): \(outcome)")
    }
  }

  @Test("refuses: a channel that is none, and a time before anything was published")
  func nothing() throws {
    let published = try Published()
    #expect(try published.prove("a channel").code == 64)
    let early = try published.prove("--asof", "3", published.channel.text)
    #expect(early.code == 1 && early.err.contains("nothing was published"), "\(early)")
    let stranger = try published.prove("-1009999999999")
    #expect(stranger.code == 0 && stranger.out.contains(#""proofs":[]"#), "\(stranger)")
  }
}
