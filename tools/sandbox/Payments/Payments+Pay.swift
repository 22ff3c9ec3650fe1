import Gateways
import JSON
import Kernel

/// Paying, as somebody at the provider's page would: the admin endpoint `/admin/pay`.
extension Payments {
  private static let usualStatuses = ["waiting", "confirming", "confirmed", "sending", "finished"]
  private static let knownStatuses: Set<String> = [
    "waiting", "confirming", "confirmed", "sending", "partially_paid", "finished", "failed",
    "refunded", "expired",
  ]

  /// `{order_id, price_amount?, …}` or `{invoice_id, …}`; what is not said is the invoice's, or
  /// usual.
  mutating func pay(_ body: JSONValue, at time: Int, _ chain: inout Chain) -> Reply {
    do throws(PayProblem) {
      let payment = try read(body, at: time)
      begin(payment, at: time, &chain)
      return Reply(
        .object([
          "payment_id": .string(String(payment.id)),
          "payment_status": .string(all[payment.id]?.status ?? ""),
        ]), status: 201)
    } catch {
      return .refused(400, problem(error.text))
    }
  }

  private struct PayProblem: Error {
    let text: String
  }

  private func read(_ body: JSONValue, at time: Int) throws(PayProblem) -> SandboxPayment {
    let there = body["invoice_id"]?.text.flatMap { id in invoices.first { $0.id == id } }
    guard let order = body["order_id"]?.text ?? there?.request["order_id"]?.text else {
      throw PayProblem(text: "order_id is needed, or the invoice_id of a page")
    }
    let id = try number(body, "payment_id") ?? nextID()
    let known = all[id]
    let page = invoice(of: order)?.request
    func amount(_ name: String) throws(PayProblem) -> String? {
      guard let value = body[name], !value.isNull else { return nil }
      guard let text = value.decimal, !text.hasPrefix("-") else {
        throw PayProblem(text: "\(name) must be a number")
      }
      return text
    }
    let asked = try amount("price_amount")
    guard let price = asked ?? known?.price ?? page?["price_amount"]?.decimal else {
      throw PayProblem(text: "price_amount is needed: the order has no invoice")
    }
    let currency =
      body["outcome_currency"]?.text ?? known?.outcomeCurrency ?? "usdterc20"
    let pay = try amount("pay_amount") ?? known?.pay ?? price
    let statuses = try statuses(body)
    return SandboxPayment(
      id: id, order: order, invoice: invoice(of: order).flatMap { Int($0.id) },
      parent: try number(body, "parent_payment_id"),
      description: page?["order_description"]?.text, price: price,
      priceCurrency: body["price_currency"]?.text ?? page?["price_currency"]?.text ?? "usd",
      pay: pay, payCurrency: body["pay_currency"]?.text ?? known?.payCurrency ?? currency,
      paid: try amount("actually_paid") ?? known?.paid ?? pay,
      outcome: try amount("outcome_amount") ?? known?.outcome
        ?? Self.outcome(of: price, in: currency),
      outcomeCurrency: currency,
      payAddress: known?.payAddress ?? made.address("pay address", id).text,
      payinHash: made.hash("payin", id),
      settlesAfter: (try number(body, "settles_after_seconds") ?? 0) * 1000,
      createdAt: known?.createdAt ?? time, updatedAt: known?.updatedAt ?? 0, status: "",
      ahead: statuses, delivery: try delivery(body, page))
  }

  private func statuses(_ body: JSONValue) throws(PayProblem) -> [String] {
    guard let given = body["statuses"] else { return Self.usualStatuses }
    let statuses = given.items?.compactMap(\.text) ?? []
    guard !statuses.isEmpty, statuses.allSatisfy(Self.knownStatuses.contains) else {
      throw PayProblem(text: "statuses must be the provider's")
    }
    return statuses
  }

  private func delivery(_ body: JSONValue, _ page: JSONValue?) throws(PayProblem) -> Delivery {
    guard let manner = Delivery.Manner(rawValue: body["deliver"]?.text ?? "signed") else {
      throw PayProblem(text: "deliver is signed, unsigned, forged, altered or none")
    }
    let url = body["callback_url"]?.text ?? page?["ipn_callback_url"]?.text ?? ""
    guard manner == .none || url.hasPrefix("http://") || url.hasPrefix("https://") else {
      throw PayProblem(text: "callback_url is needed: the order has no invoice with one")
    }
    let copies = body["repeat"]?.integer ?? 1
    guard (1...1000).contains(copies) else { throw PayProblem(text: "repeat is 1 to 1000") }
    return Delivery(url: url, manner: manner, copies: copies)
  }

  private func number(_ body: JSONValue, _ name: String) throws(PayProblem) -> Int? {
    guard let value = body[name], !value.isNull else { return nil }
    guard let number = (value.text ?? value.number).flatMap({ Int($0) }),
      (1..<1_000_000_000_000).contains(number)
    else {
      throw PayProblem(text: "\(name) must be digits")
    }
    return number
  }

  /// The price in dollars, one to one in a dollar token, by the price table in anything else.
  private static func outcome(of price: String, in currency: String) -> String {
    guard let asset = assetsOnChain[currency], asset != .usdt,
      let dollars = Money(truncating: price, .usdt),
      let outcome = Prices.convert(dollars, to: asset)
    else { return price }
    return amountToken(Prices.cut(outcome))
  }
}
