import Foundation
import Testing

@testable import Kernel

/// Every sequence of what can befall one transfer and its nonces, none left out.
@Suite struct NonceWorldTests {
  private static let isLong = ProcessInfo.processInfo.environment["WEIR_TEST_LONG"] != nil

  private func signed(_ nonce: Int, _ attempt: Int, _ hash: String) -> SignedTransfer {
    let bids = [
      ("50000000000", "2000000000"), World.bumped, ("63281250000", "2531250000"),
    ]
    return SignedTransfer(
      nonce: nonce, attempt: attempt, raw: "0x02", hash: hash,
      maxFeePerGas: bids[attempt - 1].0, maxPriorityFeePerGas: bids[attempt - 1].1)
  }

  private func commands(_ split: SplitID, _ batch: BatchID) -> [LedgerCommand] {
    let id = split.transfer
    let nonces = [7, 8].flatMap { nonce -> [TransferCommand] in
      let quote = TransferQuote(
        latestNonce: nonce, pendingNonce: nonce, gasLimit: 65_000, maxFeePerGas: "50000000000",
        maxPriorityFeePerGas: "2000000000")
      let (first, second, cancel) = ("0xa\(nonce)", "0xb\(nonce)", "0xc\(nonce)")
      let amount = Sample.usdt("101.85")
      return [
        .reserveNonce(id, quote), .noteSigned(id, signed(nonce, 1, first)),
        .noteSigned(id, signed(nonce, 2, second)), .noteCancelSigned(id, signed(nonce, 2, cancel)),
        .noteCancelSigned(id, signed(nonce, 3, cancel)),
        .confirm(id, World.mined(first), amount: amount),
        .confirm(id, World.mined(second), amount: amount),
        .confirm(id, World.mined(cancel), amount: amount),
        .noteReverted(id, World.mined(first)), .noteCancelled(id, World.mined(cancel)),
        .noteCancelled(id, World.mined(first)),
      ]
    }
    let rest: [TransferCommand] = [
      .request(split), .bump(id, nil, reason: "x"), .cancel(id, .operator, reason: "x"),
      .cancel(id, .swapExpired, reason: "x"), .park(id, reason: "x"), .release(id, reason: "x"),
    ]
    return (nonces + rest).map { .transfer($0) } + [
      .split(.fail(split, reason: "x")), .batch(.fail(batch, reason: "x")),
    ]
  }

  /// What the log must never say, in whatever order things happened.
  private func isSound(_ world: World) -> Bool {
    var open: Int?
    var nonces: Set<Int> = []
    var fees: (Int128, Int128) = (0, 0)
    var (confirmed, isCancelling, isTakenBack, hasPayment) = (0, false, false, false)
    for event in world.log {
      switch event {
      case .transfer(.nonceReserved(let e)):
        guard open == nil, nonces.insert(e.nonce).inserted, confirmed == 0, !isTakenBack,
          e.generation == nonces.count
        else { return false }
        (open, fees, isCancelling, hasPayment) = (e.nonce, (0, 0), false, false)
      case .transfer(.signed(let e)):
        let next = (Int128(e.maxFeePerGas)!, Int128(e.maxPriorityFeePerGas)!)
        guard open == e.nonce, !isCancelling, next.0 > fees.0, next.1 > fees.1 else {
          return false
        }
        (fees, hasPayment) = (next, true)
      case .transfer(.cancelSigned(let e)):
        let next = (Int128(e.maxFeePerGas)!, Int128(e.maxPriorityFeePerGas)!)
        guard open == e.nonce, isCancelling, next.0 > fees.0, next.1 > fees.1 else {
          return false
        }
        fees = next
      case .transfer(.cancelRequested(let e)):
        guard e.nonce == open else { return false }
        isCancelling = true
      case .transfer(.confirmed(let e)):
        guard open == e.nonce, hasPayment, e.hash.hasPrefix("0xa") || e.hash.hasPrefix("0xb")
        else { return false }
        (open, confirmed) = (nil, confirmed + 1)
      case .transfer(.reverted(let e)):
        guard open == e.nonce else { return false }
        open = nil
      case .transfer(.cancelled(let e)):
        guard open == e.nonce, e.hash.hasPrefix("0xc") else { return false }
        open = nil
      case .transfer(.released): guard open == nil || !hasPayment else { return false }
      // The value goes back only where no bytes can move it any more.
      case .split(.failed), .split(.swapAbandoned), .accumulation(.released):
        guard open == nil, confirmed == 0 else { return false }
        isTakenBack = true
      default: break
      }
    }
    let wallet = world.state.hostWallet
    return confirmed <= 1 && wallet?.openNonces == (open == nil ? 0 : 1)
      && (open != nil || wallet?.promised.values.allSatisfy { $0 == 0 } != false)
  }

  @Test("refuses: no order of attempts, cancels, reverts and second thoughts pays twice")
  func everyOrder() {
    var (world, batch, split) = World.splitting()
    world.estimate(split)
    world.openSwap(split, validFor: 900)
    world.ask(.hostpay(.request(split)))
    world.ask(.transfer(.request(split)))
    let commands = commands(split, batch)
    var count = 0
    var ends: [String: Int] = [:]
    func explore(_ world: World, _ depth: Int) {
      count += 1
      guard isSound(world) else {
        Issue.record("\(world.names)")
        return
      }
      ends[world.names.last ?? "", default: 0] += 1
      guard depth > 0 else { return }
      for command in commands {
        var next = world
        // A swap is over only when its time is, and the rest takes no time.
        if case .transfer(.cancel(_, .swapExpired, _)) = command {
          next.now = next.now.adding(seconds: 900)
        }
        guard case .accept = next.state.decide(command, at: next.now) else { continue }
        next.ask(command)
        next.now = world.now
        explore(next, depth - 1)
      }
    }
    explore(world, Self.isLong ? 11 : 9)
    for name in [
      "transfer.confirmed.v1", "transfer.reverted.v1", "split.swap_abandoned.v1",
      "split.failed.v1", "accumulation.released.v1", "transfer.released.v1",
    ] {
      #expect(ends[name] ?? 0 > 0, "\(name) never happened")
    }
    #expect(count > 3_000)
  }
}
