import Kernel
import Projections
import Support
import Testing

@Suite struct TrialBalanceTests {
  @Test("does: balances of each asset add up to zero at every position")
  func sumsToZero() {
    var rows = Rows<TrialBalance.Row>()
    var notes = Rows<NoNote>()
    for recorded in Story.troubled().log {
      take(recorded, TrialBalance.self, &rows, &notes)
      var sums: [Asset: Int128] = [:]
      for row in rows.all {
        sums[row.asset, default: 0] += row.balance.units
        #expect(row.balance == row.debit - row.credit)
        #expect(row.debit.units >= 0 && row.credit.units >= 0)
      }
      #expect(sums.values.allSatisfy { $0 == 0 }, "at \(recorded.position): \(sums)")
    }
  }

  @Test("does: every balance is the one the deciders' own books hold")
  func agreesWithTheBooks() throws {
    let story = Story.troubled()
    let rows = folded(TrialBalance.self, story.log).all
    let accounts: [Account] = [.custody, .clearing, .suspense, .fees, .exchange, .fx, .dust, .gas]
    var clients = Set<String>()
    for row in rows {
      let known = try accounts.first { $0.text == row.account } ?? account(row)
      #expect(story.state.books.balance(known, row.asset) == row.balance, "\(row.account)")
      if let channel = row.channel { clients.insert(channel.text) }
    }
    #expect(clients.count == 10)
  }

  @Test(
    "does: what came back of a swap is in the books, whatever it was to pay",
    arguments: [("52", "usdterc20", "50"), ("0.021", "eth", "50"), ("52", "usdterc20", nil)])
  func refunded(amount: String, currency: String, threshold: String?) {
    var story = Story()
    let channel = story.register(threshold: threshold)
    story.troubles = [.swapRefunded]
    story.buy(1, channel, tier: 2, paying: amount, currency)
    story.runBatches()
    #expect(story.troubles.isEmpty)
    let rows = folded(TrialBalance.self, story.log).all
    for account: Account in [
      .custody, .exchange, .fx, .payable(channel), .reserved(channel), .transit(channel),
    ] {
      for asset in [Asset.usdt, .eth] {
        let row = rows.first { $0.account == account.text && $0.asset == asset }
        let booked = story.state.books.balance(account, asset)
        #expect((row?.balance ?? .zero(asset)) == booked, "\(account) \(asset)")
      }
    }
    #expect(rows.contains { $0.account == "fx" && $0.balance.units > 0 })
    #expect(story.state.books.balance(.transit(channel), .usdt).units == 0)
    let board = folded(SagaBoard.self, story.log).all
    let waiting = board.filter { $0.waitsFor?.hasPrefix("a person") ?? false }.map(\.kind)
    switch (threshold, currency) {
    case (nil, _): #expect(waiting == [.split])
    case (_, "eth"): #expect(waiting == [.conversion])
    // The batch failed: it waits for a person, or for more of its group.
    case _: #expect(waiting == [.batch])
    }
  }

  private func account(_ row: TrialBalance.Row) throws -> Account {
    let channel = try #require(row.channel)
    let all: [Account] = [.payable(channel), .reserved(channel), .transit(channel)]
    return try #require(all.first { $0.text == row.account })
  }
}
