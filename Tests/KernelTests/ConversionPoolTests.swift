import Testing

@testable import Kernel

/// Shares of one whole, in every small world there is.
@Suite struct ProRataTests {
  @Test("does: parts and rest are the whole, each part is its own rounded down, the last the rest")
  func everySmallWorld() {
    func money(_ units: Int) -> Money { Money(Int128(units), .usdt) }
    var worlds = 0
    func check(_ whole: Int, _ weights: [Int], missing: Int) {
      let sum = weights.reduce(0, +) + missing
      guard sum > 0 else { return }
      worlds += 1
      let (parts, rest) = ProRata.parts(
        of: money(whole), by: weights.map(money), sum: money(sum))
      let given = parts.reduce(0) { $0 + $1.units }
      guard given + rest.units == Int128(whole), rest.units >= 0 else {
        Issue.record("\(whole) by \(weights), \(missing) missing: \(parts) and \(rest)")
        return
      }
      // The last one's part is exact where there is a rest to keep, and else takes what is left.
      let isWhole = missing == 0 && !weights.isEmpty
      for (index, part) in parts.enumerated() {
        let exact = Int128(whole * weights[index] / sum)
        let isLast = index == parts.count - 1
        let more = part.units - exact
        guard more == 0 || isLast && isWhole && (0..<Int128(parts.count)).contains(more) else {
          Issue.record("\(whole) by \(weights): \(parts)")
          return
        }
      }
      if isWhole { #expect(rest.units == 0) }
    }
    for whole in 0...9 {
      for missing in 0...2 {
        check(whole, [], missing: missing)
        for a in 0...4 {
          check(whole, [a], missing: missing)
          for b in 0...4 {
            check(whole, [a, b], missing: missing)
            for c in 0...4 { check(whole, [a, b, c], missing: missing) }
          }
        }
      }
    }
    #expect(worlds > 4_000)
  }

  @Test("does: the study's example comes out, and nothing overflows at the edge of amounts")
  func examples() {
    let weights = ["10", "15", "25"].map(Sample.usdt)
    let (parts, rest) = ProRata.parts(
      of: Sample.usdt("48.50"), by: weights, sum: Sample.usdt("50"))
    #expect(parts == ["9.70", "14.55", "24.25"].map(Sample.usdt) && rest.units == 0)
    let most = Money(Limits.outcomeUnitsMost, .usdt)
    let large = ProRata.parts(of: most, by: [most, most], sum: most + most)
    #expect(large.parts.reduce(0) { $0 + $1.units } == most.units)
  }
}

/// Payments that become USDT by one swap (C-8).
@Suite struct ConversionPoolTests {
  /// A channel with a threshold of 100, paid in ETH as often as named; a rate of 2500.
  private func world(_ amounts: [String], threshold: String = "100.00") -> World {
    var world = World.registered(Sample.payout(.threshold, threshold: threshold))
    world.claim()
    for (index, amount) in amounts.enumerated() { pay(index + 1, amount, &world) }
    return world
  }

  private func pay(_ number: Int, _ amount: String, _ world: inout World) {
    let order = world.order("o\(number)", tier: 2)
    world.note(Sample.report(number, order: order, amount, currency: "eth"))
    let rate = Rate("2500", from: .eth, to: .usdt)!
    world.ask(.payment(.noteRate(Sample.payment(number), rate, source: "x", world.policy)))
  }

  private func pool(_ least: String?) -> LedgerCommand {
    .conversion(.pool(Sample.channel, .eth, least: least.map(Sample.usdt)))
  }

  private func requested(_ decision: Decision) -> ConversionEvent.Requested? {
    guard case .conversion(.requested(let e))? = decision.events.first else { return nil }
    return e
  }

  /// From the request to the received USDT.
  private func convert(_ id: ConversionID, _ received: String, _ world: inout World) -> Decision {
    world.ask(.split(.request(.conversion(id), .standard)))
    let split = world.state.split(of: .conversion(id))!
    let source = world.state.splits[split]!.requested.source
    world.fund(split, source)
    world.ask(.split(.noteFinished(split, delivered: received, payoutHash: nil)))
    return world.ask(.conversion(.complete(id, split, received: Sample.usdt(received))))
  }

  @Test("does: what waits is swapped once it is worth enough, one list and one sum")
  func gathers() {
    var world = world(["0.0123456789", "0.0111111111"])
    // 29.938271 + 26.944444 USDT after the fee.
    #expect(world.ask(pool("60")).isIgnored)
    #expect(world.state.duePools(least: Sample.usdt("60")).isEmpty)
    #expect(world.state.dueGroups().isEmpty)
    #expect(world.state.duePools(least: Sample.usdt("50")).map(\.count) == [2])
    let e = requested(world.ask(pool("50")))
    #expect(e?.payments == [Sample.payment(1), Sample.payment(2)])
    #expect(e?.conversion == ConversionID(of: Sample.payment(1)))
    let nets = world.state.accumulations[Sample.channel]!.members.map(\.net.units)
    #expect((e?.amount.units ?? 0) + (e?.dust?.units ?? 0) == nets.reduce(0, +))
    #expect(e?.expected == world.payable())
    // They wait for it, and for nothing else.
    #expect(world.ask(pool(nil)).isIgnored)
    #expect(
      world.ask(.conversion(.request(Sample.channel, Sample.payment(2)))).isIgnored)
    // What comes later is another pool.
    pay(3, "0.01", &world)
    #expect(world.state.duePools(least: nil).map(\.oldest) == [Sample.payment(3)])
    #expect(requested(world.ask(pool(nil)))?.payments == [Sample.payment(3)])
  }

  @Test("does: members count once the swap is complete; each has its share, the rest is FX")
  func completes() {
    var world = world(["0.0123", "0.0133", "0.0144"])
    let id = requested(world.ask(pool(nil)))!.conversion
    let locked = world.payable()
    #expect(world.openDue().isEmpty)
    let done = convert(id, "95.000001", &world)
    #expect(
      done.names == ["conversion.shared.v1", "conversion.completed.v1"]
        + Array(repeating: "accumulation.converted.v1", count: 3))
    guard case .conversion(.shared(let shared))? = done.events.first else { return }
    #expect(shared.shares.reduce(0) { $0 + $1.share.units } == 95_000_001)
    #expect(shared.rest.units == 0)
    #expect(shared.shares.map(\.locked).reduce(Money.zero(.usdt)) { $0 + $1 } == locked)
    // What is owed is what was locked; the difference is the platform's.
    #expect(world.payable() == locked)
    #expect(
      world.state.books.balance(.fx, .usdt) == locked - Sample.usdt("95.000001"))
    #expect(world.state.books.balance(.exchange, .usdt).units == 0)
    #expect(world.state.brokenInvariant() == nil)
  }

  @Test("does: a pool that brings a payout over its threshold isn't kept waiting")
  func completesThreshold() {
    var world = world(["0.0203"], threshold: "50.00")
    // 49.2275 of 50: neither worth the pool's size, nor enough for a payout.
    #expect(world.ask(pool("1000")).isIgnored)
    world.pay(9, tier: 1, "25.00")
    #expect(requested(world.ask(pool("1000")))?.payments == [Sample.payment(1)])
  }

  @Test("does: one that failed is tried again without what was taken back meanwhile")
  func retries() {
    var world = world(["0.0123", "0.0133", "0.0144"])
    let id = requested(world.ask(pool(nil)))!.conversion
    world.ask(.split(.request(.conversion(id), .standard)))
    let split = world.state.split(of: .conversion(id))!
    world.ask(.split(.fail(split, reason: "no pair")))
    world.ask(.conversion(.fail(id, reason: "no pair")))
    #expect(world.ask(pool(nil)).isIgnored)
    let stream = world.log.filter { $0.place.stream.text == "payment-2" }
    let booked = BookedPayment(stream)!
    world.ask(.payment(.rule(Sample.payment(2), .reverse(booked, transaction: "x"), reason: "x")))
    let again = world.ask(.conversion(.retry(id, reason: "x"))).events.last
    guard case .conversion(.requested(let e))? = again else {
      Issue.record("\(String(describing: again))")
      return
    }
    #expect(e.payments == [Sample.payment(1), Sample.payment(3)])
    #expect(e.expected == world.payable())
    // And what goes while the swap is under way has no share: its part is the platform's.
    let first = BookedPayment(world.log.filter { $0.place.stream.text == "payment-1" })!
    world.ask(.payment(.rule(Sample.payment(1), .reverse(first, transaction: "x"), reason: "x")))
    let done = convert(e.conversion, "60", &world)
    guard case .conversion(.shared(let shared))? = done.events.first else {
      Issue.record("\(done.names)")
      return
    }
    #expect(shared.shares.map(\.payment) == [Sample.payment(3)])
    #expect(shared.rest.units + shared.shares[0].share.units == 60_000_000)
    #expect(done.names.count { $0 == "accumulation.converted.v1" } == 1)
    #expect(world.state.brokenInvariant() == nil)
    #expect(LedgerState.read(world.state.listed)?.listed == world.state.listed)
  }
}
