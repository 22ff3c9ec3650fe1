import Engine
import Gateways
import JSON
import Kernel

// The owner's form: Telegram is asked whose the channel is before anything is shown, and again
// before anything is saved; what was entered is read by the rules of every registration.
extension Performer {
  func answerForm(
    _ heard: ChatEvent.Heard, _ form: ChatForm, _ telegram: TelegramClient
  ) async throws(GatewayFailure) -> JobOutcome {
    do throws(GatewayFailure) {
      let commands =
        heard.screen.kind == .formSaving
        ? try await saveForm(heard, form, telegram) : try await openForm(heard, form, telegram)
      return .report(commands.map { .chat($0) })
    } catch .permanent(let why, code: .unreachable) {
      return .report([.chat(.fail(heard.update, reason: why))])
    }
  }

  private func openForm(
    _ heard: ChatEvent.Heard, _ form: ChatForm, _ telegram: TelegramClient
  ) async throws(GatewayFailure) -> [ChatCommand] {
    guard let open = form.open, let user = UserID(text: heard.user.value) else { return [] }
    let isOwner = try await telegram.isAdministrator(user, of: open.text)
    if let query = heard.query { try await telegram.answer(query) }
    let refusal = isOwner ? nil : Self.notOwner(open.text)
    let message = ChatMessage(form: heard.screen, refusal: refusal)
    let shown = try await show(message, to: heard, telegram)
    return [
      isOwner
        ? .proveForm(user, open, update: heard.update)
        : .refuseForm(user, open, update: heard.update),
      .noteAnswered(heard.update, message: shown),
    ]
  }

  private func saveForm(
    _ heard: ChatEvent.Heard, _ form: ChatForm, _ telegram: TelegramClient
  ) async throws(GatewayFailure) -> [ChatCommand] {
    guard let open = form.open, let user = UserID(text: heard.user.value) else { return [] }
    if let query = heard.query { try await telegram.answer(query, "It is being saved.") }
    guard try await telegram.isAdministrator(user, of: open.text) else {
      let message = ChatMessage(form: heard.screen, refusal: Self.notOwner(open.text))
      let shown = try await show(message, to: heard, telegram)
      return [
        .refuseForm(user, open, update: heard.update),
        .noteAnswered(heard.update, message: shown),
      ]
    }
    var fields = FieldReader(.object(form.members))
    let registration = fields.registration()
    var problems = fields.errors.map { "\($0.field) \($0.problem)" }
    if problems.isEmpty, let registration, form.isNew,
      !(try await telegram.isAdministrator(user, of: registration.closed.id.text))
    {
      problems.append(Self.notOwner(registration.closed.id.text))
    }
    guard problems.isEmpty, let registration else {
      let message = ChatMessage(form: heard.screen.noting(problems))
      let shown = try await show(message, to: heard, telegram)
      return [.noteAnswered(heard.update, message: shown)]
    }
    return [
      .saveForm(user, registration, update: heard.update),
      .noteAnswered(heard.update, message: nil),
    ]
  }

  private static func notOwner(_ chat: String) -> String {
    """
    Telegram says that you are no administrator of \(chat), or that the bot is none. Both must be, \
    and then begin again: /database
    """
  }
}

extension ChatForm {
  /// The fields of a registration, as a page would send them.
  var members: [JSONMember] {
    func text(_ name: String, _ text: String) -> JSONMember { JSONMember(name, .string(text)) }
    let sold = tiers.filter(\.isOn)
    var members = [
      text("open_channel_id", open?.text ?? ""), text("open_channel_title", openTitle),
      text("open_channel_description", openAbout), text("closed_channel_id", closedID),
      text("closed_channel_title", closedTitle), text("closed_channel_description", closedAbout),
      JSONMember("tier_count", .integer(sold.count)),
    ]
    for (place, tier) in sold.enumerated() {
      members.append(text("sub_\(place + 1)_price", tier.price))
      members.append(text("sub_\(place + 1)_time", tier.days))
    }
    members += [
      text("client_wallet_address", wallet), text("client_payout_currency", currency),
      text("client_payout_network", network),
      text("payout_strategy", threshold.isEmpty ? "instant" : "threshold"),
    ]
    if !threshold.isEmpty { members.append(text("payout_threshold_usd", threshold)) }
    return members
  }
}
