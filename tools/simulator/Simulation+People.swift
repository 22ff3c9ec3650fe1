import Engine
import HTTP
import JSON
import Kernel
import Log
import Sandbox
import Service

// Owners who register their channels, and subscribers who order and pay, more or less.

/// What somebody is about to do.
enum Errand {
  case register(Int)
  /// Somebody orders, and the next one is on the way.
  case order
  case ask(Purchase)
  case pay(Purchase)
  /// One of two people says that a transfer over a cap may be sent.
  case approve(TransferGuardEvent.Held, by: String)
  /// Somebody rules on a payment.
  case rule(Ruling)
  /// The log is copied to somewhere else.
  case copy
  /// Whoever adopts looks how far it is.
  case adopting(life: Int)
}

/// One order of one subscriber.
struct Purchase {
  let number: Int
  let order: OrderID
  let channel: Int
  let tier: Int
  let user: Int
}

/// Who there is.
struct People {
  var orders = 0
  /// Channels that are registered, and orders that stand.
  var registered: Set<Int> = []
  var served: Set<Int> = []
  /// Orders whose payers are on their way, or have paid.
  var paying: Set<Int> = []
  /// Ids of payments at the provider, and the orders they are for.
  var payments: [(id: String, order: OrderID)] = []
  /// What was ever ordered.
  var purchases: [Purchase] = []
  /// What somebody says of payments, and who was answered.
  var rulings: [Ruling: LedgerCommand] = [:]
  var answered: Set<Ruling> = []
}

extension Simulation {
  static let prices = ["5", "25", "120.50"]
  // Real ones: the service looks at their checksums.
  private static let moneroWallets = [
    "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7Sq"
      + "SsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
    "44kawsq4VsVAfwU3GaLBK63SqUEtGnKXEVxYThrfYzWJC2orrsKBbDsSDyvp"
      + "ySzKcxhjM9VGDcrcgTjXfpyQoJWKQgnQeoA",
    "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1"
      + "UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H",
  ]
  private static let litecoinWallets = [
    "LVuDpNCSSj6pQ7t9Pv6d6sUkLKoqDEVUnJ", "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9",
  ]

  func begin() {
    schedule(.start, in: 0)
    for channel in 0..<plan.channels {
      schedule(.errand(.register(channel)), in: streams.people.among(1_000_000...600_000_000))
    }
    schedule(.errand(.order), in: 900_000_000)
    for fault in plan.faults where !fault.isPerCall { planTrouble(fault) }
    if plan.rates[.restore] != nil { keepCopy() }
  }

  func run(_ errand: Errand) {
    switch errand {
    case .register(let channel): register(channel)
    case .order: order()
    case .ask(let purchase): ask(purchase)
    case .pay(let purchase): pay(purchase)
    case .approve(let held, let person): approve(held, by: person)
    case .rule(let ruling): rule(ruling)
    case .copy: keepCopy()
    case .adopting(let life): lookAtAdoption(life)
    }
  }

  // MARK: Owners

  private func channelID(_ number: Int) -> String { "-100\(1_000_000_000 + number)" }

  private func register(_ channel: Int) {
    let again = Happening.errand(.register(channel))
    guard let life, let edge = life.edge, pausedUntil <= now else {
      return schedule(again, in: 60_000_000)
    }
    let request = HTTPRequest(
      method: "POST", path: "/api/channels/register",
      segments: ["api", "channels", "register"],
      headers: [
        "Authorization": "Bearer \(ServiceSettings.serviceKey)",
        "Content-Type": "application/json", "Idempotency-Key": "register-\(channel)",
      ], body: registration(channel).written(.asIs))
    let isLost = befalls(.lostAnswer, &streams.network)
    let responder = HTTPResponder { [unowned self, number = life.number] response in
      guard self.life?.number == number, let response else {
        return schedule(again, in: 60_000_000)
      }
      guard response.status != 400, response.status != 422 else {
        let why = String(decoding: response.body, as: UTF8.self)
        return witness.accuse("people", "channel \(channel) wasn't registered: \(why)")
      }
      guard (200...299).contains(response.status), !isLost else {
        return schedule(again, in: 60_000_000)
      }
      if let position = response.headers.only("Weir-Position").flatMap({ UInt64($0) }) {
        acknowledged(position)
      }
      people.registered.insert(channel)
    }
    edge.handle(request, responder)
  }

  private func registration(_ channel: Int) -> JSONValue {
    var dice = Dice(seed: plan.seed, "channel \(channel)")
    let own = address(dice.next())
    let (currency, network, wallet) = dice.pick([
      ("xmr", "xmr", dice.pick(Self.moneroWallets)),
      ("ltc", "ltc", dice.pick(Self.litecoinWallets)),
      ("doge", "doge", "DFpN6QqFfUm3gKNaxN6tNcab1FArL9cZLE"),
      ("usdt", "eth", own), ("eth", "eth", own),
    ])
    let isThreshold = dice.below(3) > 0
    var members = Members([
      "open_channel_id": channelID(channel), "open_channel_title": "Open \(channel)",
      "open_channel_description": "What is free",
      "closed_channel_id": channelID(channel + 500_000), "closed_channel_title": "Closed",
      "closed_channel_description": "What is paid", "client_wallet_address": wallet,
      "client_payout_currency": currency, "client_payout_network": network,
      "payout_strategy": isThreshold ? "threshold" : "instant",
    ])
    members.add("tier_count", .integer(Self.prices.count))
    for (index, price) in Self.prices.enumerated() {
      members.add("sub_\(index + 1)_price", .string(price))
      members.add("sub_\(index + 1)_time", .integer(30))
    }
    if isThreshold {
      members.add("payout_threshold_usd", .string(dice.pick(["50", "100", "400"])))
    }
    return members.object
  }

  private func address(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return "0x" + String(repeating: "0", count: 40 - digits.count) + digits
  }

  // MARK: Subscribers

  private func order() {
    guard isTroubled else { return }
    schedule(.errand(.order), in: streams.people.among(0...2 * plan.orderSeconds * 1_000_000))
    guard !people.registered.isEmpty else { return }
    people.orders += 1
    let channel = streams.people.pick(people.registered.sorted())
    var dice = Dice(seed: plan.seed, "order \(people.orders)")
    let token = (0..<32).map { _ in String(dice.below(16), radix: 16) }.joined()
    let purchase = Purchase(
      number: people.orders,
      order: OrderID(environment: settings.configuration.environment, token: token),
      channel: channel, tier: 1 + dice.below(3), user: 700_000 + dice.below(500))
    people.purchases.append(purchase)
    ask(purchase)
  }

  /// Everybody whom a restored log may have forgotten asks once more.
  func askAgain() {
    for channel in people.registered.sorted() {
      schedule(.errand(.register(channel)), in: streams.people.among(1_000_000...600_000_000))
    }
    people.registered = []
    people.served = []
    for purchase in people.purchases {
      schedule(.errand(.ask(purchase)), in: streams.people.among(600_000_000...1_200_000_000))
    }
  }

  /// Asks until the order stands; the id is the same, so asking twice orders once.
  private func ask(_ purchase: Purchase) {
    guard !people.served.contains(purchase.number) else { return }
    // A process that dies says nothing: whoever asked asks again, and has one order.
    schedule(.errand(.ask(purchase)), in: 120_000_000)
    guard let open = OpenChannelID(text: channelID(purchase.channel)),
      let user = UserID(text: String(purchase.user)),
      let id = CommandID(text: "order.place/\(purchase.number)")
    else { preconditionFailure("ids that can't be read") }
    guard let life, life.edge != nil, pausedUntil <= now,
      people.registered.contains(purchase.channel)
    else { return }
    let command = LedgerCommand.order(
      .placeSubscription(
        purchase.order, channel: ChannelKey(registering: open), tier: purchase.tier, user: user,
        fee: settings.configuration.policy.fee))
    let isLost = befalls(.lostAnswer, &streams.network)
    life.submit(
      Submission(id: id, digest: CommandDigest.of(command), command: command, actor: "service")
    ) { [unowned self] answer in
      switch answer {
      case .accepted(_, let last), .replayed(_, let last):
        acknowledged(last)
        guard !isLost, people.served.insert(purchase.number).inserted,
          people.paying.insert(purchase.number).inserted
        else { return }
        schedule(.errand(.pay(purchase)), in: streams.payers.loguniform(30_000_000...7_200_000_000))
      case .ignored, .keyReused, .refused:
        witness.accuse("people", "order \(purchase.number) was answered \(answer)")
      case .stopping, .full: break
      }
    }
  }
}

/// The members of an object in the making.
struct Members {
  private var list: [JSONMember]

  init(_ texts: KeyValuePairs<String, String>) {
    list = texts.map { JSONMember($0.key, .string($0.value)) }
  }

  mutating func add(_ name: String, _ value: JSONValue) { list.append(JSONMember(name, value)) }

  var object: JSONValue { .object(list) }
}
