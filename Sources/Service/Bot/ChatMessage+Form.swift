import Gateways
import Kernel

// The owner's form (domain 6.5): inline, a page for each part, every word escaped.
extension ChatMessage {
  /// What is shown of a form, and who isn't an administrator is told so.
  init(form screen: ChatScreen, refusal: String? = nil) {
    if let refusal {
      html = TelegramText.escaped(refusal)
      return
    }
    guard let form = screen.form else { return }
    let notes = screen.lines.map { "⚠️ " + TelegramText.escaped($0) }
    guard let open = form.open else {
      html = (notes + ["Which channel? Send the id of the open channel, such as -1001234567890."])
        .joined(separator: "\n")
      return
    }
    guard screen.kind != .formOffer else {
      html = "<b>\(open)</b> isn't registered. Is it to be?"
      buttons = TelegramButtons([
        [Self.button("Register it", .create, open), Self.button("Cancel", .cancel, open)]
      ])
      return
    }
    let prompt = form.typing.map { ["", Self.prompt($0, form.tier)] } ?? []
    html = (Self.lines(form) + (notes.isEmpty ? [] : [""] + notes) + prompt)
      .joined(separator: "\n")
    buttons = TelegramButtons(Self.rows(form, open))
  }

  private static func button(
    _ label: String, _ button: FormButton, _ open: OpenChannelID
  ) -> TelegramButtons.Button {
    TelegramButtons.Button(label, .data(button.data(open)))
  }

  private static func lines(_ form: ChatForm) -> [String] {
    func shown(_ name: String, _ text: String) -> String {
      "\(name): " + (text.isEmpty ? "–" : TelegramText.escaped(text))
    }
    let id = "<b>Channel \(form.open?.text ?? "")</b>" + (form.isNew ? " (new)" : "")
    switch form.page {
    case .main:
      return [
        id, shown("Open channel", form.openTitle), shown("Paid channel", form.closedTitle),
        "Tiers: " + form.tiers.map { $0.isOn ? "✅" : "❌" }.joined(separator: " "),
        shown("Paid out in", payout(form)), "", "Nothing counts before it is saved.",
      ]
    case .open:
      return [id, shown("Title", form.openTitle), shown("Description", form.openAbout)]
    case .closed:
      return [
        id, shown("Paid channel", form.closedID), shown("Title", form.closedTitle),
        shown("Description", form.closedAbout),
      ]
    case .tiers:
      return [id]
        + form.tiers.enumerated().map { place, tier in
          let mark = tier.isOn ? "✅" : "❌"
          let price = tier.price.isEmpty ? "–" : "$\(TelegramText.escaped(tier.price))"
          let days = tier.days.isEmpty ? "–" : TelegramText.escaped(tier.days)
          return "\(medals[min(place, 2)]) \(mark) \(price) for \(days) days"
        }
    case .wallet:
      return [
        id, shown("Wallet", form.wallet), shown("Coin", form.currency),
        shown("Network", form.network),
        shown("Threshold in USD", form.threshold.isEmpty ? "none, at once" : form.threshold),
        "", "Another wallet counts 48 hours after it was saved.",
      ]
    }
  }

  private static func payout(_ form: ChatForm) -> String {
    form.currency.isEmpty ? "" : "\(form.currency) on \(form.network)"
  }

  private static func prompt(_ field: ChatForm.Field, _ tier: Int?) -> String {
    let what =
      switch field {
      case .channel: "the open channel's id"
      case .openTitle: "the open channel's title"
      case .openAbout: "the open channel's description"
      case .closedID: "the paid channel's id"
      case .closedTitle: "the paid channel's title"
      case .closedAbout: "the paid channel's description"
      case .price: "the price of tier \(tier ?? 1) in US dollars"
      case .days: "the days of access of tier \(tier ?? 1)"
      case .wallet: "your wallet's public address, never a private key"
      case .currency: "the coin, such as ETH or USDT"
      case .network: "the network, such as ETH"
      case .threshold: "the least sum of a payout in US dollars, or 0 for each payment at once"
      }
    return "Please send \(what)."
  }

  private static func rows(
    _ form: ChatForm, _ open: OpenChannelID
  ) -> [[TelegramButtons.Button]] {
    func row(_ buttons: (String, FormButton)...) -> [TelegramButtons.Button] {
      buttons.map { button($0.0, $0.1, open) }
    }
    let back = row(("Back", .back))
    switch form.page {
    case .main:
      return [
        row(("Open channel", .openPage), ("Paid channel", .closedPage)),
        row(("Payment tiers", .tiersPage), ("Wallet", .walletPage)),
        row(("Save all", .save), ("Cancel", .cancel)),
      ]
    case .open: return [row(("Title", .openTitle), ("Description", .openAbout)), back]
    case .closed:
      let names = row(("Title", .closedTitle), ("Description", .closedAbout))
      return (form.isNew ? [row(("Channel id", .closedID))] : []) + [names, back]
    case .tiers:
      let toggles: [FormButton] = [.toggle1, .toggle2, .toggle3]
      let edits: [FormButton] = [.tier1, .tier2, .tier3]
      return form.tiers.indices.prefix(3).map { place in
        let isOn = form.tiers[place].isOn
        return row(
          ("\(medals[place]) \(isOn ? "✅ Disable" : "❌ Enable")", toggles[place]),
          ("Edit tier \(place + 1)", edits[place]))
      } + [back]
    case .wallet:
      return [
        row(("Address", .wallet)), row(("Coin", .currency), ("Network", .network)),
        row(("Threshold", .threshold)), back,
      ]
    }
  }
}
