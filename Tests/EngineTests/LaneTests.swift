import Kernel
import Testing

@testable import Engine

@Suite struct LaneTests {
  let start = Instant(microseconds: 1_000_000_000)

  private func lane(_ change: (inout LaneLimits) -> Void = { _ in }) -> Lane {
    var limits = LaneLimits()
    change(&limits)
    return Lane(limits: limits)
  }

  @Test("does: lets ten calls a second through, and fifty at once")
  func rate() {
    var lane = lane()
    for index in 0..<200 { lane.add("k\(index)", notBefore: start) }
    #expect(lane.next(at: start).count == 10)
    #expect(lane.next(at: start).isEmpty)
    #expect(lane.next(at: Instant(microseconds: start.microseconds + 500_000)).count == 5)
    for second in 1...10 { _ = lane.next(at: start.adding(seconds: Int64(second))) }
    #expect(lane.running == 50)
    #expect(lane.wakeAt(start.adding(seconds: 11)) == nil)
    lane.noteAnswer()
    #expect(lane.next(at: start.adding(seconds: 12)).count == 1)
  }

  @Test("does: says when the next call may leave, and it may leave then")
  func wakes() throws {
    var lane = lane()
    for index in 0..<12 { lane.add("k\(index)", notBefore: start) }
    _ = lane.next(at: start)
    let wake = try #require(lane.wakeAt(start))
    #expect(wake > start)
    #expect(lane.next(at: wake).count == 1)
  }

  @Test("refuses: calls while the breaker is open, then lets one try")
  func breaker() {
    var lane = lane { $0.breakerFailures = 3 }
    for index in 0..<6 { lane.add("k\(index)", notBefore: start) }
    #expect(lane.next(at: start).count == 6)
    for _ in 0..<3 { lane.noteFailure(retryAfter: nil, at: start) }
    for _ in 0..<3 { lane.noteFailure(retryAfter: nil, at: start) }
    for index in 0..<6 { lane.add("k\(index)", notBefore: start) }
    #expect(lane.isShut(at: start.adding(seconds: 29)))
    #expect(lane.next(at: start.adding(seconds: 29)).isEmpty)
    #expect(lane.next(at: start.adding(seconds: 30)).count == 1)
    lane.noteAnswer()
    #expect(lane.next(at: start.adding(seconds: 31)).count == 5)
  }

  @Test("does: keeps away as long as the provider says")
  func retryAfter() {
    var lane = lane()
    lane.add("a", notBefore: start)
    _ = lane.next(at: start)
    lane.noteFailure(retryAfter: 120, at: start)
    lane.add("b", notBefore: start)
    #expect(lane.next(at: start.adding(seconds: 119)).isEmpty)
    #expect(lane.next(at: start.adding(seconds: 120)) == ["b"])
  }
}

@Suite struct EffectRunnerTests {
  let start = Instant(microseconds: 1_000_000_000)

  struct Errand: Work {
    let key: Subject
    var isEndless = false
    var lane: String { "lane" }
    func abandonment(_ reason: String) -> LedgerCommand {
      .wallet(.quarantine(nonce: 0, reason: "\(key): \(reason)"))
    }
  }

  private func runner() -> EffectRunner<Errand> { EffectRunner(limits: LaneLimits()) }

  @Test("does: tries again after sixty seconds, always sixty, until a fact closes the job")
  func repeats() throws {
    var runner = runner()
    runner.open(Errand(key: "a"), intent: 5, at: start)
    var now = start
    for attempt in 1...4 {
      let call = try #require(runner.due(at: now).first)
      #expect(call.attempt == attempt)
      _ = runner.finish(call, .transient("lost", retryAfterSeconds: nil), at: now)
      #expect(runner.due(at: now.adding(seconds: 59)).isEmpty)
      now = now.adding(seconds: 60)
    }
    runner.close("a")
    #expect(runner.due(at: now.adding(seconds: 600)).isEmpty)
    #expect(runner.count == 0)
  }

  @Test("does: parks a permanent error at once, and an unanswered call after 24 hours")
  func parks() throws {
    var runner = runner()
    runner.open(Errand(key: "a"), intent: 5, at: start)
    let call = try #require(runner.due(at: start).first)
    let followup = runner.finish(call, .permanent("no such pair"), at: start)
    #expect(followup.commands == [Errand(key: "a").abandonment("no such pair")])
    #expect(followup.trouble != nil)
    runner.close("a")
    runner.open(Errand(key: "b"), intent: 6, at: start)
    // Nobody tried for a day: the first tries after it are no reason to give up.
    for index in 1...10 {
      let late = start.adding(seconds: 90_000 + Int64(index) * 60)
      let call = try #require(runner.due(at: late).first)
      let end = runner.finish(call, .transient("lost", retryAfterSeconds: nil), at: late)
      #expect(end.commands.count == (index < 10 ? 0 : 1))
    }
    runner = self.runner()
    runner.open(Errand(key: "c"), intent: 7, at: start)
    for index in 0..<20 {
      let early = start.adding(seconds: 80_000 + Int64(index) * 60)
      let call = try #require(runner.due(at: early).first)
      let end = runner.finish(call, .transient("lost", retryAfterSeconds: nil), at: early)
      #expect(end.commands.isEmpty)
    }
  }

  @Test("does: tells once an hour of a call that is answered and never ends")
  func tells() throws {
    var runner = runner()
    runner.open(Errand(key: "a", isEndless: true), intent: 5, at: start)
    var told = 0
    for minute in 0..<180 {
      let now = start.adding(seconds: Int64(minute) * 60)
      let call = try #require(runner.due(at: now).first)
      if runner.finish(call, .again([], afterSeconds: 60), at: now).trouble != nil { told += 1 }
    }
    #expect(told == 2)
  }

  @Test("refuses: giving up a call that may be paying somebody")
  func endless() throws {
    var runner = runner()
    runner.open(Errand(key: "a", isEndless: true), intent: 5, at: start)
    let call = try #require(runner.due(at: start).first)
    let followup = runner.finish(call, .permanent("odd"), at: start)
    #expect(followup.commands.isEmpty)
    #expect(followup.trouble != nil)
    #expect(runner.due(at: start.adding(seconds: 60)).count == 1)
  }

  @Test("ignores: the answer to a try of a job that was closed or opened anew")
  func stale() throws {
    var runner = runner()
    runner.open(Errand(key: "a"), intent: 5, at: start)
    let call = try #require(runner.due(at: start).first)
    runner.open(Errand(key: "a"), intent: 9, at: start)
    #expect(runner.finish(call, .permanent("late"), at: start).commands.isEmpty)
    let next = try #require(runner.due(at: start).first)
    #expect(next.intent == 9)
    runner.close("a")
    #expect(runner.finish(next, .permanent("late"), at: start).commands.isEmpty)
  }
}
