import Engine
import Kernel
import Log
import Sagas
import Testing

@testable import Service

/// The line with conversions that wait for each other.
@Suite struct PooledLineTests {
  private static let start = SimulatedLineTests.start

  /// Three payments in ETH of 20, 20 and 25 dollars, and two of another client that never are
  /// worth a pool of 60.
  private func line(seed: UInt64, _ pool: ConversionPool) -> SimulatedLine {
    let story = SimulatedLineTests()
    var line = SimulatedLine(
      store: MemoryStore(), world: ScriptedWorld(seed: seed, lossOneIn: 4), start: Self.start,
      pool: pool)
    line.submit(.ledger(.open(environment: .sandbox, log: "00ff")), "genesis", after: 0)
    line.submit(
      .wallet(.claim(address: "0x00000000000000000000000000000000000000bb", chain: 1, nonce: 0)),
      "wallet", after: 0)
    for open in ["-1001000000001", "-1001000000002"] {
      line.submit(story.register(open, .threshold), open, after: 1)
    }
    let notices = [
      ("300", "-1001000000001", "0.0125"), ("301", "-1001000000001", "0.0125"),
      ("302", "-1001000000001", "0.0175"), ("400", "-1001000000002", "0.0125"),
      ("401", "-1001000000002", "0.0125"),
    ]
    for (index, (id, open, amount)) in notices.enumerated() {
      line.submit(
        story.notice(id, open, "25", amount, "eth"), "n\(id)", after: 10 + Int64(index) * 700)
    }
    return line
  }

  @Test("does: what is worth a swap together is swapped once, and the rest when its time is up")
  func pools() throws {
    let pool = ConversionPool(size: Money("60", .usdt)!, secondsMost: 86_400)
    for seed in 0..<12 as Range<UInt64> {
      var line = line(seed: seed, pool)
      let crashes = Set((0..<8).map { Int(seed) * 7 % 11 + $0 * 9 })
      try line.run(until: Self.start.adding(seconds: 3 * 86_400), crashAt: crashes)
      let facts = try line.store.read(after: 0, limit: 10_000).map { try $0.event() }
      var members: [[String]] = []
      for case .conversion(.requested(let e)) in facts { members.append(e.payments.map(\.text)) }
      // A start closes every pool, so that one that begins over and over keeps none waiting: how
      // many there were hangs on the crashes, and that each payment is in one doesn't.
      #expect(members.flatMap(\.self).sorted() == ["300", "301", "302", "400", "401"], "\(seed)")
      let converted = facts.count { event in
        if case .accumulation(.converted) = event { true } else { false }
      }
      #expect(converted == 5, "seed \(seed)")
      #expect(line.machine.runner.count == 0, "seed \(seed)")
      #expect(line.machine.state.brokenInvariant() == nil)
    }
  }

  @Test(
    "does: without a restart the pool is one swap of three, and the small one waits for the day")
  func calm() throws {
    let pool = ConversionPool(size: Money("60", .usdt)!, secondsMost: 86_400)
    var line = line(seed: 3, pool)
    try line.run(until: Self.start.adding(seconds: 20_000))
    func members() throws -> [[String]] {
      var members: [[String]] = []
      for stored in try line.store.read(after: 0, limit: 10_000) {
        if case .conversion(.requested(let e)) = try stored.event() {
          members.append(e.payments.map(\.text))
        }
      }
      return members
    }
    #expect(try members() == [["300", "301", "302"]])
    try line.run(until: Self.start.adding(seconds: 3 * 86_400))
    #expect(try members() == [["300", "301", "302"], ["400", "401"]])
    #expect(try SimulatedLineTests().names(line)["conversion.shared.v1"] == 2)
  }

  @Test("does: what waited in a pool when pools were switched off is swapped all the same")
  func switchedOff() throws {
    let pool = ConversionPool(size: Money("1000", .usdt)!, secondsMost: 86_400)
    var before = line(seed: 5, pool)
    try before.run(until: Self.start.adding(seconds: 10_000))
    #expect(try SimulatedLineTests().names(before)["conversion.requested.v1"] == nil)
    var after = SimulatedLine(
      store: before.store, world: ScriptedWorld(seed: 5, lossOneIn: 0),
      start: Self.start.adding(seconds: 10_000))
    try after.crash()
    try after.run(until: Self.start.adding(seconds: 60_000))
    // By themselves or together, as it happens; each once.
    var members: [String] = []
    for stored in try after.store.read(after: 0, limit: 10_000) {
      if case .conversion(.requested(let e)) = try stored.event() {
        members += e.payments.map(\.text)
      }
    }
    #expect(members.sorted() == ["300", "301", "302", "400", "401"])
    #expect(try SimulatedLineTests().names(after)["accumulation.converted.v1"] == 5)
  }
}
