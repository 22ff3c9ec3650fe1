import Gateways
import HTTP
import JSON
import Kernel
import Testing

@Suite struct ChangeNOWClientTests {
  private let key = "pub-l1c-k3y"
  private let wallet = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
  private let monero =
    "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2"
    + "wfn3RVGQBEP3A"
  private let xmr: Asset
  private let btc: Asset
  private let hundred: Money

  init() throws {
    xmr = try #require(Asset(text: "XMR-XMR"))
    btc = try #require(Asset(text: "BTC-BTC"))
    hundred = try #require(Money("100", .usdt))
  }

  private func client(_ url: String) -> ChangeNOWClient {
    ChangeNOWClient(url: url, apiKey: key, http: HTTPClient())
  }

  private func order(rate: String? = "Sd5UzPYKbys4miuq1vwYX9dowPkQipgt") -> SwapOrder {
    SwapOrder(
      amount: hundred, to: xmr, wallet: monero, refund: wallet.lowercased(), flow: .fixedRate,
      rate: rate, correlator: "WE01000000000001.1", attempt: 3)
  }

  private func create(_ url: String) async -> String {
    await kind { try await client(url).create(order()) }
  }

  private func estimate(_ url: String) async -> String {
    await kind {
      try await client(url).estimate(hundred, to: xmr, flow: .fixedRate)
    }
  }

  @Test("does: the range of a pair, without an upper bound where there is none")
  func range() async throws {
    let stub = try Stub(sample("changenow", "range_response"))
    let range = try await client(stub.url).range(from: btc, to: .usdt, flow: .standard)
    #expect(range == SwapRange(least: "0.0002625", most: nil))
    let request = try #require(stub.requests.first)
    #expect(request.path == "/v2/exchange/range" && request.headers["x-changenow-api-key"] == key)
    #expect(request.queryValue("fromCurrency") == "btc" && request.queryValue("toNetwork") == "eth")
    #expect(request.queryValue("flow") == "standard")
  }

  @Test("does: says where an amount lies in a range")
  func places() throws {
    let range = SwapRange(least: "10.5", most: "2000.0000009")
    func place(_ text: String) throws -> SwapRange.Place? {
      range.place(of: try #require(Money(text, .usdt)))
    }
    #expect(try place("10.499999") == .below && place("10.50") == .inside)
    #expect(try place("2000") == .inside && place("2000.000001") == .above)
    #expect(SwapRange(least: "0", most: nil).place(of: hundred) == .inside)
    #expect(SwapRange(least: "x", most: nil).place(of: hundred) == nil)
  }

  @Test("does: an estimate with its rate and how long it is held")
  func fixedEstimate() async throws {
    let stub = try Stub(sample("changenow", "estimate_fixed_response"))
    let estimate = try await client(stub.url).estimate(hundred, to: xmr, flow: .fixedRate)
    let until = Instant(text: "2026-11-20T09:21:27.448000Z")
    #expect(
      estimate
        == SplitEstimate(
          fromAmount: "100", toAmount: "0.2871234", depositFee: "3.2", withdrawalFee: "0.0001302",
          rate: "Sd5UzPYKbys4miuq1vwYX9dowPkQipgt", validUntil: until))
    let request = try #require(stub.requests.first)
    #expect(request.path == "/v2/exchange/estimated-amount")
    #expect(request.queryValue("useRateId") == "true")
    #expect(request.queryValue("fromAmount") == "100.00" && request.queryValue("type") == "direct")
  }

  @Test("does: an estimate at the market's rate has no rate to hold")
  func standardEstimate() async throws {
    let stub = try Stub(sample("changenow", "estimate_standard_response"))
    let estimate = try await client(stub.url).estimate(hundred, to: xmr, flow: .standard)
    #expect(estimate.rate == nil && estimate.validUntil == nil)
    #expect(estimate.toAmount == "0.2881234")
    #expect(stub.requests.first?.queryValue("useRateId") == nil)
  }

  @Test("refuses: estimates of another pair or amount, or without what was asked for")
  func otherEstimates() async throws {
    let fixed = try sample("changenow", "estimate_fixed_response")
    let cases: [(String, String, String)] = [
      (#""fromAmount":100"#, #""fromAmount":100.000001"#, "answerDiffers"),
      (#""fromNetwork":"eth""#, #""fromNetwork":"trx""#, "answerDiffers"),
      (#""toCurrency":"xmr""#, #""toCurrency":"btc""#, "answerDiffers"),
      (#""rateId":"Sd5UzPYKbys4miuq1vwYX9dowPkQipgt""#, #""rateId":null"#, "fixedRateUnavailable"),
      (#""toAmount":0.2871234"#, #""toAmount":null"#, "transient"),
      (#""toAmount":0.2871234"#, #""toAmount":"None""#, "transient"),
      (#""depositFee":3.2"#, #""depositFee":[]"#, "transient"),
      (#""depositFee":3.2"#, #""depositFee":null"#, "none"),
    ]
    for (old, new, wanted) in cases {
      let body = fixed.replacing(old, with: new)
      #expect(body != fixed)
      let stub = try Stub(body)
      #expect(await estimate(stub.url) == wanted, "\(new)")
    }
  }

  @Test("does: opens a swap, with a way back to us and a word to find it by")
  func creates() async throws {
    let stub = try Stub(sample("changenow", "create_response"))
    let opened = try await client(stub.url).create(order())
    #expect(opened.swap.text == "3a2360771439a3" && opened.attempt == 3)
    #expect(opened.fromAmount == "100" && opened.toAmount == "0.2871234")
    #expect(opened.payin == "0x2915767890A6FbF031DCe70E1b80D987Dc3a2922")
    #expect(opened.payout == monero && opened.payinExtra == nil)
    #expect(opened.validUntil == Instant(text: "2026-11-20T09:41:27.448000Z"))
    let request = try #require(stub.requests.first)
    #expect(request.method == "POST" && request.path == "/v2/exchange")
    let asked = try JSONValue.parse(request.body)
    let shape = try JSONValue.parse(Array(sample("changenow", "create_request_fixed").utf8))
    #expect(Set(asked.members?.map(\.name) ?? []) == Set(shape.members?.map(\.name) ?? []))
    #expect(asked["fromAmount"]?.text == "100.00" && asked["fromNetwork"]?.text == "eth")
    #expect(asked["refundAddress"]?.text == wallet.lowercased())
    #expect(asked["userId"]?.text == "WE01000000000001.1")
    #expect(asked["payload"]?["ref"]?.text == "WE01000000000001.1")
    #expect(asked["rateId"]?.text == "Sd5UzPYKbys4miuq1vwYX9dowPkQipgt")
  }

  @Test("refuses: a swap that is not the one asked for")
  func otherSwaps() async throws {
    let right = try sample("changenow", "create_response")
    let payin = "0x2915767890A6FbF031DCe70E1b80D987Dc3a2922"
    let cases: [(String, String, String)] = [
      (#""fromNetwork":"eth""#, #""fromNetwork":"bsc""#, "answerDiffers"),
      (#""flow":"fixed-rate""#, #""flow":"standard""#, "answerDiffers"),
      (wallet, payin, "answerDiffers"),
      (payin, "0x2915767890a6FbF031DCe70E1b80D987Dc3a2922", "answerDiffers"),
      (payin, "0x0000000000000000000000000000000000000000", "answerDiffers"),
      (payin, "TEmGwPeRTPiLFLVfBxXkSP91yc5GMNQhfS", "answerDiffers"),
      (#""id":"3a2360771439a3""#, #""id":null"#, "unknown"),
      (#""id":"3a2360771439a3""#, #""id":5"#, "unknown"),
      (#""fromAmount":100"#, #""fromAmount":null"#, "unknown"),
      (payin, "", "unknown"),
    ]
    for (old, new, wanted) in cases {
      let stub = try Stub(right.replacing(old, with: new))
      #expect(await create(stub.url) == wanted, "\(new)")
    }
  }

  @Test("does: how a swap stands; nothing for what is not known yet")
  func status() async throws {
    let id = try #require(SwapID(text: "3a2360771439a3"))
    let waiting = try Stub(sample("changenow", "by_id_waiting"))
    let until = Instant(text: "2026-11-20T09:41:27.448000Z")
    #expect(
      try await client(waiting.url).status(id)
        == SwapStatus(
          status: "waiting", validUntil: until, expectedFrom: "100",
          payin: "0x2915767890A6FbF031DCe70E1b80D987Dc3a2922", refundAddress: wallet,
          payoutNetwork: "xmr"))
    #expect(waiting.requests.first?.queryValue("id") == "3a2360771439a3")
    let finished = try Stub(sample("changenow", "by_id_finished"))
    let status = try await client(finished.url).status(id)
    #expect(status.status == "finished" && status.amountTo == "0.2871234")
    #expect(status.amountFrom == "100" && status.payoutHash == "1f0e" && status.validUntil == nil)
  }

  @Test("refuses: the status of another swap")
  func otherStatus() async throws {
    let stub = try Stub(sample("changenow", "by_id_waiting"))
    let id = try #require(SwapID(text: "cb11103dd7e6e9+/=|"))
    let failure = await kind {
      try await client(stub.url).status(id)
    }
    #expect(failure == "answerDiffers")
    #expect(stub.requests.first?.queryValue("id") == "cb11103dd7e6e9+/=|")
  }

  @Test("does: lost answers and foreign pages are unknown to a creation, again to an estimate")
  func brokenAnswers() async throws {
    for status in [200, 403, 404, 408, 500, 502, 503] {
      let stub = try Stub { _ in HTTPResponse(status: status, body: Array("<html>".utf8)) }
      #expect(await create(stub.url) == "unknown")
      #expect(await estimate(stub.url) == "transient")
    }
    for piece in ["", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"id\":"] {
      let server = try RawServer(saying: piece)
      #expect(await create(server.url) == "unknown")
      #expect(await estimate(server.url) == "transient")
    }
    let huge = String(repeating: " ", count: 2 << 20)
    let stub = try Stub { _ in .json(Array(huge.utf8)) }
    #expect(await create(stub.url) == "unknown")
    #expect(await estimate(stub.url) == "transient")
    let dead = try deadURL()
    #expect(await create(dead) == "transient")
    #expect(await estimate(dead) == "transient")
  }

  @Test("refuses: US dollars, which nobody can swap, before anything is sent")
  func dollars() async throws {
    let stub = try Stub("{}")
    let failure = await kind {
      try await client(stub.url).range(from: .usd, to: xmr, flow: .standard)
    }
    #expect(failure == "assetUnsupported" && stub.requests.isEmpty)
  }

  @Test("does: names all 87 pairs, each by names of its own, and reads them back")
  func currencies() {
    #expect(Asset.payable.count == 87)
    var seen = Set<ChangeNOWCurrency>()
    for asset in Asset.payable {
      guard let names = ChangeNOWCurrency(asset) else {
        Issue.record("\(asset) has no names")
        continue
      }
      #expect(seen.insert(names).inserted)
      #expect(ChangeNOWCurrency.asset(ticker: names.ticker, network: names.network) == asset)
    }
    #expect(ChangeNOWCurrency(.usdt)?.ticker == "usdt")
    #expect(ChangeNOWCurrency(.usd) == nil && ChangeNOWCurrency(.none) == nil)
    #expect(ChangeNOWCurrency.asset(ticker: "USDT", network: "ETH") == .usdt)
    #expect(ChangeNOWCurrency.asset(ticker: "usdt", network: "avaxc") == nil)
  }
}
