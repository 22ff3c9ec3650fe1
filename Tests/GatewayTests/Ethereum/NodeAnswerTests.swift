import HTTP
import JSON
import Kernel
import Testing

@testable import Gateways

/// A node that lies, stammers or is somebody else.
@Suite struct NodeAnswerTests {
  private let account = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
  private let hash = "0x" + String(repeating: "ab", count: 32)

  /// A node with one answer to everything, its envelope right.
  private func stub(result: String) throws -> Stub {
    try Stub { request in
      let id = (try? JSONValue.parse(request.body))?["id"]?.integer ?? 0
      return .json(Array(#"{"jsonrpc":"2.0","id":\#(id),"result":\#(result)}"#.utf8))
    }
  }

  private func node(_ url: String) -> EthereumNode { EthereumNode(url: url, http: HTTPClient()) }

  @Test("does: asks in JSON-RPC 2.0")
  func question() async throws {
    let stub = try stub(result: #""0x9""#)
    #expect(try await node(stub.url).nonce(of: account, at: .finalized) == 9)
    let request = try #require(stub.requests.first)
    #expect(request.headers["Content-Type"] == "application/json" && request.method == "POST")
    let text = String(decoding: request.body, as: UTF8.self)
    #expect(
      text == #"{"jsonrpc":"2.0","id":1,"method":"eth_getTransactionCount","params":"#
        + #"["\#(account)","finalized"]}"#)
  }

  @Test(
    "refuses: quantities that are none",
    arguments: [
      "1", "null", #""0x""#, #""0x01""#, #""1""#, "[]", "{}", #""0x1g""#, "true", #"" 0x1""#,
      #""0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff""#,
    ])
  func quantities(result: String) async throws {
    let stub = try stub(result: result)
    #expect(await kind { try await node(stub.url).balance(of: account) } == "transient")
    #expect(await kind { try await node(stub.url).chainID() } == "transient")
  }

  @Test("refuses: a chain id, a nonce or a block beyond Int; a token balance beyond Int128")
  func large() async throws {
    let stub = try stub(result: #""0x8000000000000000""#)
    #expect(await kind { try await node(stub.url).chainID() } == "transient")
    let most = "0x" + String(repeating: "f", count: 64)
    let rich = try self.stub(result: "\"\(most)\"")
    let balance = await kind {
      try await node(rich.url).tokenBalance(of: account, contract: account)
    }
    #expect(balance == "transient")
  }

  @Test(
    "refuses: envelopes of another question, or of none",
    arguments: [
      #"{"jsonrpc":"2.0","id":77,"result":"0x1"}"#, #"{"jsonrpc":"2.0","result":"0x1"}"#,
      #"{"jsonrpc":"2.0","id":"1","result":"0x1"}"#, #"{"jsonrpc":"2.0","id":1}"#, "[]", "",
      #"{"jsonrpc":"2.0","id":1,"result":"0x1","error":null}"#, "<html>",
      #"[{"jsonrpc":"2.0","id":1,"result":"0x1"}]"#,
      #"{"jsonrpc":"2.0","id":1,"result":"0x1","result":"0x2"}"#,
      #"{"jsonrpc":"2.0","id":1,"result":"0x1","error":{}}"#,
    ])
  func envelopes(body: String) async throws {
    let stub = try Stub(body)
    #expect(await kind { try await node(stub.url).chainID() } == "transient")
    guard case .unknown = try await node(stub.url).send(raw: "0x02") else {
      Issue.record("\(body)")
      return
    }
  }

  @Test("does: an error counts whatever the status; keys and quotas are told by the status")
  func statuses() async throws {
    let error = #"{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"nonce too low"}}"#
    for status in [200, 400, 500] {
      let stub = try Stub(error, status: status)
      #expect(try await node(stub.url).send(raw: "0x02") == .nonceTooLow)
    }
    let quota = try Stub { _ in
      HTTPResponse(status: 429, headers: ["Retry-After": "3"], body: Array(error.utf8))
    }
    #expect(try await node(quota.url).send(raw: "0x02") == .unknown("HTTP 429"))
    await #expect(throws: GatewayFailure.transient("HTTP 429", retryAfterSeconds: 3)) {
      try await node(quota.url).chainID()
    }
    for status in [401, 403] {
      let stub = try Stub(error, status: status)
      #expect(await kind { try await node(stub.url).chainID() } == "credentials")
      #expect(await kind { try await node(stub.url).send(raw: "0x02") } == "credentials")
    }
  }

  @Test("does: nobody there, a cut line and a huge answer are unknown to a broadcast")
  func transport() async throws {
    let cut = try RawServer(saying: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"jsonrpc\"")
    let huge = String(repeating: " ", count: 5 << 20)
    let large = try Stub { _ in .json(Array(huge.utf8)) }
    for url in [try deadURL(), cut.url, large.url] {
      guard case .unknown = try await node(url).send(raw: "0x02") else {
        Issue.record("\(url)")
        continue
      }
      #expect(await kind { try await node(url).chainID() } == "transient")
    }
  }

  @Test("refuses: to say the node's address, which may hold a key")
  func secrets() async throws {
    let url = try deadURL() + "/v3/s3cr3t"
    let failure = await #expect(throws: GatewayFailure.self) { try await node(url).chainID() }
    #expect(!"\(String(describing: failure))".contains("s3cr3t"))
    #expect(!"\(try await node(url).send(raw: "0x02"))".contains("s3cr3t"))
  }

  @Test("refuses: another hash than that of the bytes that were sent")
  func otherHash() async throws {
    let stub = try stub(result: "\"\(hash)\"")
    guard case .unknown = try await node(stub.url).send(raw: "0x02") else {
      Issue.record("taken")
      return
    }
    let right = Hex.text(Keccak.hash([2])).uppercased().replacing("0X", with: "0x")
    let other = try self.stub(result: "\"\(right)\"")
    #expect(try await node(other.url).send(raw: "0x02") == .accepted)
  }

  private func receipt(_ changes: [String: String?] = [:]) -> String {
    var members = [
      "transactionHash": "\"\(hash)\"", "blockHash": #""0xCD""#, "blockNumber": #""0x10""#,
      "status": #""0x1""#, "gasUsed": #""0x5208""#, "effectiveGasPrice": #""0x3b9aca00""#,
      "logs": "[]",
    ]
    for (name, value) in changes { members[name] = value }
    return "{" + members.map { #""\#($0)":\#($1)"# }.joined(separator: ",") + "}"
  }

  @Test("does: reads a receipt; refuses one that lacks a part, or is another transaction's")
  func receipts() async throws {
    let stub = try stub(result: receipt())
    let read = try #require(
      try await node(stub.url).receipt(hash.uppercased().replacing("0X", with: "0x")))
    #expect(read.block == 16 && read.blockHash == "0xcd" && read.isSuccess)
    #expect(read.fee.units == 21_000_000_000_000)
    let none = try self.stub(result: "null")
    #expect(try await node(none.url).receipt(hash) == nil)
    for (name, value) in [
      ("status", nil), ("status", #""0x2""#), ("blockNumber", "null"), ("gasUsed", "21000"),
      ("logs", nil), ("logs", "{}"), ("effectiveGasPrice", nil), ("blockHash", nil),
      ("transactionHash", nil), ("effectiveGasPrice", #""0xffffffffffffffffffff""#),
    ] as [(String, String?)] {
      let broken = try self.stub(result: receipt([name: value]))
      #expect(await kind { try await node(broken.url).receipt(hash) } == "transient", "\(name)")
    }
    let other = try self.stub(result: receipt(["transactionHash": #""0x12""#]))
    #expect(await kind { try await node(other.url).receipt(hash) } == "answerDiffers")
  }

  @Test("does: counts a token's own Transfer logs only")
  func logs() async throws {
    let word = String(repeating: "0", count: 24) + account.dropFirst(2).lowercased()
    func log(
      address: String? = nil, topic: String = ERC20.transferTopic, more: String = "",
      data: String = "0x" + String(repeating: "0", count: 63) + "5", removed: Bool = false
    ) -> String {
      #"{"address":"\#(address ?? account.lowercased())","topics":["\#(topic)","0x\#(word)","#
        + #""0x\#(word)"\#(more)],"data":"\#(data)","removed":\#(removed)}"#
    }
    let logs = [
      log(), log(removed: true), log(more: ",\"0x\(word)\""), log(data: "0x"),
      log(topic: "0x" + String(repeating: "1", count: 64)), log(address: "0x12"), "7", "{}",
      log(data: "0x" + String(repeating: "f", count: 64)),
    ]
    let stub = try stub(result: receipt(["logs": "[\(logs.joined(separator: ","))]"]))
    let read = try #require(try await node(stub.url).receipt(hash))
    #expect(
      read.transfers == [
        ERC20.Transfer(contract: account, from: account, to: account, amount: 5)
      ])
    #expect(read.moved(contract: account, from: account, to: account) == 5)
  }

  @Test("refuses: a token that answers false, or a fee history that is none")
  func falseTokens() async throws {
    let call = EthereumCall(from: account, to: account, data: [1])
    for word in ["0", "2"] {
      let answer = "0x" + String(repeating: "0", count: 63) + word
      let stub = try stub(result: "\"\(answer)\"")
      #expect(await kind { try await node(stub.url).simulate(call) } == "wouldRevert")
    }
    for history in [
      "{}", #"{"baseFeePerGas":[]}"#, #"{"baseFeePerGas":["0x1"],"reward":[[]]}"#,
      #"{"baseFeePerGas":[1]}"#, #"{"baseFeePerGas":["0x1"],"reward":[["0x01"]]}"#, "null",
    ] {
      let stub = try stub(result: history)
      #expect(await kind { try await node(stub.url).fees() } == "transient", "\(history)")
    }
    let quiet = try stub(result: #"{"baseFeePerGas":["0x9","0x7"]}"#)
    #expect(try await node(quiet.url).fees().maxFeePerGas == "10000014")
  }
}
