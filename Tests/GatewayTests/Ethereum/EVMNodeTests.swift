import JSON
import Kernel
import Testing

@testable import Gateways

/// The transfer path against a real EVM: what we sign is mined, and what a node says is understood.
@Suite(.serialized) struct EVMNodeTests {
  private let evm: EVMNode
  private let node: EthereumNode
  private let client = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"

  init() throws {
    evm = try EVMNode.shared.get()
    node = evm.node
  }

  private func pay(
    _ units: Int128, _ asset: Asset, from key: EthereumKey, to: String? = nil
  ) throws -> EthereumCall {
    let money = Money(units, asset)
    return try #require(
      EthereumCall.paying(money, from: key.address, to: to ?? client, contract: evm.token))
  }

  @Test("does: sends ETH from the question to the receipt; the books agree to the wei")
  func ether() async throws {
    let key = try await evm.account()
    let call = try pay(1_234_567_890_123_456_789, .eth, from: key)
    #expect(try await node.chainID() == 31337)
    #expect(try await node.nonce(of: key.address, at: .pending) == 0)
    try await node.simulate(call)
    let gas = try await node.gasLimit(call)
    #expect(gas == 26_250)
    let fees = try await node.fees()
    let transaction = try #require(
      EthereumTransaction(
        call, chainID: 31337, nonce: 0, maxFeePerGas: fees.maxFeePerGas,
        maxPriorityFeePerGas: fees.maxPriorityFeePerGas, gasLimit: gas))
    let signed = transaction.signed(with: key)
    let (before, had) = (
      try await node.balance(of: key.address), try await node.balance(of: client)
    )
    #expect(try await node.knows(signed.hash) == false)
    #expect(try await node.send(raw: signed.raw) == .accepted)
    #expect(try await node.send(raw: signed.raw) == .alreadyKnown)
    #expect(try await node.knows(signed.hash))
    #expect(try await node.receipt(signed.hash) == nil)
    #expect(try await node.nonce(of: key.address, at: .pending) == 1)
    #expect(try await node.nonce(of: key.address, at: .latest) == 0)
    try await evm.mine()
    let receipt = try #require(try await node.receipt(signed.hash))
    #expect(receipt.isSuccess && receipt.gasUsed == 21_000 && receipt.transfers.isEmpty)
    #expect(receipt.fee == Money(21_000 * receipt.effectiveGasPrice, .eth))
    #expect(try await node.balance(of: client) == had + call.value)
    #expect(try await node.balance(of: key.address) == before - call.value - receipt.fee.units)
    #expect(try await node.blockHash(at: receipt.block) == receipt.blockHash)
    #expect(try await node.blockHash(at: receipt.block + 1000) == nil)
    #expect(try await node.send(raw: signed.raw) == .nonceTooLow)
  }

  @Test("does: sends a token that returns nothing; the log says what was moved")
  func token() async throws {
    let key = try await evm.account()
    try await evm.giveTokens(50_000_000, to: key.address)
    let call = try pay(12_345_678, .usdt, from: key)
    let had = try await node.tokenBalance(of: client, contract: evm.token)
    try await node.simulate(call)
    let gas = try await node.gasLimit(call)
    let signed = try evm.signed(call, by: key, nonce: 0, gas: gas)
    #expect(try await node.send(raw: signed.raw) == .accepted)
    try await evm.mine()
    let receipt = try #require(try await node.receipt(signed.hash))
    #expect(receipt.isSuccess && receipt.gasUsed < gas)
    #expect(
      receipt.transfers == [
        ERC20.Transfer(
          contract: evm.token, from: key.address, to: client, amount: 12_345_678)
      ])
    #expect(
      receipt.moved(contract: evm.token.lowercased(), from: key.address, to: client) == 12_345_678)
    #expect(receipt.moved(contract: client, from: key.address, to: client) == 0)
    #expect(receipt.moved(contract: evm.token, from: client, to: key.address) == 0)
    #expect(try await node.tokenBalance(of: client, contract: evm.token) == had + 12_345_678)
    #expect(try await node.tokenBalance(of: key.address, contract: evm.token) == 37_654_322)
  }

  @Test("refuses: to prepare what would revert; sent all the same it reverts and moves nothing")
  func overdraft() async throws {
    let key = try await evm.account()
    let call = try pay(1, .usdt, from: key)
    #expect(await kind { try await node.simulate(call) } == "wouldRevert")
    #expect(await kind { _ = try await node.gasLimit(call) } == "wouldRevert")
    let signed = try evm.signed(call, by: key, nonce: 0)
    #expect(try await node.send(raw: signed.raw) == .accepted)
    try await evm.mine()
    let receipt = try #require(try await node.receipt(signed.hash))
    #expect(!receipt.isSuccess && receipt.transfers.isEmpty && receipt.gasUsed > 21_000)
    #expect(try await node.nonce(of: key.address, at: .latest) == 1)
  }

  @Test("refuses: a paused token, a black-listed sender, an address without a contract")
  func stoppedToken() async throws {
    let key = try await evm.account()
    try await evm.giveTokens(10, to: key.address)
    let call = try pay(10, .usdt, from: key)
    try await node.simulate(call)
    try await evm.ownerCalls([0x84, 0x56, 0xcb, 0x59])
    #expect(await kind { try await node.simulate(call) } == "wouldRevert")
    try await evm.ownerCalls([0x3f, 0x4b, 0xa8, 0x3a])
    try await node.simulate(call)
    let address = try #require(EthereumAddress(key.address))
    try await evm.ownerCalls([0x0e, 0xcb, 0x93, 0xc0] + address.word)
    #expect(await kind { try await node.simulate(call) } == "wouldRevert")
    let nowhere = EthereumCall(from: key.address, to: client, data: call.data)
    #expect(await kind { try await node.simulate(nowhere) } == "addressInvalid")
    let balance = await kind {
      _ = try await node.tokenBalance(of: client, contract: client)
    }
    #expect(balance == "addressInvalid")
  }

  @Test("does: books what arrived where the token keeps a fee")
  func feeOnTransfer() async throws {
    let key = try await evm.account()
    try await evm.giveTokens(20_000_000, to: key.address)
    // setParams(10 basis points, 40 tokens)
    let setting: [UInt8] = [0xc0, 0x32, 0x4c, 0x77]
    try await evm.ownerCalls(setting + ERC20.word(10) + ERC20.word(40))
    let signed = try evm.signed(pay(10_000_000, .usdt, from: key), by: key, nonce: 0)
    #expect(try await node.send(raw: signed.raw) == .accepted)
    try await evm.mine()
    try await evm.ownerCalls(setting + ERC20.word(0) + ERC20.word(0))
    let receipt = try #require(try await node.receipt(signed.hash))
    #expect(receipt.isSuccess && receipt.transfers.count == 2)
    #expect(receipt.moved(contract: evm.token, from: key.address, to: client) == 9_990_000)
  }

  @Test("does: each refusal of a broadcast is understood")
  func refusals() async throws {
    let key = try await evm.account(wei: 10_000_000_000_000_000)
    let call = try pay(1, .eth, from: key)
    func answer(
      _ call: EthereumCall, nonce: Int = 0, gas: Int = 21_000, chain: Int = 31337,
      most: String = "20000000000", tip: String = "1000000000"
    ) async throws -> SendAnswer {
      let signed = try evm.signed(
        call, by: key, nonce: nonce, gas: gas, chain: chain, most: most, tip: tip)
      return try await node.send(raw: signed.raw)
    }
    let dear = try pay(10_000_000_000_000_000, .eth, from: key)
    #expect(try await answer(dear) == .insufficientFunds)
    for stuck in [
      try await answer(call, gas: 20_999), try await answer(call, gas: 20_000_000),
      try await answer(call, chain: 1),
      try await answer(call, gas: 21_000, most: "50000000000000", tip: "1"),
    ] {
      guard case .neverMinable = stuck else {
        Issue.record("\(stuck)")
        continue
      }
    }
    guard case .underpriced = try await answer(call, tip: "0") else {
      Issue.record("a transaction without a tip")
      return
    }
    guard case .unknown = try await node.send(raw: "0x02c0") else {
      Issue.record("no transaction at all")
      return
    }
    #expect(try await answer(call) == .accepted)
    #expect(try await answer(call, most: "21000000000") == .replacementUnderpriced)
    let other = try pay(2, .eth, from: key)
    #expect(try await answer(other) == .replacementUnderpriced)
    #expect(try await answer(call, nonce: 5) == .accepted)
    #expect(try await node.nonce(of: key.address, at: .pending) == 1)
    try await evm.mine()
    #expect(try await answer(other) == .nonceTooLow)
  }

  @Test("does: a bump replaces its original; of two attempts one is mined")
  func replacement() async throws {
    let key = try await evm.account()
    let call = try pay(7, .eth, from: key)
    let first = try evm.signed(call, by: key, nonce: 0)
    #expect(try await node.send(raw: first.raw) == .accepted)
    let old = EthereumFees(maxFeePerGas: "20000000000", maxPriorityFeePerGas: "1000000000")
    let fees = try #require(old.raised(cap: 200_000_000_000))
    let second = try evm.signed(
      call, by: key, nonce: 0, most: fees.maxFeePerGas, tip: fees.maxPriorityFeePerGas)
    #expect(try await node.send(raw: second.raw) == .accepted)
    #expect(try await node.send(raw: first.raw) == .replacementUnderpriced)
    try await evm.mine()
    #expect(try await node.receipt(first.hash) == nil)
    #expect(try await node.receipt(second.hash)?.isSuccess == true)
    #expect(try await node.send(raw: first.raw) == .nonceTooLow)
    #expect(try await node.send(raw: second.raw) == .nonceTooLow)
  }

  @Test("does: final is what the chain calls final; a reorganised receipt vanishes and returns")
  func finality() async throws {
    let key = try await evm.account()
    try await evm.mine(6)
    let signed = try evm.signed(pay(7, .eth, from: key), by: key, nonce: 0)
    #expect(try await node.send(raw: signed.raw) == .accepted)
    try await evm.mine()
    let lost = try #require(try await node.receipt(signed.hash))
    #expect(try await node.blockNumber(.latest) == lost.block)
    #expect(try await node.blockNumber(.finalized) == lost.block - 4)
    #expect(try await node.nonce(of: key.address, at: .finalized) == 0)
    let wish = JSONValue.object(["depth": .integer(1).hex, "requeue": .bool(false)])
    try await evm.control("test_reorg", wish)
    #expect(try await node.receipt(signed.hash) == nil)
    #expect(try await node.blockHash(at: lost.block) != lost.blockHash)
    #expect(try await node.send(raw: signed.raw) == .accepted)
    try await evm.mine(5)
    let found = try #require(try await node.receipt(signed.hash))
    #expect(try await node.blockNumber(.finalized) >= found.block)
    #expect(try await node.nonce(of: key.address, at: .finalized) == 1)
    #expect(try await node.blockHash(at: found.block) == found.blockHash)
  }

  @Test("does: a lost answer is unknown, and the same bytes again are harmless")
  func lostAnswers() async throws {
    let key = try await evm.account()
    let signed = try evm.signed(pay(7, .eth, from: key), by: key, nonce: 0)
    for (mode, message) in [
      ("drop_reply", ""), ("http_503", ""), ("rpc_error", "internal error"),
    ] {
      try await evm.fault("eth_sendRawTransaction", mode, message: message)
      guard case .unknown = try await node.send(raw: signed.raw) else {
        Issue.record("\(mode) is not unknown")
        return
      }
    }
    #expect(try await node.send(raw: signed.raw) == .alreadyKnown)
    try await evm.mine()
    #expect(try await node.receipt(signed.hash)?.isSuccess == true)
    for mode in ["drop_reply", "http_503", "rpc_error"] {
      try await evm.fault("eth_getBalance", mode)
      let failure = await kind { _ = try await node.balance(of: client) }
      #expect(failure == "transient")
    }
  }

  @Test("does: waits while gas costs more than the policy allows")
  func dearGas() async throws {
    try await evm.control("test_setBaseFee", Hex.quantity(300_000_000_000).json)
    try await evm.mine()
    #expect(await kind { _ = try await node.fees() } == "transient")
    try await evm.control("test_setBaseFee", Hex.quantity(1_000_000_000).json)
    try await evm.mine()
    let fees = try await node.fees()
    let most = try #require(Int128(fees.maxFeePerGas))
    let tip = try #require(Int128(fees.maxPriorityFeePerGas))
    #expect(tip >= 10_000_000 && most > 2 * 800_000_000 && most < 200_000_000_000)
  }
}

extension JSONValue {
  /// A number as a quantity.
  fileprivate var hex: JSONValue { Hex.quantity(Int128(integer ?? 0)).json }
}
