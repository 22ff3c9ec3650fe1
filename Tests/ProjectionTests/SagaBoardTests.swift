import Kernel
import Projections
import Support
import Testing

@Suite struct SagaBoardTests {
  @Test("does: after a story without trouble nothing is running")
  func allEnded() {
    let rows = folded(SagaBoard.self, Story.standard().log).all
    // 4 batches and 3 conversions; with 3 instant payments 10 splits, each funded by a transfer.
    #expect(rows.count == 4 + 3 + 10 * 3)
    for row in rows { #expect(row.isEnded && row.reason == nil, "\(row.kind) \(row.id)") }
    for row in rows { #expect(row.startedAt < row.since, "\(row.kind) \(row.id)") }
  }

  @Test(
    "does: what waits for a person stands on the board with its reason",
    arguments: [
      (Story.Trouble.hostpayHeld, SagaBoard.Kind.hostpay, SagaBoard.State.held),
      (.transferReverts, .transfer, .reverted), (.transferParked, .transfer, .parked),
      (.nothingDelivered, .split, .held), (.swapRefused, .split, .failed),
    ])
  func waiting(trouble: Story.Trouble, kind: SagaBoard.Kind, state: SagaBoard.State) throws {
    var story = Story()
    let channel = story.register(threshold: "50")
    story.troubles = [trouble]
    story.buy(1, channel, tier: 2, paying: "52")
    story.runBatches()
    let rows = folded(SagaBoard.self, story.log).all
    let row = try #require(rows.first { $0.kind == kind })
    #expect(row.state == state)
    #expect(row.reason != nil || state == .reverted)
    #expect(row.channel == channel)
    #expect(rows.first { $0.kind == .batch }?.isEnded == (trouble == .swapRefused))
  }

  @Test("does: a held split stays held, whatever the provider says later")
  func heldStays() throws {
    var story = Story()
    let channel = story.register(threshold: "50")
    story.troubles = [.nothingDelivered]
    story.buy(1, channel, tier: 2, paying: "52")
    story.runBatches()
    let split = try #require(
      folded(SagaBoard.self, story.log).all.first { $0.kind == .split })
    let opened = try #require(
      story.log.compactMap { recorded in
        if case .split(.swapOpened(let e)) = recorded.event { return e }
        return nil
      }.first)
    story.perform(.split(.noteStatus(opened.split, opened.swap, status: "verifying")))
    let after = folded(SagaBoard.self, story.log).all.first { $0.kind == .split }
    #expect(after?.state == .held && after?.reason == split.reason && after?.since == split.since)
  }

  @Test("does: an open offer's end is the split's deadline, and goes with it")
  func deadlines() throws {
    let story = Story.standard()
    let opened = try prefix(story.log) { event in
      if case .split(.swapOpened) = event { return true }
      return false
    }
    #expect(folded(SagaBoard.self, opened).all.contains { $0.deadline != nil })
    #expect(folded(SagaBoard.self, story.log).all.allSatisfy { $0.deadline == nil })
  }
}
