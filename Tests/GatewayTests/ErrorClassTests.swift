import Gateways
import HTTP
import JSON
import Kernel
import Testing

/// The published table of error bodies, answered by a stand-in and read by the clients.
@Suite struct ErrorClassTests {
  private struct Row {
    let operation: String
    let status: Int
    let body: JSONValue
    let wanted: String
  }

  private func rows(of provider: String) throws -> [Row] {
    let file = try JSONValue.parse(Vectors.bytes("error_classes"))
    return try #require(file["errors"]?.items).filter { $0["provider"]?.text == provider }.map {
      Row(
        operation: try #require($0["operation"]?.text),
        status: try #require($0["http_status"]?.integer), body: try #require($0["body"]),
        wanted: try #require($0["class"]?.text))
    }
  }

  /// The words of `kind` that a class may be read as, for a call that changes nothing and for one
  /// that does.
  private func allowed(_ wanted: String) -> (read: Set<String>, write: Set<String>) {
    let rejected: Set<String> = [
      "badRequest", "addressInvalid", "amountTooSmall", "amountTooLarge", "amountOutOfRange",
      "fixedRateUnavailable", "notAvailable",
    ]
    switch wanted {
    case "config": return (["credentials"], ["credentials"])
    case "rejected": return (rejected, rejected)
    case "rejected_later": return (["pairInactive"], ["pairInactive"])
    case "not_found": return (["notFound"], ["notFound"])
    case "requote": return (["rateExpired"], ["rateExpired"])
    case "retry": return (["transient"], ["transient"])
    case "retry_reads_ambiguous_writes": return (["transient"], ["unknown"])
    default: return ([], [])
    }
  }

  private func stub(_ row: Row) throws -> Stub {
    let body = row.body.isNull ? "" : String(decoding: row.body.written(.asIs), as: UTF8.self)
    return try Stub(body, status: row.status)
  }

  @Test("does: classes every published error of NOWPayments")
  func nowPayments() async throws {
    let rows = try rows(of: "nowpayments")
    #expect(rows.count == 9)
    let payment = try #require(PaymentID(text: "1"))
    let order = try #require(OrderID(text: "o-1"))
    for row in rows {
      let stub = try stub(row)
      let client = NOWPaymentsClient(url: stub.url, apiKey: "k", http: HTTPClient())
      let read = await kind { try await client.payment(payment) }
      let write = await kind {
        try await client.createInvoice(
          order: order, price: Money(1, .usd), description: "", successURL: nil, callbackURL: "")
      }
      let allowed = allowed(row.wanted)
      #expect(allowed.read.contains(read), "\(row.operation) \(row.status) \(row.wanted): \(read)")
      #expect(allowed.write.contains(write), "\(row.operation) \(row.status) \(row.wanted)")
    }
  }

  @Test("does: classes every published error of ChangeNOW")
  func changeNOW() async throws {
    let rows = try rows(of: "changenow")
    #expect(rows.count == 16)
    let swap = try #require(SwapID(text: "3a2360771439a3"))
    let xmr = try #require(Asset(text: "XMR-XMR"))
    for row in rows {
      let stub = try stub(row)
      let client = ChangeNOWClient(url: stub.url, apiKey: "k", http: HTTPClient())
      let read = await kind { try await client.status(swap) }
      let write = await kind {
        try await client.create(
          SwapOrder(
            amount: Money(1, .usdt), to: xmr, wallet: "w", refund: "r", flow: .standard, rate: nil,
            correlator: "c", attempt: 1))
      }
      let allowed = allowed(row.wanted)
      #expect(allowed.read.contains(read), "\(row.operation) \(row.status) \(row.wanted): \(read)")
      #expect(allowed.write.contains(write), "\(row.operation) \(row.status) \(row.wanted)")
    }
  }
}
