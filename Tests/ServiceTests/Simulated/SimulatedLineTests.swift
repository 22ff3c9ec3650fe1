import Engine
import Kernel
import Log
import Sagas
import Testing

@testable import Service

@Suite struct SimulatedLineTests {
  static let start = Instant(text: "2026-11-25T12:00:00.000000Z")!
  let policy = PaymentPolicy(
    fee: .standardFee, tolerance: .standardTolerance, isAccumulating: true)

  /// A threshold channel is paid 25, 50 and 30 in USDT, which is a batch of 101.85, and later in
  /// ETH what converts to 121.25, which is another; an instant channel is paid once.
  private func story(seed: UInt64, lossOneIn: UInt64) -> SimulatedLine {
    var line = SimulatedLine(
      store: MemoryStore(), world: ScriptedWorld(seed: seed, lossOneIn: lossOneIn),
      start: Self.start)
    line.submit(.ledger(.open(environment: .sandbox, log: "00ff")), "genesis", after: 0)
    line.submit(
      .wallet(.claim(address: "0x00000000000000000000000000000000000000bb", chain: 1, nonce: 0)),
      "wallet", after: 0)
    let channels = [("-1001000000001", PayoutStrategy.threshold), ("-1001000000002", .instant)]
    for (open, strategy) in channels { line.submit(register(open, strategy), open, after: 1) }
    for (index, price) in ["25", "50", "30"].enumerated() {
      line.submit(
        notice("\(100 + index)", "-1001000000001", price, price, "usdterc20"), "n\(index)",
        after: 10 + Int64(index) * 400)
    }
    line.submit(notice("200", "-1001000000002", "25", "25", "usdterc20"), "n200", after: 20)
    line.submit(notice("300", "-1001000000001", "50", "0.0625", "eth"), "n300", after: 2_000)
    return line
  }

  func register(_ open: String, _ strategy: PayoutStrategy) -> LedgerCommand {
    let closed = "-1002" + open.dropFirst(5)
    let threshold: Money = strategy == .threshold ? Money("100", .usd)! : .zero(.usd)
    return .channel(
      .register(
        ChannelRegistration(
          open: ChannelFace(id: OpenChannelID(text: open)!, title: "t", description: "d"),
          closed: ChannelFace(id: ClosedChannelID(text: closed)!, title: "t", description: "d"),
          tiers: ["25", "50", "30"].map { Tier(price: Money($0, .usd)!, days: 30) },
          payout: PayoutSettings(
            asset: Asset(text: "XMR-XMR")!, wallet: "4AdUndXHHZ6cfufTMvppY6JwXNouMBzSkbLYfpAV",
            strategy: strategy, threshold: threshold), donationMessage: nil, notify: nil)))
  }

  func notice(
    _ id: String, _ open: String, _ price: String, _ outcome: String, _ currency: String
  ) -> LedgerCommand {
    var report = PaymentReport(
      payment: PaymentID(text: id)!, status: "finished", source: .notice, raw: "{}")
    report.order = "PGP-77\(id)|\(open)"
    report.priceAmount = price
    report.priceCurrency = "usd"
    report.actuallyPaid = outcome
    report.outcomeAmount = outcome
    report.outcomeCurrency = currency
    return .payment(.note(report, policy))
  }

  func names(_ line: SimulatedLine) throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for event in try line.store.read(after: 0, limit: 10_000) {
      counts[event.name, default: 0] += 1
    }
    return counts
  }

  @Test("does: the whole line in simulated time, twice, with one digest")
  func repeats() throws {
    var digests: Set<[UInt8]> = []
    for _ in 0..<2 {
      var line = story(seed: 7, lossOneIn: 6)
      try line.run(until: Self.start.adding(seconds: 86_400))
      digests.insert(line.store.head.hash)
      let counts = try names(line)
      #expect(counts["payment.finished.v1"] == 5)
      #expect(counts["batch.completed.v1"] == 2)
      #expect(counts["batch.opened.v1"] == 2)
      #expect(counts["conversion.completed.v1"] == 1)
      #expect(counts["transfer.confirmed.v1"] == 4)
      #expect(counts["split.completed.v1"] == 4)
      #expect(line.machine.runner.count == 0)
    }
    #expect(digests.count == 1)
  }

  @Test("does: ends the same whatever the seed, and pays each once, with crashes at every step")
  func crashes() throws {
    for seed in 0..<60 as Range<UInt64> {
      var random = SplitMix(state: seed &* 31)
      let crashAt = Set((0..<12).map { _ in Int(random.next() % 160) })
      var line = story(seed: seed, lossOneIn: 3 + seed % 5)
      try line.run(until: Self.start.adding(seconds: 3 * 86_400), crashAt: crashAt)
      let counts = try names(line)
      #expect(counts["batch.completed.v1"] == 2, "seed \(seed)")
      #expect(counts["split.completed.v1"] == 4, "seed \(seed)")
      #expect(counts["transfer.confirmed.v1"] == 4, "seed \(seed)")
      #expect(line.world.mined.count == 4, "seed \(seed): sent \(line.world.mined.keys)")
      #expect(line.machine.runner.count == 0, "seed \(seed): \(line.machine.runner.jobs)")
      let channel = ChannelKey(registering: OpenChannelID(text: "-1001000000001")!)
      #expect(
        line.machine.state.books.settled(channel, .usdt).amountText == "223.10", "seed \(seed)")
    }
  }
}
