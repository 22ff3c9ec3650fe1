import Kernel
import Projections
import Support
import Testing

@Suite struct ClientViewsTests {
  @Test("does: in USDT, what a client is owed and was paid is what its payments brought, net")
  func addsUp() {
    for row in folded(ClientViews.self, Story.troubled().log).all {
      #expect(row.payable + row.reserved + row.paid == row.received - row.fees, "\(row.key)")
      #expect(row.payments == row.instantPayments + row.thresholdPayments)
      #expect(row.payable.units >= 0 && row.reserved.units >= 0 && row.openBatches >= 0)
    }
  }

  @Test("does: payable and reserved are the books', for a client who is paid in USDT")
  func agreesWithTheBooks() throws {
    let story = Story.troubled()
    for row in folded(ClientViews.self, story.log).all {
      #expect(-story.state.books.balance(.payable(row.key), .usdt) == row.payable, "\(row.key)")
      #expect(-story.state.books.balance(.reserved(row.key), .usdt) == row.reserved, "\(row.key)")
    }
  }

  @Test("does: an instant payment in ETH is valued at the rate it was booked at")
  func instantETH() throws {
    var story = Story()
    let channel = story.register(threshold: nil, asset: .usdt)
    story.buy(1, channel, paying: "0.01", "eth")
    let row = try #require(folded(ClientViews.self, story.log).all.first)
    #expect(row.received == (try amount("25")))
    #expect(row.paid == (try amount("24.25")))
    #expect(row.reserved == .zero(.usdt))
    #expect(row.payouts == 1 && row.instantPayments == 1)
  }

  @Test("does: a held payment counts while it is held, once")
  func held() throws {
    var story = Story()
    let channel = story.register()
    let order = story.order(channel)
    story.pay(1, for: order, "1")
    #expect(folded(ClientViews.self, story.log).all.map(\.heldPayments) == [1])
    story.pay(1, for: order, "2")
    #expect(folded(ClientViews.self, story.log).all.map(\.heldPayments) == [1])
    story.pay(1, for: order, "25")
    let row = try #require(folded(ClientViews.self, story.log).all.first)
    #expect(row.heldPayments == 0 && row.payments == 1)
  }

  @Test("ignores: notices that aren't finished")
  func unfinished() throws {
    var story = Story()
    let channel = story.register()
    for (index, status) in ["waiting", "confirmed", "failed", "expired", "refunded"].enumerated() {
      story.pay(index, for: story.order(channel), "25", status: status)
    }
    let row = try #require(folded(ClientViews.self, story.log).all.first)
    #expect(row.payments == 0 && row.grants == 0 && row.received == .zero(.usdt))
    #expect(row.lastPaymentAt == nil)
  }
}
