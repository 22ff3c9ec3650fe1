import Testing

@testable import Kernel

@Suite struct FormLinkTests {
  private static let mira = AccountID(text: "3f2b8c1e-5d47-4a90-9b1c-7e6f0a2d4c58")!
  private static let other = UserID(text: "700002")!
  private let linkedName = AccountEvent.TelegramLinked.name

  /// With an account that has a channel.
  private func owned() -> World {
    var world = World()
    let session = NewSession(
      session: SessionID(text: String(repeating: "1", count: 32))!, address: "", device: "")
    world.ask(
      .account(
        .open(
          NewAccount(
            account: Self.mira, name: "mira", email: "mira@example.org", password: "$argon2id$x",
            tokenHash: "t1", session: session))))
    world.ask(.account(.confirmEmail(hash: "t1", .verify)))
    world.ask(.account(.registerChannel(Self.mira, Sample.form())))
    return world
  }

  @discardableResult
  private func hear(
    _ world: inout World, _ number: Int, _ text: String = "", from user: UserID = Sample.user,
    pressed: Bool = false, links: AccountLink? = nil
  ) -> Decision {
    let update = ChatUpdate(
      number: number, user: user, text: text, query: pressed ? "q\(number)" : nil,
      message: pressed ? 5 : nil, links: links)
    return world.ask(.chat(.hear(update, order: Sample.order("n\(number)"), fee: .standardFee)))
  }

  private func screen(_ decision: Decision) -> ChatScreen? {
    for case .chat(.heard(let heard)) in decision.events { return heard.screen }
    return nil
  }

  private func link(_ world: World) -> AccountLink {
    AccountLink(account: Self.mira, issued: world.now)
  }

  @Test("does: who opened the account's link has its channels' forms, and Telegram isn't asked")
  func linked() throws {
    var world = owned()
    hear(&world, 1, "/database")
    #expect(screen(hear(&world, 2, Sample.open.text))?.kind == .formOpening, "he isn't linked yet")
    #expect(hear(&world, 3, links: link(world)).names == [ChatEvent.Heard.name, linkedName])
    hear(&world, 4, "/database")
    let opened = hear(&world, 5, Sample.open.text)
    #expect(screen(opened)?.kind == .form && opened.names.last == ChatEvent.FormProven.name)
    let saving = screen(hear(&world, 6, FormButton.save.data(Sample.open), pressed: true))
    #expect(saving?.kind == .formSaving && saving?.form?.isLinked == true)
    // As a state that was read back has it.
    #expect(world.state.accounts[telegram: Sample.user]?.id == Self.mira)
    let saved = world.ask(.chat(.saveForm(Sample.user, Sample.form(prices: ["9.00"]), update: 6)))
    #expect(saved.names.contains(ChannelEvent.OfferChanged.name), "\(saved)")
    // What he registers is the account's.
    let second = OpenChannelID(text: "-1001234500000")!
    hear(&world, 7, "/database")
    #expect(screen(hear(&world, 8, second.text))?.kind == .formOffer)
    hear(&world, 9, FormButton.create.data(second), pressed: true)
    world.ask(.chat(.proveForm(Sample.user, second, update: 9)))
    hear(&world, 10, FormButton.save.data(second), pressed: true)
    let form = Sample.form(open: second, closed: ClosedChannelID(text: "-1001234500001")!)
    let added = world.ask(.chat(.saveForm(Sample.user, form, update: 10)))
    #expect(added.names.contains(AccountEvent.ChannelAdded.name), "\(added)")
    #expect(world.state.accounts[Self.mira]?.channels.count == 2)
  }

  @Test("refuses: a link twice, one from before, of a closed account; a save after he was unlinked")
  func over() {
    var world = owned()
    let first = link(world)
    world.now = world.now.adding(seconds: 1)
    let second = link(world)
    #expect(hear(&world, 1, links: second).names.contains(linkedName))
    for (number, old) in [first, second].enumerated() {
      let again = hear(&world, 2 + number, from: Self.other, links: old)
      #expect(screen(again)?.kind == .linkOver && !again.names.contains(linkedName))
    }
    #expect(world.state.isLinked(Sample.user, to: Sample.open))
    hear(&world, 5, "/database")
    hear(&world, 6, Sample.open.text)
    hear(&world, 7, FormButton.save.data(Sample.open), pressed: true)
    world.now = world.now.adding(seconds: 1)
    let unlink = LedgerCommand.account(.unlinkTelegram(Self.mira))
    #expect(world.ask(unlink).names == [AccountEvent.TelegramUnlinked.name])
    #expect(world.ask(unlink).isIgnored)
    let saved = world.ask(.chat(.saveForm(Sample.user, Sample.form(prices: ["9.00"]), update: 7)))
    #expect(!saved.names.contains(ChannelEvent.OfferChanged.name) && !saved.isIgnored)
    #expect(world.state.channel(Sample.channel)?.version == 1)
    #expect(screen(hear(&world, 8, links: second))?.kind == .linkOver)
    // Another one takes the place of the one before.
    world.now = world.now.adding(seconds: 5)
    hear(&world, 9, links: link(world))
    world.now = world.now.adding(seconds: 5)
    hear(&world, 10, from: Self.other, links: link(world))
    #expect(!world.state.isLinked(Sample.user, to: Sample.open))
    #expect(world.state.accounts[telegram: Sample.user] == nil)
    world.ask(.account(.close(Self.mira, reason: "gone")))
    world.now = world.now.adding(seconds: 5)
    #expect(screen(hear(&world, 11, links: link(world)))?.kind == .linkOver)
    #expect(!world.state.isLinked(Self.other, to: Sample.open))
  }
}
