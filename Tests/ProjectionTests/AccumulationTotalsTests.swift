import Kernel
import Projections
import Support
import Testing

@Suite struct AccumulationTotalsTests {
  @Test("does: at every position the totals are those of a naive count over the facts so far")
  func equalsNaiveCount() {
    let log = Story.troubled().log
    var rows = Rows<AccumulationTotals.Row>()
    var notes = Rows<AccumulationTotals.Note>()
    for recorded in log {
      take(recorded, AccumulationTotals.self, &rows, &notes)
      guard case .accumulation = recorded.event else { continue }
      let naive = Naive(log.prefix(Int(recorded.position)))
      #expect(rows.all.count == naive.groups.count)
      for row in rows.all {
        let members = naive.groups[row.key] ?? []
        func sum(_ isCounted: (Naive.Member) -> Bool) -> Int128 {
          members.filter(isCounted).reduce(0) { $0 + $1.amount.units }
        }
        #expect(row.locked.units == sum { _ in true })
        #expect(row.converted.units == sum { $0.isConverted })
        #expect(row.pending.units == sum { $0.isConverted && !$0.isReserved && !$0.isPaid })
        #expect(row.reserved.units == sum { $0.isReserved && !$0.isPaid })
        #expect(row.paid.units == sum { $0.isPaid })
        #expect(row.lockedCount == members.count)
        #expect(row.convertedCount == members.count { $0.isConverted })
        #expect(
          row.pendingCount == members.count { $0.isConverted && !$0.isReserved && !$0.isPaid })
        #expect(row.reservedCount == members.count { $0.isReserved && !$0.isPaid })
        #expect(row.paidCount == members.count { $0.isPaid })
      }
    }
  }

  @Test("does: 24.25 and 48.50 stand at 72.75 % of 100, and with 29.10 at 101.85 %")
  func progress() throws {
    var story = Story()
    let channel = story.register(threshold: "100")
    story.buy(1, channel, tier: 1, paying: "25")
    story.buy(2, channel, tier: 2, paying: "50")
    let before = try #require(folded(AccumulationTotals.self, story.log).all.first)
    #expect(before.pending == (try amount("72.75")))
    #expect(before.progress == 7_275)
    story.buy(3, channel, tier: 3, paying: "30")
    let after = try #require(folded(AccumulationTotals.self, story.log).all.first)
    #expect(after.pending == (try amount("101.85")))
    #expect(after.progress == 10_185)
    story.runBatches()
    let paid = try #require(folded(AccumulationTotals.self, story.log).all.first)
    #expect(paid.pending == .zero(.usdt) && paid.reserved == .zero(.usdt))
    #expect(paid.paid == (try amount("101.85")))
    #expect(paid.progress == 0)
  }

  @Test("does: another wallet is another row, and a new threshold is every row's")
  func groups() throws {
    var story = Story()
    let channel = story.register(threshold: "100")
    story.buy(1, channel, paying: "25")
    story.change(channel, threshold: "100", wallet: "0x2222222222222222222222222222222222222222")
    story.buy(2, channel, paying: "25")
    story.change(channel, threshold: "200", wallet: "0x2222222222222222222222222222222222222222")
    let rows = folded(AccumulationTotals.self, story.log).all
    #expect(rows.count == 2)
    for row in rows {
      #expect(row.pending == (try amount("24.25")))
      #expect(row.threshold == (try amount("200", .usd)))
      #expect(row.progress == 1_212)
    }
  }

  /// The facts counted anew, member by member.
  private struct Naive {
    struct Member {
      let payment: PaymentID
      var amount: Money
      var isConverted = false
      var isReserved = false
      var isPaid = false
    }
    var groups: [AccumulationTotals.Key: [Member]] = [:]

    init(_ log: some Sequence<Recorded>) {
      for recorded in log {
        guard case .accumulation(let event) = recorded.event else { continue }
        switch event {
        case .locked(let e):
          let key = AccumulationTotals.Row(
            channel: e.channel, wallet: e.wallet, asset: e.asset
          ).key
          groups[key, default: []].append(Member(payment: e.payment, amount: e.locked))
        case .converted(let e): edit([e.payment]) { $0.isConverted = true }
        case .reserved(let e): edit(e.payments) { $0.isReserved = true }
        case .released(let e): edit(e.payments) { $0.isReserved = false }
        case .paid(let e): edit(e.payments) { $0.isPaid = true }
        case .netted(let e): net(e)
        case .forgiven: break
        }
      }
    }

    /// What has paid a debt whole is no member any more.
    private mutating func net(_ e: AccumulationEvent.Netted) {
      edit([e.payment]) { $0.amount = $0.amount - e.amount }
      for key in groups.keys { groups[key]?.removeAll { $0.amount.units == 0 } }
    }

    private mutating func edit(_ payments: [PaymentID], _ change: (inout Member) -> Void) {
      for key in groups.keys {
        for index in groups[key, default: []].indices
        where payments.contains(groups[key, default: []][index].payment) {
          change(&groups[key, default: []][index])
        }
      }
    }
  }
}

extension AccumulationTotals.Row {
  fileprivate init(channel: ChannelKey, wallet: String, asset: Asset) {
    self = .blank
    self.channel = channel
    self.wallet = wallet
    self.asset = asset
  }
}
