import Testing

@testable import Kernel
@testable import Sagas

@Suite struct HoldTimersTests {
  private static let start = Instant(microseconds: 1_764_090_551_000_000)
  private static let channel = ChannelKey(registering: OpenChannelID(text: "-1001234567890")!)
  private static let other = ChannelKey(registering: OpenChannelID(text: "-1001234567891")!)

  private func held(_ wallet: String, hours: Int64, _ key: ChannelKey = channel) -> LedgerEvent {
    .channel(
      .payoutChangeHeld(
        ChannelEvent.PayoutChangeHeld(
          asset: .eth, channel: key, effective: Self.start.adding(seconds: hours * 3_600),
          wallet: wallet)))
  }

  private func settled(_ wallet: String) -> LedgerEvent {
    let payout = PayoutSettings(
      asset: .eth, wallet: wallet, strategy: .instant, threshold: .zero(.usd))
    return .channel(
      .payoutSettingsChanged(
        ChannelEvent.PayoutSettingsChanged(channel: Self.channel, payout: payout)))
  }

  private func asked(_ timers: inout HoldTimers, _ hours: Int64, _ more: Int64 = 0) -> [String] {
    timers.due(at: Self.start.adding(seconds: hours * 3_600 + more)).map(\.0.text)
  }

  @Test("does: the newest change is told at its time, and again until it is a fact")
  func tells() {
    var timers = HoldTimers()
    timers.take(held("a", hours: 48))
    timers.take(held("b", hours: 60))
    #expect(timers.next == Self.start.adding(seconds: 60 * 3_600))
    #expect(asked(&timers, 59).isEmpty)
    let first = asked(&timers, 60)
    #expect(first.count == 1)
    #expect(asked(&timers, 60, 59).isEmpty, "no busy loop")
    #expect(asked(&timers, 59).isEmpty, "a clock that is set back")
    #expect(asked(&timers, 60, 60) == first, "the same command")
    // Other settings, with the wallet that was there, don't end it.
    timers.take(settled("old"))
    #expect(timers.next != nil)
    timers.take(settled("b"))
    #expect(timers.next == nil && asked(&timers, 100).isEmpty)
  }

  @Test("does: a start anew goes on from what was written, also where it was told but isn't a fact")
  func again() throws {
    var timers = HoldTimers()
    timers.take(held("a", hours: 48))
    timers.take(held("c", hours: 50, Self.other))
    timers.take(
      .channel(.payoutChangeCancelled(ChannelEvent.PayoutChangeCancelled(channel: Self.other))))
    let first = asked(&timers, 48)
    let bytes = Listed()
    var fields = StateFields(writing: bytes)
    timers.list(&fields)
    var read = HoldTimers()
    fields = StateFields(reading: bytes)
    read.list(&fields)
    #expect(fields.isSound && read.next == Self.start.adding(seconds: 48 * 3_600))
    #expect(asked(&read, 47).isEmpty)
    #expect(asked(&read, 48) == first && first.count == 1)
    #expect(
      StateFields.shape { fields in
        var blank = HoldTimers()
        blank.list(&fields)
      } != nil)
  }
}
