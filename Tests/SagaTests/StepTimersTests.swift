import Sagas
import Testing

@testable import Kernel

/// When a step is late, and when what failed is tried again.
@Suite struct StepTimersTests {
  private static let start = Instant(text: "2026-11-25T12:00:00.000000Z")!
  private static let channel = ChannelKey(text: "ch-100")!

  private static func batch(_ number: Int) -> BatchID { BatchID(text: "ch-100-b\(number)")! }

  private static func opened(_ number: Int) -> LedgerEvent {
    var fact = BatchEvent.Opened()
    fact.batch = batch(number)
    fact.channel = channel
    return .batch(.opened(fact))
  }

  private static func handedOff(_ number: Int) -> LedgerEvent {
    .batch(
      .handedOff(
        BatchEvent.HandedOff(
          batch: batch(number), channel: channel, split: SplitID(text: "WE01000000000001")!)))
  }

  private static func failed(_ number: Int) -> LedgerEvent {
    .batch(.failed(BatchEvent.Failed(batch: batch(number), channel: channel, reason: "why")))
  }

  private static func attempted(_ number: Int, _ count: Int) -> [LedgerEvent] {
    [
      .ledger(
        .step(
          .attempted(
            StepEvent.Attempted(
              channel: channel, id: batch(number).text, kind: .batch, number: count)))),
      .batch(
        .retried(
          BatchEvent.Retried(
            batch: batch(number), channel: channel, next: batch(number + 1), reason: "again"))),
      opened(number + 1),
    ]
  }

  private static func overdue(_ number: Int, _ state: StepState, _ seconds: Int64) -> LedgerEvent {
    var fact = StepEvent.Overdue()
    fact.channel = channel
    fact.id = batch(number).text
    fact.kind = .batch
    fact.state = state
    fact.since = start.adding(seconds: seconds)
    fact.due = fact.since
    return .ledger(.step(.overdue(fact)))
  }

  private func take(_ timers: inout StepTimers, _ events: LedgerEvent..., at seconds: Int64 = 0) {
    for event in events {
      timers.take(
        Recorded(position: 1, at: Self.start.adding(seconds: seconds), event: event))
    }
  }

  private func due(_ timers: inout StepTimers, _ seconds: Int64) -> [LedgerCommand] {
    timers.due(at: Self.start.adding(seconds: seconds)).map(\.1)
  }

  private func late(_ number: Int, _ state: StepState, since seconds: Int64) -> LedgerCommand {
    .ledger(
      .step(
        .noteOverdue(
          ProcessKey(.batch, Self.batch(number).text), Self.channel, state,
          since: Self.start.adding(seconds: seconds))))
  }

  private func again(_ timers: StepTimers) -> StepTimers? {
    let bytes = Listed()
    var (fields, value, read) = (StateFields(writing: bytes), timers, StepTimers())
    value.list(&fields)
    guard fields.isSound else { return nil }
    fields = StateFields(reading: bytes)
    read.list(&fields)
    return fields.isSound ? read : nil
  }

  @Test("does: a step is told late once, at its time, and one that went on never")
  func overdue() throws {
    var timers = StepTimers()
    #expect(timers.next == nil)
    take(&timers, Self.opened(1))
    take(&timers, Self.opened(2), at: 10)
    #expect(timers.next == Self.start.adding(seconds: 600))
    #expect(due(&timers, 599).isEmpty)
    take(&timers, Self.handedOff(1), at: 599)
    #expect(due(&timers, 609).isEmpty)
    var begun = try #require(again(timers))
    #expect(due(&timers, 610) == [late(2, .opened, since: 10)])
    #expect(due(&timers, 611).isEmpty)
    // Before it is a fact another life tells it as well, and after it none does.
    #expect(due(&begun, 610) == [late(2, .opened, since: 10)])
    take(&timers, Self.overdue(2, .opened, 10), at: 612)
    begun = try #require(again(timers))
    #expect(due(&begun, 700).isEmpty)
    #expect(due(&begun, 599 + 21_600) == [late(1, .handedOff, since: 599)])
  }

  @Test("does: what failed is tried again later and later, over all that stood in its place")
  func attempts() throws {
    var timers = StepTimers()
    func wanted(_ number: Int, _ count: Int) -> LedgerCommand {
      .ledger(
        .step(.attempt(ProcessKey(.batch, Self.batch(number).text), number: count)))
    }
    var now: Int64 = 0
    for (count, pause) in [(1, Int64(600)), (2, 3_600), (3, 21_600)] {
      take(&timers, Self.opened(count), Self.failed(count), at: now)
      #expect(due(&timers, now + pause - 1).isEmpty)
      var begun = try #require(again(timers))
      now += pause
      #expect(due(&begun, now) == [wanted(count, count)])
      #expect(due(&timers, now) == [wanted(count, count)])
      #expect(due(&timers, now).isEmpty)
      for event in Self.attempted(count, count) { take(&timers, event, at: now) }
    }
    take(&timers, Self.failed(4), at: now)
    #expect(due(&timers, now + 1_000_000).isEmpty)
    #expect(timers.next == nil)
  }

  @Test("ignores: what a person tried before its time came")
  func handled() {
    var timers = StepTimers()
    take(&timers, Self.opened(1), Self.failed(1))
    take(&timers, Self.attempted(1, 1)[1], at: 60)
    #expect(due(&timers, 1_000_000).isEmpty)
  }

  @Test("does: ten thousand steps that went on in time leave nothing behind")
  func many() {
    var timers = StepTimers()
    for number in 1...10_000 {
      take(&timers, Self.opened(number), Self.handedOff(number), at: Int64(number))
      take(
        &timers,
        .batch(
          .completed(
            BatchEvent.Completed(
              batch: Self.batch(number), channel: Self.channel, delivered: .zero(.usdt),
              split: SplitID(text: "WE01000000000001")!, transaction: "0x"))),
        at: Int64(number))
    }
    #expect(due(&timers, 100_000).isEmpty && timers.next == nil)
  }
}
