import Engine
import Gateways
import HTTP
import JSON
import Kernel

// POST /webhooks/telegram: an update, with the secret that Telegram was given for it. What isn't
// answered with 2xx comes again.

extension Call {
  func takeUpdate() {
    let secrets = parts.configuration.telegram.webhookSecrets
    guard !secrets.isEmpty, let bot = parts.configuration.telegram.bot else {
      return refuse(.notFound)
    }
    let given = request.headers.only("x-telegram-bot-api-secret-token") ?? ""
    guard
      secrets.contains(where: { Cipher.isEqual(Array(given.utf8), Array($0.reveal().utf8)) })
    else {
      parts.logger.warning("update_refused", ["from": .text(request.remoteAddress)])
      return refuse(.signatureInvalid)
    }
    guard let value = try? JSONValue.parse(request.body), let update = TelegramUpdate(value) else {
      parts.logger.warning("update_malformed", ["bytes": .integer(request.body.count)])
      return send(200, .object(["status": .string("malformed")]))
    }
    guard parts.chatLimits?.hears(update, at: parts.clock()) ?? true else {
      return send(200, .object(["status": .string("too_much")]))
    }
    if let door = parts.door {
      guard let kept = BotIntake.kept(update, request.body) else {
        return send(200, .object(["status": .string("ignored")]))
      }
      return keep(.telegram, kept, signature: nil, in: door)
    }
    let order = OrderID(environment: parts.configuration.environment, token: Token.fresh())
    guard
      let submission = BotIntake.submission(
        update, bot: bot, order: order, fee: parts.configuration.policy.fee,
        links: { parts.accounts?.tokens.readTelegramLink($0, at: parts.clock()) })
    else { return send(200, .object(["status": .string("ignored")])) }
    parts.gate.submit(submission) { answer in
      guard BotIntake.isTaken(answer, update, parts.logger) else { return refuse(.stopping) }
      send(200, .object(["status": .string("taken")]))
    }
  }
}
