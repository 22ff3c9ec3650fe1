import Testing

@testable import Kernel

@Suite struct ChatDeciderTests {
  private static let other = UserID(text: "700002")!

  /// Says or presses something; gives what was answered.
  @discardableResult
  private func hear(
    _ world: inout World, _ number: Int, _ text: String, from user: UserID = Sample.user,
    pressed: Bool = false, isPrivate: Bool = true
  ) -> ChatEvent.Heard? {
    let update = ChatUpdate(
      number: number, user: user, text: text, query: pressed ? "q\(number)" : nil,
      message: pressed && isPrivate ? 5 : nil, isPrivate: isPrivate)
    let decision = world.ask(
      .chat(.hear(update, order: Sample.order("n\(number)"), fee: .standardFee)))
    for case .chat(.heard(let heard)) in decision.events { return heard }
    Issue.record("\(text): \(decision)")
    return nil
  }

  private var start: String { "/start " + DeepLink(Sample.open, .tier(2)).payload }

  private func placed(_ world: World) -> [OrderEvent.Placed] {
    world.log.compactMap { if case .order(.placed(let e)) = $0 { e } else { nil } }
  }

  @Test("does: links name a channel and a tier, old ones too, within Telegram's 64 characters")
  func links() throws {
    #expect(DeepLink(Sample.open, .tier(3)).payload == "LTEwMDEyMzQ1Njc4OTA_T3")
    for aim in [
      DeepLink.Aim.tier(1), .donation, .terms(price: Sample.usd("29.99"), days: 30),
      .terms(price: Sample.usd("9999.99"), days: 999),
    ] {
      let payload = DeepLink(Sample.open, aim).payload
      #expect(payload.utf8.count <= 64 && DeepLink(payload: payload)?.aim == aim, "\(payload)")
    }
    let old = DeepLink(payload: "LTEwMDEyMzQ1Njc4OTA=_29d99_30")
    #expect(old == DeepLink(Sample.open, .terms(price: Sample.usd("29.99"), days: 30)))
    #expect(
      DeepLink(payload: "LTEwMDEyMzQ1Njc4OTA_25")?.aim
        == .terms(price: Sample.usd("25.00"), days: 30))
    for broken in [
      "", "_", "x_T1", "LTEwMDEyMzQ1Njc4OTA", "LTEwMDEyMzQ1Njc4OTA_", "LTEwMDEyMzQ1Njc4OTA_T0",
      "LTEwMDEyMzQ1Njc4OTA_T1x", "LTEwMDEyMzQ1Njc4OTA_-5_30", "LTEwMDEyMzQ1Njc4OTA_1d999_30",
      "LTEwMDEyMzQ1Njc4OTA_25_", "LTEwMDEyMzQ1Njc4OTA_25_-1", "LTEwMDEyMzQ1Njc4OTB_T1", "YWJj_T1",
    ] { #expect(DeepLink(payload: broken) == nil, "\(broken)") }
  }

  @Test("does: from the link to the order at the stored price, and the same order when asked again")
  func order() throws {
    var world = World.registered()
    let chosen = try #require(hear(&world, 1, start))
    #expect(chosen.screen.kind == .chosen && chosen.screen.tier == 2)
    let pay = "TRIGGER_PAYMENT|\(Sample.open)|2"
    let first = try #require(hear(&world, 2, pay, pressed: true))
    #expect(first.screen.kind == .preparing && first.message == 5 && first.query == "q2")
    #expect(first.order == Sample.order("n2"))
    #expect(hear(&world, 3, pay, pressed: true)?.order == first.order)
    world.ask(
      .order(.noteInvoice(Sample.order("n2"), invoice: InvoiceID(text: "1")!, url: "https://p")))
    let shown = try #require(hear(&world, 4, "/start_np_gateway_new"))
    #expect(shown.screen.kind == .payment && shown.screen.url == "https://p")
    #expect(placed(world).count == 1)
    #expect(placed(world)[0].price == Sample.usd("50.00") && placed(world)[0].tier == 2)
    #expect(placed(world)[0].user.value == Sample.user.text)
    // Another tier is another order, and so is the same one an hour later, or when it was paid.
    hear(&world, 5, "TRIGGER_PAYMENT|\(Sample.open)|1", pressed: true)
    #expect(placed(world).count == 2)
    world.note(Sample.report(1, order: Sample.order("n5"), "25.00"))
    hear(&world, 6, "TRIGGER_PAYMENT|\(Sample.open)|1", pressed: true)
    #expect(placed(world).count == 3)
    world.now = world.now.adding(seconds: Limits.invoiceSeconds)
    hear(&world, 7, "TRIGGER_PAYMENT|\(Sample.open)|1", pressed: true)
    #expect(placed(world).count == 4)
  }

  @Test("refuses: a forged link a price of its own: whoever forges sees what is sold (P-17)")
  func forged() throws {
    var world = World.registered()
    let channel = DeepLink(Sample.open, .tier(1)).payload.split(separator: "_")[0]
    for (number, rest) in ["0d01_30", "25_999", "1", "T9", "T4"].enumerated() {
      let heard = try #require(hear(&world, number + 1, "/start \(channel)_\(rest)"))
      #expect(heard.screen.kind == .offer && heard.screen.tiers.count == 3, "\(rest)")
    }
    #expect(hear(&world, 20, "/start \(channel)_50_30")?.screen.tier == 2)
    for (number, data) in [
      "TRIGGER_PAYMENT|\(Sample.open)|4", "TRIGGER_PAYMENT|\(Sample.open)|0",
      "TRIGGER_PAYMENT|\(Sample.open)|+1", "TRIGGER_PAYMENT|-1009999999999|1",
      "TRIGGER_PAYMENT|x|1",
      "donate|\(Sample.open)|99999|confirm", "donate|\(Sample.open)|-1|confirm", "NO_SUCH", "",
      "donate|\(Sample.open)|1|confirm", "donate|\(Sample.open)|9999.999|confirm",
    ].enumerated() {
      let heard = try #require(hear(&world, 30 + number, data, pressed: true))
      #expect(heard.order == nil && heard.query != nil, "\(data)")
    }
    #expect(placed(world).isEmpty)
  }

  @Test("does: two people's choices know nothing of each other, and a late update changes nothing")
  func apart() throws {
    var world = World.registered()
    hear(&world, 10, start)
    #expect(
      hear(&world, 11, "CMD_GATEWAY", from: Self.other, pressed: true)?.screen.kind
        == .nothingChosen)
    hear(&world, 12, "/start " + DeepLink(Sample.open, .tier(3)).payload, from: Self.other)
    #expect(hear(&world, 13, "CMD_GATEWAY", pressed: true)?.screen.tier == 2)
    #expect(hear(&world, 14, "CMD_GATEWAY", from: Self.other, pressed: true)?.screen.tier == 3)
    #expect(placed(world).map(\.user.value) == [Sample.user.text, Self.other.text])
    hear(&world, 9, "/start " + DeepLink(Sample.open, .tier(1)).payload)
    #expect(hear(&world, 15, "TRIGGER_PAYMENT", pressed: true)?.screen.tier == 2)
    hear(&world, 16, "/cancel")
    #expect(hear(&world, 17, "TRIGGER_PAYMENT", pressed: true)?.screen.kind == .nothingChosen)
    // In a channel nothing is sold, whatever is pressed (P-71).
    let there = hear(
      &world, 18, "TRIGGER_PAYMENT|\(Sample.open)|1", pressed: true, isPrivate: false)
    #expect(there?.screen.kind == .buttonUnknown && placed(world).count == 2)
    let gift = hear(&world, 19, "donate_start_\(Sample.open)", pressed: true, isPrivate: false)
    #expect(gift?.screen.kind == .donationLink && gift?.message == nil)
  }

  @Test("does: a donation is typed key by key, within its limits, and gives no access (P-15)")
  func donation() throws {
    var world = World.registered()
    var typed = try #require(
      hear(&world, 1, "/start " + DeepLink(Sample.open, .donation).payload)
    ).screen.typed
    var number = 1
    func press(_ key: String) -> ChatEvent.Heard? {
      number += 1
      let heard = hear(
        &world, number, "donate|\(Sample.open)|\(typed ?? "")|\(key)", pressed: true)
      typed = heard?.screen.typed
      return heard
    }
    #expect(press("confirm")?.screen.lines == ["The least is 4.99 USD."])
    for key in ["0", "0", "4", ".", "9"] { #expect(press(key)?.screen.lines == [], "\(key)") }
    #expect(press(".")?.screen.lines == ["There is a point already."])
    #expect(press("8")?.screen.typed == "4.98")
    #expect(press("7")?.screen.lines == ["Two decimals at most."])
    #expect(press("confirm")?.screen.lines == ["The least is 4.99 USD."])
    for key in ["clear", "9", "9", "9", "9"] { _ = press(key) }
    #expect(press("9")?.screen.lines == ["Four digits at most."])
    for key in ["backspace", "backspace", "backspace", "."] { _ = press(key) }
    #expect(press("noop")?.screen.typed == "9.")
    let given = try #require(press("confirm"))
    #expect(given.screen.kind == .preparing)
    let order = try #require(placed(world).first)
    #expect(order.kind == .donation && order.price == Sample.usd("9.00") && order.days == 0)
    world.note(Sample.report(1, order: order.order, "9.00"))
    #expect(world.count("payment.finished.v1") == 1 && world.count("order.granted.v1") == 0)
    #expect(press("cancel")?.screen.kind == .cancelled)
  }

  @Test("does: an owner hears what his payouts wait for, and nobody else does")
  func why() throws {
    var world = World()
    let form = Sample.form(prices: ["25.00"], payout: Sample.payout(.threshold))
    world.ask(
      .channel(
        .register(
          ChannelRegistration(
            open: form.open, closed: form.closed, tiers: form.tiers, payout: form.payout,
            donationMessage: nil, notify: Personal("700002")))))
    world.pay(1)
    let told = try #require(hear(&world, 1, "/why", from: Self.other))
    #expect(told.screen.kind == .waiting)
    #expect(told.screen.lines.contains { $0.contains("/ $100.00 (24.25 %)") }, "\(told.screen)")
    #expect(told.screen.lines.contains { $0.contains("missing to the threshold") })
    #expect(hear(&world, 2, "CMD_WHY", pressed: true)?.screen.lines == [])
  }

  @Test("does: answers are owed until they are facts, each once, and a bot is switched once")
  func answers() throws {
    var world = World.registered()
    hear(&world, 1, start)
    hear(&world, 2, "TRIGGER_PAYMENT", pressed: true)
    let order = Sample.order("n2")
    #expect(world.ask(.chat(.noteAnswered(1, message: 7))).names == ["chat.answered.v1"])
    #expect(world.ask(.chat(.noteAnswered(1, message: 7))).isIgnored)
    #expect(world.ask(.chat(.fail(1, reason: "x"))).isIgnored)
    #expect(world.ask(.chat(.fail(2, reason: "x"))).names == ["chat.failed.v1"])
    #expect(world.ask(.chat(.notePage(order, update: 2, message: 8))).names == ["chat.answered.v1"])
    #expect(world.ask(.chat(.failPage(order, update: 2, reason: "x"))).isIgnored)
    #expect(world.ask(.chat(.switchOff)).isIgnored)
    let on = LedgerCommand.chat(.switchOn(bot: "1", alarms: nil, isPosting: true))
    #expect(world.ask(on).names == ["chat.switched_on.v1"])
    #expect(world.ask(on).isIgnored)
    #expect(world.ask(.chat(.switchOff)).names == ["chat.switched_off.v1"])
    // The same id can't stand for two orders.
    let update = ChatUpdate(number: 3, user: Sample.user, text: "/start")
    #expect(
      world.ask(.chat(.hear(update, order: order, fee: .standardFee))).refusal == .orderExists)
    let read = try #require(LedgerState.read(world.state.listed))
    #expect(read.listed == world.state.listed)
  }
}
