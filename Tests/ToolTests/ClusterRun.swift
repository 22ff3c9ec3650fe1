import Foundation
import Gateways
import JSON
import Kernel
import Model
import Sandbox
import Support
import Testing

/// Servers, nodes and callers of the acceptance run, what befalls them, and what must hold then.
final class ClusterRun: Sendable {
  let cluster: PostgresCluster
  let world: KillWorld
  let load: ClusterLoad
  /// Each node's port and folder.
  private let places: [(port: Int, folder: String)]
  private let lives: Box

  private final class Box: @unchecked Sendable {  // The run is one task, one step at a time.
    var lives: [Life] = []
    var serving = 0
  }

  init() async throws {
    cluster = try await offPool { try PostgresCluster() }
    let world = try await offPool { try KillWorld(usdt: "10000000") }
    world.environment["WEIR_STORE"] = cluster.url
    try await world.register(
      (1...8).map { world.registration($0, 1_000) }
        + (11...14).map { world.registration($0, nil) })
    self.world = world
    places = [world.port, FreePort.next()].enumerated().map { index, port in
      (port, "\(world.data)/node\(index)")
    }
    load = ClusterLoad(world, ports: places.map(\.port))
    lives = Box()
    for index in places.indices { lives.lives.append(try begin(index)) }
    world.port = places[0].port
    lives.serving = try #require(await ready(within: 120), "not up: see \(world.log)")
  }

  /// A node that stands by until it may serve.
  private func begin(_ index: Int) throws -> Life {
    let (port, folder) = places[index]
    world.port = port
    return try world.start(on: folder, ["--standby"], ["WEIR_WITNESS_PATH": folder + "-witness"])
  }

  /// The node that serves.
  private func ready(within seconds: Double) async -> Int? {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
      for index in places.indices {
        world.port = places[index].port
        if await world.isUp(within: 0.1) { return index }
      }
    }
    return nil
  }

  /// Does something to the primary, and sees how long the service takes to be back.
  func server(
    _ what: String, _ command: String, within limit: Duration,
    then after: @escaping @Sendable (String) throws -> Void
  ) async throws {
    let name = try await offPool { [cluster] in try cluster.ask("\(command) primary") }
    // Only now is it done: what was taken before says nothing.
    let moment = ContinuousClock.now
    try await isBack(what, since: moment, within: limit)
    try await offPool { try after(name) }
    try await mend()
  }

  /// Does something to the node that serves.
  func node(_ what: String, within limit: Duration, _ harm: @escaping @Sendable (Life) -> Void)
    async throws
  {
    lives.serving = try #require(await ready(within: 60), "not up: see \(world.log)")
    let victim = lives.lives[lives.serving]
    try await offPool { harm(victim) }
    let moment = ContinuousClock.now
    try await isBack(what, since: moment, within: limit)
    // One that was frozen finds out that another has its lane, and ends.
    let deadline = ContinuousClock.now + .seconds(120)
    while victim.isRunning, ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(100))
    }
    #expect(!victim.isRunning, "\(what): it goes on without the lane: see \(world.log)")
    try await mend()
  }

  /// A line on standard error, at once: a run takes minutes.
  static func say(_ words: String) {
    FileHandle.standardError.write(Data("cluster: \(words)\n".utf8))
  }

  private func isBack(_ what: String, since moment: ContinuousClock.Instant, within limit: Duration)
    async throws
  {
    let back = try await load.back(since: moment, within: .seconds(180))
    Self.say("\(what): service back after \(back.map { "\($0)" } ?? "180 s or more")")
    #expect(try #require(back, "\(what): see \(world.log)") <= limit, "\(what)")
  }

  /// All servers follow one again, and every node that ended stands by.
  private func mend() async throws {
    let isHealthy = try await offPool { [cluster] in try cluster.ask("healthy 120") }
    #expect(isHealthy == "yes")
    for index in places.indices where !lives.lives[index].isRunning {
      lives.lives[index] = try begin(index)
    }
    try await Task.sleep(for: .seconds(3))
  }

  /// Waits until everything that is due is paid.
  func settle() async throws {
    let deadline = ContinuousClock.now + .seconds(600)
    var before: Paid?
    while ContinuousClock.now < deadline {
      let paid = Paid(try await world.facts())
      let isAllDone = paid.completed.count == paid.splits.count && paid.finished.count == load.count
      // A batch is opened up to a second after what fills it.
      if isAllDone, paid.splits == before?.splits { return }
      before = paid
      try await Task.sleep(for: .seconds(5))
    }
    Issue.record("not settled: see \(world.log)")
  }

  /// Nothing acknowledged is missing, everything is there once, and each payout moved once.
  func check() async throws {
    let paid = Paid(try await world.facts())
    #expect(paid.observed.sorted() == load.acknowledged.sorted())
    #expect(Set(paid.finished).count == paid.finished.count)
    #expect(paid.finished.count == load.count)
    #expect(paid.splits.count == load.instants + paid.batches.count)
    let net: Int128 = 48_500_000
    let due = Int128(load.count - load.instants) * net - paid.batches.reduce(0, +)
    // What each of the eight channels keeps is less than its 1,000 USD.
    #expect(due >= 0 && due < 8 * 1_000_000_000)
    let sent = try await world.sent()
    let addresses = sent.compactMap { $0["to"]?.text }
    #expect(Set(addresses).count == addresses.count, "a deposit address was paid twice")
    #expect(sent.count == paid.splits.count)
    let node = EthereumNode(url: world.sandbox.ethereumURL, http: world.http)
    #expect(try await world.trace(at: node).check() == .accepted)
    Self.say("\(paid.facts) events, \(sent.count) payouts, each sent once")
  }

  /// The node that serves ends in order, and the log is whole.
  func stop() async throws {
    lives.serving = try #require(await ready(within: 60))
    let (serving, other) = (lives.lives[lives.serving], lives.lives[1 - lives.serving])
    #expect(try await offPool { other.stop() } == 0)
    #expect(try await offPool { serving.stop() } == 0)
    let (folder, url) = (places[lives.serving].folder, cluster.url)
    let verified = try await offPool {
      try WeirProcess.run(["log", "verify", "--data", folder], ["WEIR_STORE": url])
    }
    #expect(verified.code == 0, "\(verified)")
  }

  /// What a log tells of payments and payouts.
  private struct Paid {
    var facts = 0
    var observed: [String] = []
    var finished: [PaymentID] = []
    /// What was asked for, and how much of it is done.
    var splits: [SplitID] = []
    var completed: Set<SplitID> = []
    /// Millionths of a USDT.
    var batches: [Int128] = []

    init(_ events: [LedgerEvent]) {
      facts = events.count
      for event in events {
        if case .payment(.observed(let e)) = event {
          observed.append("\(e.payment.text) \(e.status)")
        }
        if case .payment(.finished(let e)) = event { finished.append(e.payment) }
        if case .batch(.opened(let e)) = event { batches.append(e.total.units) }
        if case .split(.requested(let e)) = event { splits.append(e.split) }
        if case .split(.completed(let e)) = event { completed.insert(e.split) }
      }
    }
  }
}
