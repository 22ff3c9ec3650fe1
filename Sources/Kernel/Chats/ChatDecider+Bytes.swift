// What each command says, in the order of its values.

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
    case .switchOn(let bot, let alarms, let isPosting):
      bytes.put("chat.switchOn" as StaticString)
      bytes.put(bot)
      bytes.put(alarms)
      bytes.put(isPosting)
    case .switchOff: bytes.put("chat.switchOff" as StaticString)
    case .remind(let order, let end):
      bytes.put("chat.remind" as StaticString)
      bytes.put(order)
      bytes.put(end)
    case .raise(let position, let kind, let subject, let reason):
      bytes.put("chat.raise" as StaticString)
      bytes.put(Int(truncatingIfNeeded: position))
      bytes.put(kind)
      bytes.put(subject)
      bytes.put(reason)
    case .noteNotice(let notice, let message):
      bytes.put("chat.noteNotice" as StaticString)
      bytes.put(notice)
      bytes.put(message)
    case .failNotice(let notice, let reason):
      bytes.put("chat.failNotice" as StaticString)
      bytes.put(notice)
      bytes.put(reason)
    case .post, .notePosted, .failPost: writePost(to: &bytes)
    case .proveForm, .refuseForm, .saveForm: writeForm(to: &bytes)
    }
  }

  private func writePost(to bytes: inout CommandBytes) {
    switch self {
    case .post(let open, let place, let isByHand):
      bytes.put("chat.post" as StaticString)
      bytes.put(open)
      bytes.put(place)
      bytes.put(isByHand)
    case .notePosted(let open, let place, let number, let message):
      bytes.put("chat.notePosted" as StaticString)
      bytes.put(open)
      bytes.put(place)
      bytes.put(number)
      bytes.put(message)
    case .failPost(let open, let place, let number, let reason):
      bytes.put("chat.failPost" as StaticString)
      bytes.put(open)
      bytes.put(place)
      bytes.put(number)
      bytes.put(reason)
    case .hear, .noteAnswered, .notePage, .fail, .failPage, .switchOn, .switchOff, .remind, .raise,
      .noteNotice, .failNotice, .proveForm, .refuseForm, .saveForm:
      break
    }
  }

  private func writeForm(to bytes: inout CommandBytes) {
    switch self {
    case .proveForm(let user, let open, let update):
      bytes.put("chat.proveForm" as StaticString)
      bytes.put(user)
      bytes.put(open)
      bytes.put(update)
    case .refuseForm(let user, let open, let update):
      bytes.put("chat.refuseForm" as StaticString)
      bytes.put(user)
      bytes.put(open)
      bytes.put(update)
    case .saveForm(let user, let form, let update):
      bytes.put("chat.saveForm" as StaticString)
      bytes.put(user)
      bytes.put(form)
      bytes.put(update)
    case .hear, .noteAnswered, .notePage, .fail, .failPage, .switchOn, .switchOff, .remind, .raise,
      .noteNotice, .failNotice, .post, .notePosted, .failPost:
      break
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
    bytes.put(joins) { $0.put($1) }
  }
}
