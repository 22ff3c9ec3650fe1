import Gateways
import Kernel

/// What somebody reads, in Telegram's HTML, and the buttons below it; every word of an owner's is
/// escaped (P-79c).
struct ChatMessage {
  var html = ""
  var buttons = TelegramButtons.none
  /// Shown for a moment to who pressed a button.
  private(set) var popup = ""

  static let medals = ["🥇", "🥈", "🥉"]

  /// The answer to what somebody said.
  init(_ heard: ChatEvent.Heard, _ settings: PerformerSettings) {
    let screen = heard.screen
    switch screen.kind {
    case .menu: menu(settings)
    case .offer: offer(screen)
    case .chosen: chosen(screen)
    case .preparing: popup = "Your payment page is on its way."
    case .payment: payment(screen, screen.url ?? "")
    case .cancelled:
      html = "Nothing is chosen any more. A channel's own buttons lead back here."
    case .donation: donation(screen)
    case .donationLink, .joining: popup = ""
    case .waiting: waiting(screen, of: heard.user.value)
    case .channelUnknown:
      html = "Nothing is sold under this link any more. Please use a button in the channel."
    case .nothingChosen:
      html = "Please choose first: press one of the buttons in the channel you want to join."
    case .notUnderstood:
      html = "Sorry, I don't understand that. /start shows what I can do."
    case .formAsk, .formOffer, .form: self = ChatMessage(form: screen)
    case .formOpening, .formSaving: html = ""
    case .formClosed: html = "Nothing was saved; your channel is as it was."
    case .buttonUnknown: popup = "This button is of no use any more. /start shows what I can do."
    }
  }

  /// The page to pay on, once it is made; nil where there will be none.
  init(_ heard: ChatEvent.Heard, page: String?) {
    guard let page else {
      html = "The payment page could not be made. Nothing was charged; please try again later."
      buttons = TelegramButtons([[Self.again(heard.screen)].compactMap { $0 }])
      return
    }
    payment(heard.screen, page)
  }

  private static func again(_ screen: ChatScreen) -> TelegramButtons.Button? {
    guard let open = screen.open, let tier = screen.tier else { return nil }
    return TelegramButtons.Button("Try again", .data("TRIGGER_PAYMENT|\(open)|\(tier)"))
  }

  private static let cancel = TelegramButtons.Button("Cancel", .data("CMD_CANCEL"))

  private mutating func menu(_ settings: PerformerSettings) {
    html = "<b>Welcome.</b> What would you like to do?"
    var rows = [
      [TelegramButtons.Button("DATABASE", .data("CMD_DATABASE"))],
      [TelegramButtons.Button("PAYMENT GATEWAY", .data("CMD_GATEWAY"))],
      [TelegramButtons.Button("MY PAYOUTS", .data("CMD_WHY"))],
    ]
    if let url = settings.registerURL {
      rows.append([TelegramButtons.Button("REGISTER", .url(url))])
    }
    buttons = TelegramButtons(rows)
  }

  private static func face(_ screen: ChatScreen) -> String {
    let title = "<b>\(TelegramText.escaped(screen.title ?? "Premium Channel"))</b>"
    return [title, screen.about.map(TelegramText.escaped)].compactMap { $0 }
      .joined(separator: "\n")
  }

  static func terms(_ tier: Tier) -> String {
    "$\(tier.price.shortText) for \(tier.days) days"
  }

  private mutating func offer(_ screen: ChatScreen) {
    html = Self.face(screen) + "\n\nPlease choose:"
    guard let open = screen.open else { return }
    buttons = TelegramButtons(
      screen.tiers.enumerated().map { place, tier in
        let label = "\(Self.medals[min(place, 2)]) \(Self.terms(tier))"
        return [TelegramButtons.Button(label, .data("CHOOSE|\(open)|\(place + 1)"))]
      })
  }

  private mutating func chosen(_ screen: ChatScreen) {
    guard let open = screen.open, let number = screen.tier else { return offer(screen) }
    html = Self.face(screen) + "\n\n" + Self.price(screen)
    buttons = TelegramButtons([
      [
        TelegramButtons.Button("Launch Payment Gateway", .data("TRIGGER_PAYMENT|\(open)|\(number)"))
      ],
      [Self.cancel],
    ])
  }

  private static func price(_ screen: ChatScreen) -> String {
    guard let number = screen.tier, screen.tiers.indices.contains(number - 1) else {
      return screen.typed.map { "A donation of $\($0)" } ?? ""
    }
    return "\(medals[min(number - 1, 2)]) \(terms(screen.tiers[number - 1]))"
  }

  private mutating func payment(_ screen: ChatScreen, _ url: String) {
    let after =
      screen.tier == nil
      ? "Thank you! The channel's owner is told when it has arrived."
      : "Your invitation link comes here shortly after the payment is confirmed."
    html = """
      <b>\(TelegramText.escaped(screen.title ?? "Premium Channel"))</b>
      \(Self.price(screen))

      Pay on the page below, in any coin. \(after)
      """
    buttons = TelegramButtons([
      [TelegramButtons.Button("Open the payment page", .page(url))], [Self.cancel],
    ])
  }

  private mutating func donation(_ screen: ChatScreen) {
    guard let open = screen.open else { return }
    let typed = screen.typed ?? ""
    popup = screen.lines.first ?? ""
    html = """
      \(Self.face(screen))

      Your donation, from 4.99 to 9999.99 USD:
      <b>$\(typed.isEmpty ? "0" : typed)</b>
      """
    func key(_ label: String, _ name: String) -> TelegramButtons.Button {
      TelegramButtons.Button(label, .data("donate|\(open)|\(typed)|\(name)"))
    }
    let digits = [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"]].map { $0.map { key($0, $0) } }
    buttons = TelegramButtons(
      digits + [
        [key(".", "."), key("0", "0"), key("⌫", "backspace")], [key("Clear", "clear")],
        [key("Confirm", "confirm"), key("Cancel", "cancel")],
      ])
  }

  private mutating func waiting(_ screen: ChatScreen, of user: String) {
    guard !screen.lines.isEmpty else {
      html = """
        No channel tells its payments to you. In your channel's settings on our web site, enter \
        \(user) as the Telegram user who is told.
        """
      return
    }
    html = screen.lines.map(TelegramText.escaped).joined(separator: "\n")
  }
}
