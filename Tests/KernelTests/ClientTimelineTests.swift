import Testing

@testable import Kernel

@Suite struct ClientTimelineTests {
  private func entries(_ log: [LedgerEvent]) -> [ClientTimeline.Entry] {
    var timeline = ClientTimeline()
    let tag = Tag.channel(Sample.channel)
    return log.enumerated().filter { $0.element.place.tags.contains(tag) }.map { index, event in
      timeline.take(
        Recorded(position: UInt64(index + 1), at: .blank, event: event), of: Sample.channel)
    }
  }

  @Test("does: the running balance rises with each lock, and falls to zero when it is delivered")
  func runs() {
    var (world, batch, split) = World.sending()
    world.settle(batch, split)
    let entries = entries(world.log)
    let locks = entries.filter { $0.name == "accumulation.locked.v1" }
    #expect(locks.map { $0.amount?.amountText } == ["24.25", "48.50", "29.10"])
    #expect(locks.map { $0.balance[0].amountText } == ["24.25", "72.75", "101.85"])
    let reserved = entries.first { $0.name == "accumulation.reserved.v1" }
    #expect(reserved?.amount?.amountText == "101.85")
    #expect(reserved?.balance.map(\.amountText) == ["101.85"])
    let completed = entries.first { $0.name == "split.completed.v1" }
    #expect(completed?.amount?.amountText == "-101.85")
    #expect(entries.last?.name == "accumulation.paid.v1")
    #expect(entries.last?.balance.map(\.amountText) == ["0.00"])
    #expect(entries.map(\.position) == entries.map(\.position).sorted())
  }

  @Test("does: what is owed in another asset has a balance of its own")
  func assets() {
    var world = World.registered(Sample.payout(.instant))
    let order = world.order("o1")
    world.note(Sample.report(1, order: order, "0.01", currency: "eth"))
    let rate = Rate("4000", from: .eth, to: .usdt)!
    world.ask(.payment(.noteRate(Sample.payment(1), rate, source: "x", world.policy)))
    let last = entries(world.log).last
    #expect(last?.name == "payment.routed.v1")
    #expect(last?.balance.map(\.amountText) == ["0.00", "0.0097"])
  }

  @Test("ignores: another client's facts move nothing")
  func strangers() {
    var world = World.registered()
    world.pay(1)
    let stranger = ChannelKey(registering: OpenChannelID(text: "12345")!)
    var timeline = ClientTimeline()
    for event in world.log {
      let entry = timeline.take(Recorded(position: 1, at: .blank, event: event), of: stranger)
      #expect(entry.balance == [.zero(.usdt)])
    }
  }
}
