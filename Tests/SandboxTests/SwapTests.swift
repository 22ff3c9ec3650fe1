import Gateways
import JSON
import Kernel
import Testing

@testable import Sandbox

private let monero = "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2"

@Suite struct SwapTests {
  /// Opens a swap of so much USDT as the estimate says.
  private func open(
    _ stand: Stand, _ amount: Money, to: Asset = .eth, wallet: String = somebody,
    flow: SwapFlow = .fixedRate
  ) async throws -> OpenedSwap {
    let estimate = try await stand.swaps.estimate(amount, to: to, flow: flow)
    return try await stand.swaps.create(
      SwapOrder(
        amount: amount, to: to, wallet: wallet, refund: stand.key.address, flow: flow,
        rate: estimate.rate, correlator: "test", attempt: 1))
  }

  private func refusal(_ work: () async throws -> Void) async -> GatewayRefusal? {
    do {
      try await work()
      return nil
    } catch GatewayFailure.permanent(_, let code) {
      return code
    } catch {
      return nil
    }
  }

  @Test("does: a deposit in full is swapped and paid out on the chain, once")
  func fixed() async throws {
    let stand = try Stand()
    let swap = try await open(stand, usdt("101.85"))
    #expect(swap.fromAmount == "101.85" && swap.payout == somebody)
    let waiting = try await stand.swaps.status(swap.swap)
    #expect(waiting.status == "waiting" && waiting.amountTo == nil)
    let deposit = try await stand.pay(usdt("101.85"), to: swap.payin)
    let status = try await stand.status(swap.swap, is: "finished")
    #expect(status.amountFrom == "101.85" && status.amountTo == swap.toAmount)
    #expect(status.payinHash == deposit.hash)
    let paid = try #require(status.amountTo.flatMap { Money($0, .eth) })
    #expect(try await stand.node.balance(of: somebody) == paid.units)
    let arrivals = try await stand.arrivals(at: somebody)
    #expect(arrivals.count == 1 && arrivals[0]["hash"]?.text == status.payoutHash)
    #expect(try await stand.node.receipt(try #require(status.payoutHash))?.isSuccess == true)
  }

  @Test("does: ETH becomes USDT in the host wallet; coins of other chains are only recorded")
  func targets() async throws {
    let stand = try Stand()
    let home = try await open(
      stand, eth("0.1"), to: .usdt, wallet: stand.key.address, flow: .standard)
    let away = try await open(
      stand, usdt("50"), to: try #require(Asset(text: "XMR-XMR")), wallet: monero)
    try await stand.pay(eth("0.1"), to: home.payin)
    try await stand.pay(usdt("50"), to: away.payin)
    let status = try await stand.status(home.swap, is: "finished")
    let bought = try #require(status.amountTo.flatMap { Money($0, .usdt) })
    #expect(bought >= usdt("299") && usdt("300") >= bought)
    #expect(status.amountTo != home.toAmount, "a floating rate has moved")
    let contract = try #require(Asset.usdt.contract)
    let balance = try await stand.node.tokenBalance(of: stand.key.address, contract: contract)
    #expect(balance == usdt("100000").units - usdt("50").units + bought.units)
    let other = try await stand.status(away.swap, is: "finished")
    #expect(other.payoutHash?.count == 64)
  }

  @Test("does: another amount than that of a fixed rate goes back, less a fee")
  func wrongAmount() async throws {
    let stand = try Stand()
    let swap = try await open(stand, usdt("100"))
    try await stand.pay(usdt("99.99"), to: swap.payin)
    let status = try await stand.status(swap.swap, is: "refunded")
    #expect(status.refundAmount == "99.69" && status.amountTo == nil)
    #expect(try await stand.arrivals(at: somebody).isEmpty)
    let back = try await stand.arrivals(at: stand.key.address)
    #expect(back.last?["amount"]?.text == "99.69")
  }

  @Test("does: a second deposit is swapped again: nobody but the payer guards against it")
  func twice() async throws {
    let stand = try Stand()
    let swap = try await open(stand, usdt("100"))
    try await stand.pay(usdt("100"), to: swap.payin)
    try await stand.pay(usdt("100"), to: swap.payin)
    _ = try await stand.status(swap.swap, is: "finished")
    _ = try await eventually {
      try await stand.arrivals(at: somebody).count == 2 ? true : nil
    }
    #expect(try await stand.look("exchanges").count == 2)
  }

  @Test("refuses: what the provider refuses")
  func refusals() async throws {
    let stand = try Stand { $0.rateMilliseconds = 40 }
    let wrong = ChangeNOWClient(
      url: stand.sandbox.changeNOWURL, apiKey: "another", http: stand.http)
    #expect(
      await refusal { _ = try await wrong.range(from: .usdt, to: .eth, flow: .standard) }
        == .credentials)
    let range = try await stand.swaps.range(from: .usdt, to: .eth, flow: .fixedRate)
    #expect(range.least == "2" && range.most == "50000")
    func estimate(_ text: String, to: Asset = .eth) async -> GatewayRefusal? {
      await refusal { _ = try await stand.swaps.estimate(usdt(text), to: to, flow: .fixedRate) }
    }
    #expect(await estimate("1.99") == .amountTooSmall)
    #expect(await estimate("50000.01") == .amountTooLarge)
    #expect(await estimate("100", to: .usdt) == .pairInactive)
    func create(
      _ amount: String, _ rate: String?, wallet: String = somebody
    ) async -> GatewayRefusal? {
      await refusal {
        _ = try await stand.swaps.create(
          SwapOrder(
            amount: usdt(amount), to: .eth, wallet: wallet, refund: stand.key.address,
            flow: .fixedRate, rate: rate, correlator: "test", attempt: 1))
      }
    }
    let rate = try await stand.swaps.estimate(usdt("100"), to: .eth, flow: .fixedRate).rate
    #expect(await create("100", rate, wallet: "0x12") == .addressInvalid)
    #expect(await create("100.01", rate) == .rateExpired)
    #expect(await create("100", nil) == .rateExpired)
    #expect(await create("100", rate.map { $0 + "0" }) == .rateExpired)
    try await Task.sleep(for: .milliseconds(60))
    #expect(await create("100", rate) == .rateExpired)
    let unknown = try #require(SwapID(text: "0123456789abcd"))
    #expect(await refusal { _ = try await stand.swaps.status(unknown) } == .notFound)
    #expect(try await stand.look("exchanges").isEmpty)
  }

  @Test("does: a script meets one client's swaps and no other's")
  func scripts() async throws {
    let stand = try Stand()
    func script(_ address: String, _ behaviour: String, times: Int) async throws {
      try await stand.admin(
        "changenow",
        .object([
          "match": .object(["address": .string(address)]), "behaviour": .string(behaviour),
          "times": .integer(times),
        ]))
    }
    try await script(somebody, "refuse", times: 2)
    for _ in 0..<2 {
      #expect(
        await refusal { _ = try await open(stand, usdt("10")) } == .pairInactive)
      _ = try await open(stand, usdt("10"), wallet: somebodyElse)
    }
    for behaviour in ["verifying", "fail", "refund", "expire"] {
      try await script(somebody, behaviour, times: 1)
      let swap = try await open(stand, usdt("10"))
      if behaviour != "expire" { try await stand.pay(usdt("10"), to: swap.payin) }
      let ends = [
        "verifying": "verifying", "fail": "failed", "refund": "refunded", "expire": "expired",
      ]
      _ = try await stand.status(swap.swap, is: try #require(ends[behaviour]))
    }
    try await script(somebody, "error500", times: 1)
    await #expect(throws: GatewayFailure.self) { _ = try await open(stand, usdt("10")) }
    #expect(try await stand.arrivals(at: somebody).isEmpty)
  }

  @Test("does: a create whose answer is lost has made its exchange")
  func hang() async throws {
    let stand = try Stand()
    try await stand.admin(
      "changenow",
      .object([
        "match": .object(["to_currency": .string("eth")]), "behaviour": .string("hang"),
        "times": .integer(1),
      ]))
    do {
      _ = try await open(stand, usdt("10"))
      Issue.record("an answer came")
    } catch GatewayFailure.unknown {
      #expect(try await stand.look("exchanges").count == 1)
    }
  }

  @Test("refuses: more calls a second than the provider takes")
  func limit() async throws {
    let stand = try Stand { $0.changeNOWCallsPerSecond = 3 }
    // At once, so that a slow machine can't spread them over as many seconds.
    let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<60 {
        group.addTask {
          do {
            _ = try await stand.swaps.range(from: .usdt, to: .eth, flow: .standard)
            return true
          } catch GatewayFailure.transient {
            return false
          }
        }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect((3..<60).contains(taken))
  }
}
