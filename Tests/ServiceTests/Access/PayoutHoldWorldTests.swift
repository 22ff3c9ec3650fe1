import Engine
import Kernel
import Log
import Testing

@testable import Service

@Suite struct PayoutHoldWorldTests {
  private static let wallets = [
    "0x1111111111111111111111111111111111111111", "0x2222222222222222222222222222222222222222",
    "0x3333333333333333333333333333333333333333",
  ]
  private static let open = OpenChannelID(text: "-1001000000009")!
  private static let key = ChannelKey(registering: open)

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

  /// Goes on at `now` with a process that was just started.
  @discardableResult
  private func step(
    _ store: MemoryStore, _ now: Instant, _ commands: [(String, LedgerCommand)] = []
  ) throws -> [String] {
    var machine = AccessWorld.machine()
    try machine.replay(store)
    let submissions = commands.map { id, command in
      Submission(
        id: CommandID(text: id)!, digest: CommandDigest.of(command), command: command,
        actor: "test")
    }
    return try machine.step(submissions, at: now, store).committed.map(\.event.name)
  }

  @Test("does: a change takes effect once, after 48 h, though every step is another process")
  func restarts() throws {
    let (store, start) = (MemoryStore(), AccessWorld.start)
    func at(_ hours: Int64) -> Instant { start.adding(seconds: hours * 3_600) }
    let changed = "channel.payout_settings_changed.v1"
    let first = Self.form(Self.wallets[0])
    try step(
      store, start,
      [
        ("genesis", .ledger(.open(environment: .sandbox, log: "00ff"))),
        ("register", .channel(.register(first))),
        ("one", .channel(.edit(Self.key, Self.form(Self.wallets[1]), version: 1))),
      ])
    let two = LedgerCommand.channel(.edit(Self.key, Self.form(Self.wallets[2]), version: 2))
    #expect(try step(store, at(40), [("two", two)]) == ["channel.payout_change_held.v1"])
    for hours: Int64 in [48, 49, 87] {
      #expect(try !step(store, at(hours)).contains(changed), "after \(hours) h")
    }
    var machine = AccessWorld.machine()
    try machine.replay(store)
    // Each batch run wakes it too: the hold's own time is looked for among them.
    var now = at(87)
    while let wake = machine.wakeAt(now), wake <= at(88), now < at(88) {
      now = max(wake, now)
      _ = try machine.step([], at: now, store)
    }
    #expect(now == at(88), "it wakes at the very time")
    for hours: Int64 in [88, 89, 40, 200] { try step(store, at(hours)) }
    let facts = try store.read(after: 0, limit: 1_000).filter { $0.name == changed }
    #expect(facts.count == 1 && facts.first?.at == at(88))
    guard case .channel(.payoutSettingsChanged(let e)) = try facts.first?.event() else {
      Issue.record("no change")
      return
    }
    #expect(e.payout == Self.form(Self.wallets[2]).payout)
  }
}
