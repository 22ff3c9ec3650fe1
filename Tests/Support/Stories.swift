public import Kernel

/// Plays the ledger in memory.
///
/// Commands go through the real deciders, and a friendly outside answers every intent, so that a
/// story ends with a real list of facts.
///
/// No store, no clock: each command happens a second after the one before.
public struct Story {
  /// What goes wrong the next time it can.
  public enum Trouble: Hashable, Sendable {
    /// The provider takes no such swap: the split fails before any money left.
    case swapRefused
    /// The first swap expires unfunded, and a second one is opened.
    case swapExpired
    /// The swap can't be funded in its state: hostpay waits for a person.
    case hostpayHeld
    case transferReverts
    case transferParked
    /// No block takes it: it offers more for gas, and is mined then.
    case transferWaits
    /// A person doesn't want it any more, and the cancel is mined.
    case transferCancelled
    /// The provider sends the deposit back, less one percent.
    case swapRefunded
    /// The provider finishes with no amount: the split waits for a person.
    case nothingDelivered
  }

  public private(set) var state = LedgerState()
  /// Everything that happened, in order.
  public private(set) var log: [Recorded] = []
  public var now: Instant
  public var fee = BasisPoints.standardFee
  public var isAccumulating = true
  public var troubles: [Trouble] = []
  /// USDT for one ETH.
  public var rate = "2500"
  var reacted = 0
  var amounts: [TransferID: Money] = [:]
  var splits: [SplitID: SplitEvent.Requested] = [:]
  /// What USDT bought of each coin last.
  var bought: [Asset: Rate] = [:]
  private var orders = 0

  public static let wallet = "0x00000000000000000000000000000000000000aa"

  public init(at text: String = "2026-11-24T16:47:11.000000Z") {
    guard let now = Instant(text: text) else { preconditionFailure("no instant: \(text)") }
    self.now = now
    perform(.ledger(.open(environment: .sandbox, log: String(repeating: "0", count: 32))))
    perform(.wallet(.claim(address: Self.wallet, chain: 1, nonce: 7)))
  }

  public var policy: PaymentPolicy {
    PaymentPolicy(fee: fee, tolerance: .standardTolerance, isAccumulating: isAccumulating)
  }

  /// Decides a command and takes its facts in.
  @discardableResult
  public mutating func perform(_ command: LedgerCommand) -> Decision {
    now = now.adding(seconds: 1)
    let decision = state.decide(command, at: now)
    guard case .accept(let events) = decision else { return decision }
    for event in events {
      state.evolve(event)
      log.append(Recorded(position: UInt64(log.count + 1), at: now, event: event))
    }
    return decision
  }

  mutating func must(_ command: LedgerCommand) {
    if case .refuse(let why) = perform(command) {
      preconditionFailure("the story asked for what is refused, \(why): \(command)")
    }
  }
}

extension Story {
  /// Registers a channel pair with tiers of 25, 50 and 30 dollars; a threshold of nil is instant.
  public mutating func register(
    _ number: Int = 1, threshold: String? = "100", asset: Asset = .eth,
    wallet: String = "0x1111111111111111111111111111111111111111"
  ) -> ChannelKey {
    guard let open = OpenChannelID(text: "-100\(1000 + number)"),
      let closed = ClosedChannelID(text: "-200\(1000 + number)")
    else { preconditionFailure("no such channel: \(number)") }
    let prices = [("25", 30), ("50", 90), ("30", 30)]
    must(
      .channel(
        .register(
          ChannelRegistration(
            open: ChannelFace(id: open, title: "Open \(number)", description: "Offers"),
            closed: ChannelFace(id: closed, title: "Closed \(number)", description: "Paid"),
            tiers: prices.map { Tier(price: Self.money($0.0, .usd), days: $0.1) },
            payout: Self.payout(threshold, asset, wallet), donationMessage: nil, notify: nil))))
    return ChannelKey(registering: open)
  }

  /// Other payout settings, and the time until they count.
  public mutating func change(
    _ channel: ChannelKey, threshold: String?, asset: Asset = .eth,
    wallet: String = "0x1111111111111111111111111111111111111111"
  ) {
    must(.channel(.changePayoutSettings(channel, Self.payout(threshold, asset, wallet))))
    guard let held = state.channel(channel)?.held else { return }
    now = held.effective
    must(.channel(.endHold(channel, effective: held.effective)))
  }

  /// Orders a tier (from 1) and gets its invoice.
  public mutating func order(_ channel: ChannelKey, tier: Int = 1, user: Int = 555) -> OrderID {
    orders += 1
    let id = OrderID(environment: .sandbox, token: "t\(orders)")
    guard let user = UserID(text: "\(user)"), let invoice = InvoiceID(text: "inv\(orders)") else {
      preconditionFailure("no such user: \(user)")
    }
    must(
      .order(.placeSubscription(id, channel: channel, tier: tier, user: user, fee: fee)))
    must(.order(.noteInvoice(id, invoice: invoice, url: "https://pay.example/\(orders)")))
    return id
  }

  /// The provider reports a payment: first waiting, then in its final status.
  public mutating func pay(
    _ payment: Int, for order: OrderID, _ amount: String, _ currency: String = "usdterc20",
    status: String = "finished"
  ) {
    guard let id = PaymentID(text: "\(payment)") else { preconditionFailure("\(payment)") }
    var steps = ["waiting"]
    if status != "waiting" { steps.append(status) }
    for status in steps {
      var report = PaymentReport(payment: id, status: status, source: .notice, raw: "{}")
      report.order = order.text
      // What a coin was asked for isn't its number.
      report.priceAmount = currency.hasPrefix("usdt") ? amount : nil
      report.priceCurrency = "usd"
      report.payAmount = amount
      report.payCurrency = currency
      report.payAddress = "0xpay\(payment)"
      if status == "finished" {
        report.actuallyPaid = amount
        report.outcomeAmount = amount
        report.outcomeCurrency = currency
      }
      must(.payment(.note(report, policy)))
    }
  }

  /// One order of a tier and its payment in full, and all that follows.
  public mutating func buy(
    _ payment: Int, _ channel: ChannelKey, tier: Int = 1, user: Int = 555, paying amount: String,
    _ currency: String = "usdterc20"
  ) {
    let order = order(channel, tier: tier, user: user)
    pay(payment, for: order, amount, currency)
    settle()
  }

  /// The scheduler's run: opens every batch that is due, and plays it out.
  public mutating func runBatches(isRetry: Bool = false) {
    for (index, due) in state.dueGroups(isRetry: isRetry).enumerated() {
      must(due.command(isRetry: isRetry).1)
      // The wallet keeps 16 nonces open at most.
      if index % 8 == 7 { settle() }
    }
    settle()
  }

  /// The acceptance story: 25, 50 and 30 dollars behind a threshold of 100, another channel paid at
  /// once, a third in ETH; batches run after each.
  public static func standard() -> Story {
    var story = Story()
    let first = story.register(1, threshold: "100")
    let second = story.register(2, threshold: nil)
    let third = story.register(3, threshold: "50", asset: .usdt)
    for (payment, tier, amount) in [(501, 1, "25"), (502, 2, "50"), (503, 3, "30")] {
      story.buy(payment, first, tier: tier, user: 550 + payment, paying: amount)
      story.buy(payment + 100, second, tier: tier, user: 555, paying: amount)
      story.buy(payment + 200, third, tier: tier, user: 777, paying: "0.0\(payment % 7 + 2)", "eth")
      story.runBatches()
    }
    return story
  }

  /// The standard story, and one channel for each thing that can go wrong.
  public static func troubled() -> Story {
    var story = standard()
    let troubles: [Trouble] = [
      .swapRefused, .swapExpired, .hostpayHeld, .transferReverts, .transferParked,
      .nothingDelivered,
    ]
    for (index, trouble) in troubles.enumerated() {
      let channel = story.register(10 + index, threshold: "50")
      story.troubles = [trouble]
      story.buy(1000 + index, channel, tier: 2, paying: "52")
      story.runBatches()
      story.troubles = []
      story.runBatches(isRetry: true)
    }
    let last = story.register(30, threshold: "50")
    story.pay(2000, for: story.order(last), "0.001", "usdterc20")  // Far too little: held.
    story.pay(2001, for: story.order(last), "25", "xyz")
    story.pay(2002, for: story.order(last), "25", "usdterc20", status: "expired")
    story.isAccumulating = false
    story.buy(2003, last, paying: "25")
    story.isAccumulating = true
    story.change(last, threshold: "60")
    story.buy(2004, last, tier: 3, paying: "30")
    story.change(last, threshold: nil)
    story.buy(2005, last, tier: 3, paying: "30")
    return story
  }

  static func money(_ text: String, _ asset: Asset) -> Money {
    guard let money = Money(text, asset) else { preconditionFailure("no amount: \(text) \(asset)") }
    return money
  }

  private static func payout(_ threshold: String?, _ asset: Asset, _ wallet: String)
    -> PayoutSettings
  {
    PayoutSettings(
      asset: asset, wallet: wallet, strategy: threshold == nil ? .instant : .threshold,
      threshold: threshold.map { money($0, .usd) } ?? .zero(.usd))
  }
}
