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

extension RotationDrillTests {
  static var order: Rotation.Order {
    var order = Rotation.Order()
    (order.actor, order.second, order.reason) = ("ana", "ben", "a drill")
    order.waitSeconds = 3
    return order
  }

  static func open(_ configuration: Configuration) throws -> FileStore {
    var options = FileStore.Options()
    options.mayCreate = false
    return try FileStore.open(
      folder: configuration.data + "/log", environment: .sandbox, options: options)
  }

  static func rotate(
    _ configuration: Configuration, to successor: EthereumKey, _ order: Rotation.Order,
    dyingAt lives: Int? = nil, isAfter: Bool = false
  ) async throws -> Result<Rotation.Report, RotationError> {
    try await offPool {
      let store = try open(configuration)
      defer { try? store.close() }
      let fragile = lives.map { FragileStore(store, dyingAt: $0, isAfter: isAfter) }
      let logger = Logger(secrets: [], clock: Weir.clock, sink: { _ in })
      let rotation = Rotation(configuration, successorKey: successor, logger: logger)
      do throws(RotationError) {
        return .success(try rotation.run(on: fragile ?? store, order))
      } catch { return .failure(error) }
    }
  }

  static func log(
    of configuration: Configuration
  ) throws -> (state: LedgerState, names: [String]) {
    let log = try FileLogReader.open(folder: configuration.data + "/log")
    let names = try log.read(after: 0, limit: 10_000).map(\.name)
    return (try NonceEvidence.fold(log), names)
  }

  /// A service that paid two clients, the key of which a stranger used as well, and a copy of its
  /// log from before all of it.
  struct World {
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
      var order = RotationDrillTests.order
      order.unmatched = unmatched
      return order
    }

    func open() throws -> FileStore { try RotationDrillTests.open(configuration) }

    /// One life of the command, which dies at an append, or doesn't.
    func rotate(
      _ order: Rotation.Order, dyingAt lives: Int? = nil, isAfter: Bool = false
    ) async throws -> Result<Rotation.Report, RotationError> {
      try await RotationDrillTests.rotate(
        configuration, to: successor, order, dyingAt: lives, isAfter: isAfter)
    }

    func balance(_ asset: Asset, of wallet: String) async throws -> Int128 {
      let url = try #require(configuration.ethereum.rpcURL).reveal()
      let node = EthereumNode(url: url, http: stage.http)
      guard let contract = asset.contract else { return try await node.balance(of: wallet) }
      return try await node.tokenBalance(of: wallet, contract: contract)
    }

    func log() throws -> (state: LedgerState, names: [String]) {
      try RotationDrillTests.log(of: configuration)
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
}
