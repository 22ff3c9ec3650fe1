import Foundation
import JSON
import Kernel
import Log
import Service
import Support
import Testing

@Suite struct PayoutChangeCommandTests {
  private static let open = OpenChannelID(text: "-1001000000009")!
  private static let key = ChannelKey(registering: open)
  private static let wallets = [
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
  ]

  private static func form(_ wallet: String) -> ChannelRegistration {
    ChannelRegistration(
      open: ChannelFace(id: open, title: "o", description: "d"),
      closed: ChannelFace(
        id: ClosedChannelID(text: "-1002000000009")!, title: "c", description: "d"),
      tiers: [Tier(price: Money("25", .usd)!, days: 30)],
      payout: PayoutSettings(
        asset: .eth, wallet: wallet, strategy: .threshold, threshold: Money("100", .usd)!),
      donationMessage: nil, notify: nil)
  }

  /// A log in which a change of a wallet waits from now on.
  private static func fill(_ folder: String) throws {
    let store = try FileStore.open(folder: folder, environment: .sandbox)
    let now = Instant(microseconds: Int64(Date().timeIntervalSince1970) * 1_000_000)
    var state = LedgerState()
    var position: UInt64 = 0
    for command: LedgerCommand in [
      .ledger(.open(environment: .sandbox, log: store.logID)),
      .channel(.register(form(wallets[0]))), .channel(.edit(key, form(wallets[1]), version: 1)),
    ] {
      guard case .accept(let events) = state.decide(command, at: now) else {
        Issue.record("\(command) isn't taken")
        continue
      }
      for event in events {
        position += 1
        state.evolve(event)
        let recorded = Recorded(position: position, at: now, event: event)
        try StoryFolder.append(event, of: recorded, to: store)
      }
    }
    #expect(state.heldPayoutChanges.count == 1)
    try store.close()
  }

  @Test("does: a wallet's change that waits is listed, cancelled dry, and cancelled, once")
  func cancels() async throws {
    try await offPool {
      let scratch = ScratchFolder()
      try Self.fill(scratch.file("log"))
      let (process, _) = try WeirProcess.serve(scratch.path)
      defer { process.kill() }
      func weir(_ words: String...) throws -> WeirProcess.Outcome {
        try WeirProcess.run(["payout-changes"] + words + ["--data", scratch.path])
      }
      let listed = try weir("list")
      #expect(listed.code == 0 && listed.lines.count == 1, "\(listed)")
      #expect(listed.out.hasPrefix("\(Self.key)  from 20"), "\(listed)")
      #expect(listed.out.hasSuffix("ETH on ETH to \(Self.wallets[1])\n"), "\(listed)")
      let line = try JSONValue.parse(Array(try weir("list", "--json").out.utf8))
      #expect(line["client_wallet_address"]?.text == Self.wallets[1])
      let why = ["--reason", "the owner called", "--actor", "ada"]
      func cancel(_ words: String...) throws -> WeirProcess.Outcome {
        try WeirProcess.run(
          ["payout-changes", "cancel"] + words + why + ["--data", scratch.path])
      }
      let dry = try cancel("\(Self.key)", "--dry-run")
      #expect(dry.code == 0 && dry.lines.first == "would append:", "\(dry)")
      #expect(dry.out.contains("channel.payout_change_cancelled.v1"), "\(dry)")
      #expect(try weir("list").lines.count == 1, "a trial cancelled it")
      #expect(try weir("cancel", "\(Self.key)").code == 64, "without a reason")
      let done = try cancel("\(Self.key)", "--json")
      #expect(done.code == 0 && done.out.contains("channel.payout_change_cancelled.v1"), "\(done)")
      #expect(try weir("list").out.isEmpty)
      let again = try cancel("\(Self.key)")
      #expect(again.code == 2 && again.err.contains("nothing_pending"), "\(again)")
    }
  }
}
