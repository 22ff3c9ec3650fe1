import Testing

@testable import Kernel

@Suite struct FormDeciderTests {
  private static let other = UserID(text: "700002")!

  /// What was answered; every number is a later one.
  @discardableResult
  private func hear(
    _ world: inout World, _ number: Int, _ text: String, from user: UserID = Sample.user,
    pressed: Bool = false
  ) -> ChatScreen? {
    let update = ChatUpdate(
      number: number, user: user, text: text, query: pressed ? "q\(number)" : nil,
      message: pressed ? 5 : nil)
    let decision = world.ask(
      .chat(.hear(update, order: Sample.order("n\(number)"), fee: .standardFee)))
    for case .chat(.heard(let heard)) in decision.events { return heard.screen }
    Issue.record("\(text): \(decision)")
    return nil
  }

  private func press(
    _ world: inout World, _ number: Int, _ button: FormButton, from user: UserID = Sample.user,
    of open: OpenChannelID = Sample.open
  ) -> ChatScreen? {
    hear(&world, number, button.data(open), from: user, pressed: true)
  }

  /// Somebody who Telegram says is an administrator has the channel's form before him.
  private func open(_ world: inout World, _ number: Int, by user: UserID = Sample.user) {
    hear(&world, number, "/database", from: user)
    #expect(hear(&world, number + 1, Sample.open.text, from: user)?.kind == .formOpening)
    #expect(
      world.ask(.chat(.proveForm(user, Sample.open, update: number + 1))).names
        == [ChatEvent.FormProven.name])
  }

  private func save(
    _ world: inout World, _ update: Int, _ prices: [String], by user: UserID = Sample.user
  ) -> [String] {
    world.ask(.chat(.saveForm(user, Sample.form(prices: prices), update: update))).names
  }

  private let offered = ChannelEvent.OfferChanged.name
  private let ended = ChatEvent.FormEnded.name
  private let told = ChatEvent.NoticeRequested.name

  private func words(_ world: World) -> String {
    for case .chat(.noticeRequested(let notice)) in world.log.reversed() {
      return notice.lines.joined()
    }
    return ""
  }

  @Test("does: saves once, however often it is pressed and reported")
  func twice() {
    var world = World.registered()
    open(&world, 1)
    #expect(press(&world, 10, .save)?.kind == .formSaving)
    #expect(press(&world, 11, .save)?.kind == .formSaving)
    #expect(save(&world, 10, ["26.00"]).isEmpty, "the newer one is under way")
    #expect(save(&world, 11, ["26.00"]) == [offered, ended, told])
    #expect(save(&world, 11, ["27.00"]).isEmpty)
    #expect(press(&world, 12, .save)?.kind == .buttonUnknown)
    #expect(world.state.channel(Sample.channel)?.tiers.map(\.price) == [Sample.usd("26.00")])
    #expect(world.count(offered) == 1)
  }

  @Test("refuses: what was entered on before it was saved, and tells so")
  func between() {
    var world = World.registered()
    open(&world, 1)
    #expect(press(&world, 10, .save)?.kind == .formSaving)
    #expect(press(&world, 11, .openTitle)?.form?.typing == .openTitle)
    #expect(hear(&world, 12, "Another")?.form?.openTitle == "Another")
    #expect(save(&world, 10, ["26.00"]) == [told])
    #expect(words(world).contains("more was entered meanwhile"))
    #expect(world.count(offered) == 0 && world.state.channel(Sample.channel)?.version == 1)
  }

  @Test("refuses: the second of two owners who saves what he saw before the first one did")
  func two() {
    var world = World.registered()
    open(&world, 1)
    open(&world, 3, by: Self.other)
    _ = press(&world, 10, .save)
    _ = press(&world, 11, .save, from: Self.other)
    #expect(save(&world, 10, ["26.00"]) == [offered, ended, told])
    #expect(save(&world, 11, ["27.00"], by: Self.other) == [told])
    #expect(words(world).contains("not saved"), "\(words(world))")
    #expect(world.state.channel(Sample.channel)?.tiers.map(\.price) == [Sample.usd("26.00")])
  }

  @Test("refuses: buttons made up, of another's form, before the proof, and of an older draft")
  func forged() {
    var world = World.registered()
    open(&world, 1)
    // A price travels in no button.
    for (place, data) in [
      "DB|EDIT_TIER_1|\(Sample.open)|0.01", "DB|SAVE_ALL_CHANGES|\(Sample.open)|1",
      "DB|EDIT_TIER_4|\(Sample.open)", "DB|edit_wallet|\(Sample.open)", "DB||", "DB|", "DB",
      "DB|SAVE_ALL_CHANGES|", "DB|SAVE_ALL_CHANGES|-1001234567891",
      "DB|SAVE_ALL_CHANGES|0-1001234567890", "SAVE_ALL_CHANGES",
    ].enumerated() {
      #expect(hear(&world, 10 + place, data, pressed: true)?.kind == .buttonUnknown, "\(data)")
    }
    // The other one sees the first one's buttons, and has a draft of his own that isn't proven.
    hear(&world, 30, "/database", from: Self.other)
    hear(&world, 31, Sample.open.text, from: Self.other)
    for (place, button) in FormButton.allCases.enumerated() where button != .cancel {
      let seen = press(&world, 40 + place, button, from: Self.other)
      #expect(seen?.kind == .buttonUnknown && seen?.form == nil, "\(button)")
    }
    #expect(hear(&world, 90, "0.01", from: Self.other)?.kind == .notUnderstood)
    #expect(save(&world, 31, ["0.01"], by: Self.other).isEmpty)
    // A proof of another channel's, or of one who has cancelled, proves nothing.
    let elsewhere = OpenChannelID(text: "-1001234567891")!
    #expect(
      world.ask(.chat(.proveForm(Self.other, elsewhere, update: 31))).isIgnored)
    _ = press(&world, 91, .cancel, from: Self.other)
    #expect(world.ask(.chat(.proveForm(Self.other, Sample.open, update: 31))).isIgnored)
    // What comes late of an older form changes nothing of the newer one.
    open(&world, 100)
    #expect(press(&world, 99, .cancel)?.kind == .buttonUnknown)
    #expect(press(&world, 102, .save)?.kind == .formSaving)
    #expect(world.state.channel(Sample.channel)?.version == 1)
  }

  @Test("does: takes numbers that begin anew after a quiet week for later ones")
  func numbers() {
    var world = World.registered()
    open(&world, 900_000_000)
    #expect(press(&world, 899_999_000, .tiersPage)?.kind == .buttonUnknown, "it comes late")
    #expect(press(&world, 5_000, .tiersPage)?.form?.page == .tiers)
    #expect(press(&world, 5_001, .save)?.kind == .formSaving)
  }

  @Test("does: callback data of every button of every channel stays within 64 bytes")
  func bytes() {
    let longest = OpenChannelID(text: "-" + String(repeating: "9", count: 13))!
    for button in FormButton.allCases { #expect(button.data(longest).utf8.count <= 64) }
  }

  @Test("does: keeps so many drafts and no more, an owner's before any stranger's")
  func bounded() {
    var world = World.registered()
    open(&world, 1)
    for number in 1...Chats.draftsMost + 20 {
      hear(&world, 10 + number, "/database", from: UserID(text: "\(800_000 + number)")!)
    }
    #expect(world.state.chats.draftCount == Chats.draftsMost)
    #expect(world.state.chats[draft: Sample.user]?.isProven == true)
    #expect(world.state.chats[draft: UserID(text: "800001")!] == nil)
    // One character that is made of thousands is as long as it is.
    _ = press(&world, 5_000, .openTitle)
    let piled = "o" + String(repeating: "\u{301}", count: 3_000)
    #expect(hear(&world, 5_001, piled)?.lines == ["At most 100 characters, please."])
    #expect(hear(&world, 5_002, String(repeating: "é", count: 100))?.lines.isEmpty == true)
  }
}
