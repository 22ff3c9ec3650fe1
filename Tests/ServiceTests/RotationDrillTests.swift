import Foundation
import Gateways
import HTTP
import JSON
import Kernel
import Log
import Sandbox
import Support
import Testing

@testable import Service

/// Another wallet takes over from one whose log forgot what it paid, and of which nobody else has
/// anything but the chain (reliability 3.6, repair 3).
@Suite struct RotationDrillTests {
  /// A service that paid two clients, the key of which a stranger used as well, and a copy of its
  /// log from before all of it.
  private struct World {
    let stage: Stage
    let scratch = ScratchFolder()
    var configuration: Configuration
    let successor: EthereumKey
    let stranger: String
    /// What its wallet sent until then.
    let sent: [JSONValue]

    init() async throws {
      let stage = try await Stage.open(["RECONCILE_SECONDS": "0"])
      self.stage = stage
      successor = try #require(EthereumKey(hex: String(repeating: "5e", count: 32)))
      try await stage.register(61, threshold: nil)
      try await stage.register(
        62, threshold: nil, currency: "USDT", network: "ETH",
        wallet: "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
      #expect(try await stage.eventually { stage.weir.readiness.isReady })
      let copy = scratch.file("copy")
      var configuration = stage.configuration
      try await offPool { [configuration] in
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        for name in ["log", "log-key"] {
          try FileManager.default.copyItem(
            atPath: configuration.data + "/" + name, toPath: copy + "/" + name)
        }
      }
      configuration.data = copy
      configuration.listen = HTTPAddress(host: "127.0.0.1", port: stage.weir.port)
      self.configuration = configuration
      for (number, price) in [(61, "50"), (62, "25")] {
        _ = try await stage.pay(
          number, price, user: 6_000 + number, ["outcome_currency": .string("usdterc20")])
      }
      let isPaid = try await stage.eventually {
        let swapped = try await stage.count(61, "split.completed.v1")
        let direct = try await stage.count(62, "split.completed.v1")
        return (swapped, direct) == (1, 1)
      }
      try #require(isPaid)
      try await offPool { stage.weir.stop() }
      stranger = try await Self.useKey(stage)
      sent = try await stage.sent()
    }

    /// A quarter of an ether goes where this log doesn't know of.
    private static func useKey(_ stage: Stage) async throws -> String {
      let performer = stage.weir.performer
      let address = performer.key.address
      let live = try await performer.endpoints.live(
        chain: stage.configuration.ethereum.chainID, at: Weir.clock())
      let node = try #require(live.nodes.first)
      let fees = try await node.fees()
      let transaction = try #require(
        EthereumTransaction(
          chainID: stage.configuration.ethereum.chainID,
          nonce: try await node.nonce(of: address, at: .pending),
          maxFeePerGas: fees.maxFeePerGas, maxPriorityFeePerGas: fees.maxPriorityFeePerGas,
          gasLimit: 21_000, to: "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
          value: 250_000_000_000_000_000))
      let signed = transaction.signed(with: performer.key)
      #expect(try await node.send(raw: signed.raw) == .accepted)
      let isFinal = try await stage.eventually {
        try await live.hasConsumed(transaction.nonce, of: address, confirmations: nil)
      }
      #expect(isFinal)
      return signed.hash
    }

    var logger: Logger { Logger(secrets: [], clock: Weir.clock, sink: { _ in }) }

    func order(_ unmatched: Set<String> = []) -> Rotation.Order {
      var order = Rotation.Order()
      (order.actor, order.second, order.reason) = ("ana", "ben", "a drill")
      order.waitSeconds = 4
      order.unmatched = unmatched
      return order
    }

    func open() throws -> FileStore {
      var options = FileStore.Options()
      options.mayCreate = false
      return try FileStore.open(
        folder: configuration.data + "/log", environment: .sandbox, options: options)
    }

    /// One life of the command, which dies at an append, or doesn't.
    func rotate(
      _ order: Rotation.Order, dyingAt lives: Int? = nil, isAfter: Bool = false
    ) async throws -> Result<Rotation.Report, RotationError> {
      try await offPool {
        let store = try open()
        defer { try? store.close() }
        let fragile = lives.map { FragileStore(store, dyingAt: $0, isAfter: isAfter) }
        let rotation = Rotation(configuration, successorKey: successor, logger: logger)
        do throws(RotationError) {
          return .success(try rotation.run(on: fragile ?? store, order))
        } catch { return .failure(error) }
      }
    }

    func balance(_ asset: Asset, of wallet: String) async throws -> Int128 {
      let url = try #require(configuration.ethereum.rpcURL).reveal()
      let node = EthereumNode(url: url, http: stage.http)
      guard let contract = asset.contract else { return try await node.balance(of: wallet) }
      return try await node.tokenBalance(of: wallet, contract: contract)
    }

    func log() throws -> (state: LedgerState, names: [String]) {
      let log = try FileLogReader.open(folder: configuration.data + "/log")
      var names: [String] = []
      for stored in try log.read(after: 0, limit: 10_000) { names.append(stored.name) }
      return (try NonceEvidence.fold(log), names)
    }

    /// Whatever left the old wallet since went to the new one.
    func checkSent() async throws {
      let now = try await stage.sent()
      #expect(Array(now.prefix(sent.count)) == sent)
      for more in now.dropFirst(sent.count) {
        #expect(more["to"]?.text?.lowercased() == successor.address.lowercased(), "\(more)")
      }
    }
  }

  @Test("does: sweeps, adopts what the chain shows, asks about the rest, and pays nobody twice")
  func story() async throws {
    let world = try await World()
    let old = world.stage.weir.performer.key.address
    try await offPool {
      let store = try world.open()
      try store.oweRecovery("a copy from before")
      try store.close()
      let log = try FileLogReader.open(folder: world.configuration.data + "/log")
      let found = try NonceEvidence.gather(log, world.configuration)
      #expect(found.map(\.nonce) == [0, 1, 2] && !found.contains(where: \.isOurs))
      #expect(found.last?.sights.map(\.hash) == [world.stranger])
      #expect(found.last?.sights.first?.words.contains("0.25 ETH-ETH to 0x") == true, "\(found)")
      #expect(found.allSatisfy { $0.meaning.contains("weir recovery rotate") }, "\(found)")
      let whole = try world.open()
      let plan = try Rotation(
        world.configuration, successorKey: world.successor, logger: world.logger
      ).plan(of: whole, world.order())
      try whole.close()
      #expect(plan.done.count == 2 && plan.left.count == 3, "\(plan)")
    }
    let isLong = ProcessInfo.processInfo.environment["WEIR_TEST_LONG"] != nil
    // Each life dies at its next append but some; the order is what two people say at last.
    for life in 1...(isLong ? 60 : 3) {
      _ = try await world.rotate(
        world.order(), dyingAt: isLong ? 1 + life % 7 : 1 + life * 2,
        isAfter: life.isMultiple(of: 2))
      try await world.checkSent()
    }
    var asked = try await world.rotate(world.order()).get()
    for _ in 1...20 where asked.left.count != 1 {
      asked = try await world.rotate(world.order()).get()
    }
    #expect(!asked.isFinished && asked.left.count == 1, "\(asked)")
    #expect(asked.left.first?.contains("--unmatched \(world.stranger)") == true, "\(asked)")
    var alone = world.order([world.stranger])
    alone.second = "ANA"
    guard case .failure(.refused) = try await world.rotate(alone) else {
      Issue.record("one person was enough")
      return
    }
    _ = try await world.rotate(world.order([world.stranger]), dyingAt: 1, isAfter: true)
    let done = try await world.rotate(world.order([world.stranger])).get()
    #expect(done.isFinished && done.left.isEmpty, "\(done)")
    let again = try await world.rotate(world.order()).get()
    #expect(again.isFinished && again.done.isEmpty, "\(again)")
    try await world.checkSent()
    for asset in [Asset.usdt, .eth] { #expect(try await world.balance(asset, of: old) == 0) }
    try await goOn(world)
  }

  /// The new wallet pays, and the old key is of no use any more.
  private func goOn(_ world: World) async throws {
    var configuration = world.configuration
    configuration.hostWalletKey = Secret(String(repeating: "5e", count: 32))
    try await offPool { [configuration] in
      #expect(throws: WeirFailure.self) {
        try Weir.start(world.configuration, logger: world.logger)
      }
      let store = try world.open()
      let checks = try RecoveryCheck.all(of: store, id: store.logID, configuration)
      for check in checks { #expect(check.isPassed, "\(check)") }
      #expect(try store.endRecovery(by: "ana", reason: "a drill", at: Weir.clock()))
      try store.close()
    }
    let weir = try await offPool { [configuration] in
      try Weir.start(configuration, logger: world.logger)
    }
    _ = try await world.stage.pay(
      62, "25", user: 6_999, ["outcome_currency": .string("usdterc20")])
    let isPaid = try await world.stage.eventually {
      try world.log().names.count { $0 == "split.completed.v1" } == 3
    }
    try await offPool { weir.stop() }
    #expect(isPaid)
    try await world.checkSent()
    let (state, names) = try world.log()
    #expect(names.count { $0 == "transfer.confirmed.v1" } == 3)
    #expect(names.count { $0 == "payment.finished.v1" } == 3)
    #expect(state.brokenInvariant() == nil)
    #expect(state.hostWallet?.address == world.successor.address)
    #expect(state.hostWallet?.nextNonce == 1)
    let strange = try #require(Money("0.25", .eth))
    for (asset, float) in [(Asset.usdt, Money("100000", .usdt)), (.eth, Money("100", .eth))] {
      var books = state.books.balance(.custody, asset).units + (try #require(float)).units
      if asset == .eth { books -= strange.units }
      // The provider was not told of the new wallet: the last payment's income went to the old one.
      let new = try await world.balance(asset, of: world.successor.address)
      let old = try await world.balance(asset, of: world.stage.weir.performer.key.address)
      #expect(new + old == books && (old == 0) == (asset == .eth), "\(asset): \(new), \(old)")
    }
  }
}
