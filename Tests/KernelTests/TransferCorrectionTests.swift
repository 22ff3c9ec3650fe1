import Testing

@testable import Kernel

/// A settled transfer that the chain took back, and what the books make of it (CH-11).
@Suite struct TransferCorrectionTests {
  private static let corrected = "ledger.transfer_corrected.v1"
  private static let explained = "ledger.difference_explained.v1"

  /// What a comparison sees of the one settled transfer.
  @discardableResult
  private static func compare(
    _ world: inout World, moved: Money?, hash: String = World.hash
  ) -> Decision {
    let look = OutsideLook(
      at: world.now,
      transfers: [
        TransferLook(
          transfer: SplitID(number: 1).transfer, hash: hash, amount: Sample.usdt("101.85"),
          moved: moved)
      ])
    return world.ask(.ledger(.compare(look, after: world.state.weigh(look))))
  }

  /// A batch that was paid, and whose transfer the chain then lost; its confirmation.
  private static func lost() throws -> (World, TransferEvent.Confirmed) {
    var (world, batch, split) = World.sending()
    world.settle(batch, split)
    compare(&world, moved: nil)
    let confirmed = world.log.compactMap { event -> TransferEvent.Confirmed? in
      if case .transfer(.confirmed(let fact)) = event { fact } else { nil }
    }
    return (world, try #require(confirmed.first))
  }

  private static func correct(
    _ fact: TransferEvent.Confirmed, _ number: Int = 1, _ reason: String = "80 blocks"
  ) -> LedgerCommand {
    .ledger(.correct(difference: number, SettledTransfer(fact), reason: reason))
  }

  private static func balances(_ world: World) -> [Int128] {
    [Account.custody, .suspense, .gas, .clearing, .exchange].flatMap { account in
      [Asset.usdt, .eth].map { world.state.books.balance(account, $0).units }
    }
  }

  @Test("does: value and gas are in custody again, once; the client stands as paid")
  func takenBack() throws {
    var (world, fact) = try Self.lost()
    let before = world.state.books
    let settled = before.settled(Sample.channel, .usdt)
    #expect(world.ask(Self.correct(fact)).names == [Self.corrected, Self.explained])
    let books = world.state.books
    #expect(
      books.balance(.custody, .usdt) - before.balance(.custody, .usdt) == Sample.usdt("101.85"))
    #expect(books.balance(.custody, .eth) - before.balance(.custody, .eth) == Sample.eth("0.001"))
    #expect(books.balance(.suspense, .usdt) == Sample.usdt("-101.85"))
    #expect(books.balance(.gas, .eth).units == 0)
    #expect(books.settled(Sample.channel, .usdt) == settled && settled.isPositive)
    #expect(books.brokenInvariant() == nil)
    #expect(LedgerState.read(world.state.listed)?.listed == world.state.listed)
    #expect(world.ask(Self.correct(fact)).isIgnored)
    // It is no news that the chain still doesn't have it, and nothing is paid in its place.
    #expect(Self.compare(&world, moved: nil).isIgnored)
    let split = SplitID(number: 1)
    #expect(world.ask(.split(.operate(split, .retry, reason: "x"))).events.isEmpty)
    #expect(world.ask(.transfer(.request(split))).isIgnored)
    let batch = BatchID(composed: "\(Sample.channel)-b1")
    #expect(world.ask(.batch(.retry(batch, reason: "x"))).events.isEmpty)
    #expect(world.count("transfer.requested.v1") == 1)
    // The fact before it stands as it was, and the client finds the new one.
    let event = try #require(world.log.first { $0.name == Self.corrected })
    #expect(event.remark == "taken_back \(World.hash): 80 blocks")
    #expect(
      event.place.tags.map(\.text)
        == ["channel:\(Sample.channel)", "transfer:\(split.transfer)", "tx:\(World.hash)"])
  }

  @Test("does: where the chain has it again the books are as before, and may be corrected again")
  func minedAgain() throws {
    var (world, fact) = try Self.lost()
    let before = Self.balances(world)
    world.ask(Self.correct(fact))
    #expect(Self.balances(world) != before)
    #expect(
      Self.compare(&world, moved: Sample.usdt("101.85")).names
        == [Self.corrected, "ledger.difference_closed.v1"])
    #expect(Self.balances(world) == before)
    #expect(world.state.standingDifferences().isEmpty)
    #expect(world.ask(Self.correct(fact)).refusal == .differenceUnknown)
    Self.compare(&world, moved: nil)
    #expect(world.ask(Self.correct(fact, 2)).names == [Self.corrected, Self.explained])
    #expect(world.state.books.balance(.suspense, .usdt) == Sample.usdt("-101.85"))
  }

  @Test("does: one that was explained already is corrected without another explanation")
  func explainedFirst() throws {
    var (world, fact) = try Self.lost()
    world.ask(.ledger(.explain(difference: 1, reason: "a reorganisation")))
    #expect(world.ask(Self.correct(fact)).names == [Self.corrected])
    // Closed without a correction nothing is booked.
    var (other, _) = try Self.lost()
    #expect(
      Self.compare(&other, moved: Sample.usdt("101.85")).names == ["ledger.difference_closed.v1"])
  }

  @Test("refuses: another transfer, amount or hash, what moved something, and words that are none")
  func refuses() throws {
    var (world, fact) = try Self.lost()
    let changes: [(inout TransferEvent.Confirmed) -> Void] = [
      { $0.amount = Sample.usdt("101.84") }, { $0.amount = Sample.eth("101.85") },
      { $0.hash = "0x1" }, { $0.transfer = SplitID(number: 2).transfer },
      { $0.fee = Sample.usdt("0.001") }, { $0.fee = Sample.eth("-0.001") },
    ]
    for (index, change) in changes.enumerated() {
      var other = fact
      change(&other)
      #expect(world.ask(Self.correct(other)).refusal == .notOurTransaction, "\(index)")
    }
    #expect(world.ask(Self.correct(fact, 2)).refusal == .differenceUnknown)
    #expect(world.ask(Self.correct(fact, 1, "")).refusal == .textMissing)
    let long = String(repeating: "a", count: Limits.descriptionMost + 1)
    #expect(world.ask(Self.correct(fact, 1, long)).refusal == .textTooLong)
    // What the chain has, and otherwise, is nothing that came back.
    var (odd, batch, split) = World.sending()
    odd.settle(batch, split)
    Self.compare(&odd, moved: Sample.usdt("101.84"))
    #expect(odd.ask(Self.correct(fact)).refusal == .differenceNotCorrectable)
    #expect(!odd.names.contains(Self.corrected))
  }
}
