import Engine
import Gateways
import Kernel

// Answering those who speak to the bot. What may come twice reads well twice: a button's answer
// changes the message that has the button.
extension Performer {
  func answerChat(_ heard: ChatEvent.Heard) async throws(GatewayFailure) -> JobOutcome {
    guard let telegram else { return Self.noBot }
    if let closed = heard.closed {
      try await telegram.letIn(heard.user.value, to: closed)
      return .report([.chat(.noteAnswered(heard.update, message: nil))])
    }
    if let form = heard.screen.form,
      heard.screen.kind == .formOpening || heard.screen.kind == .formSaving
    {
      return try await answerForm(heard, form, telegram)
    }
    let message = ChatMessage(heard, settings)
    if let query = heard.query {
      let url = try await donationLink(heard.screen, telegram)
      try await telegram.answer(query, message.popup, url: url)
    }
    guard !message.html.isEmpty else {
      return .report([.chat(.noteAnswered(heard.update, message: nil))])
    }
    let shown: Int
    do throws(GatewayFailure) {
      shown = try await show(message, to: heard, telegram)
    } catch .permanent(let why, code: .unreachable) {
      // Who has blocked the bot has had his answer.
      return .report([.chat(.fail(heard.update, reason: why))])
    }
    return .report([.chat(.noteAnswered(heard.update, message: shown))])
  }

  func showPage(
    _ heard: ChatEvent.Heard, _ page: OrderEvent.Invoiced?
  ) async throws(GatewayFailure) -> JobOutcome {
    guard let telegram, let order = heard.order else { return Self.noBot }
    let message = ChatMessage(heard, page: page?.url)
    do throws(GatewayFailure) {
      let shown = try await show(message, to: heard, telegram)
      return .report([.chat(.notePage(order, update: heard.update, message: shown))])
    } catch .permanent(let why, code: .unreachable) {
      return .report([.chat(.failPage(order, update: heard.update, reason: why))])
    }
  }

  func show(
    _ message: ChatMessage, to heard: ChatEvent.Heard, _ telegram: TelegramClient
  ) async throws(GatewayFailure) -> Int {
    let user = heard.user.value
    if let old = heard.message {
      guard shown.isNewest(heard.update, in: "\(user)/\(old)", at: clock()) else { return old }
      if try await telegram.change(old, in: user, to: message.html, buttons: message.buttons) {
        return old
      }
    }
    return try await telegram.send(message.html, to: user, buttons: message.buttons)
  }

  /// The way from a channel's donate button into the chat with the bot.
  private func donationLink(
    _ screen: ChatScreen, _ telegram: TelegramClient
  ) async throws(GatewayFailure) -> String? {
    guard screen.kind == .donationLink, let open = screen.open else { return nil }
    return try await link(DeepLink(open, .donation), telegram)
  }

  func link(
    _ link: DeepLink, _ telegram: TelegramClient
  ) async throws(GatewayFailure) -> String {
    let name: String
    if let known = botName.value {
      name = known
    } else {
      name = try await telegram.name()
      botName.value = name
    }
    return "https://t.me/\(name)?start=\(link.payload)"
  }
}
