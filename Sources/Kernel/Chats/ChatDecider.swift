/// What may be asked of the chats with the bot.
public enum ChatCommand: Hashable, Sendable {
  /// An update came in. The order is a fresh unguessable id (P-17), used where something is bought;
  /// of the same update any one may come.
  case hear(ChatUpdate, order: OrderID, fee: BasisPoints)
  case noteAnswered(Int, message: Int?)
  /// The order's page to pay on was shown, because of an update.
  case notePage(OrderID, update: Int, message: Int)
  case fail(Int, reason: String)
  case failPage(OrderID, update: Int, reason: String)
  /// A bot lets people in from now on; alarms go to a chat, where one is named.
  case switchOn(bot: String, alarms: String?, isPosting: Bool)
  case switchOff
  /// Tells a subscriber, by his order, that his access ends then.
  case remind(OrderID, end: Instant)
  /// Tells operators of what happened at a position.
  case raise(UInt64, kind: String, subject: String, reason: String)
  case noteNotice(String, message: Int)
  case failNotice(String, reason: String)
  /// Posts what a channel sells, or its wish for donations.
  case post(OpenChannelID, PostPlace, isByHand: Bool)
  case notePosted(OpenChannelID, PostPlace, number: Int, message: Int)
  case failPost(OpenChannelID, PostPlace, number: Int, reason: String)
  /// Telegram says that he is an administrator there, or that he isn't; of the update that asked.
  case proveForm(UserID, OpenChannelID, update: Int)
  case refuseForm(UserID, OpenChannelID, update: Int)
  /// What he has entered, read as a registration is.
  case saveForm(UserID, ChannelRegistration, update: Int)
}

extension LedgerState {
  func decide(_ command: ChatCommand, at now: Instant) -> Decision {
    switch command {
    case .hear(let update, let order, let fee):
      guard !orders.holds(order) else { return .refuse(.orderExists) }
      guard update.joins == nil else { return letIn(update, at: now) }
      var answer = ChatAnswer(self, update, order, fee, now)
      answer.find()
      return .accept([.chat(.heard(answer.heard))] + answer.events)
    case .noteAnswered(let update, let message):
      guard chats.isOpen(update) else { return .ignore }
      return .accept([
        .chat(.answered(ChatEvent.Answered(message: message, update: update)))
      ])
    case .notePage(let order, let update, let message):
      guard chats.isOpen(order) else { return .ignore }
      return .accept([
        .chat(.answered(ChatEvent.Answered(message: message, order: order, update: update)))
      ])
    case .fail(let update, let reason):
      guard chats.isOpen(update) else { return .ignore }
      return .accept([.chat(.failed(ChatEvent.Failed(reason: reason, update: update)))])
    case .failPage(let order, let update, let reason):
      guard chats.isOpen(order) else { return .ignore }
      return .accept([
        .chat(.failed(ChatEvent.Failed(order: order, reason: reason, update: update)))
      ])
    case .switchOn(let bot, let alarms, let isPosting):
      let switched = ChatEvent.SwitchedOn(
        alarms: alarms.map { Personal($0) }, bot: bot, isPosting: isPosting)
      guard chats.bot != switched else { return .ignore }
      return .accept([.chat(.switchedOn(switched))])
    case .switchOff:
      guard let bot = chats.bot else { return .ignore }
      return .accept([.chat(.switchedOff(ChatEvent.SwitchedOff(bot: bot.bot)))])
    case .remind(let order, let end): return remind(order, end, at: now)
    case .raise(let position, let kind, let subject, let reason):
      guard let chat = chats.bot?.alarms else { return .ignore }
      let notice = ChatEvent.NoticeRequested(
        chat: chat, kind: .alarm, lines: [subject, reason], notice: "alarm-\(position)",
        title: kind)
      return .accept([.chat(.noticeRequested(notice))])
    case .noteNotice(let notice, let message):
      guard chats.isOpen(notice: notice) else { return .ignore }
      let delivered = ChatEvent.NoticeDelivered(message: message, notice: notice)
      return .accept([.chat(.noticeDelivered(delivered))])
    case .failNotice(let notice, let reason):
      guard chats.isOpen(notice: notice) else { return .ignore }
      let failed = ChatEvent.NoticeFailed(notice: notice, reason: reason)
      return .accept([.chat(.noticeFailed(failed))])
    case .post(let open, let place, let isByHand): return post(open, place, isByHand, at: now)
    case .notePosted(let open, let place, let number, let message):
      let post = chats.posts[open, place]
      guard post.isOpen, post.number == number else { return .ignore }
      return .accept([
        .chat(
          .posted(
            ChatEvent.Posted(message: message, number: number, open: open, place: place)))
      ])
    case .failPost(let open, let place, let number, let reason):
      return failPost(open, place, number, reason)
    case .proveForm(let user, let open, let update): return proveForm(user, open, update)
    case .refuseForm(let user, let open, let update): return refuseForm(user, open, update)
    case .saveForm(let user, let form, let update): return saveForm(user, form, update, at: now)
    }
  }

  /// Whoever has paid may join, whichever way he asks; of others the channel's owner decides.
  private func letIn(_ update: ChatUpdate, at now: Instant) -> Decision {
    guard let closed = update.joins, let channel = channels[closed: closed],
      let end = access.end(of: Personal(update.user.text), in: channels.number(of: channel.key)),
      now < end
    else { return .ignore }
    var screen = ChatScreen(.joining)
    screen.open = channel.open
    let heard = ChatEvent.Heard(
      closed: closed, screen: screen, update: update.number, user: Personal(update.user.text))
    return .accept([.chat(.heard(heard))])
  }
}

/// The bot: an update and the state come in, the answer and what is ordered come out.
///
/// All that an answer needs travels in links and buttons; of a person only what he chose last is
/// kept, under his own id. What is sold, and for how much, is looked up here and nowhere else.
struct ChatAnswer {
  let state: LedgerState
  let update: ChatUpdate
  private let fresh: OrderID
  private let fee: BasisPoints
  private let now: Instant

  var heard: ChatEvent.Heard
  private(set) var events: [LedgerEvent] = []

  init(
    _ state: LedgerState, _ update: ChatUpdate, _ fresh: OrderID, _ fee: BasisPoints,
    _ now: Instant
  ) {
    self.state = state
    self.update = update
    self.fresh = fresh
    self.fee = fee
    self.now = now
    heard = ChatEvent.Heard(
      message: update.message, query: update.query, update: update.number,
      user: Personal(update.user.text))
  }

  mutating func find() {
    let wish = ChatWish(update)
    guard update.isPrivate else {
      // Nothing is sold where others look on; a button may lead to where it is (P-71).
      guard case .donate(let open) = wish else { return show(.buttonUnknown) }
      return donate(open, link: true)
    }
    switch wish {
    case .menu: show(.menu)
    case .link(let link): follow(link)
    case .strangeLink: show(.channelUnknown)
    case .cancel: show(.cancelled)
    case .why: heard.screen = state.waitingScreen(of: update.user)
    case .database: show(.asking, .formAsk)
    case .form(let button, let open): press(button, open)
    case .payChosen:
      guard let person = state.chats[update.user], let open = person.open else {
        return show(.nothingChosen)
      }
      guard let tier = person.tier else { return donate(open, link: false) }
      pay(open, tier)
    case .choose(let open, let tier): choose(open, tier)
    case .pay(let open, let tier): pay(open, tier)
    case .donate(let open): donate(open, link: false)
    case .key(let open, let typed, let key): press(open, typed, key)
    case .words(let text): if !type(text) { show(.notUnderstood) }
    case .strangeButton: show(.buttonUnknown)
    }
  }

  private mutating func show(_ kind: ChatScreen.Kind) { heard.screen = ChatScreen(kind) }

  /// The channel's face, as far as something is sold there.
  private func screen(_ kind: ChatScreen.Kind, of open: OpenChannelID) -> ChatScreen? {
    guard let channel = state.channel(open: open), !channel.isClosed else { return nil }
    var screen = ChatScreen(kind)
    screen.open = open
    screen.title = channel.offer.closed.title
    screen.about = channel.offer.closed.description
    screen.tiers = channel.tiers
    return screen
  }

  private mutating func follow(_ link: DeepLink) {
    switch link.aim {
    case .donation: donate(link.open, link: false)
    case .tier(let number): choose(link.open, number)
    case .terms(let price, let days):
      // What was forged, or isn't sold so any more, is no choice.
      let tiers = state.channel(open: link.open)?.tiers ?? []
      let place = tiers.firstIndex { $0.price == price && $0.days == days }
      choose(link.open, place.map { $0 + 1 } ?? 0)
    }
  }

  private mutating func choose(_ open: OpenChannelID, _ number: Int) {
    guard var chosen = screen(.chosen, of: open) else { return show(.channelUnknown) }
    if chosen.tiers.indices.contains(number - 1) {
      chosen.tier = number
    } else {
      chosen.kind = .offer
    }
    heard.screen = chosen
  }

  private mutating func pay(_ open: OpenChannelID, _ number: Int) {
    guard let screen = screen(.preparing, of: open), let key = state.channel(open: open)?.key
    else { return show(.channelUnknown) }
    guard screen.tiers.indices.contains(number - 1) else { return choose(open, number) }
    let tier = screen.tiers[number - 1]
    let wanted = OrderEvent.Placed(
      channel: key, days: tier.days, fee: fee, kind: .subscription, order: fresh,
      price: tier.price, tier: number, user: heard.user)
    order(wanted, screen, number)
  }

  private mutating func order(
    _ wanted: OrderEvent.Placed, _ screen: ChatScreen, _ number: Int?
  ) {
    heard.screen = screen
    heard.screen.tier = number
    if let person = state.chats[update.user], let again = person.order, now < person.payUntil,
      !state.orders.isGranted(again), var placed = state.order(again)
    {
      // The same terms, whoever set them: else it is another order.
      (placed.order, placed.fee) = (wanted.order, wanted.fee)
      if placed == wanted, person.url != nil || state.chats.isOpen(again) {
        heard.order = again
        if let url = person.url {
          heard.screen.kind = .payment
          heard.screen.url = url
        }
        return
      }
    }
    heard.order = wanted.order
    heard.payUntil = now.adding(seconds: Limits.invoiceSeconds)
    events = [.order(.placed(wanted))]
  }

  // MARK: Donations

  private mutating func donate(_ open: OpenChannelID, link: Bool) {
    guard var keypad = screen(link ? .donationLink : .donation, of: open) else {
      return show(.channelUnknown)
    }
    keypad.tiers = []
    keypad.about = state.channel(open: open)?.offer.donationMessage
    keypad.typed = link ? nil : DonationKeypad.empty.typed
    heard.screen = keypad
  }

  private mutating func press(_ open: OpenChannelID, _ typed: String, _ key: DonationKey) {
    donate(open, link: false)
    guard heard.screen.kind == .donation else { return }
    guard var keypad = DonationKeypad(typed: typed) else { return show(.buttonUnknown) }
    if key == .cancel { return show(.cancelled) }
    let refusal = keypad.press(key)
    heard.screen.typed = keypad.typed
    heard.screen.lines = refusal.map { [$0] } ?? []
    guard key == .confirm else { return }
    switch keypad.sum {
    case .failure(let why): heard.screen.lines = [why.rawValue]
    case .success(let sum):
      guard let channel = state.channel(open: open) else { return }
      var screen = heard.screen
      screen.kind = .preparing
      order(
        OrderEvent.Placed(
          channel: channel.key, days: 0, fee: fee, kind: .donation, order: fresh, price: sum,
          tier: nil, user: heard.user), screen, nil)
    }
  }
}

extension LedgerState {
  /// What an owner's payouts wait for: those of channels whose notices go to him.
  fileprivate func waitingScreen(of user: UserID) -> ChatScreen {
    var screen = ChatScreen(.waiting)
    for channel in channels.notifying(user).prefix(Limits.channelsToldMost) {
      let collected = collected(by: channel.key)
      screen.lines.append(channel.offer.open.title)
      if let progress = channel.progress(collected) { screen.lines.append(progress.text) }
      if let held = channel.held {
        let wallet = ChannelState.shortWallet(held.wallet)
        screen.lines.append("From \(held.effective.text) on in \(held.asset) to \(wallet).")
      }
      let reasons = collected.reasons(channel.payout, isFrozen: guards.frozen != nil)
      screen.lines += reasons.map(\.text)
      if reasons.isEmpty { screen.lines.append("Nothing waits to be paid.") }
    }
    return screen
  }
}
