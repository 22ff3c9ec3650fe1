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

  private func account(_ row: TrialBalance.Row) throws -> Account {
    let channel = try #require(row.channel)
    let all: [Account] = [.payable(channel), .reserved(channel), .transit(channel)]
    return try #require(all.first { $0.text == row.account })
  }
}
