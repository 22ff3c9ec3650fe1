import Kernel
import Projections
import Support
import Testing

@Suite struct BatchStatusTests {
  @Test("does: a batch goes through its phases and ends with what was delivered")
  func phases() throws {
    var rows = Rows<BatchStatus.Row>()
    var notes = Rows<BatchStatus.Note>()
    var story = Story()
    let channel = story.register(threshold: "50")
    story.buy(1, channel, tier: 2, paying: "52")
    story.runBatches()
    var phases: [BatchStatus.Phase] = []
    for recorded in story.log {
      take(recorded, BatchStatus.self, &rows, &notes)
      if let phase = rows.all.first?.phase, phase != phases.last { phases.append(phase) }
    }
    #expect(phases == [.opened, .estimating, .swapping, .funding, .delivering, .completed])
    let row = try #require(rows.all.first)
    #expect(row.members == 1)
    #expect(row.total == (try amount("50.44")))
    #expect(row.delivered == (try amount("0.0097", .eth)))
    #expect(row.transaction == "0xhash7")
    #expect(row.attempt == 1)
    let times = [row.openedAt, row.handedOffAt, row.fundedAt, row.endedAt].compactMap { $0 }
    #expect(times.count == 4 && times == times.sorted())
  }

  @Test(
    "does: whatever stops a batch is its phase and its reason",
    arguments: [
      (Story.Trouble.swapRefused, BatchStatus.Phase.failed, "the pair is inactive"),
      (.hostpayHeld, .held, "the swap is verifying"),
      (.transferReverts, .held, "the transfer reverted"),
      (.transferParked, .held, "the wallet holds too little"),
      (.nothingDelivered, .held, "finished with no amount delivered"),
    ])
  func reasons(trouble: Story.Trouble, phase: BatchStatus.Phase, reason: String) throws {
    var story = Story()
    let channel = story.register(threshold: "50")
    story.troubles = [trouble]
    story.buy(1, channel, tier: 2, paying: "52")
    story.runBatches()
    let row = try #require(folded(BatchStatus.self, story.log).all.first)
    #expect(row.phase == phase)
    #expect(row.reason == reason)
    #expect(row.delivered == nil)
    #expect((row.endedAt != nil) == (phase == .failed))
  }

  @Test("does: a second swap is the row's swap, and counts as the second attempt")
  func secondSwap() throws {
    var story = Story()
    let channel = story.register(threshold: "50")
    story.troubles = [.swapExpired]
    story.buy(1, channel, tier: 2, paying: "52")
    story.runBatches()
    let row = try #require(folded(BatchStatus.self, story.log).all.first)
    #expect(row.attempt == 2)
    #expect(row.swap?.text.hasSuffix("2") == true)
    #expect(row.phase == .completed)
  }

  @Test("ignores: splits of instant payments and conversions")
  func othersSplits() {
    var story = Story()
    let channel = story.register(threshold: nil)
    story.buy(1, channel, paying: "25")
    #expect(folded(BatchStatus.self, story.log).all.isEmpty)
  }
}
