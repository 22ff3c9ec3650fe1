import Foundation
import Gateways
import Kernel
import Model
import Support
import Testing

/// `kill -9` of the service before a real EVM that loses answers, goes back three blocks and asks
/// for more gas: every payout is sent exactly once, and the books are what the chain says.
///
/// 100 payouts and 60 kills with `WEIR_TEST_LONG=1`, else 10 and 5.
@Suite struct EVMKillTests {
  private static let isLong = ProcessInfo.processInfo.environment["WEIR_TEST_LONG"] != nil
  private static let payouts = isLong ? 100 : 10
  private static let kills = isLong ? 60 : 5

  @Test("does: kills, lost answers, reorgs and a fee spike end with each payout once, to the wei")
  func kills() async throws {
    let given = ProcessInfo.processInfo.environment["WEIR_TEST_SEED"].flatMap { UInt64($0) }
    let seed = given ?? UInt64.random(in: 0...9_999_999)
    let world = try await offPool { try EVMKillWorld(seed: seed) }
    let story = world.story(Self.payouts)
    var incomes: [Asset: Int128] = [:]
    for (_, payee, paid) in story {
      incomes[payee.asset, default: 0] += try #require(Money(paid, payee.asset)).units
    }
    try await world.begin(incomes)
    try await Self.storm(world, story.map(\.notice))
    let last = try world.service.start()
    try await world.settle(story.map(\.notice))
    #expect(try await offPool { last.stop() } == 0, world.comment)
    let data = world.service.data
    let verified = try await offPool { try WeirProcess.run("log", "verify", "--data", data) }
    #expect(verified.code == 0, "\(verified)")
    try await Self.check(world, story.map { ($0.payee, $0.paid) }, incomes)
  }

  /// One life after the other, each ended in the middle of whatever it does.
  private static func storm(_ world: EVMKillWorld, _ story: [KillWorld.Notice]) async throws {
    for index in 0..<kills {
      // What is signed in a life without blocks pays too little in the next one.
      let isMining = index != kills / 2 - 2
      if index == kills / 2 - 1 { world.spike() }
      let life = try world.service.start()
      let allowed = (index + 1) * story.count / kills
      // Some lives end while the log is being opened.
      let isServing = index % 5 != 4
      if isServing { #expect(await world.service.isUp(within: 240), world.comment) }
      for _ in 0..<(isServing ? 3 + world.service.random(below: 8) : 0) {
        try await world.trouble()
        if isMining, world.service.random(below: 2) == 0 { try await world.mine() }
        await world.service.deliver(story.prefix(allowed), before: .now + .milliseconds(300))
      }
      if !isMining { try await world.waitForBroadcast() }
      try await Task.sleep(for: .milliseconds(world.service.random(below: 60)))
      #expect(life.isRunning, "ended by itself: \(world.comment)")
      try await offPool { life.kill() }
    }
  }

  private static func check(
    _ world: EVMKillWorld, _ story: [(payee: EVMKillWorld.Payee, paid: String)],
    _ incomes: [Asset: Int128]
  ) async throws {
    let facts = try await world.service.facts()
    func count(_ name: String) -> Int { facts.count { $0.name == name } }
    #expect(count("payment.finished.v1") == payouts, world.comment)
    #expect(count("transfer.confirmed.v1") == payouts, world.comment)
    #expect(count("transfer.bump_requested.v1") > 0, "no spike was felt: \(world.comment)")
    #expect(count("transfer.parked.v1") + count("wallet.quarantined.v1") == 0, world.comment)
    // Each payee has what is due, and nothing else left the wallet.
    for payee in world.payees {
      let due = try story.filter { $0.payee.number == payee.number }
        .reduce(0) { $0 + (try #require(Money($1.paid, payee.asset)).units * 97 / 100) }
      #expect(try await world.held(payee.wallet, payee.asset) == due, world.comment)
    }
    let wallet = world.service.wallet
    let nonce = try await world.node.nonce(of: wallet, at: .latest)
    #expect(nonce == payouts, world.comment)
    // Subscribers' money was in the wallet from the start; the books took it in payment by payment.
    let tokens = try await world.held(wallet, .usdt)
    #expect(tokens == world.custody(.usdt, facts), world.comment)
    let wei = try await world.held(wallet, .eth)
    #expect(wei == EVMKillWorld.float + world.custody(.eth, facts), world.comment)
    #expect(tokens * 100 == incomes[.usdt, default: 0] * 3, world.comment)
    let trace = try await world.service.trace(at: world.node)
    #expect(trace.batches == payouts && trace.check() == .accepted, world.comment)
    #expect(!isLong || world.reorganisations > 20 && world.faults > 60, world.comment)
  }
}
