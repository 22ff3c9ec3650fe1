import Engine
import Gateways
import Kernel
import Log

/// What clients' subscribers and the provider send: orders, and notices at every status, of many
/// payments at a time; the same seed and place, the same traffic.
struct Traffic: Sendable {
  /// One subscriber's purchase: an order, and the notices about its payment.
  private struct Purchase {
    let payment: Int
    let channel: Clientele.Channel
    let order: String
    let user: Int
    let tier: Int
    let amount: String
    let currency: String
    let address: String
    /// The order first, where it isn't one of the old form, then statuses; last one first.
    var steps: [String]
  }

  /// The provider's statuses of a purchase, and how many in a hundred go so.
  private static let courses: [(share: Int, statuses: [String])] = [
    (55, ["waiting", "confirming", "finished"]),
    (25, ["waiting", "confirming", "confirmed", "sending", "finished"]),
    (8, ["waiting", "finished"]),
    (6, ["waiting", "expired"]),
    (3, ["waiting", "partially_paid"]),
    (3, ["waiting", "confirming", "failed"]),
  ]

  private let clientele: Clientele
  private let caller: Int
  private let callers: Int
  private let settings: Settings
  private var random: SplitMix
  private var underWay: [Purchase] = []
  private var purchases = 0

  struct Settings: Sendable {
    /// Purchases that one caller has under way.
    var width = 1
    /// Every so-many-th purchase is the watched channel's; 0 for chance alone.
    var watchEvery = 0
    /// False: every payment is in USDT for an order of the old form, and finishes.
    var isMixed = true
    /// Statuses each is reported in, where not mixed.
    var statuses = ["waiting", "confirming", "finished"]
    /// Sets runs apart that go into one log.
    var run = 0
  }

  init(
    _ clientele: Clientele, caller: Int = 0, of callers: Int = 1, _ settings: Settings = Settings()
  ) {
    self.clientele = clientele
    self.caller = caller
    self.callers = callers
    self.settings = settings
    random = SplitMix(state: UInt64(caller + 1) &* 0x5851_f42d ^ UInt64(settings.run) << 48)
    underWay = (0..<settings.width).map { _ in purchase() }
  }

  /// The next thing that is asked of the ledger.
  mutating func next() -> Submission {
    let (purchase, step) = advance()
    guard step != "order" else { return placing(purchase) }
    let body = notice(purchase, step).bytes
    guard let report = try? NOWPaymentsNotice.report(body, source: .notice) else {
      preconditionFailure("a bench wrote a notice that is none")
    }
    let id = "\(purchase.payment)/\(step)"
    return Submission(
      id: .composed("notice", id), digest: SHA256.digest(of: body),
      command: .payment(.note(report, Self.policy)), actor: "provider:nowpayments")
  }

  /// The next notice's body; only of traffic that isn't mixed.
  mutating func nextNotice() -> [UInt8] {
    let (purchase, step) = advance()
    return notice(purchase, step).bytes
  }

  static let policy = PaymentPolicy(
    fee: .standardFee, tolerance: .standardTolerance, isAccumulating: true)

  private mutating func advance() -> (Purchase, String) {
    let place = random.below(underWay.count)
    guard let step = underWay[place].steps.popLast() else {
      preconditionFailure("a purchase without steps")
    }
    let purchase = underWay[place]
    if purchase.steps.isEmpty { underWay[place] = self.purchase() }
    return (purchase, step)
  }

  private mutating func purchase() -> Purchase {
    purchases += 1
    let number = settings.run << 32 + purchases * callers + caller
    let isWatched = settings.watchEvery > 0 && purchases % settings.watchEvery == 0
    let channel =
      isWatched ? clientele.watched : clientele.channels[random.below(clientele.channels.count)]
    let tier = random.below(3)
    let user = 100_000_000 + random.below(50_000)
    let isOld = !settings.isMixed || random.below(20) == 0
    let isEther = settings.isMixed && random.below(10) == 0
    let price = Clientele.prices[tier]
    return Purchase(
      payment: 5_000_000_000 + number, channel: channel,
      order: isOld
        ? "PGP-\(user)|\(channel.open)"
        : OrderID(environment: .sandbox, token: random.hex(24) + "\(number)").text,
      user: user, tier: tier,
      amount: isEther ? ["0.0125", "0.025", "0.015"][tier] : price,
      currency: isEther ? "eth" : "usdterc20", address: "0x" + random.hex(40),
      steps: (course() + (isOld ? [] : ["order"])))
  }

  /// The statuses to come, last one first.
  private mutating func course() -> [String] {
    guard settings.isMixed else { return settings.statuses.reversed() }
    var rest = random.below(100)
    for (share, statuses) in Self.courses {
      if rest < share { return statuses.reversed() }
      rest -= share
    }
    return ["finished"]
  }

  private func placing(_ purchase: Purchase) -> Submission {
    let command = OrderCommand.placeSubscription(
      known(OrderID(text: purchase.order)), channel: purchase.channel.key, tier: purchase.tier + 1,
      user: known(UserID(text: "\(purchase.user)")), fee: .standardFee)
    return Submission(bench: "order/\(purchase.payment)", .order(command))
  }

  private func notice(_ purchase: Purchase, _ status: String) -> NoticeText {
    NoticeText(
      payment: purchase.payment, status: status, order: purchase.order,
      price: Clientele.prices[purchase.tier], amount: purchase.amount,
      currency: purchase.currency, address: purchase.address,
      updatedAt: 1_795_000_000_000 + purchase.payment % 1_000_000_000 + purchase.steps.count)
  }
}
