import Testing

@testable import Kernel

@Suite struct OldOrderTests {
  private func note(_ world: inout World, _ number: Int, price: String?, currency: String = "usd")
    -> Decision
  {
    var report = Sample.report(number, order: nil)
    report.order = "PGP-6270000001|-1001234567890"
    report.priceAmount = price
    report.priceCurrency = currency
    return world.note(report)
  }

  private func reason(_ decision: Decision) -> HoldReason? {
    guard case .payment(.held(let held))? = decision.events.last else { return nil }
    return held.reason
  }

  @Test(
    "does: an old order is honoured when exactly one tier has its price",
    arguments: [
      "25", "25.00", "25.0",
    ])
  func honours(_ price: String) {
    var world = World.registered()
    let decision = note(&world, 1, price: price)
    #expect(decision.names.contains("order.granted.v1"))
    guard case .payment(.observed(let observed))? = decision.events.first else { return }
    #expect(observed.channel == Sample.channel)
  }

  @Test(
    "does: any other price is held, never dropped",
    arguments: [
      "25.01", "24.99", "", "x", "0",
    ])
  func holdsOtherPrices(_ price: String) {
    var world = World.registered()
    #expect(reason(note(&world, 1, price: price)) == .noTierOfThatPrice)
    #expect(reason(note(&world, 2, price: nil)) == .noTierOfThatPrice)
    #expect(reason(note(&world, 3, price: "25", currency: "eur")) == .noTierOfThatPrice)
  }

  @Test("does: a price that several tiers have is held")
  func holdsAmbiguous() {
    var world = World.registered(prices: ["25.00", "25.00", "30.00"])
    #expect(reason(note(&world, 1, price: "25")) == .severalTiersOfThatPrice)
    #expect(note(&world, 2, price: "30").names.contains("order.granted.v1"))
  }
}
