import Dispatch
import Engine
import Foundation
import Kernel
import Log
import Sagas
import Synchronization

/// The service's own loop over a log that is being repaired, without anybody who asks it anything.
final class AdoptingEngine: Sendable {
  private struct Seen {
    var at = ContinuousClock.now
    var failure: StoreError?
  }

  private let policy: PaymentPolicy
  private let loop: Loop<PayoutProcess>
  private let seen: Mutex<Seen>
  private let isStopping: Box<Bool>
  private let first: SignedWitness.Entry?
  /// Calls under way.
  private let calls = Calls()
  /// The loop, for the answers that its calls are given; empty once it has ended.
  private let holder: Box<Loop<PayoutProcess>?>

  /// - Parameter instant: When the log ends: its clock goes on from there, so that no term is over
  ///   that wasn't then.
  init(
    _ store: any LogStore, _ configuration: Configuration, _ forgotten: [Forgotten],
    barred: Set<Int>, known: [String: String], _ performer: Performer, _ logger: Logger,
    asOf instant: Instant
  ) {
    policy = configuration.policy
    first = forgotten.first?.entry
    let shift = instant.microseconds - Weir.clock().microseconds
    seen = Mutex(Seen())
    let (isStopping, calls) = (Box(false), self.calls)
    self.isStopping = isStopping
    let holder = Box<Loop<PayoutProcess>?>(nil)
    self.holder = holder
    let evidence = Evidence(forgotten, barred: barred, known: known, performer) {
      guard let loop = holder.value else { return nil }
      let found = Box<Int??>(nil)
      loop.inspect { found.value = .some($0.hostWallet?.nextNonce) }
      while !isStopping.value {
        if let value = found.value { return value }
        try? await Task.sleep(for: .milliseconds(10))
      }
      return nil
    }
    var settings = MachineSettings()
    settings.lanes.retrySeconds = 1
    let told = Box<(@Sendable () -> Void)?>(nil)
    loop = Loop(
      store: store,
      // The service's own: what is pooled there is pooled here, and whoever is let in is asked in.
      process: PayoutProcess(
        terms: SagaTerms(
          flow: configuration.swapFlow, hasBot: configuration.telegram.isOn,
          isPooling: configuration.conversionPool.isOn), batchIntervalSeconds: 1,
        batchesAtOnce: configuration.opensBatchesAtOnce, pool: configuration.conversionPool),
      settings: settings,
      clock: { Instant(microseconds: Weir.clock().microseconds + shift) },
      perform: { call, done in
        calls.begin()
        Task {
          done(await evidence.perform(call.job))
          calls.end()
        }
      },
      report: { report in
        if !report.committed.isEmpty { told.value?() }
        Weir.tell(report, logger)
      })
    holder.value = loop
    told.value = { [weak self] in self?.seen.withLock { $0.at = .now } }
  }

  private func submit(_ command: LedgerCommand, by actor: String = "service") {
    let noted = DispatchSemaphore(value: 0)
    loop.submit(
      Submission(
        id: .composed("ledger", "adopt", Token.fresh()), digest: CommandDigest.of(command),
        command: command, actor: actor)
    ) { _ in noted.signal() }
    // A loop that has failed answers nobody.
    while noted.wait(timeout: .now() + 1) == .timedOut {
      if seen.withLock({ $0.failure != nil }) { return }
    }
  }

  /// The wallet as the loop knows it now.
  private func wallet() -> WalletState? {
    let (found, noted) = (Box<WalletState?>(nil), DispatchSemaphore(value: 0))
    loop.inspect {
      found.value = $0.hostWallet
      noted.signal()
    }
    // A loop that has failed answers nobody.
    while noted.wait(timeout: .now() + 1) == .timedOut {
      if seen.withLock({ $0.failure != nil }) { return nil }
    }
    return found.value
  }

  /// Notes a person's word and the payments, and runs until `isDone` says so or nothing happens
  /// any more.
  func run(
    _ word: LedgerCommand?, by actor: String, _ reports: [PaymentReport], quietSeconds: Int,
    isDone: (WalletState?) -> Bool
  ) throws(AdoptionError) {
    let (ended, replayed) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let thread = Thread { [self] in
      do throws(StoreError) {
        try loop.run(isReady: { replayed.signal() })
      } catch {
        seen.withLock { $0.failure = error }
        replayed.signal()
      }
      ended.signal()
    }
    thread.stackSize = 8 << 20
    thread.start()
    replayed.wait()
    seen.withLock { $0.at = .now }
    if let word { submit(word, by: actor) }
    // A copy from before the wallet was claimed: the claim of then, from the first nonce on.
    if let first {
      submit(.wallet(.claim(address: first.wallet, chain: first.chain, nonce: first.nonce)))
    }
    for report in reports { submit(.payment(.note(report, policy))) }
    while seen.withLock({ $0.failure == nil && $0.at.duration(to: .now) < .seconds(quietSeconds) })
    {
      if isDone(wallet()) { break }
      Thread.sleep(forTimeInterval: 0.2)
    }
    isStopping.value = true
    loop.stop()
    ended.wait()
    holder.value = nil
    // A process that ends in the midst of a call ends badly.
    while calls.count > 0 { Thread.sleep(forTimeInterval: 0.05) }
    if let failure = seen.withLock({ $0.failure }) { throw .store(failure) }
  }
}

/// How many calls are under way.
private final class Calls: Sendable {
  private let running = Mutex(0)
  var count: Int { running.withLock { $0 } }
  func begin() { running.withLock { $0 += 1 } }
  func end() { running.withLock { $0 -= 1 } }
}
