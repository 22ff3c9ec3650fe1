import Foundation
import Gateways
import HTTP
import JSON
import Kernel
import Support
import Testing

/// `kill -9` of the whole service while it pays out on a real EVM that loses answers, takes blocks
/// back and is dear for a while.
@Suite struct EVMKillTests {
  private static let isLong = ProcessInfo.processInfo.environment["WEIR_TEST_LONG"] != nil
  private static let payee = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"
  private static let wei: Int128 = 10_000_000_000_000_000_000

  private func begin(_ world: KillWorld, _ chain: EVMProcess) async throws {
    world.environment["WEIR_ETHEREUM_RPC_URL"] = chain.url
    world.environment["WEIR_ETHEREUM_CONFIRMATIONS"] = "finalized"
    world.environment["WEIR_ETHEREUM_BUMP_AFTER_BLOCKS"] = "2"
    try await chain.setBalance(world.wallet, Self.wei)
    try await chain.mine(6)
    let service = try world.start()
    #expect(await world.isUp(within: 240), "not up: see \(world.log)")
    let form = world.registration(1, nil, wallet: Self.payee, currency: "ETH")
    let status = await world.post(
      "/api/channels/register", form, ["Authorization": "Bearer \(world.key)"], seconds: 10)
    try #require(status == 201)
    try await offPool { service.kill() }
  }

  private func trouble(_ chain: EVMProcess, _ dice: Int) async throws {
    switch dice {
    case 0: try await chain.fault("eth_sendRawTransaction", "drop_reply", 2)
    case 1: try await chain.fault("eth_getTransactionReceipt", "http_503", 2)
    case 2, 3: try await chain.reorganise(3, isLost: dice == 2)
    case 4: try await chain.setBaseFee(30_000_000_000)
    default: break
    }
    try await chain.mine()
  }

  @Test("does: every payout is sent exactly once, and the books are the chain's to the wei")
  func kills() async throws {
    let count = Self.isLong ? 100 : 12
    let (world, chain) = try await offPool { (try KillWorld(), try EVMProcess()) }
    try await begin(world, chain)
    let story = (1...count).map { world.notice(90_000 + $0, "finished", 1, 50, "0.025", "eth") }
    let lives = Self.isLong ? 60 : 10
    for life in 1...lives {
      let service = try world.start()
      let deadline = ContinuousClock.now + .milliseconds(400 + world.random(below: 1_200))
      while ContinuousClock.now < deadline {
        await world.deliver(story.prefix(count * life / lives), before: deadline)
        try await trouble(chain, world.random(below: 12))
        try await Task.sleep(for: .milliseconds(60))
      }
      #expect(service.isRunning, "ended by itself: see \(world.log)")
      try await offPool { service.kill() }
    }
    let last = try world.start()
    let deadline = ContinuousClock.now + .seconds(400)
    try await world.deliverAll(story, before: deadline)
    while ContinuousClock.now < deadline {
      let done = try await world.log("split.completed.v1", of: world.data).count
      if done == count { break }
      for _ in 0..<8 {
        try await chain.mine()
        try await Task.sleep(for: .milliseconds(250))
      }
    }
    #expect(try await offPool { last.stop() } == 0)
    try await check(world, chain, count)
  }

  private func check(_ world: KillWorld, _ chain: EVMProcess, _ count: Int) async throws {
    let node = EthereumNode(url: chain.url, http: world.http)
    #expect(try await node.nonce(of: world.wallet, at: .latest) == count)
    let sent = Int128(count) * 24_250_000_000_000_000
    #expect(try await node.balance(of: Self.payee) == sent)
    let confirmed = try await world.log("transfer.confirmed.v1", of: world.data)
    #expect(confirmed.count == count)
    let fees = confirmed.reduce(Int128(0)) { sum, fact in
      let text = fact["body"]?["fee"]?["amount"]?.text ?? ""
      return sum + (Money(text, .eth)?.units ?? 0)
    }
    #expect(try await node.balance(of: world.wallet) == Self.wei - sent - fees)
    #expect(try await world.log("transfer.parked.v1", of: world.data).isEmpty)
    #expect(try await world.log("wallet.quarantined.v1", of: world.data).isEmpty)
    let bumps = try await world.log("transfer.bump_requested.v1", of: world.data).count
    #expect(bumps > 0 || !Self.isLong, "no fee spike was felt")
  }
}
