public import Engine
public import Kernel
public import Sagas

extension Effect: Work {
  public static func list(_ job: inout Effect?, _ fields: inout StateFields) {
    var effect = job ?? .blank
    effect.list(&fields)
    job = effect
  }
}

/// How much a client's payments in one coin gather before they are swapped as one (C-8).
package struct ConversionPool: Hashable, Sendable {
  /// In USDT, as locked; zero swaps each payment by itself, at once.
  package let size: Money
  /// At the latest after so long what waits is swapped, whatever it is worth.
  package let secondsMost: Int64

  package init(size: Money, secondsMost: Int64) {
    self.size = size
    self.secondsMost = secondsMost
  }

  package static let atOnce = ConversionPool(size: .zero(.usdt), secondsMost: 86_400)

  package var isOn: Bool { size.isPositive }
}

extension Configuration {
  /// As configured.
  package var conversionPool: ConversionPool {
    ConversionPool(
      size: Money(Int128(conversionPoolUSDT) * 1_000_000, .usdt),
      secondsMost: Int64(conversionPoolHours) * 3_600)
  }
}

extension PayoutProcess {
  /// As configured.
  init(_ configuration: Configuration) {
    self.init(
      terms: SagaTerms(
        flow: configuration.swapFlow, hasBot: configuration.telegram.isOn,
        isPooling: configuration.conversionPool.isOn, isPolling: true),
      batchIntervalSeconds: configuration.batchIntervalSeconds,
      batchesAtOnce: configuration.opensBatchesAtOnce, pool: configuration.conversionPool)
  }
}

/// The sagas, the calls they owe and the batch run, as what the engine runs.
package struct PayoutProcess: LedgerProcess {
  private var processes: Processes
  private var effects: OpenEffects
  private var timers = MembershipTimers()
  private var posts = PostTimers()
  private var holds = HoldTimers()
  /// Whether operators are told of alarms in a chat.
  private var tellsAlarms = false
  private var steps = StepTimers()
  private let batchInterval: Int64
  private let isAtOnce: Bool
  /// When groups over their threshold are looked for next; at the start, once, for what came due
  /// while nobody looked.
  private var batchRunAt: Instant = Instant(microseconds: 0)
  private let pool: ConversionPool
  /// When every pool is closed next, whatever it is worth; at the start, once, as well.
  private var flushAt: Instant = Instant(microseconds: 0)
  /// When dust is looked at next: at the end of each day, in UTC.
  private var dustAt: Instant?
  /// Channels with a member that became payable since, where they are looked at at once.
  private var touched: Set<ChannelKey> = []
  /// Commands that need the host wallet, while the log doesn't know it yet.
  private var waiting: [LedgerCommand] = []
  private var hasWallet = false

  package init(
    terms: SagaTerms, batchIntervalSeconds: Int, batchesAtOnce: Bool,
    pool: ConversionPool = .atOnce
  ) {
    self.pool = pool
    processes = Processes(terms: terms)
    effects = OpenEffects(isPolling: terms.isPolling)
    batchInterval = Int64(batchIntervalSeconds)
    isAtOnce = batchesAtOnce
  }

  package mutating func take(_ recorded: Recorded) -> Reaction<Effect> {
    // A third of all facts, and nothing but a call follows from them.
    if case .payment(.observed(let e)) = recorded.event {
      let change = effects.take(recorded.event)
      return Reaction(
        commands: e.status == ProviderStatus.refunded.text ? raised(recorded) : [],
        closed: change.closed, opened: change.opened)
    }
    if isAtOnce, case .accumulation(.converted(let e)) = recorded.event {
      touched.insert(e.channel)
    }
    timers.take(recorded.event)
    posts.take(recorded)
    holds.take(recorded.event)
    steps.take(recorded)
    let change = effects.take(recorded.event)
    return Reaction(
      commands: ready(processes.take(recorded.event), after: recorded.event) + raised(recorded),
      closed: change.closed, opened: change.opened, hastened: change.hastened)
  }

  /// Operators hear in a chat what the log of the service says, from when they wanted to.
  private mutating func raised(_ recorded: Recorded) -> [LedgerCommand] {
    if case .chat(.switchedOn(let e)) = recorded.event { tellsAlarms = e.alarms != nil }
    if case .chat(.switchedOff) = recorded.event { tellsAlarms = false }
    guard tellsAlarms, let alarm = Alarm(recorded.event) else { return [] }
    return [
      .chat(
        .raise(
          recorded.position, kind: alarm.kind, subject: alarm.subject, reason: alarm.reason))
    ]
  }

  /// Refused commands aren't asked again: those that would be for want of a wallet wait for it.
  private mutating func ready(
    _ commands: [LedgerCommand], after event: LedgerEvent
  ) -> [LedgerCommand] {
    if case .wallet(.claimed) = event {
      hasWallet = true
      defer { waiting = [] }
      return waiting + commands
    }
    guard !hasWallet else { return commands }
    waiting += commands.filter(\.needsWallet)
    return commands.filter { !$0.needsWallet }
  }

  /// When to look for batches isn't listed: every start looks.
  package mutating func list(_ fields: inout StateFields) {
    processes.list(&fields)
    effects.list(&fields)
    timers.list(&fields)
    posts.list(&fields)
    holds.list(&fields)
    fields.flag("tellsAlarms", &tellsAlarms)
    steps.list(&fields)
    fields.flag("hasWallet", &hasWallet)
    var commands = waiting.map { Optional($0) }
    fields.list("waiting", &commands, blank: nil) { $1.step("command", &$0) }
    waiting = commands.compactMap(\.self)
  }

  package var wakeAt: Instant? {
    guard touched.isEmpty else { return Instant(microseconds: 0) }
    return [timers.next, posts.next, holds.next, steps.next, batchRunAt, dustAt]
      .compactMap { $0 }.min()
  }

  /// Holds and memberships that are over, and steps that took too long; and the batch run: every
  /// interval, or at once where a member has just become payable (C-15).
  package mutating func wake(
    at now: Instant, _ state: LedgerState
  ) -> [(CommandID, LedgerCommand)] {
    // A hold that is over goes first: what is paid from then on goes to the new wallet.
    holds.due(at: now) + timers.due(at: now) + posts.due(at: now) + steps.due(at: now)
      + dueBatches(at: now, state) + dueDust(at: now, state)
  }

  /// The sweep of the day that is over (MO-07); what a stop leaves out the next night takes.
  private mutating func dueDust(
    at now: Instant, _ state: LedgerState
  ) -> [(CommandID, LedgerCommand)] {
    let day: Int64 = 86_400_000_000
    let today = now.microseconds / day
    let next = Instant(microseconds: (today + 1) * day)
    defer { dustAt = next }
    // Further away than a day it only is where the clock was set back.
    guard let dustAt, dustAt <= now || dustAt > next else { return [] }
    return state.dueDust().map { $0.command(day: today) }
  }

  private mutating func dueBatches(
    at now: Instant, _ state: LedgerState
  ) -> [(CommandID, LedgerCommand)] {
    let next = now.adding(seconds: batchInterval)
    defer { touched = [] }
    // Further away than an interval it only is where the clock was set back.
    guard batchRunAt <= now || batchRunAt > next else {
      return state.dueGroups(in: touched).map { $0.command() }
    }
    batchRunAt = next
    return state.dueGroups().map { $0.command() } + closePools(at: now, state)
  }

  /// The run over the pools: those that are worth a swap, and from time to time all of them; also
  /// where nothing is pooled any more, for what still waits from when it was.
  private mutating func closePools(
    at now: Instant, _ state: LedgerState
  ) -> [(CommandID, LedgerCommand)] {
    let next = now.adding(seconds: pool.secondsMost)
    let isFlush = flushAt <= now || flushAt > next
    if isFlush { flushAt = next }
    guard isFlush || pool.isOn else { return [] }
    let least = isFlush ? nil : pool.size
    return state.duePools(least: least).map { $0.command(least: least) }
  }
}

extension LedgerCommand {
  /// True of what can't be decided before the host wallet is known: a swap's return address and a
  /// transfer's sender are the wallet's.
  fileprivate var needsWallet: Bool {
    switch self {
    case .split(.request), .transfer(.request): true
    case .split, .transfer, .ledger, .channel, .order, .payment, .conversion, .batch, .hostpay,
      .wallet, .account, .invite, .membership, .chat:
      false
    }
  }
}
