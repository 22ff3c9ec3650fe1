import Testing

@testable import Kernel

/// Accounts under test.
private enum People {
  static let mira = AccountID(text: "3f2b8c1e-5d47-4a90-9b1c-7e6f0a2d4c58")!
  static let omar = AccountID(text: "00000000-5d47-4a90-9b1c-7e6f0a2d4c58")!

  static func session(_ number: Int) -> SessionID {
    let text = String(number, radix: 16)
    return SessionID(text: String(repeating: "0", count: 32 - text.count) + text)!
  }

  static func signUp(
    _ id: AccountID, _ name: String, _ email: String, token: String = "t1", session: Int = 1
  ) -> LedgerCommand {
    .account(
      .open(
        NewAccount(
          account: id, name: name, email: email, password: "$argon2id$x", tokenHash: token,
          session: NewSession(session: Self.session(session), address: "", device: ""))))
  }

  static func form(_ number: Int) -> ChannelRegistration {
    let form = Sample.form()
    return ChannelRegistration(
      open: ChannelFace(
        id: OpenChannelID(text: "-10010000\(10 + number)")!, title: "a", description: "b"),
      closed: ChannelFace(
        id: ClosedChannelID(text: "-10020000\(10 + number)")!, title: "a", description: "b"),
      tiers: form.tiers, payout: form.payout, donationMessage: nil, notify: nil)
  }
}

extension World {
  /// With mira signed up and her address confirmed.
  fileprivate static func withMira() -> World {
    var world = World()
    world.ask(People.signUp(People.mira, "Mira_Desk", "mira@example.org"))
    world.ask(.account(.confirmEmail(hash: "t1", .verify)))
    return world
  }

  fileprivate mutating func refusal(_ command: AccountCommand) -> Refusal? {
    ask(.account(command)).refusal
  }
}

@Suite struct AccountDeciderTests {
  @Test("refuses: a name or an address that differs from another by capital letters alone")
  func unique() {
    var world = World()
    let first = world.ask(People.signUp(People.mira, "Mira_Desk", "Mira@Example.org"))
    #expect(
      first.names == [
        "account.opened.v1", "account.mail_token_issued.v1", "account.session_opened.v1",
      ])
    let cases: [(String, String, Refusal)] = [
      ("mira_desk", "other@example.org", .nameTaken),
      ("MIRA_DESK", "other@example.org", .nameTaken),
      ("omar", "mira@example.ORG", .emailTaken),
      ("om", "omar@example.org", .nameMalformed), ("o mar", "omar@example.org", .nameMalformed),
      ("ömar", "omar@example.org", .nameMalformed), ("omar", "omar@example", .emailMalformed),
      ("omar", "om ar@example.org", .emailMalformed), ("omar", "o..m@example.org", .emailMalformed),
      ("omar", "omar@exa\r\nmple.org", .emailMalformed), ("omar", "@example.org", .emailMalformed),
      ("omar", "omar@-example.org", .emailMalformed), ("omar", "omar@1.2", .emailMalformed),
    ]
    for (name, email, why) in cases {
      #expect(world.ask(People.signUp(People.omar, name, email)).refusal == why, "\(name) \(email)")
    }
    #expect(world.state.accounts.count == 1)
    #expect(world.state.accounts[name: "mira_DESK"]?.id == People.mira)
    #expect(world.state.accounts[email: "MIRA@example.org"]?.id == People.mira)
  }

  @Test("does: a token confirms once, within its time, what it was drawn for")
  func tokens() {
    var world = World()
    world.ask(People.signUp(People.mira, "mira", "mira@example.org"))
    #expect(world.refusal(.confirmEmail(hash: "t1", .change)) == .tokenUnknown)
    #expect(world.refusal(.resetPassword(hash: "t1", password: "p")) == .tokenUnknown)
    #expect(world.refusal(.confirmEmail(hash: "t2", .verify)) == .tokenUnknown)
    var late = world
    late.now = late.now.adding(seconds: 86_400)
    #expect(late.refusal(.confirmEmail(hash: "t1", .verify)) == .tokenUnknown)
    // The next one for the same purpose takes its place.
    var other = world
    other.ask(
      .account(.issueMailToken(People.mira, NewMailToken(purpose: .verify, hash: "t3"))))
    #expect(other.refusal(.confirmEmail(hash: "t1", .verify)) == .tokenUnknown)
    #expect(other.refusal(.confirmEmail(hash: "t3", .verify)) == nil)
    #expect(world.refusal(.confirmEmail(hash: "t1", .verify)) == nil)
    #expect(world.state.accounts[People.mira]?.isVerified == true)
    #expect(world.refusal(.confirmEmail(hash: "t1", .verify)) == .tokenUnknown)
    #expect(
      world.refusal(.issueMailToken(People.mira, NewMailToken(purpose: .verify, hash: "t4")))
        == .alreadyVerified)
  }

  @Test("refuses: an address that somebody took between the asking and the confirming")
  func changedEmail() {
    var world = World.withMira()
    let new = NewMailToken(purpose: .change, hash: "c1", email: "new@example.org")
    #expect(world.refusal(.issueMailToken(People.mira, new)) == nil)
    #expect(world.state.accounts[People.mira]?.pendingEmail == "new@example.org")
    var raced = world
    raced.ask(People.signUp(People.omar, "omar", "NEW@example.org", token: "o1", session: 2))
    #expect(raced.refusal(.confirmEmail(hash: "c1", .change)) == .emailTaken)
    #expect(world.refusal(.confirmEmail(hash: "c1", .change)) == nil)
    #expect(world.state.accounts[email: "new@example.org"]?.id == People.mira)
    #expect(world.state.accounts[email: "mira@example.org"] == nil)
    // The old address is free for somebody else.
    #expect(
      world.ask(People.signUp(People.omar, "omar", "mira@example.org", token: "o1", session: 2))
        .refusal == nil)
    #expect(world.refusal(.cancelEmailChange(People.mira)) == .nothingPending)
  }

  @Test("does: a refresh token is good once; the next call may lose its answer, a thief may not")
  func renewal() {
    var world = World.withMira()
    func renew(_ generation: Int) -> AccountCommand {
      .renewSession(People.mira, People.session(1), generation: generation)
    }
    #expect(world.ask(.account(renew(0))).names == ["account.session_renewed.v1"])
    #expect(world.ask(.account(renew(0))).isIgnored)
    world.now = world.now.adding(seconds: Limits.renewalGraceSeconds + 1)
    #expect(world.refusal(renew(0)) == .sessionReused)
    #expect(world.refusal(renew(2)) == .sessionReused)
    #expect(world.refusal(renew(1)) == nil)
    #expect(world.refusal(renew(0)) == .sessionReused)
    world.now = world.now.adding(days: Limits.sessionDays)
    #expect(world.refusal(renew(2)) == .sessionUnknown)
  }

  @Test("does: a new password ends the sessions, a reset one the keys too")
  func passwords() {
    var world = World.withMira()
    for number in 2...4 {
      let new = NewSession(session: People.session(number), address: "", device: "")
      world.ask(.account(.openSession(People.mira, new)))
    }
    let key = AccessKeyID(text: "00000000000000aa")!
    let new = NewAccessKey(key: key, hash: "k", label: "l", scopes: [.read], days: 1)
    #expect(world.refusal(.issueKey(People.mira, new)) == nil)
    world.ask(
      .account(.changePassword(People.mira, password: "$p2", keeping: People.session(3))))
    #expect(world.state.accounts[People.mira]?.sessions.map(\.id) == [People.session(3)])
    #expect(world.state.accounts[key: key] != nil)
    world.ask(.account(.issueMailToken(People.mira, NewMailToken(purpose: .reset, hash: "r"))))
    world.ask(.account(.resetPassword(hash: "r", password: "$p3")))
    #expect(world.state.accounts[People.mira]?.sessions.isEmpty == true)
    #expect(world.state.accounts[People.mira]?.password == "$p3")
    #expect(world.state.accounts[key: key] == nil)
    #expect(world.refusal(.resetPassword(hash: "r", password: "$p4")) == .tokenUnknown)
  }

  @Test("does: the eleventh channel is refused, and a closed one makes room")
  func channels() {
    var world = World.withMira()
    for number in 0..<Limits.channelsMost {
      let decision = world.ask(
        .account(.registerChannel(People.mira, People.form(number))))
      #expect(decision.names == ["channel.registered.v1", "account.channel_added.v1"])
    }
    #expect(world.refusal(.registerChannel(People.mira, People.form(10))) == .tooManyChannels)
    let first = ChannelKey(registering: People.form(0).open.id)
    #expect(world.state.accounts[owning: first]?.id == People.mira)
    world.ask(.channel(.close(first, version: 1, reason: "sold out")))
    #expect(world.refusal(.registerChannel(People.mira, People.form(10))) == nil)
    #expect(world.refusal(.registerChannel(People.omar, People.form(11))) == .accountUnknown)
    let order = OrderID(text: "o1")!
    let buy = OrderCommand.placeSubscription(
      order, channel: first, tier: 1, user: UserID(text: "77")!, fee: .standardFee)
    #expect(world.ask(.order(buy)).refusal == .channelClosed)
  }

  @Test("does: an edit is of one version, keeps the ids, and says only what it changes")
  func edits() {
    var world = World.withMira()
    world.ask(.account(.registerChannel(People.mira, People.form(0))))
    let key = ChannelKey(registering: People.form(0).open.id)
    let form = People.form(0)
    #expect(world.ask(.channel(.edit(key, form, version: 1))).isIgnored)
    let renamed = ChannelRegistration(
      open: ChannelFace(id: form.open.id, title: "new", description: "b"), closed: form.closed,
      tiers: form.tiers, payout: Sample.payout(.instant), donationMessage: nil, notify: nil)
    #expect(world.ask(.channel(.edit(key, renamed, version: 2))).refusal == .versionDiffers)
    #expect(
      world.ask(.channel(.edit(key, People.form(1), version: 1))).refusal == .channelIdsStay)
    let names = world.ask(.channel(.edit(key, renamed, version: 1))).names
    #expect(
      names.first == "channel.offer_changed.v1"
        && names.dropFirst().allSatisfy { $0 == "channel.payout_settings_changed.v1" })
    #expect(world.state.channel(key)?.version == 1 + names.count)
    #expect(world.state.channel(key)?.offer.open.title == "new")
  }

  @Test("does: codes are used up, in order and once; without one nobody gets in")
  func codes() {
    var world = World.withMira()
    let new = NewCodes(key: "k", nonce: "n", recovery: ["r1", "r2"], step: 100)
    #expect(world.refusal(.enableCodes(People.mira, new)) == nil)
    #expect(world.refusal(.enableCodes(People.mira, new)) == .codesAlreadyOn)
    func signIn(_ number: Int, step: Int? = nil, recovery: String? = nil) -> AccountCommand {
      .openSession(
        People.mira,
        NewSession(
          session: People.session(number), address: "", device: "", step: step,
          recoveryHash: recovery))
    }
    #expect(world.refusal(signIn(2)) == .codeMissing)
    #expect(world.refusal(signIn(2, step: 100)) == .codeUsed)
    #expect(world.refusal(signIn(2, step: 101)) == nil)
    #expect(world.refusal(signIn(3, step: 101)) == .codeUsed)
    #expect(world.refusal(signIn(3, recovery: "r3")) == .codeUsed)
    #expect(world.refusal(signIn(3, recovery: "r1")) == nil)
    #expect(world.refusal(signIn(4, recovery: "r1")) == .codeUsed)
  }

  @Test("does: closing ends everything of the account, and loses nothing of what is owed")
  func closing() {
    var world = World.withMira()
    world.ask(.account(.registerChannel(People.mira, People.form(0))))
    let names = world.ask(.account(.close(People.mira, reason: "moves on"))).names
    #expect(
      names == ["account.session_closed.v1", "channel.closed.v1", "account.closed.v1"])
    #expect(world.ask(.account(.close(People.mira, reason: "again"))).isIgnored)
    let new = NewSession(session: People.session(9), address: "", device: "")
    #expect(world.refusal(.openSession(People.mira, new)) == .accountClosed)
    #expect(
      world.ask(People.signUp(People.omar, "MIRA_desk", "o@example.org")).refusal == .nameTaken)
  }

  @Test("does: a state with accounts is read back as it was written, and goes on the same")
  func listing() throws {
    var world = World.withMira()
    world.ask(People.signUp(People.omar, "omar", "omar@example.org", token: "o1", session: 2))
    world.ask(.account(.registerChannel(People.mira, People.form(0))))
    world.ask(.account(.changeRoles(People.omar, [.auditor, .operator], reason: "joins")))
    let codes = NewCodes(key: "k", nonce: "n", recovery: ["r1"], step: 7)
    world.ask(.account(.enableCodes(People.mira, codes)))
    let key = NewAccessKey(
      key: AccessKeyID(text: "00000000000000aa")!, hash: "h", label: "l", scopes: [.write], days: 9)
    world.ask(.account(.issueKey(People.mira, key)))
    let listed = world.state.listed
    let read = try #require(LedgerState.read(listed))
    #expect(read.listed == listed)
    #expect(read.accounts[token: "o1"]?.id == People.omar)
    #expect(read.accounts[People.omar]?.roles == [.operator, .auditor])
    #expect(read.accounts[key: key.key]?.codes?.nonce == "n")
    #expect(read.channel(ChannelKey(registering: People.form(0).open.id))?.version == 1)
  }
}
