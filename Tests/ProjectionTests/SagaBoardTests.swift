import Projections
import Support
import Testing

@testable import Kernel

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
      (Story.Trouble.hostpayHeld, StepKind.hostpay, StepState.held),
      (.transferReverts, .transfer, .reverted), (.transferParked, .transfer, .parked),
      (.nothingDelivered, .split, .held), (.swapRefused, .split, .failed),
    ])
  func waiting(trouble: Story.Trouble, kind: StepKind, state: StepState) throws {
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
    let batch = try #require(rows.first { $0.kind == .batch })
    #expect(!batch.isEnded && (batch.state == .failed) == (trouble == .swapRefused))
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

  @Test("does: every step under way says until when and for what; what ended says neither")
  func due() {
    let log = Story.troubled().log
    var seen = Set<String>()
    for end in 1...log.count {
      for row in folded(SagaBoard.self, Array(log.prefix(end))).all
      where seen.insert(
        "\(row.kind) \(row.state)"
      ).inserted {
        #expect((row.dueAt == nil) == row.isEnded, "\(row.kind) \(row.state)")
        #expect((row.waitsFor == nil) == row.isEnded, "\(row.kind) \(row.state)")
        let isPersons = row.waitsFor?.hasPrefix("a person") ?? false
        if let due = row.dueAt { #expect(isPersons == (due == row.since)) }
      }
    }
    #expect(seen.count > 20)
  }

  @Test("does: a late step says so until it goes on, and attempts by themselves are counted")
  func late() throws {
    let log = Story.standard().log
    let at = try #require(log.firstIndex { $0.event.name == "split.requested.v1" })
    var facts = Array(log[...at])
    func split(_ facts: [Recorded]) -> SagaBoard.Row? {
      folded(SagaBoard.self, facts).all.first { $0.kind == .split }
    }
    let before = try #require(split(facts))
    #expect(before.overdueAt == nil && before.later == 0)
    var overdue = StepEvent.Overdue()
    (overdue.kind, overdue.id, overdue.state) = (.split, before.id, before.state)
    (overdue.since, overdue.due) = (before.since, before.since)
    let now = log[at].at.adding(seconds: 7_200)
    let position = UInt64(at + 2)
    facts.append(Recorded(position: position, at: now, event: .ledger(.step(.overdue(overdue)))))
    #expect(split(facts)?.overdueAt == now)
    #expect(split(facts)?.dueAt == before.dueAt)
    var attempted = StepEvent.Attempted()
    (attempted.kind, attempted.id, attempted.number) = (.split, before.id, 2)
    facts.append(
      Recorded(position: position + 1, at: now, event: .ledger(.step(.attempted(attempted)))))
    #expect(split(facts)?.later == 2)
    let id = try #require(SplitID(text: before.id))
    let held = SplitEvent.Held(channel: before.channel, reason: "why", split: id)
    facts.append(Recorded(position: position + 2, at: now, event: .split(.held(held))))
    #expect(split(facts)?.overdueAt == nil && split(facts)?.state == .held)
    // One that was late before it came into this state says nothing of now.
    facts.append(
      Recorded(position: position + 3, at: now, event: .ledger(.step(.overdue(overdue)))))
    #expect(split(facts)?.overdueAt == nil)
  }

  @Test("does: a retried split goes on, and what its hostpay and transfer waited for is over")
  func retried() throws {
    var story = Story()
    let channel = story.register(threshold: "50")
    story.troubles = [.transferParked]
    story.buy(1, channel, tier: 2, paying: "52")
    story.runBatches()
    let split = SplitID(text: "WE01000000000001")!
    story.perform(.hostpay(.hold(split, reason: "transfer parked")))
    let before = folded(SagaBoard.self, story.log).all
    #expect(before.count { $0.waitsFor?.hasPrefix("a person") ?? false } == 2)
    story.perform(.split(.operate(split, .retry, reason: "the wallet was filled")))
    let between = folded(SagaBoard.self, story.log).all
    #expect(between.first { $0.kind == .split }?.state == .estimating)
    #expect(between.first { $0.kind == .hostpay }?.isEnded == true)
    #expect(between.first { $0.kind == .transfer }?.isEnded == true)
    story.settle()
    let after = folded(SagaBoard.self, story.log).all
    for row in after { #expect(row.isEnded && row.reason == nil, "\(row.kind) \(row.state)") }
  }

  @Test("does: when a split has failed nothing stays on the board that was to pay for it")
  func failed() throws {
    var story = Story()
    let channel = story.register(threshold: "50")
    story.troubles = [.transferParked]
    story.buy(1, channel, tier: 2, paying: "52")
    story.runBatches()
    let split = SplitID(text: "WE01000000000001")!
    #expect(folded(SagaBoard.self, story.log).all.contains { $0.kind == .hostpay && !$0.isEnded })
    story.perform(.transfer(.cancel(split.transfer, .operator, reason: "not any more")))
    story.settle()
    let after = folded(SagaBoard.self, story.log).all
    #expect(after.first { $0.kind == .split }?.state == .failed)
    #expect(after.first { $0.kind == .hostpay }?.state == .failed)
    for row in after where row.kind != .batch {
      #expect(row.isEnded, "\(row.kind) \(row.state)")
    }
    // The batch itself waits for a person, until the group has another one.
    let batch = try #require(after.first { $0.kind == .batch })
    #expect(batch.state == .failed && !batch.isEnded && batch.dueAt == batch.since)
    story.buy(2, channel, tier: 2, paying: "52")
    story.runBatches()
    let later = folded(SagaBoard.self, story.log).all.filter { $0.kind == .batch }
    #expect(later.first { $0.id == batch.id }?.state == .retried)
    #expect(later.count == 2)
  }

  @Test("does: a failed conversion waits for a person until it is tried again")
  func failedConversion() throws {
    var story = Story()
    let channel = story.register(threshold: "50")
    story.troubles = [.swapRefused]
    story.buy(1, channel, tier: 2, paying: "0.021", "eth")
    let rows = folded(SagaBoard.self, story.log).all
    let row = try #require(rows.first { $0.kind == .conversion })
    #expect(row.state == .failed && !row.isEnded && row.dueAt == row.since)
    let id = try #require(ConversionID(text: row.id))
    story.perform(.conversion(.retry(id, reason: "the pair is open again")))
    story.settle()
    let after = folded(SagaBoard.self, story.log).all.filter { $0.kind == .conversion }
    #expect(after.map(\.state) == [.retried, .completed])
    #expect(after.allSatisfy { $0.isEnded })
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
