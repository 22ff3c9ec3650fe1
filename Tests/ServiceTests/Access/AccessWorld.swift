import Engine
import Gateways
import HTTP
import JSON
import Kernel
import Log
import Sagas
import Support
import Synchronization

@testable import Sandbox
@testable import Service

/// The machine and the real bot client in front of Telegram's stand-in, all on a simulated clock:
/// people pay, start the bot, join and are removed; answers get lost, and the service is killed.
final class AccessWorld {
  static let start = Instant(text: "2026-11-25T12:00:00.000000Z")!
  static let open = OpenChannelID(text: "-1001000000001")!
  static let closed = -1_002_000_000_001
  private static let token = "1:sandbox-telegram-token"

  let store = MemoryStore()
  let standIns: StandIns
  private let clock: Clock
  private let wire: Wire
  private let performer: Performer
  private let telegram: TelegramClient
  /// What of the bot doesn't work.
  let access: AccessWatch
  /// Where Telegram is asked from next.
  private var offset: Int?
  private var orders = 0
  private var machine = AccessWorld.machine()
  private var random: SplitMix
  private(set) var kills = 0
  /// Steps in which nothing happened.
  private(set) var idle = 0
  /// Kills are so many of a thousand steps.
  var killsInThousand: UInt64 = 0

  var now: Instant {
    get { clock.now }
    set { clock.now = newValue }
  }
  var lossOneIn: UInt64 {
    get { wire.lossOneIn }
    set { wire.lossOneIn = newValue }
  }
  /// Answers that said to wait.
  var tooMany: Int { wire.tooMany }

  final class Clock: Sendable {
    private let value = Mutex(AccessWorld.start)
    var now: Instant {
      get { value.withLock { $0 } }
      set { value.withLock { $0 = max($0, newValue) } }
    }
  }

  private final class Given: Sendable {
    let value = Mutex<HTTPResponse?>(nil)
  }

  /// Calls go straight to the stand-in; some are lost on the way there, some on the way back.
  private final class Wire: HTTPCaller {
    private struct State {
      var random: SplitMix
      /// Of asking for updates, which happens at every step.
      var asking = SplitMix(state: 99)
      var lossOneIn: UInt64 = 0
      var tooMany = 0
    }
    private let standIns: StandIns
    private let state: Mutex<State>

    init(_ standIns: StandIns, seed: UInt64) {
      self.standIns = standIns
      state = Mutex(State(random: SplitMix(state: seed)))
    }

    var lossOneIn: UInt64 {
      get { state.withLock { $0.lossOneIn } }
      set { state.withLock { $0.lossOneIn = newValue } }
    }
    var tooMany: Int { state.withLock { $0.tooMany } }

    func send(
      _ request: HTTPClientRequest
    ) async -> Result<HTTPClientResponse, HTTPClientFailure> {
      guard let there = HTTPRequest(request) else { return .failure(.notSent(.malformedRequest)) }
      let fate = state.withLock { state in
        guard state.lossOneIn > 0 else { return UInt64(9) }
        let chance =
          request.url.hasSuffix("/getUpdates") ? state.asking.next() : state.random.next()
        return chance % (state.lossOneIn * 2)
      }
      if fate == 0 { return .failure(.unknown(.timedOut)) }
      let given = Given()
      standIns.handle(
        request.url.hasPrefix("http://nowpayments") ? .nowPayments : .telegram, there,
        HTTPResponder { response in given.value.withLock { $0 = response } })
      guard let response = given.value.withLock({ $0 }), fate != 1 else {
        return .failure(.unknown(.timedOut))
      }
      if response.status == 429 { state.withLock { $0.tooMany += 1 } }
      return .success(
        HTTPClientResponse(
          status: response.status, headers: response.headers, body: response.body))
    }
  }

  init(seed: UInt64) throws {
    let clock = Clock()
    self.clock = clock
    random = SplitMix(state: seed)
    var settings = SandboxSettings()
    settings.latencyMilliseconds = 0
    settings.blockMilliseconds = 1 << 40
    settings.telegramToken = Self.token
    standIns = try StandIns(settings, clock: { Int(clock.now.microseconds / 1_000) })
    wire = Wire(standIns, seed: seed &+ 1)
    let url = "http://telegram"
    let access = AccessWatch(isOn: true, clock: { clock.now })
    self.access = access
    telegram = TelegramClient(
      url: url, token: Self.token, http: wire, note: { access.note($0, $1, $2) })
    guard let key = EthereumKey(hex: String(repeating: "5e", count: 32)) else {
      preconditionFailure("no key")
    }
    performer = Performer(
      nowPayments: NOWPaymentsClient(
        url: "http://nowpayments", apiKey: settings.nowPaymentsKey, http: wire),
      changeNOW: ChangeNOWClient(url: url, apiKey: "none", http: wire),
      node: EthereumNode(url: url, http: wire),
      telegram: telegram, key: key,
      settings: PerformerSettings(noticeURL: url, policy: Self.policy),
      clock: { clock.now }, isRecovering: false)
    ask(.ledger(.open(environment: .sandbox, log: "00ff")), "genesis")
    ask(.chat(.switchOn(bot: "1", alarms: "900", isPosting: true)), "switch")
    ask(.channel(.register(Self.registration)), "channel")
  }

  private static let policy = PaymentPolicy(
    fee: .standardFee, tolerance: .standardTolerance, isAccumulating: true)

  private static let registration = ChannelRegistration(
    open: ChannelFace(id: open, title: "o", description: "d"),
    closed: ChannelFace(
      id: ClosedChannelID(text: "\(closed)")!, title: "<b>Signals & more</i>", description: "d"),
    tiers: [Tier(price: Money("25", .usd)!, days: 30)],
    // Nothing is paid out here.
    payout: PayoutSettings(
      asset: Asset(text: "XMR-XMR")!, wallet: "4AdUndXHHZ6cfufTMvppY6JwXNouMBzSkbLYfpAV",
      strategy: .threshold, threshold: Money("9000000", .usd)!), donationMessage: nil,
    notify: nil)

  static func machine() -> Machine<PayoutProcess> {
    var settings = MachineSettings()
    settings.lanes.slower = Effect.slowerLanes
    return Machine(
      process: PayoutProcess(
        terms: SagaTerms(flow: .fixedRate, hasBot: true), batchIntervalSeconds: 86_400,
        batchesAtOnce: false), settings: settings)
  }

  // MARK: What people do

  @discardableResult
  func ask(_ command: LedgerCommand, _ id: String) -> Bool {
    let submission = Submission(
      id: CommandID(text: id)!, digest: CommandDigest.of(command), command: command,
      actor: "test")
    return submit(submission)
  }

  private func submit(_ submission: Submission) -> Bool {
    guard let step = try? machine.step([submission], at: now, store) else { return false }
    // Calls that may leave now are lost with the process, or made in `run`.
    pending += step.calls
    return true
  }
  private var pending: [EffectRunner<Effect>.Call] = []

  /// A signed notice: the user's payment `number` of 25 dollars is finished.
  func pay(_ user: Int, _ number: Int) {
    var report = PaymentReport(
      payment: PaymentID(text: "\(number)")!, status: "finished", source: .notice, raw: "{}")
    report.order = "PGP-\(user)|\(Self.open)"
    report.priceAmount = "25"
    report.priceCurrency = "usd"
    report.actuallyPaid = "25"
    report.outcomeAmount = "25"
    report.outcomeCurrency = "usdterc20"
    ask(.payment(.note(report, Self.policy)), "notice-\(number)")
  }

  /// The same for what was ordered from the bot.
  func pay(_ order: OrderEvent.Placed, _ number: Int) {
    var report = PaymentReport(
      payment: PaymentID(text: "\(number)")!, status: "finished", source: .notice, raw: "{}")
    report.order = order.order.text
    report.priceAmount = order.price.amountText
    report.priceCurrency = "usd"
    report.actuallyPaid = order.price.amountText
    report.outcomeAmount = order.price.amountText
    report.outcomeCurrency = "usdterc20"
    ask(.payment(.note(report, Self.policy)), "notice-\(number)")
  }

  /// Takes one update in as if Telegram had brought it; false where it is to come again.
  func hear(_ update: ChatUpdate) -> Bool {
    let order = OrderID(text: "weir-sandbox-\(update.number)")!
    return BotIntake.submission(
      TelegramUpdate(update), bot: "1", order: order, fee: .standardFee
    ).map(submit) ?? true
  }

  /// As the service does: what Telegram has is taken in, and then forgotten over there.
  private func listen() async {
    guard let updates = try? await telegram.updates(from: offset, waitingSeconds: 0) else { return }
    offset = nil
    for update in updates {
      orders += 1
      let order = OrderID(text: "weir-sandbox-\(orders)")!
      if let said = BotIntake.submission(update, bot: "1", order: order, fee: .standardFee) {
        guard submit(said) else { return }
      }
      offset = update.number + 1
    }
  }

  // MARK: Time

  /// Lives until `end`; gives nothing back that isn't a fact by then.
  func run(until end: Instant) async throws {
    while true {
      await listen()
      var step = try machine.step([], at: now, store)
      step.calls = pending + step.calls
      pending = []
      if step.calls.isEmpty, step.committed.isEmpty { idle += 1 }
      for call in step.calls {
        let outcome = await performer.perform(call.job)
        _ = machine.finish(call, outcome, at: now)
      }
      if random.next() % 1_000 < killsInThousand {
        kills += 1
        machine = Self.machine()
        try machine.replay(store)
        (pending, offset) = ([], nil)
      }
      guard let wake = machine.wakeAt(now), wake <= end else { break }
      now = wake
    }
    now = end
  }

  func channel(_ open: OpenChannelID) -> ChannelState? { machine.state.channel(open: open) }

  /// All that was written, as text.
  func log() throws -> String {
    try store.read(after: 0, limit: 1_000_000).map { String(decoding: $0.body, as: UTF8.self) }
      .joined(separator: "\n")
  }

  func facts(_ name: String) throws -> [LedgerEvent] {
    try store.read(after: 0, limit: 1_000_000).filter { $0.name == name }.map { try $0.event() }
  }
}
