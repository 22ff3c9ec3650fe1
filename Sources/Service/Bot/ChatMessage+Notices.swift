import Gateways
import Kernel

// What people read that they didn't ask for; a repeat reads well.
extension ChatMessage {
  init(_ notice: ChatEvent.NoticeRequested) {
    let title = TelegramText.escaped(notice.title)
    let lines = notice.lines.map(TelegramText.escaped)
    switch notice.kind {
    case .payment:
      html = (["<b>New payment: \(title)</b>"] + lines).joined(separator: "\n")
    case .reminder:
      let end = notice.lines.first.map { "\($0.prefix(10)) \($0.dropFirst(11).prefix(5)) UTC" }
      html = """
        Your time in <b>\(title)</b> runs out on \(TelegramText.escaped(end ?? "")). \
        Whoever renews before keeps what is left.
        """
      if let open = notice.open {
        let data = "CHOOSE|\(open)|\(notice.tier ?? 1)"
        buttons = TelegramButtons([[TelegramButtons.Button("Renew", .data(data))]])
      }
    case .posting:
      html = """
        <b>Nothing is posted in \(title) any more</b>
        It failed five times: \(lines.joined(separator: " "))
        Is the bot an administrator there that may post and delete messages?
        """
    case .wallet:
      html = """
        <b>Another wallet for \(title)</b>
        \(lines.joined(separator: "\n"))
        If you didn't ask for it, sign in on our web site, cancel it there and set a new password.
        """
    case .form, .liabilities: html = (["<b>\(title)</b>"] + lines).joined(separator: "\n")
    case .alarm:
      html = (["<b>Alarm: \(title)</b>"] + lines).joined(separator: "\n")
    }
  }

  /// What stands in a channel (domain 6.3, 4.10); a link for each tier.
  init(post e: ChatEvent.PostRequested, links: [String]) {
    let title = TelegramText.escaped(e.screen.title ?? "")
    let about = TelegramText.escaped(e.screen.about ?? "")
    guard e.place == .open else {
      html = about
      let data = "donate_start_\(e.open)"
      buttons = TelegramButtons([[TelegramButtons.Button("Donate", .data(data))]])
      return
    }
    let face = e.screen.lines.map(TelegramText.escaped).joined(separator: ": ")
    html = """
      Hello, welcome to <b>\(face)</b>

      Choose your access to <b>\(title): \(about)</b>
      """
    buttons = TelegramButtons(
      zip(e.screen.tiers, links).enumerated().map { place, offer in
        let label = "\(Self.medals[min(place, 2)]) \(Self.terms(offer.0))"
        return [TelegramButtons.Button(label, .url(offer.1))]
      })
  }
}
