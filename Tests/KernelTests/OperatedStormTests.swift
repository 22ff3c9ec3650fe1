import Testing

@testable import Kernel

/// Storms in which people act too: whatever they ask, at whatever moment, the books hold.
@Suite struct OperatedStormTests {
  @Test("does: operators' commands at random moments break nothing, and bring some splits home")
  func people() {
    var kinds: [String: Int] = [:]
    for seed in 1...40 {
      var storm = Storm(seed: UInt64(seed) &* 7_919)
      for _ in 0..<1_500 {
        _ = storm.step()
        guard storm.chance(4) else { continue }
        for event in storm.world.ask(command(&storm)).events { kinds[event.name, default: 0] += 1 }
      }
      check(storm.world)
    }
    for name in [
      "split.asked.v1", "split.held.v1", "split.released.v1", "split.retried.v1",
      "split.refunded.v1", "split.replaced.v1", "split.swap_regressed.v1",
      "conversion.retried.v1", "batch.retried.v1", "payment.taken_back.v1",
      "payment.accepted.v1", "payment.refunded.v1", "payment.written_off.v1",
      "payment.reversed.v1",
    ] {
      #expect(kinds[name, default: 0] > 0, "\(name): \(kinds)")
    }
  }

  private func command(_ storm: inout Storm) -> LedgerCommand {
    let number = max(1, storm.state.splitCount - storm.below(6))
    let split = SplitID(number: number)
    let swap = storm.swaps[split]?.swap ?? SwapID(composed: "s1")
    if storm.chance(2) { return ruling(&storm) }
    switch storm.below(10) {
    case 0: return .split(.operate(split, .ask, reason: "x"))
    case 1: return .split(.operate(split, .hold, reason: "x"))
    case 2: return .split(.operate(split, .release, reason: "x"))
    case 3, 4, 5: return .split(.operate(split, .retry, reason: "x"))
    case 6:
      let amount = storm.pick(["0.01", "1", "10", "x"])
      return .split(.noteRefunded(split, swap, amount: amount, transaction: "0xback"))
    case 7:
      return .split(.noteStatus(split, swap, status: storm.pick(["new", "waiting", "sending"])))
    case 8:
      let asked = storm.world.log.compactMap { event -> ConversionID? in
        if case .conversion(.requested(let e)) = event { e.conversion } else { nil }
      }
      let any = ConversionID(of: Sample.payment(storm.below(Storm.payments) + 1))
      let id = asked.isEmpty ? any : storm.pick(asked)
      return storm.chance(5)
        ? .conversion(.retry(id, reason: "x")) : .conversion(.fail(id, reason: "x"))
    default:
      let id = BatchID(composed: "\(storm.pick(storm.channels))-b\(storm.below(4) + 1)")
      return storm.chance(5) ? .batch(.retry(id, reason: "x")) : .batch(.fail(id, reason: "x"))
    }
  }

  /// A person's word about any payment; mostly there is nothing to say about it.
  private func ruling(_ storm: inout Storm) -> LedgerCommand {
    let id = Sample.payment(storm.below(Storm.payments) + 1)
    if storm.chance(2) {
      let report = PaymentReport(
        payment: id, status: "refunded", source: .poll, raw: "{}")
      return .payment(.note(report, storm.world.policy))
    }
    let stream = storm.world.log.filter { $0.place.stream.text == "payment-\(id)" }
    if let booked = BookedPayment(stream) {
      return .payment(.rule(id, .reverse(booked, transaction: "0xback"), reason: "x"))
    }
    let rate = storm.chance(5) ? Rate("3000", from: .eth, to: .usdt) : nil
    switch storm.below(3) {
    case 0: return .payment(.rule(id, .refund(transaction: "0xback"), reason: "x"))
    case 1: return .payment(.rule(id, .writeOff, reason: "x"))
    default:
      return .payment(
        .rule(id, .accept(order: nil, rate: rate, storm.world.policy), reason: "x"))
    }
  }

  /// No nonce was given twice, and no split was confirmed twice without having been refunded.
  private func check(_ world: World) {
    var nonces = Set<Int>()
    var paid: [TransferID: Int] = [:]
    for event in world.log {
      if case .wallet(.nonceAssigned(let e)) = event { #expect(nonces.insert(e.nonce).inserted) }
      if case .transfer(.confirmed(let e)) = event { paid[e.transfer, default: 0] += 1 }
    }
    #expect(paid.values.allSatisfy { $0 == 1 })
  }
}

extension Storm {
  fileprivate var state: LedgerState { world.state }
}

extension LedgerState {
  fileprivate var splitCount: Int { splits.count }
}
