import Sagas
import Testing

@testable import Kernel

@Suite struct AccessTests {
  private static let start = Instant(text: "2026-11-25T12:00:00.000000Z")!
  private static let channel = ChannelKey(text: "ch-100")!

  private static func order(_ number: Int) -> OrderID { OrderID(text: "weir-sandbox-\(number)")! }

  private static func granted(_ number: Int, user: Int = 7, days: Int = 30) -> LedgerEvent {
    .order(
      .granted(
        OrderEvent.Granted(
          channel: channel, days: days, expires: start.adding(days: days), order: order(number),
          payment: PaymentID(text: "\(number)")!, price: Money("25", .usd)!,
          user: Personal("\(user)"))))
  }

  private static func requested(
    _ number: Int, user: Int = 7, days: Int = 30, attempt: Int = 1
  ) -> LedgerEvent {
    .invite(
      .requested(
        InviteEvent.Requested(
          attempt: attempt, channel: channel, closed: ClosedChannelID(text: "-10098765")!,
          days: days, expires: start.adding(days: days), order: order(number),
          price: Money("25", .usd)!, tier: 1, title: "t", tryUntil: start.adding(days: 1),
          user: Personal("\(user)"))))
  }

  private static func created(_ number: Int, attempt: Int = 1) -> LedgerEvent {
    .invite(
      .created(
        InviteEvent.Created(
          attempt: attempt, channel: channel, link: Personal("l"), order: order(number),
          validUntil: start.adding(seconds: 3_600))))
  }

  private static func expired(_ number: Int, user: Int = 7) -> LedgerEvent {
    .membership(
      .expired(
        MembershipEvent.Expired(
          channel: channel, closed: ClosedChannelID(text: "-10098765")!, expires: start,
          order: order(number), user: Personal("\(user)"))))
  }

  private static func removed(_ number: Int) -> LedgerEvent {
    .membership(
      .removed(
        MembershipEvent.Removed(
          channel: channel, closed: ClosedChannelID(text: "-10098765")!, order: order(number),
          user: Personal("7"))))
  }

  private static func switched(on isOn: Bool) -> LedgerEvent {
    isOn
      ? .chat(.switchedOn(ChatEvent.SwitchedOn(bot: "1", isPosting: false)))
      : .chat(.switchedOff(ChatEvent.SwitchedOff(bot: "1")))
  }

  /// Ends alone, without what reminds of them.
  private func asked(_ timers: inout MembershipTimers, _ days: Int) -> [LedgerCommand] {
    timers.due(at: Self.start.adding(days: days)).map(\.1).filter {
      if case .chat = $0 { false } else { true }
    }
  }

  @Test("does: a grant asks for its link where there is a bot, and for nothing where there is none")
  func asks() {
    for hasBot in [true, false] {
      var processes = Processes(terms: SagaTerms(flow: .fixedRate, hasBot: hasBot))
      // Who was granted access before the bot was switched on, or after it was off, isn't invited.
      #expect(processes.take(Self.granted(3)).isEmpty)
      _ = processes.take(Self.switched(on: true))
      _ = processes.take(Self.switched(on: false))
      #expect(processes.take(Self.granted(4)).isEmpty)
      _ = processes.take(Self.switched(on: true))
      let commands = processes.take(Self.granted(1))
      #expect(commands == (hasBot ? [.invite(.request(Self.order(1)))] : []))
      #expect(processes.take(Self.requested(1)).isEmpty)
      #expect(processes.take(Self.requested(1, attempt: 2)).isEmpty)
    }
  }

  @Test("does: a step that asks for a link is answered by the link's request")
  func answered() {
    let command = LedgerCommand.invite(.request(Self.order(1)))
    var keys: [StepKey] = []
    Self.requested(1).eachAnswered { keys.append($0) }
    #expect(command.stepKey.map { [$0] } == keys)
    keys = []
    Self.created(1).eachAnswered { keys.append($0) }
    #expect(keys.isEmpty)
  }

  @Test("does: an end is told once, at its time, and no timer runs of whom we didn't let in")
  func timers() {
    var timers = MembershipTimers()
    timers.take(Self.granted(9, user: 9))
    #expect(timers.next == nil)
    timers.take(Self.requested(1))
    timers.take(Self.requested(1, attempt: 2))
    #expect(timers.next == Self.start.adding(days: 27))
    let end = Self.start.adding(days: 30)
    #expect(
      timers.due(at: Self.start.adding(days: 29)).map(\.1)
        == [.chat(.remind(Self.order(1), end: end))])
    #expect(timers.next == end)
    #expect(asked(&timers, 30) == [.membership(.expire(Self.order(1)))])
    #expect(asked(&timers, 31).isEmpty && timers.next == nil)
  }

  @Test("does: a renewal moves the end, whether its own link was asked for or not")
  func renewal() {
    for isAsked in [true, false] {
      var timers = MembershipTimers()
      timers.take(Self.requested(1))
      timers.take(Self.granted(2, days: 60))
      if isAsked { timers.take(Self.requested(2, days: 60)) }
      #expect(asked(&timers, 59).isEmpty)
      #expect(asked(&timers, 60) == [.membership(.expire(Self.order(isAsked ? 2 : 1)))])
    }
  }

  @Test("does: a thousand ends due at once come in their order, also after a start anew")
  func many() {
    var timers = MembershipTimers()
    for number in 1...1_000 {
      timers.take(Self.requested(number, user: number, days: 1 + number * 7 % 20))
    }
    timers.take(Self.expired(500, user: 500))
    var begun = MembershipTimers()
    for number in (1...1_000).reversed() where number != 500 {
      begun.take(Self.requested(number, user: number, days: 1 + number * 7 % 20))
    }
    var (early, late) = (asked(&timers, 10), asked(&timers, 40))
    #expect(early.count + late.count == 999 && timers.next == nil)
    #expect(!(early + late).contains(.membership(.expire(Self.order(500)))))
    #expect(Set(early) == Set(asked(&begun, 10)))
    #expect(Set(late) == Set(asked(&begun, 40)))
    early = []
    late = []
  }

  @Test("does: each call is owed from its intent to its outcome, and the end closes all of them")
  func calls() {
    var open = OpenEffects()
    func take(_ event: LedgerEvent) -> OpenEffects.Change { open.take(event) }
    let one = Self.order(1)
    #expect(take(Self.requested(1)).opened.map(\.key) == ["invite/\(one)"])
    let told = take(Self.created(1))
    #expect(told.opened.map(\.key) == ["message/\(one)"])
    #expect(told.closed.contains("invite/\(one)"))
    // It ran out: another link is made, and the message about the first is owed no more.
    let again = take(Self.requested(1, attempt: 2))
    #expect(again.closed.contains("message/\(one)") && again.opened.count == 1)
    #expect(take(Self.created(1, attempt: 2)).opened.count == 1)
    _ = take(
      .invite(
        .delivered(InviteEvent.Delivered(attempt: 2, channel: Self.channel, order: one))))
    // Told once more: the link is there, so none is made.
    let (asked, known) = (take(Self.requested(1)), take(Self.created(1)))
    #expect(asked.opened.map(\.key) == ["invite/\(one)"])
    #expect(known.closed.contains("invite/\(one)"))
    #expect(known.opened.map(\.key) == ["message/\(one)"])
    _ = take(Self.requested(2))
    _ = take(Self.requested(3, user: 8))
    let end = take(Self.expired(2))
    #expect(end.opened.map(\.key) == ["remove/\(Self.order(2))"])
    #expect(end.opened.allSatisfy { $0.isEndless && $0.lane == "telegram" && !$0.leadsToMoney })
    let closed: [Subject] = ["invite/\(one)", "message/\(one)", "invite/\(Self.order(2))"]
    for key in closed {
      #expect(end.closed.contains(key), "\(key)")
    }
    #expect(!end.closed.contains("invite/\(Self.order(3))"))
    #expect(take(Self.removed(2)).closed == ["remove/\(Self.order(2))"])
    #expect(take(Self.created(1, attempt: 2)).opened.isEmpty)
  }

  /// What was written and is read back.
  private func again<T>(
    _ value: T, _ blank: T, _ list: (inout T, inout StateFields) -> Void
  ) -> T? {
    let bytes = Listed()
    var (fields, value, read) = (StateFields(writing: bytes), value, blank)
    list(&value, &fields)
    guard fields.isSound else { return nil }
    fields = StateFields(reading: bytes)
    list(&read, &fields)
    return fields.isSound ? read : nil
  }

  @Test("does: timers, owed calls and sagas go on from what was written of them")
  func listing() throws {
    let story = [
      Self.switched(on: true), Self.granted(1), Self.requested(1), Self.created(1),
      Self.granted(2, days: 60),
      Self.requested(2, days: 60), Self.requested(3, user: 8), Self.expired(3, user: 8),
    ]
    let rest = [
      Self.created(2), Self.requested(2, days: 60, attempt: 2), Self.expired(2), Self.removed(2),
    ]
    for count in 0...story.count {
      var (timers, open) = (MembershipTimers(), OpenEffects())
      var processes = Processes(terms: SagaTerms(flow: .fixedRate, hasBot: true))
      for event in story.prefix(count) {
        timers.take(event)
        _ = open.take(event)
        _ = processes.take(event)
      }
      var read = try #require(again(timers, MembershipTimers()) { $0.list(&$1) })
      var openRead = try #require(again(open, OpenEffects()) { $0.list(&$1) })
      var saga = try #require(
        again(processes, Processes(terms: SagaTerms(flow: .fixedRate, hasBot: true))) {
          $0.list(&$1)
        })
      #expect(
        again(processes, Processes(terms: SagaTerms(flow: .fixedRate))) { $0.list(&$1) } == nil)
      for event in story.dropFirst(count) + rest {
        read.take(event)
        timers.take(event)
        #expect(openRead.take(event) == open.take(event))
        #expect(saga.take(event) == processes.take(event))
      }
      #expect(asked(&read, 90).isEmpty)
    }
    #expect(
      StateFields.shape { fields in
        var timers = MembershipTimers()
        timers.list(&fields)
        var processes = Processes(terms: SagaTerms(flow: .fixedRate, hasBot: true))
        processes.list(&fields)
      } != nil)
    // One timer runs, told or not: the end isn't a fact yet.
    var timers = MembershipTimers()
    timers.take(Self.requested(1))
    #expect(asked(&timers, 30).count == 1)
    var read = try #require(again(timers, MembershipTimers()) { $0.list(&$1) })
    #expect(asked(&read, 30) == [.membership(.expire(Self.order(1)))])
  }

  @Test("does: what can't be done says so: an alarm, and words in the timeline")
  func alarms() {
    let failed = LedgerEvent.invite(
      .failed(InviteEvent.Failed(channel: Self.channel, order: Self.order(1), reason: "no start")))
    #expect(Alarm(failed)?.kind == "invite_failed" && failed.remark == "no start")
    let stays = LedgerEvent.membership(
      .removalFailed(
        MembershipEvent.RemovalFailed(
          channel: Self.channel, closed: ClosedChannelID(text: "-10098765")!,
          order: Self.order(1), reason: "an administrator", user: Personal("7"))))
    #expect(Alarm(stays)?.kind == "membership_removal_failed")
    #expect(stays.remark == "an administrator" && Alarm(Self.expired(1)) == nil)
  }
}
