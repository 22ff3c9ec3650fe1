import Kernel
import Sagas
import Support
import Testing

@testable import Service

/// MO-07: what has become of dust is looked at once a night.
@Suite struct DustNightTests {
  private static let day: Int64 = 86_400

  private func sweeps(
    _ process: inout PayoutProcess, _ now: Instant, _ state: LedgerState
  ) -> [CommandID] {
    process.wake(at: now, state).compactMap { id, command in
      guard case .ledger(.sweepDust) = command else { return nil }
      return id
    }
  }

  @Test("does: the night after there is enough it is swept, once, whatever the clock does")
  func nights() throws {
    var story = Story(at: "2026-11-24T16:47:11.000000Z")
    let channel = story.register(threshold: nil, asset: .usdt)
    for payment in 1...6 { story.buy(payment, channel, paying: "0.030000012345678901", "eth") }
    let due = story.state.dueDust()
    #expect(due.map(\.asset) == [.eth])
    var process = PayoutProcess(
      terms: SagaTerms(flow: .fixedRate), batchIntervalSeconds: 20, batchesAtOnce: false)
    let noon = try #require(Instant(text: "2026-11-25T12:00:00.000000Z"))
    let midnight = noon.adding(seconds: Self.day / 2)
    #expect(sweeps(&process, noon, story.state).isEmpty)
    #expect(sweeps(&process, midnight.adding(seconds: -1), story.state).isEmpty)
    #expect(try #require(process.wakeAt) <= midnight)
    let night = sweeps(&process, midnight, story.state)
    #expect(night.map(\.text) == ["dust/ETH-ETH/20783"])
    #expect(sweeps(&process, midnight.adding(seconds: 20), story.state).isEmpty)
    // Set back a day it asks again, under the id of that day.
    let back = sweeps(&process, noon.adding(seconds: -Self.day), story.state)
    #expect(back.map(\.text) == ["dust/ETH-ETH/20781"])
    story.perform(.ledger(.sweepDust(.eth)))
    #expect(story.state.dueDust().isEmpty)
    #expect(sweeps(&process, midnight.adding(seconds: Self.day), story.state).isEmpty)
    let swept = story.log.compactMap { recorded -> Money? in
      guard case .ledger(.dustSwept(let e)) = recorded.event else { return nil }
      return e.amount
    }
    #expect(swept == due.map(\.amount))
  }
}
