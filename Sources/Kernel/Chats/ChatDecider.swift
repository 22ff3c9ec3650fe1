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
  /// A bot lets people in from now on.
  case switchOn(bot: String)
  case switchOff
}

extension LedgerState {
  func decide(_ command: ChatCommand, at now: Instant) -> Decision {
    switch command {
    case .hear(let update, let order, let fee):
      guard !orders.holds(order) else { return .refuse(.orderExists) }
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
    case .switchOn(let bot):
      guard chats.bot != bot else { return .ignore }
      return .accept([.chat(.switchedOn(ChatEvent.SwitchedOn(bot: bot)))])
    case .switchOff:
      guard let bot = chats.bot else { return .ignore }
      return .accept([.chat(.switchedOff(ChatEvent.SwitchedOff(bot: bot)))])
    }
  }
}

/// The bot: an update and the state come in, the answer and what is ordered come out.
///
/// All that an answer needs travels in links and buttons; of a person only what he chose last is
/// kept, under his own id. What is sold, and for how much, is looked up here and nowhere else.
struct ChatAnswer {
  private let state: LedgerState
  private let update: ChatUpdate
  private let fresh: OrderID
  private let fee: BasisPoints
  private let now: Instant

  private(set) var heard: ChatEvent.Heard
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
    case .database: show(.notUnderstood)
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
    case .words: show(.notUnderstood)
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
      let reasons = collected.reasons(channel.payout, isFrozen: guards.frozen != nil)
      screen.lines += reasons.map(\.text)
      if reasons.isEmpty { screen.lines.append("Nothing waits to be paid.") }
    }
    return screen
  }
}

extension ChatCommand {
  func write(to bytes: inout CommandBytes) {
    switch self {
    case .hear(let update, let order, let fee):
      bytes.put("chat.hear" as StaticString)
      update.write(to: &bytes)
      bytes.put(order)
      bytes.put(fee)
    case .noteAnswered(let update, let message):
      bytes.put("chat.noteAnswered" as StaticString)
      bytes.put(update)
      bytes.put(message) { $0.put($1) }
    case .notePage(let order, let update, let message):
      bytes.put("chat.notePage" as StaticString)
      bytes.put(order)
      bytes.put(update)
      bytes.put(message)
    case .fail(let update, let reason):
      bytes.put("chat.fail" as StaticString)
      bytes.put(update)
      bytes.put(reason)
    case .failPage(let order, let update, let reason):
      bytes.put("chat.failPage" as StaticString)
      bytes.put(order)
      bytes.put(update)
      bytes.put(reason)
    case .switchOn(let bot):
      bytes.put("chat.switchOn" as StaticString)
      bytes.put(bot)
    case .switchOff: bytes.put("chat.switchOff" as StaticString)
    }
  }
}

extension ChatUpdate {
  /// What makes it the same update, however it came in.
  public func write(to bytes: inout CommandBytes) {
    bytes.put(number)
    bytes.put(user)
    bytes.put(text)
    bytes.put(query)
    bytes.put(message) { $0.put($1) }
    bytes.put(isPrivate)
  }
}
