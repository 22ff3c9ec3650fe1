import Gateways
import HTTP
import JSON
import Kernel
import Testing

@testable import Sandbox

@Suite struct ChainTests {
  @Test("does: ETH moves, with its gas paid and its nonce used")
  func plain() async throws {
    let stand = try Stand()
    #expect(try await stand.node.chainID() == 31_337)
    let before = try await stand.node.balance(of: stand.key.address)
    let receipt = try await stand.pay(eth("0.5"), to: somebody)
    #expect(receipt.isSuccess && receipt.gasUsed == 21_000 && receipt.transfers.isEmpty)
    #expect(try await stand.node.balance(of: somebody) == eth("0.5").units)
    let after = try await stand.node.balance(of: stand.key.address)
    #expect(after == before - eth("0.5").units - receipt.fee.units)
    #expect(try await stand.node.nonce(of: stand.key.address, at: .latest) == 1)
    #expect(try await stand.node.blockHash(at: receipt.block) == receipt.blockHash)
    _ = try await eventually {
      try await stand.node.blockNumber(.finalized) >= receipt.block ? true : nil
    }
  }

  @Test("does: a token moves with the log that says so, to one contract of three")
  func token() async throws {
    let stand = try Stand()
    let call = try #require(
      EthereumCall.paying(usdt("12.34"), from: stand.key.address, to: somebody))
    try await stand.node.simulate(call)
    let limit = try await stand.node.gasLimit(call)
    let receipt = try await stand.pay(usdt("12.34"), to: somebody)
    #expect(receipt.isSuccess && receipt.gasUsed <= limit)
    let contract = try #require(Asset.usdt.contract)
    #expect(
      receipt.moved(contract: contract, from: stand.key.address, to: somebody) == 12_340_000)
    #expect(
      try await stand.node.tokenBalance(of: somebody, contract: contract) == 12_340_000)
    let usdc = try #require(Asset(text: "USDC-ETH")?.contract)
    #expect(try await stand.node.tokenBalance(of: somebody, contract: usdc) == 0)
    let moved = try await stand.arrivals(at: somebody)
    #expect(moved.count == 1 && moved[0]["amount"]?.text == "12.34")
    #expect(moved[0]["hash"]?.text == receipt.hash)
  }

  @Test("refuses: the same bytes again, in the pool and in a block")
  func again() async throws {
    let stand = try Stand()
    try await stand.admin("chain", .object(["pause": .bool(true)]))
    let (raw, hash) = try stand.transaction(eth("1"), to: somebody, nonce: 0)
    #expect(try await stand.node.send(raw: raw) == .accepted)
    #expect(try await stand.node.send(raw: raw) == .alreadyKnown)
    #expect(try await stand.node.knows(hash))
    #expect(try await stand.node.receipt(hash) == nil)
    #expect(try await stand.node.nonce(of: stand.key.address, at: .pending) == 1)
    #expect(try await stand.node.nonce(of: stand.key.address, at: .latest) == 0)
    try await stand.admin("chain", .object(["pause": .bool(false)]))
    _ = try await eventually { try await stand.node.receipt(hash) }
    #expect(try await stand.node.send(raw: raw) == .nonceTooLow)
    #expect(try await stand.arrivals(at: somebody).count == 1)
  }

  @Test("does: what comes after a gap waits for it")
  func gap() async throws {
    let stand = try Stand()
    let second = try stand.transaction(eth("2"), to: somebody, nonce: 1)
    #expect(try await stand.node.send(raw: second.raw) == .accepted)
    #expect(try await stand.node.nonce(of: stand.key.address, at: .pending) == 0)
    try await Task.sleep(for: .milliseconds(100))
    #expect(try await stand.node.receipt(second.hash) == nil)
    let first = try stand.transaction(eth("1"), to: somebody, nonce: 0)
    #expect(try await stand.node.send(raw: first.raw) == .accepted)
    let receipts = try await eventually {
      () -> (Receipt, Receipt)? in
      guard let one = try await stand.node.receipt(first.hash),
        let two = try await stand.node.receipt(second.hash)
      else { return nil }
      return (one, two)
    }
    #expect(receipts.0.block <= receipts.1.block)
  }

  @Test("does: a tenth more takes a nonce's place, a little more does not")
  func replacement() async throws {
    let stand = try Stand()
    try await stand.admin("chain", .object(["pause": .bool(true)]))
    let first = try stand.transaction(eth("1"), to: somebody, nonce: 0)
    #expect(try await stand.node.send(raw: first.raw) == .accepted)
    let little = Stand.Fees(most: "3100000000", tip: "105000000")
    let low = try stand.transaction(eth("1"), to: somebody, nonce: 0, little)
    #expect(try await stand.node.send(raw: low.raw) == .replacementUnderpriced)
    let enough = Stand.Fees(most: "3300000000", tip: "110000000")
    let high = try stand.transaction(eth("1"), to: somebody, nonce: 0, enough)
    #expect(try await stand.node.send(raw: high.raw) == .accepted)
    #expect(try await stand.node.knows(first.hash) == false)
    try await stand.admin("chain", .object(["pause": .bool(false)]))
    _ = try await eventually { try await stand.node.receipt(high.hash) }
    #expect(try await stand.arrivals(at: somebody).count == 1)
  }

  @Test("refuses: what can't be paid, what is signed for another chain, and what is too cheap")
  func refusals() async throws {
    let stand = try Stand()
    let rich = try stand.transaction(eth("1000"), to: somebody, nonce: 0)
    #expect(try await stand.node.send(raw: rich.raw) == .insufficientFunds)
    func answer(_ fees: Stand.Fees) async throws -> String {
      let raw = try stand.transaction(eth("1"), to: somebody, nonce: 0, fees).raw
      return try await stand.rpc("eth_sendRawTransaction", [.string(raw)])["error"]?["message"]?
        .text ?? "taken"
    }
    #expect(
      try await answer(Stand.Fees(chainID: 1)) == "invalid chain id for signer: have 1 want 31337")
    #expect(
      try await answer(Stand.Fees(gas: 20_999))
        == "intrinsic gas too low: gas 20999, minimum needed 21000")
    #expect(try await answer(Stand.Fees(tip: "0")).hasPrefix("transaction underpriced"))
    let dear = Stand.Fees(most: "90000000000000", gas: 100_000)
    #expect(try await answer(dear).contains("exceeds the configured cap"))
    let absurd = Stand.Fees(most: "\(Int128.max)", gas: 1 << 24)
    #expect(try await answer(absurd).contains("exceeds the configured cap"))
    var raw = try stand.transaction(eth("1"), to: somebody, nonce: 0).raw
    raw.removeLast(2)
    let cut = try await stand.rpc("eth_sendRawTransaction", [.string(raw + "zz")])
    #expect(cut["error"]?["code"]?.integer == -32602)
    #expect(try await stand.node.nonce(of: stand.key.address, at: .pending) == 0)
  }

  @Test("refuses: more of a token than there is, before sending; mined, it reverts and costs gas")
  func overdraft() async throws {
    let stand = try Stand()
    let amount = usdt("100000.01")
    let call = try #require(EthereumCall.paying(amount, from: stand.key.address, to: somebody))
    await #expect(throws: GatewayFailure.self) { try await stand.node.simulate(call) }
    await #expect(throws: GatewayFailure.self) { _ = try await stand.node.gasLimit(call) }
    let receipt = try await stand.pay(amount, to: somebody)
    #expect(!receipt.isSuccess && receipt.transfers.isEmpty && receipt.fee.isPositive)
    #expect(try await stand.arrivals(at: somebody).isEmpty)
    #expect(try await stand.node.nonce(of: stand.key.address, at: .latest) == 1)
  }

  @Test("does: a lost answer leaves its transaction mined")
  func lostAnswer() async throws {
    let stand = try Stand()
    try await stand.admin("chain", .object(["drop_answers": .integer(1)]))
    let (raw, hash) = try stand.transaction(usdt("5"), to: somebody, nonce: 0)
    guard case .unknown = try await stand.node.send(raw: raw) else {
      Issue.record("an answer came")
      return
    }
    _ = try await eventually { try await stand.node.receipt(hash) }
    #expect(try await stand.node.send(raw: raw) == .nonceTooLow)
    #expect(try await stand.arrivals(at: somebody).count == 1)
  }

  @Test("does: batches, and refuses what is no call")
  func envelope() async throws {
    let stand = try Stand()
    let call: (Int) -> JSONValue = {
      .object([
        "jsonrpc": .string("2.0"), "id": .integer($0), "method": .string("eth_chainId"),
      ])
    }
    let both = try await stand.post(stand.sandbox.ethereumURL, .array([call(1), call(2)])).body
    #expect(both.items?.map { $0["id"]?.integer } == [1, 2])
    let unknown = try await stand.rpc("eth_mine")
    #expect(unknown["error"]?["code"]?.integer == -32601)
    let bare = try await stand.post(stand.sandbox.ethereumURL, .object([:])).body
    #expect(bare["error"]?["code"]?.integer == -32600)
    let nobody = try await stand.rpc("eth_getBalance", [.string("0x12")])
    #expect(nobody["error"]?["code"]?.integer == -32602)
    let beyond = try await stand.rpc(
      "eth_getBalance", [.string(somebody), .string("0xffffff")])
    #expect(beyond["error"]?["message"]?.text == "header not found")
    let request = HTTPClientRequest(
      method: "POST", url: stand.sandbox.ethereumURL, body: Array("{".utf8))
    #expect(try await stand.http.send(request).get().status == 400)
  }
}
