import Testing

@testable import Kernel

/// A ledger under test: what was decided is evolved, and every step is kept.
struct World {
  var state = LedgerState()
  var log: [LedgerEvent] = []
  var now = Instant(microseconds: 1_764_090_551_000_000)
  var policy = PaymentPolicy(fee: .standardFee, tolerance: .standardTolerance, isAccumulating: true)

  /// Opened and empty.
  init(_ environment: Environment = .sandbox) {
    _ = ask(.ledger(.open(environment: environment, log: "00ff")))
  }

  /// Decides, and takes in what follows.
  @discardableResult
  mutating func ask(_ command: LedgerCommand) -> Decision {
    let decision = state.decide(command, at: now)
    if case .accept(let events) = decision {
      for event in events { take(event) }
    }
    return decision
  }

  mutating func take(_ event: LedgerEvent) {
    state.evolve(event)
    log.append(event)
  }

  var names: [String] { log.map(\.name) }
  func count(_ name: String) -> Int { log.count { $0.name == name } }
}

extension Decision {
  var names: [String] {
    guard case .accept(let events) = self else { return [] }
    return events.map(\.name)
  }

  var events: [LedgerEvent] {
    guard case .accept(let events) = self else { return [] }
    return events
  }

  var isIgnored: Bool {
    guard case .ignore = self else { return false }
    return true
  }

  var refusal: Refusal? {
    guard case .refuse(let why) = self else { return nil }
    return why
  }
}

/// Canonical things of the tests' worlds.
enum Sample {
  static let open = OpenChannelID(text: "-1001234567890")!
  static let closed = ClosedChannelID(text: "-1009876543210")!
  static let channel = ChannelKey(registering: open)
  static let user = UserID(text: "6271402111")!
  static let host = "0xde709f2102306220921060314715629080e2fb77"
  static let payin = "0x27b1fdb04752bbc536007a920d24acb045561c26"
  static let wallet = String(repeating: "4", count: 95)
  static let monero = Asset(text: "XMR-XMR")!

  static func usd(_ text: String) -> Money { Money(text, .usd)! }
  static func usdt(_ text: String) -> Money { Money(text, .usdt)! }
  static func eth(_ text: String) -> Money { Money(text, .eth)! }

  static func payout(
    _ strategy: PayoutStrategy, threshold: String = "100.00", asset: Asset = monero,
    wallet: String = Sample.wallet
  ) -> PayoutSettings {
    PayoutSettings(
      asset: asset, wallet: wallet, strategy: strategy,
      threshold: strategy == .instant ? .zero(.usd) : usd(threshold))
  }

  static func form(
    open: OpenChannelID = open, closed: ClosedChannelID = closed,
    prices: [String] = ["25.00", "50.00", "30.00"],
    payout: PayoutSettings = Sample.payout(.threshold)
  ) -> ChannelRegistration {
    ChannelRegistration(
      open: ChannelFace(id: open, title: "North Desk", description: "What we trade"),
      closed: ChannelFace(id: closed, title: "Signals", description: "Three a day"),
      tiers: prices.map { Tier(price: usd($0), days: 30) }, payout: payout,
      donationMessage: nil, notify: nil)
  }

  static func payment(_ number: Int) -> PaymentID { PaymentID(text: String(number))! }
  static func order(_ name: String) -> OrderID { OrderID(environment: .sandbox, token: name) }

  /// A notice; `finished` with `outcome` USDT unless told otherwise.
  static func report(
    _ number: Int, order: OrderID?, _ outcome: String? = "25.00", status: String = "finished",
    currency: String? = "usdterc20", at: String = "1"
  ) -> PaymentReport {
    var report = PaymentReport(
      payment: payment(number), status: status, source: .notice, raw: "{}")
    report.order = order?.text
    report.actuallyPaid = outcome
    report.outcomeAmount = outcome
    report.outcomeCurrency = currency
    report.updatedAt = at
    return report
  }
}

extension World {
  /// One channel; three tiers of 25, 50 and 30 US dollars unless told otherwise.
  static func registered(
    _ payout: PayoutSettings = Sample.payout(.threshold),
    prices: [String] = ["25.00", "50.00", "30.00"]
  ) -> World {
    var world = World()
    world.ask(.channel(.register(Sample.form(prices: prices, payout: payout))))
    return world
  }

  @discardableResult
  mutating func order(_ name: String, tier: Int = 1, fee: BasisPoints = .standardFee) -> OrderID {
    let order = Sample.order(name)
    ask(
      .order(
        .placeSubscription(
          order, channel: Sample.channel, tier: tier, user: Sample.user, fee: fee)))
    return order
  }

  @discardableResult
  mutating func note(_ report: PaymentReport) -> Decision { ask(.payment(.note(report, policy))) }

  /// Orders and pays a tier in full, in USDT.
  @discardableResult
  mutating func pay(
    _ number: Int, tier: Int = 1, _ amount: String? = nil, fee: BasisPoints = .standardFee
  ) -> Decision {
    let order = order("o\(number)", tier: tier, fee: fee)
    let price = state.order(order)?.price.amountText
    return note(Sample.report(number, order: order, amount ?? price))
  }

  /// Other payout settings, and the time until they count.
  mutating func moveWallet(_ payout: PayoutSettings) {
    ask(.channel(.changePayoutSettings(Sample.channel, payout)))
    now = now.adding(seconds: Limits.payoutHoldSeconds)
    ask(.channel(.endHold(Sample.channel, effective: now)))
  }

  mutating func openDue() -> [Decision] {
    state.dueGroups().map { ask($0.command().1) }
  }

  /// The one group of the sample channel.
  func opening(isRetry: Bool = false) -> LedgerCommand {
    .batch(
      .open(
        Sample.channel, wallet: Sample.wallet, asset: Sample.monero, isRetry: isRetry))
  }

  func payable(_ channel: ChannelKey = Sample.channel) -> Money {
    -state.books.balance(.payable(channel), .usdt)
  }
}
