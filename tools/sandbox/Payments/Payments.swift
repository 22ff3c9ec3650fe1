import Gateways
import JSON
import Kernel

/// The payment provider: invoices, payments that walk through their statuses, and notices.
///
/// Where a payment ends and its outcome is in something that the chain has, the provider pays the
/// outcome to the host wallet, as it does to a merchant's.
struct Payments {
  let rules: Rules
  let made: Made
  /// The wallet it pays from.
  let house: EthereumAddress
  /// Where it pays outcomes to; known once a wallet was named.
  var merchant: EthereumAddress?
  private(set) var invoices: [SandboxInvoice] = []
  private(set) var all: [Int: SandboxPayment] = [:]
  private(set) var notices: [Notice] = []
  /// Places of the notices that are still to be sent.
  private var open: [Int] = []
  private var agenda = Agenda<Int>()
  /// Payments that the provider pays for later than it says so.
  private var owed = Agenda<Int>()
  /// Which payment the provider paid for under a hash.
  private(set) var settled: [String: Int] = [:]
  private var serial = 0

  init(_ rules: Rules) {
    self.rules = rules
    made = Made(seed: rules.seed)
    house = made.address("payment provider", 0)
  }

  var nextDue: Int? { [agenda.nextDue, owed.nextDue].compactMap { $0 }.min() }

  // MARK: Invoices

  /// `POST /v1/invoice`.
  mutating func invoice(_ body: JSONValue, at time: Int) -> Reply {
    func bad(_ message: String) -> Reply {
      .refused(400, Self.envelope(400, "BAD_REQUEST", message))
    }
    guard let token = body["price_amount"]?.number, let price = body["price_amount"]?.decimal,
      Self.isPositive(price)
    else { return bad("price_amount must be a positive number") }
    guard body["price_currency"]?.text?.isEmpty == false else {
      return bad("price_currency is required")
    }
    for name in ["ipn_callback_url", "success_url", "cancel_url"] {
      guard let url = body[name], !url.isNull else { continue }
      guard let text = url.text, text.hasPrefix("http://") || text.hasPrefix("https://") else {
        return bad("\(name) must be a valid uri")
      }
    }
    let id = String(4_500_000_001 + invoices.count)
    invoices.append(SandboxInvoice(id: id, request: body, createdAt: time))
    func echo(_ name: String) -> JSONMember { JSONMember(name, body[name] ?? .null) }
    return Reply(
      .object([
        JSONMember("id", .string(id)),
        JSONMember("token_id", .string(String(5_500_000_001 + invoices.count))),
        echo("order_id"), echo("order_description"),
        JSONMember("price_amount", .string(token)), echo("price_currency"), echo("pay_currency"),
        echo("ipn_callback_url"),
        JSONMember("invoice_url", .string("https://nowpayments.io/payment/?iid=\(id)")),
        echo("success_url"), echo("cancel_url"), JSONMember("partially_paid_url", .null),
        JSONMember("payout_currency", .null),
        JSONMember("created_at", .string(isoTime(time))),
        JSONMember("updated_at", .string(isoTime(time))),
        JSONMember("is_fixed_rate", body["is_fixed_rate"] ?? .bool(false)),
        JSONMember("is_fee_paid_by_user", body["is_fee_paid_by_user"] ?? .bool(false)),
      ]), status: 201)
  }

  func invoice(of order: String) -> SandboxInvoice? {
    invoices.last { $0.request["order_id"]?.text == order }
  }

  // MARK: Payments

  func nextID() -> Int {
    var id = 5_700_000_001 + serial
    while all[id] != nil { id += 1 }
    return id
  }

  /// Starts a payment, or a further walk of one that is known, at its first status.
  mutating func begin(_ payment: SandboxPayment, at time: Int, _ chain: inout Chain) {
    serial += 1
    settle(payment.id, &chain)
    var payment = payment
    // Another order's is another payment, whatever id it was given.
    if let known = all[payment.id], known.order == payment.order {
      payment.payoutHash = known.payoutHash
    }
    all[payment.id] = payment
    walk(payment.id, at: time, &chain)
  }

  /// The next status of the payment whose time has come, or what is paid for late.
  mutating func step(at time: Int, _ chain: inout Chain) {
    if let due = owed.nextDue, due <= agenda.nextDue ?? .max {
      if let id = owed.next() { settle(id, &chain) }
      return
    }
    guard let id = agenda.next() else { return }
    walk(id, at: time, &chain)
  }

  private mutating func walk(_ id: Int, at time: Int, _ chain: inout Chain) {
    guard var payment = all[id], !payment.ahead.isEmpty else { return }
    payment.status = payment.ahead.removeFirst()
    // No two statuses at one time: their order is all a receiver has.
    payment.updatedAt = max(time, payment.updatedAt + 1)
    if payment.status == "finished", payment.payoutHash == nil { payment.isOwed = true }
    all[id] = payment
    if payment.isOwed {
      if payment.settlesAfter == 0 {
        settle(id, &chain)
      } else {
        owed.add(id, at: time + payment.settlesAfter)
      }
    }
    if payment.delivery.manner != .none {
      for _ in 0..<payment.delivery.copies {
        open.append(notices.count)
        notices.append(
          Notice(
            id: notices.count + 1, payment: id, order: payment.order, status: payment.status,
            delivery: payment.delivery, body: notice(payment), dueAt: time))
      }
    }
    if !payment.ahead.isEmpty { agenda.add(id, at: time + rules.stepMilliseconds) }
  }

  /// Pays the outcome of what is owed to the merchant, once.
  private mutating func settle(_ id: Int, _ chain: inout Chain) {
    guard let payment = all[id], payment.isOwed else { return }
    all[id]?.isOwed = false
    guard let merchant, Self.isPositive(payment.paid),
      let asset = Self.assetsOnChain[payment.outcomeCurrency],
      let outcome = Money(truncating: payment.outcome, asset), outcome.isPositive,
      outcome.units <= Chain.highestAmount
    else { return }
    let hash = chain.pay(outcome, from: house, to: merchant)
    all[id]?.payoutHash = hash
    settled[hash] = id
  }

  static let assetsOnChain: [String: Asset] = [
    "eth": .eth, "usdterc20": .usdt,
    "usdc": Asset(text: "USDC-ETH") ?? .none, "usdcerc20": Asset(text: "USDC-ETH") ?? .none,
    "dai": Asset(text: "DAI-ETH") ?? .none,
  ]

  static func isPositive(_ text: String) -> Bool {
    DecimalText.units(text, scale: 18, cutting: true).map { $0 > 0 } ?? false
  }

  // MARK: Notices

  /// When there may be something to send next: a notice waits, or a payment goes on.
  func nextNotice(besides known: Set<Int>) -> Int? {
    let waiting = open.filter { !known.contains(notices[$0].id) }.compactMap { notices[$0].dueAt }
    return (waiting + [agenda.nextDue].compactMap { $0 }).min()
  }

  func due(at time: Int) -> [Notice] {
    open.map { notices[$0] }.filter { notice in notice.dueAt.map { $0 <= time } ?? false }
  }

  /// `{notice, answer}`: what its receiver said, so that it is sent again or not.
  mutating func delivered(_ body: JSONValue, at time: Int) -> Reply {
    guard let id = body["notice"]?.integer, let answer = body["answer"]?.text,
      notices.indices.contains(id - 1)
    else { return .refused(400, problem("no such notice")) }
    let attempt = Notice.Attempt(at: time, answer: answer)
    notices[id - 1].attempts.append(attempt)
    let isOver = attempt.isTaken || notices[id - 1].attempts.count > rules.noticeRetries
    notices[id - 1].dueAt = isOver ? nil : time + rules.noticeRetryMilliseconds
    if isOver { open.removeAll { $0 == id - 1 } }
    return Reply(.null)
  }

  static func envelope(_ status: Int, _ code: String, _ message: String) -> JSONValue {
    .object([
      "status": .bool(false), "statusCode": .integer(status), "code": .string(code),
      "message": .string(message),
    ])
  }
}
