import Gateways
import HTTP
import JSON
import Kernel
import Testing

@Suite struct NOWPaymentsClientTests {
  private let key = "S3CR-ETK-EY00"

  private func client(_ url: String) -> NOWPaymentsClient {
    NOWPaymentsClient(url: url, apiKey: key, http: HTTPClient())
  }

  private func invoice(_ url: String) async throws -> Invoice {
    let order = try #require(OrderID(text: "sub-000123"))
    let price = try #require(Money("25.50", .usd))
    return try await client(url).createInvoice(
      order: order, price: price, description: "Café \"30 days\"", successURL: nil,
      callbackURL: "https://example.org/ipn")
  }

  private func id(_ text: String) throws -> PaymentID { try #require(PaymentID(text: text)) }

  @Test("does: asks for an invoice and reads its page", arguments: ["", "/", "/v1", "/v1/"])
  func createsInvoice(suffix: String) async throws {
    let stub = try Stub(sample("nowpayments", "create_invoice_response_201"), status: 201)
    let invoice = try await invoice(stub.url + suffix)
    #expect(invoice.id.text == "4522625843")
    #expect(invoice.url == "https://nowpayments.io/payment/?iid=4522625843")
    let request = try #require(stub.requests.first)
    #expect(request.method == "POST" && request.path == "/v1/invoice")
    #expect(request.headers.all("x-api-key") == [key])
    let asked = try JSONValue.parse(request.body)
    #expect(asked["price_amount"] == .number("25.50") && asked["price_currency"]?.text == "usd")
    #expect(asked["order_id"]?.text == "sub-000123")
    #expect(asked["order_description"]?.text == "Café \"30 days\"")
    #expect(asked["ipn_callback_url"]?.text == "https://example.org/ipn")
    #expect(asked["success_url"] == nil)
  }

  @Test("refuses: an invoice of another order, or one without id or address")
  func otherInvoice() async throws {
    let other = try Stub(#"{"id":"1","order_id":"sub-9","invoice_url":"https://n.io/"}"#)
    await #expect(
      throws: GatewayFailure.permanent("an invoice of another order", code: .answerDiffers)
    ) { try await invoice(other.url) }
    for body in [
      "{}", "[]", #"{"id":1,"order_id":"sub-000123"}"#,
      #"{"id":true,"order_id":"sub-000123","invoice_url":"https://n.io/"}"#,
      #"{"order_id":"sub-000123","invoice_url":"https://n.io/"}"#,
      #"{"id":1,"order_id":"sub-000123","invoice_url":"javascript:alert(1)"}"#,
    ] {
      let stub = try Stub(body)
      #expect(await make(stub.url) == "unknown", "\(body)")
    }
  }

  @Test("does: lists an account's payments, page by page, and leaves out what is none")
  func lists() async throws {
    let page = (1...100).map { #"{"payment_id":\#($0),"payment_status":"finished"}"# }
    let stub = try Stub { request in
      guard request.path == "/v1/payment/" else {
        return .json(Array(#"{"token":"t0ken-of-the-day"}"#.utf8))
      }
      let items =
        request.queryValue("page") == "0"
        ? page : [#"{"payment_id":101,"payment_status":"waiting"}"#, #"{"payment_id":null}"#, "7"]
      return .json(Array(#"{"data":[\#(items.joined(separator: ","))]}"#.utf8))
    }
    let since = try #require(Instant(text: "2026-11-20T09:21:27.000000Z"))
    let found = try await client(stub.url).payments(
      since: since, email: "a@example.org", password: "pass-word-1")
    #expect(found.count == 101 && found.last?.status == "waiting")
    #expect(found.allSatisfy { $0.source == .poll })
    let login = try JSONValue.parse(try #require(stub.requests.first).body)
    #expect(login["email"]?.text == "a@example.org" && login["password"]?.text == "pass-word-1")
    for request in stub.requests.dropFirst() {
      #expect(request.headers.all("Authorization") == ["Bearer t0ken-of-the-day"])
      #expect(request.headers.all("x-api-key") == [key])
      #expect(request.queryValue("dateFrom") == "2026-11-20")
    }
    #expect(stub.requests.count == 3)
  }

  @Test("refuses: a login without a token, and a list that is none")
  func unlisted() async throws {
    let since = Instant(microseconds: 0)
    for (body, code) in [("{}", true), (#"{"token":"t"}"#, false)] {
      let stub = try Stub(body)
      await #expect(throws: GatewayFailure.self, "\(code)") {
        try await client(stub.url).payments(since: since, email: "a", password: "b")
      }
    }
  }

  @Test("does: reads a payment's status")
  func status() async throws {
    let stub = try Stub(sample("nowpayments", "get_payment_response"))
    let report = try await client(stub.url).payment(id("5745459419"))
    #expect(stub.requests.first?.path == "/v1/payment/5745459419")
    #expect(stub.requests.first?.headers["x-api-key"] == key)
    #expect(report.source == .poll && report.status == "finished")
    #expect(report.outcomeAmount == "25.38" && report.outcomeCurrency == "usdttrc20")
    #expect(report.updatedAt == "2026-11-20T15:09:40.535Z")
  }

  @Test("does: reads the shape that creating a payment answers")
  func created() async throws {
    let stub = try Stub(sample("nowpayments", "create_payment_response_201"), status: 201)
    let report = try await client(stub.url).payment(id("5745459419"))
    #expect(report.status == "waiting" && report.payAmount == "25.512345")
  }

  @Test("refuses: another payment's status")
  func otherPayment() async throws {
    let stub = try Stub(sample("nowpayments", "get_payment_response"))
    await #expect(
      throws: GatewayFailure.permanent("the status of another payment", code: .answerDiffers)
    ) { try await client(stub.url).payment(id("5745459418")) }
  }

  @Test("does: a failed read is tried again, a failed creation is unknown")
  func brokenAnswers() async throws {
    let html = "<html>502 Bad Gateway</html>"
    for status in [200, 403, 404, 502, 503, 520] {
      let stub = try Stub { _ in HTTPResponse(status: status, body: Array(html.utf8)) }
      try await expectBroken(stub.url)
    }
    for piece in [
      "", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", "nonsense\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + String(repeating: "[", count: 1000),
    ] {
      let server = try RawServer(saying: piece)
      try await expectBroken(server.url)
    }
    let huge = String(repeating: " ", count: 2 << 20)
    let stub = try Stub { _ in .json(Array(huge.utf8)) }
    try await expectBroken(stub.url)
  }

  private func expectBroken(_ url: String) async throws {
    let payment = try id("1")
    #expect(await read(url, payment) == "transient")
    #expect(await make(url) == "unknown")
  }

  private func read(_ url: String, _ payment: PaymentID) async -> String {
    await kind { try await client(url).payment(payment) }
  }

  private func make(_ url: String) async -> String {
    await kind { try await invoice(url) }
  }

  @Test("does: what was surely not sent may be sent again")
  func notSent() async throws {
    let url = try deadURL()
    #expect(await make(url) == "transient")
  }

  @Test("does: waits as long as it is told to", arguments: [nil, "7", "999999", "x", "-1"])
  func tooMany(header: String?) async throws {
    let stub = try Stub { _ in
      var answer = HTTPResponse.json(Array("{}".utf8), status: 429)
      if let header { answer.headers.add("Retry-After", header) }
      return answer
    }
    let seconds = header == "7" ? 7 : header == "999999" ? 86_400 : nil
    await #expect(throws: GatewayFailure.transient("HTTP 429", retryAfterSeconds: seconds)) {
      try await invoice(stub.url)
    }
  }

  @Test("refuses: to say a key or more than a short text of an answer in an error")
  func secrets() async throws {
    let long = String(repeating: "x", count: 5000)
    let stub = try Stub(
      #"{"code":"BAD_REQUEST","message":"key \#(key)\u0007 is bad \#(long)"}"#, status: 400)
    let failure = await #expect(throws: GatewayFailure.self) { try await invoice(stub.url) }
    let text = String(describing: failure)
    #expect(!text.contains(key) && text.contains("key … is bad") && text.utf8.count < 400)
    let odd = NOWPaymentsClient(url: stub.url, apiKey: "a\r\nb", http: HTTPClient())
    let payment = try id("1")
    let refused = await kind { try await odd.payment(payment) }
    #expect(refused == "badRequest")
  }
}
