import Engine
import Foundation
import Gateways
import HTTP
import JSON
import Kernel
import Log
import Sagas
import Support
import Synchronization
import Testing

@testable import Service

/// The line with a real EVM at its end: the loop and the performer's transfers are production's,
/// rates are given, and the node mines when it is told to.
final class EVMLine: Sendable {
  let store = MemoryStore()
  let chain: EVMProcess
  let node: EthereumNode
  let key: EthereumKey
  private let http = HTTPClient()
  /// Stands before the chain as a second node; nil where there is none.
  let proxy: NodeProxy?
  private let bumpAfterBlocks: Int
  private let owner: EthereumKey
  private let loop = Mutex<Loop<PayoutProcess>?>(nil)
  private let policy = PaymentPolicy(
    fee: .standardFee, tolerance: .standardTolerance, isAccumulating: true)

  /// Starts the node, and a second one that is the first through a proxy, where one is wanted; the
  /// line begins with `begin`.
  static func open(bumpAfterBlocks: Int = 1_000, isDouble: Bool = false) async throws -> EVMLine {
    try await offPool { try EVMLine(bumpAfterBlocks, isDouble) }
  }

  private init(_ bumpAfterBlocks: Int, _ isDouble: Bool) throws {
    chain = try EVMProcess()
    self.bumpAfterBlocks = bumpAfterBlocks
    proxy = isDouble ? try NodeProxy(before: chain.url) : nil
    node = EthereumNode(url: chain.url, http: http)
    key = try #require(EthereumKey(hex: String(repeating: "5e", count: 32)))
    owner = try #require(EthereumKey(hex: EVMProcess.ownerKey))
  }

  /// Funds the host wallet, and begins the log.
  func begin(wei: Int128, tokens: Int128) async throws {
    try await chain.setBalance(key.address, wei)
    let data = try #require(ERC20.transfer(to: key.address, amount: tokens))
    let call = EthereumCall(from: owner.address, to: token, data: data)
    let nonce = try await node.nonce(of: owner.address, at: .latest)
    let transaction = try #require(
      EthereumTransaction(
        call, chainID: 31_337, nonce: nonce, maxFeePerGas: "20000000000",
        maxPriorityFeePerGas: "1000000000", gasLimit: 200_000))
    #expect(try await node.send(raw: transaction.signed(with: owner).raw) == .accepted)
    try await mine()
    run()
    await submit(.ledger(.open(environment: .sandbox, log: "00")), "open")
    await submit(
      .wallet(
        .claim(
          address: key.address, chain: 31_337,
          nonce: try await node.nonce(of: key.address, at: .latest))), "claim")
  }

  var token: String { EthereumAddress(chain.token)?.text ?? "" }

  /// Starts a loop on what the store holds: at first, and after each `crash`.
  func run() {
    var settings = PerformerSettings(noticeURL: "http://127.0.0.1:1/", policy: policy)
    settings.chainPollSeconds = 1
    settings.contracts = [Asset.usdt.text: token]
    settings.bumpAfterBlocks = bumpAfterBlocks
    let performer = Performer(
      nowPayments: NOWPaymentsClient(url: "http://127.0.0.1:1", apiKey: "none", http: http),
      changeNOW: ChangeNOWClient(url: "http://127.0.0.1:1", apiKey: "none", http: http),
      node: node, second: proxy.map { EthereumNode(url: $0.url, http: http) }, key: key,
      settings: settings, clock: Weir.clock,
      isRecovering: false)
    var machine = MachineSettings()
    machine.lanes.retrySeconds = 1
    machine.lanes.callsPerSecond = 100
    let policy = policy
    let loop = Loop(
      store: store,
      process: PayoutProcess(
        terms: SagaTerms(flow: .fixedRate), batchIntervalSeconds: 300, batchesAtOnce: false),
      settings: machine, clock: Weir.clock,
      perform: { call, done in
        if case .findRate(let request) = call.job,
          let rate = Rate("2000", from: request.outcome.asset, to: .usdt)
        {
          let note = PaymentCommand.noteRate(request.payment, rate, source: "test", policy)
          return done(.report([.payment(note)]))
        }
        Task { done(await performer.perform(call.job)) }
      }, report: { _ in })
    Thread { try? loop.run() }.start()
    self.loop.withLock { $0 = loop }
  }

  /// Ends the loop and forgets everything but the log; calls under way go on, unheard.
  func crash() async throws {
    loop.withLock { $0 }?.stop()
    try await Task.sleep(for: .milliseconds(50))
    run()
  }

  func submit(_ command: LedgerCommand, _ id: String) async {
    let submission = Submission(
      id: .composed("test", id), digest: SHA256.digest(of: Array("\(command)".utf8)),
      command: command, actor: "test")
    let loop = loop.withLock { $0 }
    let answer = await withCheckedContinuation { continuation in
      loop?.submit(submission) { continuation.resume(returning: $0) }
    }
    if case .accepted = answer { return }
    Issue.record("\(id): \(answer)")
  }

  /// An instant channel whose owner wants the very asset that the host wallet sends.
  func register(_ number: Int, _ asset: Asset, wallet: String) async throws {
    let open = try #require(OpenChannelID(text: "-100\(3_000_000 + number)"))
    let closed = try #require(ClosedChannelID(text: "-200\(3_000_000 + number)"))
    let form = ChannelRegistration(
      open: ChannelFace(id: open, title: "t", description: "d"),
      closed: ChannelFace(id: closed, title: "t", description: "d"),
      tiers: [Tier(price: try #require(Money("50", .usd)), days: 30)],
      payout: PayoutSettings(
        asset: asset, wallet: wallet, strategy: .instant, threshold: .zero(.usd)),
      donationMessage: nil, notify: nil)
    await submit(.channel(.register(form)), "register-\(number)")
  }

  func pay(_ number: Int, payment: Int, _ outcome: String, _ currency: String) async throws {
    var report = PaymentReport(
      payment: try #require(PaymentID(text: "\(payment)")), status: "finished", source: .notice,
      raw: "{}")
    report.order = "PGP-\(payment)|-100\(3_000_000 + number)"
    report.priceAmount = "50"
    report.priceCurrency = "usd"
    report.actuallyPaid = outcome
    report.outcomeAmount = outcome
    report.outcomeCurrency = currency
    await submit(.payment(.note(report, policy)), "pay-\(payment)")
  }

  func mine(_ blocks: Int = 1) async throws { try await chain.mine(blocks) }

  /// Has the token's owner do something, in the next block.
  func ownerCalls(_ data: [UInt8]) async throws {
    let call = EthereumCall(from: owner.address, to: token, data: data)
    let nonce = try await node.nonce(of: owner.address, at: .pending)
    let transaction = try #require(
      EthereumTransaction(
        call, chainID: 31_337, nonce: nonce, maxFeePerGas: "400000000000",
        maxPriorityFeePerGas: "300000000000", gasLimit: 200_000))
    #expect(try await node.send(raw: transaction.signed(with: owner).raw) == .accepted)
  }

  /// Facts of one name so far.
  func facts(_ name: String) throws -> [LedgerEvent] {
    try store.read(after: 0, limit: 100_000).filter { $0.name == name }.map { try $0.event() }
  }
}
