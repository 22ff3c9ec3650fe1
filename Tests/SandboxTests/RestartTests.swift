import Gateways
import Glibc
import JSON
import Kernel
import Support
import Testing

@testable import Sandbox

@Suite struct RestartTests {
  @Test("does: nonces, balances, exchanges and payments go on in the same folder")
  func goesOn() async throws {
    let folder = ScratchFolder()
    var stand = try Stand(folder)
    try await stand.pay(usdt("7"), to: somebody)
    let estimate = try await stand.swaps.estimate(usdt("100"), to: .eth, flow: .fixedRate)
    let swap = try await stand.swaps.create(
      SwapOrder(
        amount: usdt("100"), to: .eth, wallet: somebody, refund: stand.key.address,
        flow: .fixedRate, rate: estimate.rate, correlator: "test", attempt: 1))
    // Taken, and not yet mined when the process goes.
    try await stand.admin("chain", .object(["pause": .bool(true)]))
    let (raw, hash) = try stand.transaction(usdt("100"), to: swap.payin, nonce: 1)
    #expect(try await stand.node.send(raw: raw) == .accepted)
    let paid = try await stand.admin(
      "pay",
      .object([
        "order_id": .string("o"), "price_amount": .number("10"), "deliver": .string("none"),
      ]))
    stand.sandbox.stop()

    stand = try Stand(folder) {
      $0.chainID = 5
      $0.seed = 99
    }
    #expect(try await stand.node.chainID() == 31_337, "the folder's rules stay")
    #expect(try await stand.node.nonce(of: stand.key.address, at: .latest) == 1)
    #expect(try await stand.node.nonce(of: stand.key.address, at: .pending) == 2)
    #expect(try await stand.node.send(raw: raw) == .alreadyKnown)
    try await stand.admin("chain", .object(["pause": .bool(false)]))
    _ = try await eventually { try await stand.node.receipt(hash) }
    _ = try await stand.status(swap.swap, is: "finished")
    #expect(try await stand.node.send(raw: raw) == .nonceTooLow)
    let id = try #require(paid["payment_id"]?.text.flatMap(PaymentID.init(text:)))
    #expect(try await stand.payments.payment(id).status == "finished")

    let transfers = try await stand.look("chain/transfers")
    stand.sandbox.stop()
    stand = try Stand(folder)
    #expect(try await stand.look("chain/transfers") == transfers, "the first money came once")
  }

  @Test("does: what many asked for at once is the same after a restart")
  func atOnce() async throws {
    let folder = ScratchFolder()
    var stand = try Stand(folder)
    let paying = stand
    try await withThrowingTaskGroup(of: Void.self) { group in
      for nonce in 0..<40 {
        group.addTask {
          let (raw, _) = try paying.transaction(usdt("1.5"), to: somebody, nonce: nonce)
          #expect(try await paying.node.send(raw: raw) == .accepted)
        }
        group.addTask {
          try await paying.admin(
            "pay",
            .object([
              "order_id": .string("o\(nonce)"), "price_amount": .number("10"),
              "deliver": .string("none"),
            ]))
        }
      }
      try await group.waitForAll()
    }
    func dump(_ stand: Stand) async throws -> [JSONValue] {
      try await stand.look("chain/transfers") + stand.look("payments") + stand.look("exchanges")
    }
    _ = try await eventually {
      // Two gifts, forty transfers, forty settlements.
      try await stand.look("chain/transfers").count == 82 ? true : nil
    }
    let before = try await dump(stand)
    stand.sandbox.stop()
    stand = try Stand(folder)
    #expect(try await dump(stand) == before)
    #expect(try await stand.node.nonce(of: stand.key.address, at: .pending) == 40)
    #expect(try await stand.arrivals(at: somebody).count == 40)
  }

  @Test("does: a line that was never finished is cut off, a damaged one is named")
  func tornLine() async throws {
    let folder = ScratchFolder()
    let stand = try Stand(folder)
    try await stand.pay(usdt("7"), to: somebody)
    stand.sandbox.stop()
    let path = folder.file("sandbox/journal.jsonl")
    append(#"{"at":17,"do":"fu"#, to: path)
    let again = try Stand(folder)
    #expect(try await again.node.nonce(of: again.key.address, at: .latest) == 1)
    try await again.pay(usdt("7"), to: somebody)
    again.sandbox.stop()
    append("nonsense\n", to: path)
    #expect(throws: SandboxError.self) { _ = try Stand(folder) }
  }

  @Test("refuses: a folder that another sandbox uses")
  func taken() throws {
    let folder = ScratchFolder()
    let stand = try Stand(folder)
    #expect(throws: SandboxError.self) { _ = try Stand(folder) }
    withExtendedLifetime(stand) {}
  }

  @Test("does: one input's world is the same however often it was looked at in between")
  func deterministic() throws {
    var settings = SandboxSettings()
    settings.seed = 7
    let rules = settings.rules(genesis: 1_700_000_000_000)
    let key = try #require(EthereumKey(hex: Stand.walletHex))
    func play(step: Int) throws -> [String] {
      var world = World(rules)
      func at(_ offset: Int, _ what: Input.What, _ body: JSONValue) -> Reply {
        let until = rules.genesis + offset
        while world.time + step < until { world.advance(to: world.time + step) }
        return world.apply(Input(at: until, what: what, body: body))
      }
      _ = at(
        5, .fund,
        .object([
          "address": .string(key.address), "amount": .string("50"), "asset": .string("ETH-ETH"),
          "first": .bool(true),
        ]))
      let opened = at(
        300, .exchange,
        .object([
          "fromCurrency": .string("eth"), "toCurrency": .string("usdt"),
          "toNetwork": .string("eth"), "fromAmount": .string("1"), "address": .string(somebody),
          "refundAddress": .string(key.address),
        ]))
      let payin = try #require(opened.body["payinAddress"]?.text)
      let transaction = try #require(
        EthereumTransaction(
          chainID: rules.chainID, nonce: 0, maxFeePerGas: "3000000000",
          maxPriorityFeePerGas: "1000000000", gasLimit: 21_000, to: payin,
          value: eth("1").units))
      _ = at(333, .transaction, .object(["raw": .string(transaction.signed(with: key).raw)]))
      _ = at(
        777, .payment,
        .object([
          "order_id": .string("o"), "price_amount": .number("12.5"),
          "callback_url": .string("http://127.0.0.1:1/"), "outcome_currency": .string("eth"),
        ]))
      _ = at(60_000, .chain, .object(["pause": .bool(false)]))
      return world.swaps.order.compactMap { world.swaps.all[$0] }.map {
        "\(world.swaps.status($0))"
      } + world.chain.movements.map { "\($0)" } + world.payments.notices.map { "\($0)" }
        + world.payments.all.values.map { "\($0)" }
    }
    let once = try play(step: 1_000_000)
    #expect(once.contains { $0.contains("finished") })
    #expect(try play(step: 1) == once)
    #expect(try play(step: 13) == once)
  }

  private func append(_ text: String, to path: String) {
    let descriptor = open(path, O_WRONLY | O_APPEND)
    let bytes = Array(text.utf8)
    #expect(write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
  }
}
