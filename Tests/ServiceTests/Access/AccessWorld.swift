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
        state.lossOneIn == 0 ? 9 : state.random.next() % (state.lossOneIn * 2)
      }
      if fate == 0 { return .failure(.unknown(.timedOut)) }
      let given = Given()
      standIns.handle(
        .telegram, there, HTTPResponder { response in given.value.withLock { $0 = response } })
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
    guard let key = EthereumKey(hex: String(repeating: "5e", count: 32)) else {
      preconditionFailure("no key")
    }
    performer = Performer(
      nowPayments: NOWPaymentsClient(url: url, apiKey: "none", http: wire),
      changeNOW: ChangeNOWClient(url: url, apiKey: "none", http: wire),
      node: EthereumNode(url: url, http: wire),
      telegram: TelegramClient(url: url, token: Self.token, http: wire), key: key,
      settings: PerformerSettings(noticeURL: url, policy: Self.policy),
      clock: { clock.now }, isRecovering: false)
    ask(.ledger(.open(environment: .sandbox, log: "00ff")), "genesis")
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
  private func ask(_ command: LedgerCommand, _ id: String) -> Bool {
    let submission = Submission(
      id: CommandID(text: id)!, digest: CommandDigest.of(command), command: command,
      actor: "test")
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

  @discardableResult
  func person(_ user: Int, _ what: String, link: String? = nil) -> Bool {
    standIns.change(
      .person,
      .object([
        "user": .integer(user), "do": .string(what), "link": link.map { .string($0) } ?? .null,
      ])
    ).isTaken
  }

  var messages: [Chats.Message] { standIns.core.read { $0.chats.messages } }
  var links: [(text: String, link: Chats.Link)] { standIns.core.read { $0.chats.links } }
  var members: Set<Int> {
    Set(standIns.core.read { $0.chats.members[Self.closed]?.keys.map { $0 } } ?? [])
  }

  /// Links that somebody was told, in order.
  func links(told user: Int) -> [String] {
    messages.filter { $0.user == user }.compactMap { message in
      message.text.split(separator: "\n").first { $0.hasPrefix("https://") }.map(String.init)
    }
  }

  // MARK: Time

  /// Lives until `end`; gives nothing back that isn't a fact by then.
  func run(until end: Instant) async throws {
    while true {
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
      }
      guard let wake = machine.wakeAt(now), wake <= end else { break }
      now = wake
    }
    now = end
  }

  func facts(_ name: String) throws -> [LedgerEvent] {
    try store.read(after: 0, limit: 1_000_000).filter { $0.name == name }.map { try $0.event() }
  }
}
