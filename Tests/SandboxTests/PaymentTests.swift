import Gateways
import HTTP
import JSON
import Kernel
import Synchronization
import Testing

@testable import Sandbox

/// A webhook that keeps what it gets, and refuses the first so many.
final class Receiver: Sendable {
  struct Got: Sendable {
    let body: [UInt8]
    let signature: String?
    var json: JSONValue { (try? JSONValue.parse(body)) ?? .null }
    var status: String { json["payment_status"]?.text ?? "" }
    var isAuthentic: Bool {
      NOWPaymentsNotice.isAuthentic(body: body, signature: signature, secret: Stand.secret)
    }
  }

  private let kept: Kept
  private let server: HTTPServer
  var got: [Got] { kept.all.withLock { $0 } }
  var url: String { "http://127.0.0.1:\(server.port)/ipn" }

  private final class Kept: Sendable {
    let all = Mutex<[Got]>([])
  }

  init(refusing count: Int = 0) throws {
    let kept = Kept()
    self.kept = kept
    server = try HTTPServer(listen: HTTPAddress(host: "127.0.0.1", port: 0)) { request, answer in
      let number = kept.all.withLock { all in
        all.append(Got(body: request.body, signature: request.headers.only("x-nowpayments-sig")))
        return all.count
      }
      answer.send(.empty(number <= count ? 503 : 200))
    }
  }

  deinit { server.drainAndStop(deadlineSeconds: 0.1) }

  func receives(_ count: Int) async throws -> [Got] {
    try await eventually { self.got.count >= count ? self.got : nil }
  }
}

@Suite struct PaymentTests {
  private func order(_ text: String) throws -> OrderID { try #require(OrderID(text: text)) }

  @Test("does: an invoice is paid, and its callback hears of every status, signed")
  func line() async throws {
    let stand = try Stand()
    let receiver = try Receiver()
    let invoice = try await stand.payments.createInvoice(
      order: try order("order-1"), price: Money("25", .usd) ?? .blank, description: "30 days",
      successURL: nil, callbackURL: receiver.url)
    #expect(invoice.url.hasSuffix("?iid=\(invoice.id)"))
    let paid = try await stand.admin("pay", .object(["order_id": .string("order-1")]))
    let id = try #require(paid["payment_id"]?.text.flatMap(PaymentID.init(text:)))
    let got = try await receiver.receives(5)
    let reports = try got.map { try NOWPaymentsNotice.report($0.body, source: .poll) }
    #expect(Set(reports.map(\.status)).count == 5 && got.allSatisfy(\.isAuthentic))
    let last = try #require(reports.first { $0.status == "finished" })
    #expect(last.payment == id && last.order == "order-1" && last.outcomeAmount == "25")
    #expect(last.outcomeCurrency == "usdterc20" && last.parent == nil)
    #expect(got[0].body == got[0].json.written(.sortedECMAScript), "compact, sorted")
    let polled = try await stand.payments.payment(id)
    #expect(polled.status == "finished" && polled.outcomeAmount == last.outcomeAmount)
    let settled = try await eventually {
      () -> JSONValue? in
      let arrivals = try await stand.arrivals(at: stand.key.address)
      return arrivals.count == 3 ? arrivals.last : nil
    }
    #expect(settled["amount"]?.text == "25.00")
  }

  @Test("does: a notice is sent again until it is taken, three times at most")
  func retries() async throws {
    let stand = try Stand()
    let receiver = try Receiver(refusing: 1)
    let deaf = try Receiver(refusing: 100)
    for (name, url) in [("a", receiver.url), ("b", deaf.url)] {
      try await stand.admin(
        "pay",
        .object([
          "order_id": .string(name), "price_amount": .number("10"),
          "statuses": .array([.string("finished")]), "callback_url": .string(url),
        ]))
    }
    _ = try await deaf.receives(4)
    let over = try await eventually {
      () -> [JSONValue]? in
      let notices = try await stand.look("deliveries")
      return notices.allSatisfy { $0["is_over"]?.flag == true } ? notices : nil
    }
    #expect(receiver.got.count == 2 && deaf.got.count == 4)
    #expect(over.map { $0["is_taken"]?.flag } == [true, false])
    #expect(receiver.got[0].body == receiver.got[1].body)
  }

  @Test("does: unsigned, forged, altered and repeated notices on request, and none at all")
  func manners() async throws {
    let stand = try Stand()
    for manner in ["unsigned", "forged", "altered"] {
      let receiver = try Receiver()
      try await stand.admin(
        "pay",
        .object([
          "order_id": .string(manner), "price_amount": .number("10"),
          "statuses": .array([.string("finished")]), "callback_url": .string(receiver.url),
          "deliver": .string(manner),
        ]))
      let got = try await receiver.receives(1)
      #expect(!got[0].isAuthentic, "\(manner)")
      #expect((got[0].signature == nil) == (manner == "unsigned"))
    }
    let receiver = try Receiver()
    try await stand.admin(
      "pay",
      .object([
        "order_id": .string("many"), "price_amount": .number("10"), "repeat": .integer(7),
        "statuses": .array([.string("finished")]), "callback_url": .string(receiver.url),
      ]))
    let got = try await receiver.receives(7)
    #expect(got.allSatisfy(\.isAuthentic) && Set(got.map(\.body)).count == 1)
    let silent = try await stand.admin(
      "pay",
      .object([
        "order_id": .string("lost"), "price_amount": .number("10"), "deliver": .string("none"),
      ]))
    let id = try #require(silent["payment_id"]?.text.flatMap(PaymentID.init(text:)))
    _ = try await eventually {
      try await stand.payments.payment(id).status == "finished" ? true : nil
    }
    let deliveries = try await stand.look("deliveries?order_id=lost")
    #expect(deliveries.isEmpty)
  }

  @Test("does: a payment goes on after its end, a child's is its own and not found by its id")
  func further() async throws {
    let stand = try Stand()
    let receiver = try Receiver()
    func pay(_ more: [JSONMember]) async throws -> String {
      let body = [
        JSONMember("order_id", .string("o")), JSONMember("price_amount", .number("30")),
        JSONMember("callback_url", .string(receiver.url)),
      ]
      let paid = try await stand.admin("pay", .object(body + more))
      return try #require(paid["payment_id"]?.text)
    }
    let statuses: (String) -> JSONMember = { JSONMember("statuses", .array([.string($0)])) }
    let first = try await pay([statuses("partially_paid")])
    let same = try await pay([JSONMember("payment_id", .string(first)), statuses("finished")])
    #expect(first == same)
    let child = try await pay([
      JSONMember("parent_payment_id", .string(first)), statuses("finished"),
    ])
    #expect(child != first)
    let got = try await receiver.receives(3)
    let of = got.filter { $0.json["payment_id"]?.number == first }
      .sorted { ($0.json["updated_at"]?.integer ?? 0) < ($1.json["updated_at"]?.integer ?? 0) }
    #expect(of.map(\.status) == ["partially_paid", "finished"])
    let id = try #require(PaymentID(text: child))
    await #expect(throws: GatewayFailure.self) { _ = try await stand.payments.payment(id) }
    let parent = try await stand.payments.payment(try #require(PaymentID(text: first)))
    #expect(parent.raw.contains(child))
  }

  @Test("refuses: another key, and invoices the provider refuses")
  func refusals() async throws {
    let stand = try Stand()
    let url = stand.sandbox.nowPaymentsURL
    let key: HTTPHeaders = ["x-api-key": "sandbox-nowpayments-key"]
    let good = JSONValue.object([
      "price_amount": .number("10"), "price_currency": .string("usd"),
    ])
    #expect(try await stand.post(url + "/invoice", good, headers: key).status == 201)
    let keyless = try await stand.post(url + "/invoice", good)
    #expect(keyless.status == 403 && keyless.body["code"]?.text == "INVALID_API_KEY")
    let bad: [JSONValue] = [
      .object(["price_amount": .string("10"), "price_currency": .string("usd")]),
      .object(["price_amount": .number("0"), "price_currency": .string("usd")]),
      .object(["price_amount": .number("10")]),
      .object([
        "price_amount": .number("10"), "price_currency": .string("usd"),
        "ipn_callback_url": .string("ftp://here"),
      ]),
    ]
    for body in bad {
      #expect(try await stand.post(url + "/invoice", body, headers: key).status == 400)
    }
    let unpaid = try await stand.post(
      stand.sandbox.adminURL + "/admin/pay", .object(["order_id": .string("nobody's")]))
    #expect(unpaid.status == 400)
    #expect(try await stand.get(url + "/status")["message"]?.text == "OK")
  }
}
