import HTTP
import Kernel
import Support
import Testing

@testable import Gateways

/// Two nodes, of which one lags, lies or is gone.
@Suite struct EndpointsTests {
  static let account = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
  static let hash = "0x" + String(repeating: "ab", count: 32)
  static let now = Instant(text: "2026-03-01T10:00:00.000000Z")!

  private typealias Pair = (ToldNode, ToldNode, EthereumEndpoints)

  private func pair() throws -> Pair {
    func node() throws -> ToldNode {
      try ToldNode([
        "eth_chainId": #""0x1""#, "eth_getBlockByNumber": #"{"number":"0x20","hash":"0xB10C"}"#,
        "eth_getTransactionReceipt": "null", "eth_getTransactionByHash": "null",
      ])
    }
    let (one, other) = (try node(), try node())
    return (
      one, other,
      EthereumEndpoints(
        EthereumNode(url: one.url, http: HTTPClient()),
        EthereumNode(url: other.url, http: HTTPClient()))
    )
  }

  private func receipt(
    block: String = "0x10", blockHash: String = "0xB10C", status: String = "0x1"
  ) -> String {
    #"{"transactionHash":"\#(Self.hash)","blockHash":"\#(blockHash)","blockNumber":"\#(block)","#
      + #""status":"\#(status)","gasUsed":"0x5208","effectiveGasPrice":"0x1","logs":[]}"#
  }

  @Test("refuses: a node on another chain, or on one with another beginning")
  func wrongChain() async throws {
    let (one, other, endpoints) = try pair()
    other["eth_chainId"] = #""0x5""#
    #expect(await kind { try await endpoints.live(chain: 1, at: Self.now) } == "wrongChain")
    #expect(await kind { try await endpoints.live(chain: 5, at: Self.now) } == "wrongChain")
    other["eth_chainId"] = #""0x1""#
    other["eth_getBlockByNumber"] = #"{"number":"0x0","hash":"0xbad"}"#
    #expect(await kind { try await endpoints.live(chain: 1, at: Self.now) } == "wrongChain")
    other["eth_getBlockByNumber"] = #"{"number":"0x0","hash":"0xb10c"}"#
    #expect(try await endpoints.live(chain: 1, at: Self.now).nodes.count == 2)
    #expect(one.asked("eth_chainId") == ["", ""])
  }

  @Test("does: asks for the chain again after an hour, and never uses a node it hasn't asked")
  func everyHour() async throws {
    let (one, other, endpoints) = try pair()
    for seconds: Int64 in [0, 1, 3_599] {
      _ = try await endpoints.live(chain: 1, at: Self.now.adding(seconds: seconds))
    }
    #expect(one.asked("eth_chainId").count == 1 && other.asked("eth_chainId").count == 1)
    other["eth_chainId"] = #""0x5""#
    let later = Self.now.adding(seconds: 3_600)
    #expect(await kind { try await endpoints.live(chain: 1, at: later) } == "wrongChain")
    other["eth_chainId"] = nil
    let live = try await endpoints.live(chain: 1, at: later)
    #expect(live.nodes.count == 1 && live.trouble != nil)
    one.silence()
    #expect(
      await kind { try await endpoints.live(chain: 1, at: later.adding(seconds: 3_600)) }
        == "transient")
  }

  @Test("does: the highest nonce that any node knows; one silent node stops nothing")
  func nonces() async throws {
    let (one, other, endpoints) = try pair()
    one["eth_getTransactionCount"] = #""0x7""#
    other["eth_getTransactionCount"] = #""0x9""#
    let live = try await endpoints.live(chain: 1, at: Self.now)
    #expect(try await live.nonces(of: Self.account) == (9, 9))
    one["eth_getTransactionCount"] = #""0x0""#
    #expect(try await live.nonces(of: Self.account) == (9, 9))
    other["eth_getTransactionCount"] = nil
    one["eth_getTransactionCount"] = #""0x8""#
    #expect(try await live.nonces(of: Self.account) == (8, 8))
    one.silence()
    #expect(await kind { _ = try await live.nonces(of: Self.account) } == "transient")
  }

  @Test("does: a receipt is final only where both have the same one in the same final block")
  func sightings() async throws {
    let (one, other, endpoints) = try pair()
    let live = try await endpoints.live(chain: 1, at: Self.now)
    let method = "eth_getTransactionReceipt"
    func sight() async -> Sighting { await live.sight([Self.hash], confirmations: nil) }
    #expect(await sight() == .unseen)
    one[method] = receipt()
    #expect(await sight() == .mined(isAgreed: false, because: nil))
    other[method] = receipt(status: "0x0")
    #expect(
      await sight() == .mined(isAgreed: false, because: "the nodes differ about \(Self.hash)"))
    other[method] = receipt(blockHash: "0xbad")
    #expect(
      await sight() == .mined(isAgreed: false, because: "the nodes differ about \(Self.hash)"))
    other[method] = receipt()
    guard case .final(0, let found) = await sight() else {
      Issue.record("\(await sight())")
      return
    }
    #expect(found.block == 16 && found.isSuccess)
    for node in [one, other] {
      node["eth_getBlockByNumber"] = #"{"number":"0xf","hash":"0xb10c"}"#
      #expect(await sight() == .mined(isAgreed: true, because: nil))
      node["eth_getBlockByNumber"] = #"{"number":"0x20","hash":"0xbad"}"#
      #expect(await sight() == .mined(isAgreed: true, because: nil))
      node["eth_getBlockByNumber"] = #"{"number":"0x10","hash":"0xb10c"}"#
    }
    guard case .final = await sight() else { return }
    other[method] = nil
    guard case .mined(isAgreed: false, because: .some) = await sight() else {
      Issue.record("one node alone settles")
      return
    }
    one[method] = "null"
    guard case .unsure = await sight() else {
      Issue.record("one node alone says that there is none")
      return
    }
  }

  @Test("does: a node that can't be used settles nothing, whatever the other says")
  func missing() async throws {
    let (one, other, endpoints) = try pair()
    other.silence()
    one["eth_getTransactionReceipt"] = receipt()
    one["eth_getTransactionCount"] = #""0x9""#
    let live = try await endpoints.live(chain: 1, at: Self.now)
    guard
      case .mined(isAgreed: false, because: .some) = await live.sight([Self.hash], confirmations: 1)
    else {
      Issue.record("one node alone settles")
      return
    }
    #expect(try await live.hasConsumed(7, of: Self.account, confirmations: nil) == false)
  }

  @Test("does: a nonce is consumed only where both say so")
  func consumed() async throws {
    let (one, other, endpoints) = try pair()
    let live = try await endpoints.live(chain: 1, at: Self.now)
    for (first, second, isConsumed) in [("8", "8", true), ("8", "7", false), ("7", "8", false)] {
      one["eth_getTransactionCount"] = "\"0x\(first)\""
      other["eth_getTransactionCount"] = "\"0x\(second)\""
      for confirmations in [nil, 3] {
        #expect(
          try await live.hasConsumed(7, of: Self.account, confirmations: confirmations)
            == isConsumed)
      }
    }
    other["eth_getTransactionCount"] = nil
    one["eth_getTransactionCount"] = #""0x8""#
    #expect(
      await kind {
        _ = try await live.hasConsumed(7, of: Self.account, confirmations: nil)
      } == "transient")
  }

  @Test("does: bytes go to both, and one that takes them is enough")
  func broadcast() async throws {
    let (one, other, endpoints) = try pair()
    let live = try await endpoints.live(chain: 1, at: Self.now)
    let method = "eth_sendRawTransaction"
    let right = "\"\(Hex.text(Keccak.hash([2])))\""
    one[method] = "!intrinsic gas too low"
    other[method] = right
    #expect(try await live.send(raw: "0x02") == .accepted)
    #expect(one.asked(method).count == 1 && other.asked(method).count == 1)
    other[method] = nil
    guard case .unknown = try await live.send(raw: "0x02") else {
      Issue.record("never, as one node alone says")
      return
    }
    other[method] = "!exceeds block gas limit"
    guard case .neverMinable = try await live.send(raw: "0x02") else {
      Issue.record("both say never")
      return
    }
    #expect(try await live.knowsAny([Self.hash]) == false)
    other["eth_getTransactionByHash"] = "{}"
    #expect(try await live.knowsAny([Self.hash]))
  }
}
