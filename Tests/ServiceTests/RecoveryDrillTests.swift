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

/// Older copies of a log that has paid since, each repaired from the witness and the providers
/// while the outside lives on.
@Suite struct RecoveryDrillTests {
  /// A service that paid, the copies of its log that were made meanwhile, and the world outside.
  private struct World {
    let stage: Stage
    let scratch: ScratchFolder
    var witness: String { scratch.file("witness") }
    static let payments = 5
    static let transfers = 5

    static func open() async throws -> World {
      let scratch = ScratchFolder()
      let stage = try await Stage.open([
        "WITNESS_PATH": scratch.file("witness"), "RECONCILE_SECONDS": "0",
      ])
      return World(stage: stage, scratch: scratch)
    }

    /// Pays everybody, copying the log as it grows; the copies' folders, each longer than the one
    /// before.
    func live() async throws -> [String] {
      try await stage.register(61, threshold: nil)
      try await stage.register(
        62, threshold: nil, currency: "USDT", network: "ETH",
        wallet: "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
      try await stage.register(63, threshold: "60")
      #expect(try await stage.eventually { stage.weir.readiness.isReady })
      let copying = Task { try await copies() }
      let payments = [
        (61, "50", "usdterc20"), (62, "25", "usdterc20"), (63, "30", "eth"),
        (61, "30", "usdterc20"), (63, "50", "usdterc20"),
      ]
      for (number, price, currency) in payments {
        _ = try await stage.pay(
          number, price, user: 6_000 + number, ["outcome_currency": .string(currency)])
        try await Task.sleep(for: .milliseconds(300))
      }
      let isPaid = try await stage.eventually {
        let instant = try await stage.count(61, "split.completed.v1")
        let direct = try await stage.count(62, "split.completed.v1")
        let batches = try await stage.count(63, "batch.completed.v1")
        return (instant, direct, batches) == (2, 1, 1)
      }
      try #require(isPaid)
      copying.cancel()
      let found = try await copying.value
      try await offPool { [stage] in stage.weir.stop() }
      return found
    }

    private func copies() async throws -> [String] {
      var found: [String] = []
      var last: UInt64 = 0
      while !Task.isCancelled {
        let copy = scratch.file("copy\(found.count)")
        let isNew = try await offPool { [stage, last] in
          try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
          try FileManager.default.copyItem(
            atPath: stage.configuration.data + "/log", toPath: copy + "/log")
          return try FileLogReader.open(folder: copy + "/log").head.position > last
        }
        if isNew {
          last = try FileLogReader.open(folder: copy + "/log").head.position
          found.append(copy)
        } else {
          try FileManager.default.removeItem(atPath: copy)
        }
        try? await Task.sleep(for: .milliseconds(50))
      }
      return found
    }

    /// The configuration over a copy, with a witness of its own.
    func configuration(over copy: String) throws -> Configuration {
      let files = FileManager.default
      try files.copyItem(
        atPath: stage.configuration.data + "/log-key", toPath: copy + "/log-key")
      for end in ["", "-signed"] {
        try files.copyItem(atPath: witness + end, toPath: copy + "-witness" + end)
      }
      var configuration = stage.configuration
      configuration.data = copy
      configuration.witnessPath = copy + "-witness"
      configuration.listen = HTTPAddress(host: "127.0.0.1", port: FreePort.next())
      return configuration
    }

    func logger() -> Logger { Logger(secrets: [], clock: Weir.clock, sink: { _ in }) }

    func balance(_ asset: Asset) async throws -> Int128 {
      let url = try #require(stage.configuration.ethereum.rpcURL).reveal()
      let node = EthereumNode(url: url, http: stage.http)
      let wallet = stage.weir.performer.key.address
      guard let contract = asset.contract else { return try await node.balance(of: wallet) }
      return try await node.tokenBalance(of: wallet, contract: contract)
    }
  }

  /// What a log comes to.
  private func fold(_ folder: String) throws -> (state: LedgerState, names: [String]) {
    let log = try FileLogReader.open(folder: folder + "/log")
    var (state, names) = (LedgerState(), [String]())
    var position: UInt64 = 0
    while position < log.head.position {
      position = try log.replay(after: position, limit: 4_096, wanting: .all) {
        state.evolve($0.event)
        names.append($0.event.name)
      }
    }
    return (state, names)
  }

  private func serve(_ configuration: Configuration, _ world: World) async throws -> Weir {
    try await offPool { try Weir.start(configuration, logger: world.logger()) }
  }

  @Test("does: any older copy adopts what it forgot, signs nothing before, and pays nobody twice")
  func copies() async throws {
    let world = try await World.open()
    let copies = try await world.live()
    let sent = try await world.stage.sent()
    #expect(sent.count == World.transfers && copies.count > 4)
    let isLong = ProcessInfo.processInfo.environment["WEIR_TEST_LONG"] != nil
    try await deaths(world, copies[0], sent, isLong: isLong)
    // From the earliest on, evenly.
    let step = isLong ? 1 : max(1, copies.count / 3)
    for index in stride(from: 0, to: copies.count, by: step) {
      let adopted = try await drill(world, copies[index], sent)
      // The first is older than every payment.
      if index == 0 { #expect(adopted >= World.transfers) }
    }
  }

  /// The adoption of what a copy forgot dies at its appends, before they are written and after,
  /// and is run again: at some of them, or at each there is.
  private func deaths(
    _ world: World, _ first: String, _ sent: [JSONValue], isLong: Bool
  ) async throws {
    let some: [Death] = [Death(append: 5, isAfter: false), Death(append: 12, isAfter: true)]
    let all = (1...200).flatMap { append in
      [false, true].map { Death(append: append, isAfter: $0) }
    }
    var died = 0
    for death in isLong ? all : some {
      let copy = world.scratch.file("death\(death.append)\(death.isAfter)")
      try await offPool { try FileManager.default.copyItem(atPath: first, toPath: copy) }
      let store = Box<Bool>(false)
      _ = try await drill(world, copy, sent, death, died: store)
      try FileManager.default.removeItem(atPath: copy)
      guard store.value else { break }
      died += 1
    }
    #expect(died >= some.count)
  }

  private struct Death: Sendable {
    let append: Int
    let isAfter: Bool
  }

  /// Repairs a copy and serves it to the end; how many transactions it had forgotten.
  private func drill(
    _ world: World, _ copy: String, _ sent: [JSONValue], _ death: Death? = nil,
    died: Box<Bool> = Box(false)
  ) async throws -> Int {
    let configuration = try world.configuration(over: copy)
    let before = try fold(copy).names.count
    let comment = Comment(rawValue: "a copy of \(before) events")
    let recovering = try await serve(configuration, world)
    // The newest copy may lack nothing.
    let isOwed = recovering.recovery != nil
    try await Task.sleep(for: .milliseconds(300))
    try await offPool { recovering.stop() }
    #expect(try await world.stage.sent() == sent, comment)
    if let death {
      died.value = try await adopt(world, configuration, death)
      #expect(try await world.stage.sent() == sent, comment)
    }
    let adopted = isOwed ? try await repair(world, configuration) : 0
    let settled = try await serve(configuration, world)
    #expect(settled.recovery == nil, comment)
    let isPaid = try await world.stage.eventually {
      let names = try fold(copy).names
      return names.count { $0 == "split.completed.v1" } == World.transfers
    }
    #expect(isPaid, comment)
    try await offPool { settled.stop() }
    #expect(try await world.stage.sent() == sent, comment)
    let (state, names) = try fold(copy)
    #expect(names.count { $0 == "payment.finished.v1" } == World.payments, comment)
    #expect(names.count { $0 == "transfer.confirmed.v1" } == World.transfers, comment)
    #expect(state.brokenInvariant() == nil, comment)
    for (asset, float) in [(Asset.usdt, Money("100000", .usdt)), (.eth, Money("100", .eth))] {
      let float = try #require(float)
      let books = state.books.balance(.custody, asset).units + float.units
      #expect(try await world.balance(asset) == books, comment)
    }
    return adopted
  }

  private func open(_ configuration: Configuration) throws -> FileStore {
    var options = FileStore.Options()
    options.mayCreate = false
    return try FileStore.open(
      folder: configuration.data + "/log", environment: .sandbox, options: options)
  }

  /// Adopts until it dies; false where it had done before.
  private func adopt(
    _ world: World, _ configuration: Configuration, _ death: Death
  ) async throws -> Bool {
    try await offPool {
      let store = try open(configuration)
      defer { try? store.close() }
      let fragile = FragileStore(store, dyingAt: death.append, isAfter: death.isAfter)
      _ = try? Adoption(configuration, logger: world.logger()).run(
        on: fragile, by: "ana", reason: "a drill", quietSeconds: 60)
      return fragile.isDead
    }
  }

  private func repair(_ world: World, _ configuration: Configuration) async throws -> Int {
    try await offPool {
      var adopted = 0
      let store = try open(configuration)
      let report = try Adoption(configuration, logger: world.logger()).run(
        on: store, by: "ana", reason: "a drill", quietSeconds: 60)
      #expect(report.left.isEmpty, "\(report)")
      // Done is done.
      let again = try Adoption(configuration, logger: world.logger()).run(
        on: store, by: "ana", reason: "a drill", quietSeconds: 60)
      #expect(again.forgotten == 0, "\(again)")
      adopted = report.forgotten
      let checks = try RecoveryCheck.all(of: store, id: store.logID, configuration)
      for check in checks { #expect(check.isPassed || check.isForked, "\(check)") }
      let files = CheckpointFiles(
        data: configuration.data, witness: configuration.witnessPath)
      _ = try files.beginEpoch()
      #expect(try store.endRecovery(by: "ana", reason: "a drill", at: Weir.clock()))
      try store.close()
      return adopted
    }
  }
}
