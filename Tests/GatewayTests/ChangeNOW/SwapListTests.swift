import Gateways
import HTTP
import JSON
import Kernel
import Testing

/// S3: a swap whose answer was lost is found in the provider's list by our own word.
@Suite struct SwapListTests {
  private let word = "WE01000000000001-1"
  private let wallet = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
  private let monero =
    "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2"
    + "wfn3RVGQBEP3A"

  private func order() throws -> SwapOrder {
    SwapOrder(
      amount: try #require(Money("100", .usdt)), to: try #require(Asset(text: "XMR-XMR")),
      wallet: monero, refund: wallet, flow: .fixedRate, rate: "r", correlator: word, attempt: 1)
  }

  private func stub(_ list: String, _ edit: (String) -> String = { $0 }) throws -> Stub {
    let one = edit(try sample("changenow", "by_id_waiting"))
    return try Stub { request in
      .json(Array((request.path == "/v2/exchanges" ? list : one).utf8))
    }
  }

  private func list(_ items: String...) -> String {
    #"{"count":\#(items.count),"exchanges":[\#(items.joined(separator: ","))]}"#
  }

  private func item(_ status: String, user: String? = nil, flow: String = "fixed-rate") -> String {
    #"{"exchangeId":"3a2360771439a3","requestId":"1","status":"\#(status)","#
      + #""flow":"\#(flow)","userId":"\#(user ?? word)"}"#
  }

  private func find(_ stub: Stub) async throws -> OpenedSwap? {
    try await ChangeNOWClient(url: stub.url, apiKey: "key", http: HTTPClient()).find(order())
  }

  @Test("does: finds the swap of the order's word, as it was opened")
  func finds() async throws {
    let stub = try stub(list(item("waiting", user: "another"), item("waiting")))
    let found = try #require(try await find(stub))
    #expect(found.swap.text == "3a2360771439a3" && found.attempt == 1)
    #expect(found.fromAmount == "100" && found.payout == monero)
    #expect(found.payin == "0x2915767890A6FbF031DCe70E1b80D987Dc3a2922")
    #expect(found.validUntil == Instant(text: "2026-11-20T09:41:27.448000Z"))
    #expect(stub.requests.first?.queryValue("userId") == word)
  }

  @Test("does: gives the newest swaps' ids and words")
  func newest() async throws {
    let stub = try stub(list(item("waiting"), item("finished", user: "another"), "{}"))
    let found = try await ChangeNOWClient(url: stub.url, apiKey: "key", http: HTTPClient()).newest()
    #expect(found.map(\.status) == ["waiting", "finished"])
    #expect(found.map(\.swap.text) == ["3a2360771439a3", "3a2360771439a3"])
    #expect(stub.requests.first?.queryValue("limit") == "100")
  }

  @Test("does: finds swaps by where their deposits go, and no other ones")
  func byDeposit() async throws {
    let payin = "0x2915767890A6FbF031DCe70E1b80D987Dc3a2922"
    let mine =
      #"{"exchangeId":"3a2360771439a3","status":"finished","payin":{"address":"\#(payin)"}}"#
    let stub = try stub(list(item("waiting"), mine))
    let client = ChangeNOWClient(url: stub.url, apiKey: "key", http: HTTPClient())
    let found = try await client.swaps(paidInto: [payin.lowercased()])
    #expect(found.map(\.swap.text) == ["3a2360771439a3"] && found.first?.payin == payin)
    #expect(found.first?.payout == monero && found.first?.to.text == "XMR-XMR")
    #expect(try await client.swaps(paidInto: [wallet]).isEmpty)
  }

  @Test("ignores: other words, flows, and swaps that wait for no deposit any more")
  func ignores() async throws {
    let others = [
      list(), list(item("waiting", user: "x")), list(item("waiting", flow: "standard")),
    ]
    let over = ["confirming", "exchanging", "sending", "finished", "failed", "refunded", "expired"]
    for body in others + (over + ["verifying", "hold", ""]).map({ list(item($0)) }) {
      #expect(try await find(try stub(body)) == nil, "\(body)")
    }
  }

  @Test("refuses: a swap found that isn't the one asked for, and lists that are none")
  func refuses() async throws {
    let payin = "0x2915767890A6FbF031DCe70E1b80D987Dc3a2922"
    for (old, new, wanted) in [
      (#""fromNetwork":"eth""#, #""fromNetwork":"bsc""#, "answerDiffers"),
      (wallet, payin, "answerDiffers"), (payin, wallet.lowercased() + "0", "answerDiffers"),
      (#""id":"3a2360771439a3""#, #""id":"x""#, "answerDiffers"),
      (#""expectedAmountFrom":100"#, #""expectedAmountFrom":null"#, "unknown"),
    ] {
      let stub = try stub(list(item("waiting"))) { $0.replacing(old, with: new) }
      let failure = await kind { try await find(stub) }
      #expect(failure == wanted, "\(new)")
    }
    for body in ["{}", "[]", #"{"exchanges":5}"#] {
      let failure = await kind { try await find(try stub(body)) }
      #expect(failure == "transient", "\(body)")
    }
    let closed = try Stub(#"{"error":"invalid_api_key","message":"Use private key"}"#, status: 401)
    let failure = await kind { try await find(closed) }
    #expect(failure == "credentials")
  }
}
