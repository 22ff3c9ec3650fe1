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
  @Test("does: what waits for a nonce of a retired wallet is paid by the new one, and once")
  func waiting() async throws {
    let stage = try await Stage.open(["RECONCILE_SECONDS": "0"])
    var configuration = stage.configuration
    configuration.listen = HTTPAddress(host: "127.0.0.1", port: stage.weir.port)
    let logger = Logger(secrets: [], clock: Weir.clock, sink: { _ in })
    let hex = String(repeating: "5e", count: 32)
    let successor = try #require(EthereumKey(hex: hex))
    func count(_ name: String) throws -> Int {
      try Self.log(of: configuration).names.count { $0 == name }
    }
    func pay(_ user: Int) async throws {
      _ = try await stage.pay(
        62, "25", user: user, ["outcome_currency": .string("usdterc20")])
    }
    try await stage.register(
      62, threshold: nil, currency: "USDT", network: "ETH",
      wallet: "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
    #expect(try await stage.eventually { stage.weir.readiness.isReady })
    try await pay(6_001)
    #expect(try await stage.eventually { try count("split.completed.v1") == 1 })
    try await offPool { stage.weir.stop() }
    // Retired, and nothing else.
    _ = try await Self.rotate(configuration, to: successor, Self.order, dyingAt: 1, isAfter: true)
    let retired = try await offPool { [configuration] in
      try Weir.start(configuration, logger: logger)
    }
    try await pay(6_002)
    #expect(try await stage.eventually { try count("transfer.requested.v1") == 2 })
    try await Task.sleep(for: .seconds(2))
    try await offPool { retired.stop() }
    #expect(try count("transfer.nonce_reserved.v1") == 1)
    #expect(try Self.log(of: configuration).state.hostWallet?.isQuarantined == false)
    var report = try await Self.rotate(configuration, to: successor, Self.order).get()
    for _ in 1...20 where !report.isFinished {
      report = try await Self.rotate(configuration, to: successor, Self.order).get()
    }
    #expect(report.isFinished && report.left.isEmpty, "\(report)")
    let sent = try await stage.sent()
    configuration.hostWalletKey = Secret(hex)
    let weir = try await offPool { [configuration] in
      try Weir.start(configuration, logger: logger)
    }
    #expect(try await stage.eventually { try count("split.completed.v1") == 2 })
    try await offPool { weir.stop() }
    #expect(try await stage.sent() == sent)
    let (state, names) = try Self.log(of: configuration)
    #expect(names.count { $0 == "transfer.confirmed.v1" } == 2)
    #expect(state.hostWallet?.nextNonce == 1 && state.brokenInvariant() == nil)
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
      // Without the old key nothing is swept, and nothing begun.
      var wrong = world.configuration
      wrong.hostWalletKey = Secret(String(repeating: "5e", count: 32))
      #expect(throws: RotationError.self) {
        try Rotation(wrong, successorKey: world.successor, logger: world.logger).run(
          on: whole, world.order())
      }
      // What collects is paid to, and what pays must not be.
      var collecting = world.configuration
      collecting.collectWallet = world.successor.address
      #expect(throws: RotationError.self) {
        try Rotation(collecting, successorKey: world.successor, logger: world.logger).run(
          on: whole, world.order())
      }
      let state = try NonceEvidence.fold(whole)
      #expect(state.hostWallet?.retired == nil)
      try whole.close()
      #expect(plan.done.count == 2 && plan.left.count == 3, "\(plan)")
    }
    let isLong = ProcessInfo.processInfo.environment["WEIR_TEST_LONG"] != nil
    // Each life dies at its next append but some; the order is what two people say at last.
    for life in 1...(isLong ? 60 : 2) {
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
