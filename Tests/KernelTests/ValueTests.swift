import Testing

@testable import Kernel

@Suite struct ValueTests {
  @Test(
    "does: instants go to text and back, leap days among them",
    arguments: [
      ("1970-01-01T00:00:00.000000Z", 0), ("2000-02-29T00:00:00.000000Z", 951_782_400_000_000),
      ("2026-11-24T16:47:11.123456Z", 1_795_538_831_123_456),
      ("2024-02-29T23:59:59.999999Z", 1_709_251_199_999_999),
      ("2100-03-01T00:00:00.000000Z", 4_107_542_400_000_000),
      ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ])
  func instants(_ text: String, _ microseconds: Int64) {
    #expect(Instant(text: text)?.microseconds == microseconds)
    #expect(Instant(microseconds: microseconds).text == text)
  }

  @Test("does: every day of four centuries goes to text and back, and texts sort as days do")
  func everyDay() {
    var before = ""
    for day in 0..<Int64(146_097) {
      let instant = Instant(microseconds: day * Instant.perDay)
      let text = instant.text
      guard text > before, Instant(text: text) == instant else {
        Issue.record("day \(day) is \(text) after \(before)")
        return
      }
      before = text
    }
    #expect(before.hasPrefix("2369-12-31"))
  }

  @Test(
    "refuses: other spellings, and days that never were",
    arguments: [
      "2026-11-24T16:47:11Z", "2026-11-24 16:47:11.123456Z", "2026-11-24T16:47:11.123456+",
      "2026-11-24T16:47:11.12345Z", "1969-12-31T23:59:59.999999Z", "2026-02-29T00:00:00.000000Z",
      "2100-02-29T00:00:00.000000Z", "2026-13-01T00:00:00.000000Z", "2026-00-01T00:00:00.000000Z",
      "2026-04-31T00:00:00.000000Z", "2026-01-00T00:00:00.000000Z", "2026-01-01T24:00:00.000000Z",
      "2026-01-01T00:60:00.000000Z", "2026-01-01T00:00:60.000000Z", "2026-01-01T00:00:00.00000 Z",
      "2026-01-01T00:00:00.000000z", "",
    ])
  func refusesInstants(_ text: String) {
    #expect(Instant(text: text) == nil)
  }

  @Test("does: there are exactly 87 payable pairs on 16 networks, each read back from its text")
  func assets() {
    let payable = Asset.payable
    #expect(payable.count == 87)
    #expect(Set(payable).count == 87)
    #expect(Set(payable.map(\.network)).count == 16)
    for asset in payable {
      #expect(Asset(text: asset.text) == asset)
      #expect(Asset(currency: asset.currency.lowercased(), network: asset.network) == asset)
      #expect((0...18).contains(asset.decimals))
    }
    #expect(
      payable.filter(\.isSendable).map(\.text).sorted() == [
        "DAI-ETH", "ETH-ETH", "USDC-ETH", "USDT-ETH",
      ])
    #expect(payable.filter(\.isTether).count == 7)
  }

  @Test(
    "refuses: assets that are not listed, or not spelled so",
    arguments: ["", "usdt-eth", "USDT", "USDT-", "-ETH", "USDT-XMR", "USD-", "ETH", "USDT-ETH "])
  func refusesAssets(_ text: String) {
    #expect(Asset(text: text) == nil)
  }

  @Test("refuses: ids that are empty, too long or of other characters; nothing is cut")
  func ids() {
    #expect(BatchID(text: "") == nil)
    #expect(BatchID(text: String(repeating: "a", count: 160))?.text.utf8.count == 160)
    #expect(BatchID(text: String(repeating: "a", count: 161)) == nil)
    for bad in ["a b", "a\n", "ü", "a\u{0}", "a\"", "a%"] { #expect(BatchID(text: bad) == nil) }
    for bad in ["", "-1", "1a", "1.0", "1e3", String(repeating: "1", count: 41)] {
      #expect(PaymentID(text: bad) == nil)
    }
    for good in ["-1001234567890", "12345"] { #expect(OpenChannelID(text: good)?.text == good) }
    for bad in ["1234", "--12345", "-1234", "123456789012345", "12345x", "+12345"] {
      #expect(OpenChannelID(text: bad) == nil)
      #expect(ClosedChannelID(text: bad) == nil)
    }
    for bad in ["0", "01", "-1", "12345678901234567"] { #expect(UserID(text: bad) == nil) }
  }

  @Test("does: split ids are the seeds' sixteen characters, and their transfer is one")
  func splitIDs() {
    #expect(SplitID(number: 1).text == "WE01000000000001")
    #expect(SplitID(number: 36).text == "WE01000000000010")
    #expect(SplitID(number: 35, partition: 35).text == "WE0Z00000000000Z")
    let ids = Set((0..<5_000).map { SplitID(number: $0) })
    #expect(ids.count == 5_000)
    #expect(ids.allSatisfy { $0.text.utf8.count == 16 })
    #expect(SplitID(number: 1).transfer.text == "WE01000000000001.fund")
  }

  @Test("does: personal text carries its scheme; text without one is refused")
  func personal() {
    #expect(Personal("x").text == "p0:x")
    #expect(Personal(text: "p0:")?.value == "")
    #expect(Personal(text: "p0:p0:x")?.value == "p0:x")
    #expect(Personal(text: "x") == nil)
    #expect(Personal(text: "p1:x") == nil)
    // A mark that combines with the colon before it.
    let marked = Personal("\u{301}x")
    #expect(Personal(text: marked.text)?.value.utf8.elementsEqual(marked.value.utf8) == true)
  }

  @Test("does: old order texts keep the channel's sign; other texts are refused")
  func oldOrders() {
    let old = OldOrderText("PGP-6270000001|-1001234567890")
    #expect(old?.user.text == "6270000001")
    #expect(old?.open.text == "-1001234567890")
    #expect(old?.text == "PGP-6270000001|-1001234567890")
    for bad in [
      "", "PGP-", "PGP-1", "PGP-1|", "PGP-|12345", "PGP-1|12345|1", "pgp-1|12345",
      "PGP-1-1001234567890", "PGP-x|12345", "PGP-1|x",
    ] {
      #expect(OldOrderText(bad) == nil)
    }
  }

  @Test("does: an order id of ours names its environment; others name none")
  func orderIDs() {
    let id = OrderID(environment: .sandbox, token: "a-b_c")
    #expect(id.text == "weir-sandbox-a-b_c")
    #expect(id.environment == .sandbox)
    #expect(OrderID(text: "weir-live-x")?.environment == .live)
    for other in ["weir-test-x", "weir-live", "PGP-1|12345", "weirlive-x-y"] {
      #expect(OrderID(text: other)?.environment == nil)
    }
  }
}
