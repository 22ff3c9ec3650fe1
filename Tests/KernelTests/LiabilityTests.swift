import Testing

@testable import Kernel

/// What the ledger publishes of all that it owes.
@Suite struct LiabilityTests {
  private static let other = OpenChannelID(text: "-1001234567891")!
  private let salt = String(repeating: "5a", count: 32)
  private func publish(_ salt: String? = nil, chat: String = "-100777") -> LedgerCommand {
    .ledger(
      .publishLiabilities(
        salt: salt ?? self.salt, chat: chat, checkpoint: ["weir/<b>", "12", "root="]))
  }

  /// Two clients, of whom the first has 48.50 waiting and the second 24.25.
  private func owing(isOn: Bool = true) -> World {
    var world = World()
    if isOn { world.ask(.chat(.switchOn(bot: "1", alarms: nil, isPosting: false))) }
    world.ask(.channel(.register(Sample.form())))
    world.ask(
      .channel(
        .register(
          Sample.form(open: Self.other, closed: ClosedChannelID(text: "-1009876543211")!))))
    world.pay(1, tier: 2)
    let order = Sample.order("other")
    world.ask(
      .order(
        .placeSubscription(
          order, channel: ChannelKey(registering: Self.other), tier: 1, user: Sample.user,
          fee: .standardFee)))
    world.note(Sample.report(2, order: order, "25.00"))
    return world
  }

  private func notices(_ decision: Decision) -> [ChatEvent.NoticeRequested] {
    decision.events.compactMap { if case .chat(.noticeRequested(let e)) = $0 { e } else { nil } }
  }

  private func published(_ decision: Decision) -> GenesisEvent.LiabilitiesPublished? {
    decision.events.lazy.compactMap {
      if case .ledger(.liabilitiesPublished(let e)) = $0 { e } else { nil }
    }.first
  }

  @Test("does: sum and root of what is owed to all, told once a day, and a proof for each of them")
  func publishes() throws {
    var world = owing()
    let decision = world.ask(publish())
    let fact = try #require(published(decision))
    let sum = try #require(fact.sums.first)
    #expect(fact.sums.count == 1 && sum.clients == 2 && sum.total == Sample.usdt("72.75"))
    #expect(world.state.liabilities.sums == fact.sums && fact.day == world.now.text.prefix(10))
    let told = try #require(notices(decision).first)
    #expect(told.chat.value == "-100777" && told.kind == .liabilities)
    #expect(told.lines.first == "72.75 USDT-ETH in 2 parts, root \(sum.root)")
    #expect(told.lines.suffix(3) == ["weir/<b>", "12", "root="])
    #expect(!told.lines.joined().contains(salt))
    let other = ChannelKey(registering: Self.other)
    for (channel, amount) in [(Sample.channel, "48.50"), (other, "24.25")] {
      let proofs = world.state.liabilities.proofs(of: channel)
      let proof = try #require(proofs.first)
      #expect(proofs.count == 1 && proof.amount == Sample.usdt(amount))
      let root = proof.root.hash
      #expect(HexText.of(root) == sum.root)
      #expect(proof.holds(root: root, total: sum.total))
      #expect(!proof.holds(root: root, total: sum.total + Sample.usdt("0.000001")))
      #expect(!proof.holds(root: root, total: Money(sum.total.units, .usd)))
      #expect(HexText.of(proof.salt) != salt)
    }
    #expect(world.state.brokenInvariant() == nil)
  }

  @Test("ignores: the same day again, with another salt too; does: the next day's anew")
  func once() throws {
    var world = owing()
    let first = try #require(published(world.ask(publish())))
    #expect(world.ask(publish(String(repeating: "00", count: 32))).isIgnored)
    world.state = try #require(LedgerState.read(world.state.listed))
    #expect(world.ask(publish()).isIgnored)
    world.now = world.now.adding(seconds: 86_400)
    let next = world.ask(publish())
    let second = try #require(published(next))
    #expect(second.day > first.day && notices(next).count == 1)
    #expect(second.sums == first.sums)
    world.now = world.now.adding(seconds: 86_400)
    let third = try #require(published(world.ask(publish(String(repeating: "11", count: 32)))))
    #expect(third.sums.map(\.root) != first.sums.map(\.root))
  }

  @Test("does: a proof is of the day that was published, whatever came since, also after a restart")
  func stands() throws {
    var world = owing()
    world.ask(publish())
    let proofs = world.state.liabilities.proofs(of: Sample.channel)
    world.pay(3, tier: 2)
    #expect(world.state.liabilities.proofs(of: Sample.channel) == proofs)
    let read = try #require(LedgerState.read(world.state.listed))
    #expect(read.liabilities.proofs(of: Sample.channel) == proofs)
    var folded = LedgerState()
    for event in world.log { folded.evolve(event) }
    #expect(folded.listed == world.state.listed)
  }

  @Test("does: what is being paid out is owed, and what was paid isn't")
  func paid() throws {
    var (world, batch, split) = World.sending()
    let before = try #require(published(world.ask(publish())))
    #expect(before.sums.map(\.total) == [Sample.usdt("101.85")])
    world.settle(batch, split)
    world.now = world.now.adding(seconds: 86_400)
    let after = try #require(published(world.ask(publish())))
    #expect(after.sums.isEmpty && world.state.liabilities.proofs(of: Sample.channel).isEmpty)
  }

  @Test("refuses: a salt that is none and a chat that is none; does: without a bot the fact alone")
  func words() {
    var world = owing(isOn: false)
    #expect(world.ask(publish("abc")).refusal == .textMissing)
    #expect(world.ask(publish(chat: "")).refusal == .textMissing)
    #expect(world.ask(publish()).names == ["ledger.liabilities_published.v1"])
  }
}
