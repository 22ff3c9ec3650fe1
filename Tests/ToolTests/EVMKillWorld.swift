import Foundation
import Gateways
import HTTP
import JSON
import Kernel
import Support
import Testing

/// The service that is killed, and a real EVM in place of the stand-in's chain: it mines when it is
/// told to, loses answers, goes back three blocks, and asks for more gas.
final class EVMKillWorld: @unchecked Sendable {  // One test uses it, one step at a time.
  /// An instant channel that wants the very asset the host wallet sends.
  struct Payee {
    let number: Int
    let asset: Asset
    let wallet: String
  }

  let service: KillWorld
  let chain: EVMProcess
  let node: EthereumNode
  let payees: [Payee]
  /// What the wallet began with beside all that subscribers pay.
  static let float: Int128 = 5_000_000_000_000_000_000
  private let words: String
  /// Whether blocks cost thirty times as much as before.
  private var isDear = false
  private(set) var reorganisations = 0
  private(set) var faults = 0

  init(seed: UInt64) throws {
    words = "seed \(seed)"
    service = try KillWorld(seed: seed)
    let token = try #require(Asset.usdt.contract)
    chain = try EVMProcess(tokenAt: token)
    node = EthereumNode(url: chain.url, http: service.http)
    payees = try (1...5).map { index in
      let hex = String(repeating: "0", count: 62) + "a\(index)"
      let asset: Asset = index == 5 ? .eth : .usdt
      let wallet = try #require(EthereumKey(hex: hex)).address
      return Payee(number: 100 + index, asset: asset, wallet: wallet)
    }
    service.environment["WEIR_ETHEREUM_RPC_URL"] = chain.url
    service.environment["WEIR_ETHEREUM_CONFIRMATIONS"] = "finalized"
    service.environment["WEIR_ETHEREUM_BUMP_AFTER_BLOCKS"] = "4"
  }

  /// For what is expected: how to have the same chances again.
  var comment: Comment { "\(words), log \(service.log)" }

  private func below(_ bound: Int) -> Int { service.random(below: bound) }

  // MARK: Story

  /// Payments in the order in which they are noticed; each is one payout of 97 hundredths.
  func story(_ count: Int) -> [(notice: KillWorld.Notice, payee: Payee, paid: String)] {
    (0..<count).map { index in
      let payee = payees[index % payees.count]
      let price = [25, 50, 30][below(3)]
      let paid = payee.asset == .eth ? "0.0\(price)" : "\(price)"
      let currency = payee.asset == .eth ? "eth" : "usdterc20"
      let notice = service.notice(
        90_000 + index, "finished", payee.number, price, paid, currency)
      return (notice, payee, paid)
    }
  }

  /// Gives the wallet its float and what subscribers will pay, and registers the payees.
  func begin(_ incomes: [Asset: Int128]) async throws {
    let wei = Self.float + incomes[.eth, default: 0]
    try await chain.setBalance(service.wallet, wei)
    let owner = try #require(EthereumKey(hex: EVMProcess.ownerKey))
    let data = ERC20.transfer(to: service.wallet, amount: incomes[.usdt, default: 0])
    let call = EthereumCall(from: owner.address, to: chain.token, data: try #require(data))
    let transaction = try #require(
      EthereumTransaction(
        call, chainID: 31_337, nonce: try await node.nonce(of: owner.address, at: .latest),
        maxFeePerGas: "20000000000", maxPriorityFeePerGas: "1000000000", gasLimit: 200_000))
    #expect(try await node.send(raw: transaction.signed(with: owner).raw) == .accepted)
    for _ in 0..<8 { try await mine() }
    try await service.register(
      payees.map {
        service.registration(
          $0.number, nil, wallet: $0.wallet, currency: $0.asset.currency, network: "ETH")
      })
  }

  // MARK: Chain

  func mine() async throws {
    if isDear { try await chain.setBaseFee(30_000_000_000) }
    try await chain.mine()
  }

  /// From here on what was signed before pays too little, until it was outbid.
  func spike() { isDear = true }

  private func endSpike(_ facts: [LedgerEvent]) async throws {
    guard isDear, facts.contains(where: { $0.name == "transfer.bump_requested.v1" }) else { return }
    isDear = false
    try await chain.setBaseFee(1_000_000_000)
  }

  /// Now and then the node misbehaves, or the chain goes back as far as it may.
  func trouble() async throws {
    let methods = [
      "eth_sendRawTransaction", "eth_getTransactionReceipt", "eth_getTransactionCount",
      "eth_estimateGas", "eth_getBlockByNumber",
    ]
    switch below(6) {
    case 0: try await fault("eth_sendRawTransaction", "drop_reply")
    case 1: try await fault(methods[below(methods.count)], "drop_reply")
    case 2: try await fault(methods[below(methods.count)], below(2) == 0 ? "http_503" : "rpc_error")
    case 3:
      reorganisations += 1
      try await chain.reorganise(3, isLost: below(2) == 0)
    default: break
    }
  }

  private func fault(_ method: String, _ mode: String) async throws {
    faults += 1
    try await chain.fault(method, mode, 1)
  }

  /// No fault that waits for its call is left.
  private func calm() async throws { try await chain.control("test_forgetFaults") }

  // MARK: End

  /// Waits until the node's pool holds something of the wallet's.
  func waitForBroadcast() async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline {
      // The question may meet a fault that was meant for the service.
      let latest = try? await node.nonce(of: service.wallet, at: .latest)
      let pending = try? await node.nonce(of: service.wallet, at: .pending)
      if let latest, let pending, latest < pending { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record("nothing was broadcast: \(comment)")
  }

  /// Lets all notices arrive and all payouts become final in a life that nobody cuts short.
  func settle(_ notices: [KillWorld.Notice]) async throws {
    let deadline = ContinuousClock.now + .seconds(300)
    var rounds = 0
    while ContinuousClock.now < deadline {
      await service.deliver(notices[...], before: deadline)
      for _ in 0..<5 {
        try await mine()
        try await Task.sleep(for: .milliseconds(100))
        // The chain and its node calm down in the end.
        if rounds < 100 { try await trouble() }
        rounds += 1
      }
      let facts = try await service.facts()
      try await endSpike(facts)
      let confirmed = facts.count { $0.name == "transfer.confirmed.v1" }
      if confirmed >= notices.count { return try await calm() }
    }
    Issue.record("not settled: \(comment)")
  }

  /// What the books say the platform holds.
  func custody(_ asset: Asset, _ facts: [LedgerEvent]) -> Int128 {
    facts.flatMap { postings(of: $0) }
      .filter { $0.account == .custody && $0.amount.asset == asset }
      .reduce(0) { $0 + $1.amount.units }
  }

  func held(_ wallet: String, _ asset: Asset) async throws -> Int128 {
    asset == .eth
      ? try await node.balance(of: wallet)
      : try await node.tokenBalance(of: wallet, contract: chain.token)
  }
}
