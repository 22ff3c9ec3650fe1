// The owner's form (domain 6.5): what he types and presses changes his own draft and nothing else;
// a channel's form is his once Telegram has said that he is an administrator there, and is asked
// that again when all is saved.

extension ChatAnswer {
  mutating func show(
    _ form: ChatForm, _ kind: ChatScreen.Kind = .form, _ lines: [String] = []
  ) {
    heard.screen = ChatScreen(kind)
    heard.screen.form = form
    heard.screen.lines = lines
  }

  /// Words for the field that waits for some; false where none does.
  mutating func type(_ text: String) -> Bool {
    guard let draft = state.chats[draft: update.user],
      Chats.comes(update.number, after: draft.update), let field = draft.form.typing
    else { return false }
    var form = draft.form
    let typed = text.trimmedSpaces
    guard field != .channel else {
      guard let open = OpenChannelID(text: typed) else {
        show(.asking, .formAsk, ["That is no channel's id."])
        return true
      }
      find(open)
      return true
    }
    guard draft.isProven else { return false }
    let obstacle = form.put(typed, in: field)
    show(form, .form, obstacle.map { [$0] } ?? [])
    return true
  }

  private mutating func find(_ open: OpenChannelID) {
    guard let channel = state.channel(open: open) else {
      return show(ChatForm(new: open), .formOffer)
    }
    guard !channel.isClosed else { return show(.asking, .formAsk, ["That channel is closed."]) }
    show(ChatForm(channel), .formOpening)
  }

  mutating func press(_ button: FormButton, _ open: OpenChannelID) {
    guard let draft = state.chats[draft: update.user],
      Chats.comes(update.number, after: draft.update), draft.form.open == open
    else { return heard.screen = ChatScreen(.buttonUnknown) }
    var form = draft.form
    form.typing = nil
    if button == .cancel { return heard.screen = ChatScreen(.formClosed) }
    guard draft.isProven else {
      // Telegram is asked before anything of a channel is shown.
      guard button == .create, form.isNew else { return heard.screen = ChatScreen(.buttonUnknown) }
      return show(form, .formOpening)
    }
    switch button {
    case .cancel, .create: return heard.screen = ChatScreen(.buttonUnknown)
    case .save:
      form.page = .main
      return show(form, .formSaving)
    case .back: form.page = .main
    case .openPage: form.page = .open
    case .closedPage: form.page = .closed
    case .tiersPage: form.page = .tiers
    case .walletPage: form.page = .wallet
    case .openTitle: form.typing = .openTitle
    case .openAbout: form.typing = .openAbout
    case .closedID: form.typing = form.isNew ? .closedID : nil
    case .closedTitle: form.typing = .closedTitle
    case .closedAbout: form.typing = .closedAbout
    case .wallet: form.typing = .wallet
    case .currency: form.typing = .currency
    case .network: form.typing = .network
    case .threshold: form.typing = .threshold
    case .toggle1: form.toggle(1)
    case .toggle2: form.toggle(2)
    case .toggle3: form.toggle(3)
    case .tier1: (form.typing, form.tier) = (.price, 1)
    case .tier2: (form.typing, form.tier) = (.price, 2)
    case .tier3: (form.typing, form.tier) = (.price, 3)
    }
    show(form)
  }
}

extension LedgerState {
  func proveForm(_ user: UserID, _ open: OpenChannelID, _ update: Int) -> Decision {
    guard let draft = chats[draft: user], draft.form.open == open, !draft.isProven else {
      return .ignore
    }
    let proven = ChatEvent.FormProven(open: open, update: update, user: Personal(user.text))
    return .accept([.chat(.formProven(proven))])
  }

  func refuseForm(_ user: UserID, _ open: OpenChannelID, _ update: Int) -> Decision {
    guard let draft = chats[draft: user], draft.form.open == open else { return .ignore }
    return .accept([ended(user, open, update, .notOwner)])
  }

  /// The same deciders as a registration's and an edit's by any other way; of a channel that is
  /// there, what the form doesn't show stays.
  func saveForm(
    _ user: UserID, _ form: ChannelRegistration, _ update: Int, at now: Instant
  ) -> Decision {
    let open = form.open.id
    guard let draft = chats[draft: user], draft.form.open == open, draft.isProven else {
      return .ignore
    }
    guard draft.update == update else {
      // Another save is under way, or he went on entering: what he sees by now isn't this.
      guard !draft.isSaving else { return .ignore }
      let words = "It was not saved, since more was entered meanwhile. Save all again, please."
      return .accept([notice(user, form.open.title, words, update)])
    }
    let channel = channels[open: open]
    let kept = channel.map(\.offer)
    let whole = ChannelRegistration(
      open: form.open, closed: form.closed, tiers: form.tiers, payout: form.payout,
      donationMessage: kept?.donationMessage,
      notify: draft.form.isNew ? Personal(user.text) : kept?.notify)
    let command: ChannelCommand =
      if !draft.form.isNew, let channel {
        .edit(channel.key, whole, version: draft.form.version)
      } else { .register(whole) }
    switch decide(command, at: now) {
    case .accept(let events):
      let waits = events.contains {
        if case .channel(.payoutChangeHeld) = $0 { true } else { false }
      }
      let words = waits ? "All is saved; another wallet counts in 48 hours." : "All is saved."
      return .accept(
        events + [
          ended(user, open, update, .saved), notice(user, form.open.title, words, update),
        ])
    case .ignore:
      return .accept([
        ended(user, open, update, .saved),
        notice(user, form.open.title, "Nothing was changed.", update),
      ])
    case .refuse(let why):
      let words = "It was not saved: \(why.text). Please change it, or cancel."
      return .accept([notice(user, form.open.title, words, update)])
    }
  }

  private func ended(
    _ user: UserID, _ open: OpenChannelID, _ update: Int, _ reason: FormEnd
  ) -> LedgerEvent {
    .chat(
      .formEnded(
        ChatEvent.FormEnded(
          open: open, reason: reason, update: update, user: Personal(user.text))))
  }

  private func notice(
    _ user: UserID, _ title: String, _ words: String, _ update: Int
  ) -> LedgerEvent {
    .chat(
      .noticeRequested(
        ChatEvent.NoticeRequested(
          chat: Personal(user.text), kind: .form, lines: [words], notice: "form-\(update)",
          title: title)))
  }
}

extension String {
  /// Without the spaces around it.
  fileprivate var trimmedSpaces: String {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r" }
    let begun = drop(while: isSpace)
    guard let last = begun.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(begun[...last])
  }
}
