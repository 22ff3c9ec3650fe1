import Engine
import Foundation
import Kernel
import Log
import PostgresLog
import Sagas
import Synchronization

/// Hands calls to the nodes that have leased their lanes, on the node that serves (nodes.md).
///
/// The loop stays the owner of what is owed and of when it leaves; here only who makes the call is
/// decided. Whatever isn't answered, or can't be, is made here: the same call with the same
/// identity, as after a crash.
final class CallBroker: Sendable {
  typealias Done = @Sendable (JobOutcome) -> Void

  private let putting: PostgresCalls
  private let hearing: PostgresCalls
  private let store: PostgresStore
  private let form: CallForm
  private let policy: PaymentPolicy
  /// What there is to lease.
  private let names: [String]
  private let isHanding: Bool
  private let tables: (any TableKeeping)?
  private let access: AccessWatch
  private let metrics: Metrics
  private let logger: Logger
  private let local: @Sendable (Effect, @escaping Done) -> Void
  /// Several requests to a provider that answers nothing take two minutes.
  private let patience: Duration
  private let state = Mutex(State())
  private let wake = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private let groupMost = 128

  /// - Parameters:
  ///   - isHanding: False while recovery is owed: then every call is this node's.
  ///   - tables: What is to be kept where nobody has leased it.
  ///   - local: Makes a call here.
  init(
    _ store: PostgresStore, node: String, _ configuration: Configuration, isHanding: Bool,
    _ tables: (any TableKeeping)?, _ access: AccessWatch, _ metrics: Metrics, _ logger: Logger,
    patience: Duration = .seconds(180),
    local: @escaping @Sendable (Effect, @escaping Done) -> Void
  ) {
    putting = PostgresCalls(store.url, node: node)
    hearing = PostgresCalls(store.url, node: node, hearing: .answers)
    self.store = store
    form = CallForm(configuration, log: store.logID)
    policy = configuration.policy
    names = configuration.leases
    self.isHanding = isHanding
    self.tables = tables
    self.access = access
    self.metrics = metrics
    self.logger = logger
    self.patience = patience
    self.local = local
  }

  func start() {
    state.withLock { $0.isRunning = true }
    for (name, run) in [("calls", run), ("answers", hear)] {
      let thread = Thread { [ended] in
        run()
        ended.signal()
      }
      thread.name = name
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// What is under way is owed after the next start.
  func stop() {
    let isRunning = state.withLock { state in
      state.isStopping = true
      return state.isRunning
    }
    wake.signal()
    guard isRunning else { return }
    for _ in 0..<2 { ended.wait() }
    tables?.keep(false)
  }

  /// Takes a call to hand it out, on the loop's thread; false where it is to be made here.
  func take(_ call: EffectRunner<Effect>.Call, _ done: @escaping Done) -> Bool {
    guard isHanding, call.job.isShared else { return false }
    let isTaken = state.withLock { state in
      guard !state.isStopping, let held = state.leases[call.job.lane], held.until > .now else {
        return false
      }
      let number = state.next
      state.next += 1
      let handed = HandedCall(
        epoch: store.epoch, number: number, key: call.job.key.text, intent: call.intent,
        attempt: call.attempt, effect: call.job)
      state.out[number] = Handed(call: handed, lease: held.lease, since: .now, done: done)
      state.waiting.append(number)
      return true
    }
    if isTaken { wake.signal() }
    return isTaken
  }

  /// Who has which lease, and how many calls are out.
  var standing: Readiness.Calls {
    state.withLock { state in
      let held = state.leases.values.filter { $0.until > .now }.map {
        Readiness.Calls.Lease(name: $0.lease.name, node: NodeTag.of($0.lease.holder ?? ""))
      }
      return Readiness.Calls(out: state.out.count, leases: held.sorted { $0.name < $1.name })
    }
  }

  private var isStopping: Bool { state.withLock(\.isStopping) }

  // MARK: Out

  private func run() {
    while !isStopping {
      wake.wait()
      while true {
        let group = state.withLock { state in
          let numbers = state.waiting.prefix(groupMost)
          defer { state.waiting.removeFirst(numbers.count) }
          return numbers.compactMap { state.out[$0] }
        }
        if group.isEmpty { break }
        put(group)
      }
    }
  }

  private func put(_ group: [Handed]) {
    var orders: [PostgresCalls.Order] = []
    for handed in group {
      let call = handed.call
      guard let sealed = form.seal(call) else {
        takeBack([call.number], "unwritable")
        continue
      }
      orders.append(
        PostgresCalls.Order(
          number: call.number, lane: handed.lease.name, lease: handed.lease.epoch, key: call.key,
          intent: call.intent, attempt: call.attempt, sealed: sealed))
    }
    guard !orders.isEmpty else { return }
    do throws(StoreError) {
      let put = try putting.put(orders, for: store)
      for handed in group where put.contains(handed.call.number) {
        metrics.noteCall("handed_out", of: handed.lease.holder)
      }
      takeBack(orders.map(\.number).filter { !put.contains($0) }, "lapsed")
    } catch {
      // Perhaps they are there: asked twice is harmless.
      tell("\(error)")
      takeBack(orders.map(\.number), "unknown")
    }
  }

  /// Makes calls here that are out.
  private func takeBack(_ numbers: [UInt64], _ why: String) {
    guard !numbers.isEmpty else { return }
    let handed = state.withLock { state in
      state.ended += numbers
      return numbers.compactMap { state.out.removeValue(forKey: $0) }
    }
    for one in handed {
      metrics.noteCall("taken_back", of: one.lease.holder)
      logger.info("call_taken_back", ["key": .text(one.call.key), "why": .text(why)])
      local(one.call.effect, one.done)
    }
  }

  // MARK: Back

  private func hear() {
    var looked = ContinuousClock.now - .seconds(1)
    while !isStopping {
      do throws(StoreError) {
        if looked + .seconds(1) <= .now {
          looked = .now
          try lead()
        }
        let count = try takeAnswers()
        sweep()
        if count < groupMost { try hearing.wait(milliseconds: 250) }
        tell(nil)
      } catch {
        tell("\(error)")
        sweep()
        Thread.sleep(forTimeInterval: 0.25)
      }
    }
  }

  private func lead() throws(StoreError) {
    let now = ContinuousClock.now
    let found = try hearing.lead(form.text, names, for: store)
    let held = (found ?? []).filter { $0.holder != nil }.map { lease in
      (lease.name, Held(lease: lease, until: now + .milliseconds(lease.milliseconds)))
    }
    state.withLock { $0.leases = Dictionary(held) { first, _ in first } }
    metrics.note(standing)
    let isLeased = held.contains { $0.0 == Configuration.tablesLease }
    tables?.keep(found != nil && !isLeased)
  }

  private func takeAnswers() throws(StoreError) -> Int {
    let (ended, isOut) = state.withLock { ($0.ended, !$0.out.isEmpty) }
    guard isOut || !ended.isEmpty else { return 0 }
    let answers = try hearing.end(ended, limit: groupMost, for: store)
    state.withLock { $0.ended.removeFirst(ended.count) }
    for answer in answers { take(answer) }
    return answers.count
  }

  private func take(_ answer: PostgresCalls.Answer) {
    guard let handed = state.withLock({ $0.out[answer.number] }) else {
      // It was made here meanwhile.
      return state.withLock { $0.ended.append(answer.number) }
    }
    guard let found = form.answer(answer.sealed, policy), found.epoch == handed.call.epoch,
      found.number == answer.number, found.key == handed.call.key
    else {
      refuse(answer, "garbled", handed)
      return
    }
    for note in found.notes { access.note(note.method, note.chat, note.failure) }
    guard let outcome = found.outcome else {
      refuse(answer, "unread", handed)
      return
    }
    // Whoever put it may have taken it back meanwhile, as nobody said that it is there.
    let isOut = state.withLock { state in
      state.ended.append(answer.number)
      return state.out.removeValue(forKey: answer.number) != nil
    }
    guard isOut else { return }
    metrics.noteCall("answered", of: answer.node)
    handed.done(outcome)
  }

  /// What nobody of ours wrote, or a node couldn't read, is made here.
  private func refuse(_ answer: PostgresCalls.Answer, _ why: String, _ handed: Handed) {
    metrics.noteCall(why, of: answer.node)
    logger.warning(
      "call_refused",
      [
        "key": .text(handed.call.key), "number": .integer(Int(answer.number)),
        "node": .text(NodeTag.of(answer.node)), "why": .text(why),
      ])
    takeBack([answer.number], why)
  }

  /// Takes back what nobody will answer any more.
  private func sweep() {
    let (lapsed, late) = state.withLock { $0.unanswered(at: .now, patience) }
    takeBack(lapsed, "lapsed")
    takeBack(late, "late")
  }

  private func tell(_ why: String?) {
    let isNews = state.withLock { state in
      defer { state.why = why }
      return state.why != why
    }
    if isNews, let why { logger.warning("calls_failed", ["why": .text(why)]) }
  }
}
