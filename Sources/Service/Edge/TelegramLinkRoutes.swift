import Engine
import HTTP
import JSON
import Kernel

// POST and DELETE /api/account/telegram: who in Telegram may do what the account's owner may.

extension Call {
  func makeTelegramLink() {
    guard let (desk, caller) = signedIn(), let body = object() else { return }
    var fields = FieldReader(body)
    let password = fields.password("password", isNew: false)
    if let problem = fields.problem() { return refuse(problem) }
    guard let password, mayAsk(.token, "telegram|\(caller.account.id)") else { return }
    guard parts.configuration.telegram.isOn else {
      return refuse(.notFound, "there is no bot here")
    }
    checkPassword(password, "password", caller, desk) {
      let now = parts.clock()
      send(
        200,
        .object([
          "say": .string(desk.tokens.telegramLink(caller.account.id, at: now)),
          "expires": .string(now.adding(seconds: Tokens.linkSeconds).text),
        ]))
    }
  }

  func unlinkTelegram() {
    guard let (desk, caller) = signedIn(), isEmptyBody() else { return }
    submit(.unlinkTelegram(caller.account.id), desk) { position in
      succeed("Nobody in Telegram is the account's owner", position: position)
    }
  }
}
