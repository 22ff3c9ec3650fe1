import Gateways
import Kernel
import Testing

@Suite struct NoticeReportTests {
  private func report(_ body: String) throws(NoticeError) -> PaymentReport {
    try NOWPaymentsNotice.report(Array(body.utf8), source: .notice)
  }

  @Test("does: reads every published body as it says")
  func published() throws {
    let file: NoticeSignatureTests.File = try Vectors.read("nowpayments_ipn")
    for vector in file.vectors where vector.name != "non_canonical_number_spelling" {
      let report = try report(vector.rawBody)
      #expect(report.raw == vector.rawBody && report.source == .notice)
    }
    let wire = try report(file.vectors[1].rawBody)
    #expect(wire.payment.text == "5800000010" && wire.status == "finished")
    #expect(wire.order == "payout-000010" && wire.parent == nil)
    #expect(wire.priceAmount == "20" && wire.priceCurrency == "usd")
    #expect(wire.payAmount == "0.00656612" && wire.payCurrency == "eth")
    #expect(wire.payAddress == "0x05Db991D7930CE6Ac8c21064de9A14EB2a154746")
    #expect(wire.actuallyPaid == "0.00656612")
    #expect(wire.outcomeAmount == "0.01633459" && wire.outcomeCurrency == "bnbbsc")
    #expect(wire.updatedAt == "1765249461097")
    let child = try #require(file.vectors.first { $0.name == "child_payment_array_of_ids" })
    #expect(try report(child.rawBody).parent?.text == "5592161154")
  }

  @Test("does: tiny amounts as plain decimals")
  func exponents() throws {
    let file: NoticeSignatureTests.File = try Vectors.read("nowpayments_ipn")
    let tiny = try #require(file.vectors.first { $0.name == "tiny_amounts_exponent_form" })
    let report = try report(tiny.rawBody)
    #expect(report.payAmount == "0.00000001" && report.actuallyPaid == "0.00000015")
    #expect(report.outcomeAmount == "0.000001")
  }

  @Test("refuses: an id of another spelling under the signature of the same value")
  func spelling() throws {
    let file: NoticeSignatureTests.File = try Vectors.read("nowpayments_ipn")
    let odd = try #require(file.vectors.first { $0.name == "non_canonical_number_spelling" })
    #expect(throws: NoticeError.malformed("payment_id")) { try report(odd.rawBody) }
  }

  @Test(
    "refuses: ids that are no plain digits",
    arguments: [
      "5.7e9", "123.0", "-5", #""0x10""#, #""5 ""#, "true", "[5]", "{}", #""５""#,
      #""12345678901234567890123456789012345678901""#,
    ])
  func ids(token: String) {
    let own = #"{"payment_id":\#(token),"payment_status":"waiting"}"#
    #expect(throws: NoticeError.malformed("payment_id")) { try report(own) }
    let parent = #"{"payment_id":5,"payment_status":"waiting","parent_payment_id":\#(token)}"#
    #expect(throws: NoticeError.malformed("parent_payment_id")) { try report(parent) }
  }

  @Test("does: ids as text and as number alike; nothing for null and empty texts")
  func loose() throws {
    let body = #"""
      {"payment_id":"5745459419","payment_status":"odd status","parent_payment_id":"",
       "order_id":null,"pay_amount":"1.5e-7","updated_at":"2026-11-20T15:09:40.535Z"}
      """#
    let report = try report(body)
    #expect(report.payment.text == "5745459419" && report.status == "odd status")
    #expect(report.parent == nil && report.order == nil && report.payAddress == nil)
    #expect(report.payAmount == "0.00000015" && report.updatedAt == "2026-11-20T15:09:40.535Z")
  }

  @Test("refuses: what is missing, of another kind, or no object")
  func broken() {
    let cases: [(String, NoticeError)] = [
      ("{}", .missing("payment_id")), (#"{"payment_id":1}"#, .missing("payment_status")),
      (#"{"payment_id":null,"payment_status":"waiting"}"#, .missing("payment_id")),
      (#"{"payment_id":1,"payment_status":""}"#, .missing("payment_status")),
      (#"{"payment_id":1,"payment_status":5}"#, .malformed("payment_status")),
      (#"{"payment_id":1,"payment_status":"waiting","order_id":7}"#, .malformed("order_id")),
      (#"{"payment_id":1,"payment_status":"a","pay_amount":"None"}"#, .malformed("pay_amount")),
      (#"{"payment_id":1,"payment_status":"a","pay_amount":1e999}"#, .malformed("pay_amount")),
      (#"{"payment_id":1,"payment_status":"a","outcome_amount":{}}"#, .malformed("outcome_amount")),
      (#"{"payment_id":1,"payment_status":"a","updated_at":[]}"#, .malformed("updated_at")),
      ("[]", .notAnObject), ("", .notAnObject), ("payment_id=1", .notAnObject),
      (#"{"payment_id":1,"payment_id":2,"payment_status":"a"}"#, .notAnObject),
    ]
    for (body, error) in cases {
      #expect(throws: error, "\(body)") { try report(body) }
    }
  }
}
