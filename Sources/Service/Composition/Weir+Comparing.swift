import Engine
import Kernel
import Log
import Synchronization

// Ledger against chain and providers, now and then and when somebody asks (reliability I19, I20):
// two looks with a while between them, and the kernel says what differs.
extension Weir {
  /// Facts before the service's start whose transfers are looked at again.
  private static let factsLookedBack: UInt64 = 10_000

  func compareNowAndThen() async {
    let interval = Int64(configuration.reconcileSeconds)
    var settled = SettledTransfers(after: store.head.position, back: Self.factsLookedBack)
    var next = Weir.clock().adding(seconds: interval)
    while !isStopping.withLock({ $0 }) {
      let now = Weir.clock()
      // Further away than an interval it only is where the clock was set back.
      let isDue = interval > 0 && (next <= now || next > now.adding(seconds: interval))
      if comparisons.begin(isDue: isDue) {
        next = now.adding(seconds: interval)
        let silent = await compare(&settled)
        comparisons.end(at: Weir.clock(), silent: silent)
      }
      try? await Task.sleep(for: .milliseconds(100))
    }
  }

  /// One comparison; what couldn't be looked at, and why, by name.
  private func compare(_ settled: inout SettledTransfers) async -> [String: String] {
    var silent: [String: String] = [:]
    do throws(StoreError) {
      try settled.take(from: store)
    } catch { silent["log"] = "\(error)" }
    let first = await look(settled.facts)
    guard let weighed = await inspected({ $0.weigh(first.look) }) else { return silent }
    for _ in 0..<(configuration.reconcilePatienceSeconds * 10) {
      if isStopping.withLock({ $0 }) { return silent }
      try? await Task.sleep(for: .milliseconds(100))
    }
    let second = await look(settled.facts)
    silent.merge(first.silent) { $1 }
    silent.merge(second.silent) { $1 }
    for (name, why) in silent.sorted(by: { $0.key < $1.key }) {
      logger.warning("not_compared", ["what": .text(name), "why": .text(why)])
    }
    settled.keep(missing: second.look)
    await submitted(.ledger(.compare(second.look, after: weighed)))
    return silent
  }

  private func look(_ settled: [TransferEvent.Confirmed]) async -> OutsideSight {
    await performer.lookOutside(chain: configuration.ethereum.chainID, settled) { [self] in
      await inspected { $0.outsideQuestion() }
    }
  }

  /// Nil where the service is stopping: a loop that has ended answers nobody.
  func inspected<T: Sendable>(
    _ read: @escaping @Sendable (LedgerState) -> T
  ) async -> T? {
    let found = Box<T?>(nil)
    loop.inspect { found.value = read($0) }
    while !isStopping.withLock({ $0 }) {
      if let value = found.value { return value }
      try? await Task.sleep(for: .milliseconds(10))
    }
    return nil
  }

  private func submitted(_ command: LedgerCommand) async {
    let answer: Answer = await withCheckedContinuation { continuation in
      loop.submit(
        Submission(of: .composed("ledger", "compare", Token.fresh()), command)
      ) { continuation.resume(returning: $0) }
    }
    switch answer {
    case .accepted, .replayed, .ignored, .stopping: break
    case .refused, .keyReused, .full:
      logger.error("not_compared", ["what": .text("ledger"), "why": .text("\(answer)")])
    }
  }
}

/// Transfers that the ledger has settled, each looked at once more, and again while it is missing.
struct SettledTransfers {
  private(set) var facts: [TransferEvent.Confirmed] = []
  private var position: UInt64

  init(after head: UInt64, back: UInt64) { position = head > back ? head - back : 0 }

  mutating func take(from log: any EventSource) throws(StoreError) {
    let head = log.head.position
    while position < head {
      var found: [TransferEvent.Confirmed] = []
      position = try log.replay(
        after: position, limit: 4_096, wanting: FactForms(TransferEvent.Confirmed.self)
      ) {
        if case .transfer(.confirmed(let fact)) = $0.event { found.append(fact) }
      }
      facts += found
    }
  }

  /// Forgets what the chain was seen to have.
  mutating func keep(missing look: OutsideLook) {
    for seen in look.transfers where seen.moved == seen.amount {
      facts.removeAll { $0.hash == seen.hash }
    }
  }
}
