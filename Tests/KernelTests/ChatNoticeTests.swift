import Testing

@testable import Kernel

@Suite struct ChatNoticeTests {
  private let on = LedgerCommand.chat(.switchOn(bot: "1", alarms: "900", isPosting: true))

  private func world(_ strategy: PayoutStrategy = .threshold, isOn: Bool = true) -> World {
    var world = World()
    if isOn { world.ask(on) }
    let form = Sample.form(prices: ["25.00"], payout: Sample.payout(strategy))
    world.ask(
      .channel(
        .register(
          ChannelRegistration(
            open: form.open, closed: form.closed, tiers: form.tiers, payout: form.payout,
            donationMessage: "Thanks & <more>", notify: Personal("700002")))))
    return world
  }

  private func notices(_ world: World) -> [ChatEvent.NoticeRequested] {
    world.log.compactMap { if case .chat(.noticeRequested(let e)) = $0 { e } else { nil } }
  }

  @Test("does: an owner hears once of each payment, how he is paid and how far that is")
  func owner() throws {
    var world = world()
    world.pay(1)
    world.pay(1)
    world.pay(2)
    let told = notices(world)
    #expect(told.map(\.notice) == ["paid-1", "paid-2"])
    #expect(told[0].chat.value == "700002" && told[0].kind == .payment)
    #expect(told[0].lines.contains("Tier 1: $25.00 for 30 days"), "\(told[0].lines)")
    #expect(told[0].lines.last == "▰▰▱▱▱▱▱▱▱▱ $24.25 / $100.00 (24.25 %)")
    #expect(told[1].lines.last == "▰▰▰▰▱▱▱▱▱▱ $48.50 / $100.00 (48.50 %)")
    let wallet = Sample.wallet
    #expect(
      told[0].lines.contains("Paid out in XMR-XMR to \(wallet.prefix(20))…\(wallet.suffix(20))"))
    #expect(
      world.ask(.chat(.noteNotice("paid-1", message: 5))).names == ["chat.notice_delivered.v1"])
    #expect(world.ask(.chat(.noteNotice("paid-1", message: 5))).isIgnored)
    #expect(world.ask(.chat(.failNotice("paid-2", reason: "x"))).names == ["chat.notice_failed.v1"])
    let read = try #require(LedgerState.read(world.state.listed))
    #expect(read.listed == world.state.listed)
    var quiet = self.world(isOn: false)
    quiet.pay(1)
    #expect(notices(quiet).isEmpty && quiet.count("payment.finished.v1") == 1)
  }

  @Test("does: a subscriber is reminded of the end that stands, and of no other")
  func reminder() throws {
    var world = world()
    world.pay(1)
    let order = Sample.order("o1")
    world.ask(.invite(.request(order)))
    guard
      case .order(.granted(let granted))? = world.log.first(where: { $0.name == "order.granted.v1" }
      )
    else {
      Issue.record("\(world.names)")
      return
    }
    let end = granted.expires
    #expect(world.ask(.chat(.remind(order, end: end.adding(seconds: 1)))).isIgnored)
    #expect(world.ask(.chat(.remind(order, end: end))).names == ["chat.notice_requested.v1"])
    let told = try #require(notices(world).last)
    #expect(told.kind == .reminder && told.tier == 1 && told.open == Sample.open)
    #expect(told.chat.value == Sample.user.text && told.lines == [end.text])
    world.now = end
    #expect(world.ask(.chat(.remind(order, end: end))).isIgnored)
    #expect(Limits.reminderSeconds(days: 1) == nil && Limits.reminderSeconds(days: 2) == 86_400)
  }

  @Test("does: posts replace each other; by hand after five minutes; five failures end them")
  func posts() throws {
    var world = world()
    func post(_ isByHand: Bool, _ place: PostPlace = .open) -> LedgerCommand {
      .chat(.post(Sample.open, place, isByHand: isByHand))
    }
    #expect(world.ask(post(false)).names == ["chat.post_requested.v1"])
    #expect(world.ask(post(false)).isIgnored)
    let posted = LedgerCommand.chat(.notePosted(Sample.open, .open, number: 1, message: 17))
    #expect(world.ask(posted).names == ["chat.posted.v1"])
    #expect(world.ask(posted).isIgnored)
    #expect(world.ask(post(true)).names == ["chat.post_requested.v1"])
    guard case .chat(.postRequested(let second))? = world.log.last else {
      Issue.record("\(world.names)")
      return
    }
    #expect(second.old == 17 && second.number == 2 && second.chat == Sample.open.text)
    world.ask(.chat(.notePosted(Sample.open, .open, number: 2, message: 18)))
    #expect(world.ask(post(true)).refusal == .tooSoon)
    world.now = world.now.adding(seconds: Limits.postCooldownSeconds)
    for number in 3...7 {
      #expect(world.ask(post(false)).names == ["chat.post_requested.v1"], "\(number)")
      let failed = LedgerCommand.chat(
        .failPost(Sample.open, .open, number: number, reason: "no rights"))
      let names = ["chat.post_failed.v1"] + (number == 7 ? ["chat.notice_requested.v1"] : [])
      #expect(world.ask(failed).names == names)
      #expect(world.ask(failed).isIgnored)
    }
    #expect(world.ask(post(false)).isIgnored)
    let read = try #require(LedgerState.read(world.state.listed))
    #expect(read.listed == world.state.listed)
    #expect(world.ask(post(true)).names == ["chat.post_requested.v1"])
    #expect(world.ask(post(false, .closed)).names == ["chat.post_requested.v1"])
    var quiet = self.world(isOn: false)
    #expect(quiet.ask(post(false)).isIgnored)
  }

  @Test("does: who has access is let in by his request, and of others nothing is said")
  func joins() {
    var world = world()
    world.pay(1)
    func ask(_ number: Int, _ user: String, _ closed: ClosedChannelID) -> Decision {
      let update = ChatUpdate(
        number: number, user: UserID(text: user)!, text: "", isPrivate: false, joins: closed)
      return world.ask(
        .chat(.hear(update, order: Sample.order("n\(number)"), fee: .standardFee)))
    }
    guard case .chat(.heard(let heard))? = ask(1, Sample.user.text, Sample.closed).events.first
    else {
      Issue.record("\(world.names)")
      return
    }
    #expect(heard.closed == Sample.closed && heard.screen.kind == .joining)
    #expect(ask(2, "700009", Sample.closed).isIgnored)
    #expect(ask(3, Sample.user.text, ClosedChannelID(text: "-1000000")!).isIgnored)
    world.now = world.now.adding(days: 30)
    #expect(ask(4, Sample.user.text, Sample.closed).isIgnored)
  }

  @Test("does: an alarm goes to the chat that is named for it, and nowhere where none is")
  func alarms() {
    var world = world()
    let raise = LedgerCommand.chat(.raise(7, kind: "batch_failed", subject: "b", reason: "r"))
    #expect(world.ask(raise).names == ["chat.notice_requested.v1"])
    #expect(notices(world).last?.chat.value == "900" && notices(world).last?.notice == "alarm-7")
    world.ask(.chat(.switchOff))
    #expect(world.ask(raise).isIgnored)
  }
}
