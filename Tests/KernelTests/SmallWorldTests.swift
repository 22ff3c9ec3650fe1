import Foundation
import Testing

@testable import Kernel

/// Every sequence of a few commands, none left out: what must never happen happens in none.
///
/// A command that is ignored or refused leaves the state as it was, so what follows it was already
/// seen without it: only accepted commands are followed further.
@Suite struct SmallWorldTests {
  private static let isLong = ProcessInfo.processInfo.environment["WEIR_TEST_LONG"] != nil

  /// Visits every world reachable by up to `limit` accepted commands; answers how many.
  private func explore(
    _ world: World, _ commands: [LedgerCommand], upTo limit: Int, _ check: (World) -> Bool
  ) -> Int {
    guard check(world) else {
      Issue.record("\(world.names)")
      return 1
    }
    guard limit > 0 else { return 1 }
    var count = 1
    for command in commands {
      guard case .accept = world.state.decide(command, at: world.now) else { continue }
      var next = world
      next.ask(command)
      count += explore(next, commands, upTo: limit - 1, check)
    }
    return count
  }

  @Test("refuses: no order of notices credits a payment twice, or grants an order twice")
  func notices() {
    var world = World.registered()
    let order = world.order("o1")
    var child = Sample.report(1, order: order, at: "4")
    child.parent = Sample.payment(9)
    let rate = Rate("4000", from: .eth, to: .usdt)!
    let reports = [
      Sample.report(1, order: order, "12.00", at: "1"), Sample.report(1, order: order, at: "2"),
      Sample.report(1, order: order, "30.00", at: "3"), child,
      Sample.report(1, order: order, "0.01", currency: "eth", at: "5"),
      Sample.report(2, order: order), Sample.report(1, order: nil, at: "6"),
    ]
    let commands =
      reports.map { LedgerCommand.payment(.note($0, world.policy)) }
      + [
        .payment(.noteRate(Sample.payment(1), rate, source: "x", world.policy)),
        .payment(.noteNoRate(Sample.payment(1))),
      ]
    let count = explore(world, commands, upTo: 6) { world in
      let finished = world.log.compactMap { event -> PaymentID? in
        guard case .payment(.finished(let e)) = event else { return nil }
        return e.payment
      }
      return Set(finished).count == finished.count && world.count("order.granted.v1") <= 1
        && world.count("accumulation.locked.v1") == finished.count
        && self.isClear(world, of: finished)
    }
    #expect(count > 10_000)
  }

  /// Every unit in custody is one of: the platform's, a client's, in suspense.
  private func isClear(_ world: World, of finished: [PaymentID]) -> Bool {
    let books = world.state.books
    guard books.balance(.clearing, .usdt).units == 0, books.balance(.clearing, .eth).units == 0
    else { return false }
    // A payment that is booked has nothing left in suspense.
    guard Set(finished) == [Sample.payment(1), Sample.payment(2)] else { return true }
    return books.balance(.suspense, .usdt).units == 0
      && books.balance(.suspense, .eth).units == 0
  }

  @Test("refuses: no order of batch and split commands pays a member twice, or from below")
  func batches() {
    var world = World.registered(prices: ["60.00"])
    world.claim()
    world.pay(1, fee: .zero)
    world.pay(2, fee: .zero)
    world.order("late")
    let late = Sample.report(3, order: Sample.order("late"), "60.00")
    let batch = BatchID(composed: "\(Sample.channel)-b1")
    let (first, second) = (SplitID(number: 1), SplitID(number: 2))
    let delivered = Money("1.00", Sample.monero)!
    let commands: [LedgerCommand] = [
      world.opening(), world.opening(isRetry: true), .payment(.note(late, world.policy)),
      .split(.request(.batch(batch), .fixedRate)), .batch(.handOff(batch, first)),
      .batch(.fail(batch, reason: "x")), .split(.fail(first, reason: "x")),
      .batch(.complete(batch, first, delivered: delivered, transaction: "0x")),
      .batch(.complete(batch, second, delivered: delivered, transaction: "0x")),
    ]
    let count = explore(world, commands, upTo: Self.isLong ? 10 : 8) { self.isSound($0) }
    #expect(count > 50)
  }

  @Test("refuses: no order of funding commands sends twice for one batch, or after it failed")
  func funding() {
    let (world, batch, split) = World.swapping()
    let id = split.transfer
    let mined = World.mined()
    let again = OpenedSwap(
      swap: SwapID(composed: "s2"), attempt: 2, fromAmount: "101.85", payin: Sample.payin,
      payinExtra: nil, payout: Sample.wallet, toAmount: nil, validUntil: nil)
    let estimate = SplitEstimate(
      fromAmount: "101.85", toAmount: "1", depositFee: "0", withdrawalFee: "0", rate: nil,
      validUntil: nil)
    let commands: [LedgerCommand] = [
      .split(.noteEstimate(split, estimate)), .split(.intendSwap(split)),
      .split(.noteSwap(split, again)), .hostpay(.request(split)),
      .split(.abandonSwap(split, attempt: 1, reason: "x")),
      .split(.fail(split, reason: "x")), .split(.hold(split, reason: "x")),
      .batch(.fail(batch, reason: "x")), world.opening(isRetry: true),
      .split(.request(.batch(BatchID(composed: "\(Sample.channel)-b2")), .fixedRate)),
      .transfer(.request(split)), .transfer(.reserveNonce(id, World.quote)),
      .transfer(.noteSigned(id, World.signed(7))),
      .transfer(.confirm(id, mined, amount: Sample.usdt("101.85"))),
      .transfer(.noteReverted(id, mined)), .hostpay(.noteFunded(split)),
      .split(.noteFinished(split, delivered: "0.6241", payoutHash: nil)),
    ]
    let count = explore(world, commands, upTo: Self.isLong ? 9 : 7) { world in
      let sent = world.count("transfer.requested.v1")
      let released = world.count("accumulation.released.v1")
      return sent + released <= 1 && self.isSound(world)
    }
    #expect(count > 100)
  }

  /// Batches open at or over their threshold with exact members; credited is owed or settled (I7).
  private func isSound(_ world: World) -> Bool {
    var open: [BatchID: Set<PaymentID>] = [:]
    var paid: Set<PaymentID> = []
    var credited = Money.zero(.usdt)
    for event in world.log {
      switch event {
      case .accumulation(.locked(let e)): credited = credited + e.locked
      case .batch(.opened(let e)):
        let members = Set(e.members.map(\.payment))
        guard members.count == e.members.count, e.total.units * 100 >= e.threshold.units,
          members.isDisjoint(with: paid), open.values.allSatisfy(members.isDisjoint)
        else { return false }
        open[e.batch] = members
      case .accumulation(.paid(let e)):
        guard open.removeValue(forKey: e.batch) == Set(e.payments) else { return false }
        paid.formUnion(e.payments)
      case .accumulation(.released(let e)):
        guard open.removeValue(forKey: e.batch) == Set(e.payments) else { return false }
      default: break
      }
    }
    let books = world.state.books
    let owed =
      -books.balance(.payable(Sample.channel), .usdt)
      - books.balance(.reserved(Sample.channel), .usdt)
    return owed + books.settled(Sample.channel, .usdt) == credited
  }

  @Test("refuses: no order gives one transfer two nonces, or one nonce two transfers")
  func nonces() {
    var world = World.registered(Sample.payout(.instant))
    world.claim()
    let splits = [SplitID(number: 1), SplitID(number: 2)]
    for number in 1...2 {
      world.pay(number)
      let split = splits[number - 1]
      world.ask(.split(.request(.payment(Sample.payment(number)), .fixedRate)))
      world.estimate(split)
      world.openSwap(split, from: "24.25", swap: "s\(number)")
      world.ask(.hostpay(.request(split)))
      world.ask(.transfer(.request(split)))
    }
    let ahead = TransferQuote(
      latestNonce: 9, pendingNonce: 9, gasLimit: 1, maxFeePerGas: "1", maxPriorityFeePerGas: "1")
    let commands: [LedgerCommand] =
      splits.enumerated().flatMap { index, split -> [LedgerCommand] in
        let id = split.transfer
        let hash = "0x0\(index)"
        return [
          .transfer(.request(split)), .transfer(.reserveNonce(id, World.quote)),
          .transfer(.noteSigned(id, World.signed(7, hash: hash))),
          .transfer(.noteSigned(id, World.signed(8, hash: hash))),
          .transfer(.confirm(id, World.mined(hash), amount: Sample.usdt("24.25"))),
          .transfer(.noteReverted(id, World.mined(hash))),
          .transfer(.park(id, reason: "x")),
        ]
      } + [
        .transfer(.reserveNonce(splits[0].transfer, ahead)),
        .transfer(.noteForeignNonce(splits[1].transfer)),
      ]
    let count = explore(world, commands, upTo: Self.isLong ? 8 : 6) { world in
      var nonceOf: [TransferID: Int] = [:]
      var holder: [Int: TransferID] = [:]
      var closed: Set<TransferID> = []
      for event in world.log {
        guard case .transfer(let event) = event else { continue }
        switch event {
        case .nonceReserved(let e):
          guard nonceOf.updateValue(e.nonce, forKey: e.transfer) == nil,
            holder.updateValue(e.transfer, forKey: e.nonce) == nil
          else { return false }
        case .signed(let e): guard nonceOf[e.transfer] == e.nonce else { return false }
        case .confirmed, .reverted, .cancelled:
          guard closed.insert(event.id).inserted else { return false }
        case .requested, .guarded, .parked, .released, .bumpRequested, .cancelRequested,
          .cancelSigned:
          break
        }
      }
      return true
    }
    #expect(count > 900)
  }
}
