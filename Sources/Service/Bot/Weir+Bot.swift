import Dispatch
import Engine
import Gateways
import JSON
import Kernel
import Log
import Synchronization

// The bot: whether it lets people in is a fact; what people say comes in by long polling, or where
// a webhook's secret is configured, by `POST /webhooks/telegram`.
extension Weir {
  /// Seconds one asking for updates waits at Telegram.
  private static let pollSeconds = 25

  /// Says whether a bot lets people in from here on, before anything follows from payments.
  func switchBot() {
    let done = DispatchSemaphore(value: 0)
    let telegram = configuration.telegram
    let command: ChatCommand =
      telegram.bot.map {
        .switchOn(bot: $0, alarms: telegram.alarmChat, isPosting: telegram.isPosting)
      } ?? .switchOff
    loop.submit(
      Submission(of: .composed("chat", "switch", Token.fresh()), .chat(command))
    ) { _ in done.signal() }
    done.wait()
    guard configuration.telegram.isOn else {
      return logger.warning(
        "access_off",
        ["meaning": "no telegram_bot_token: nobody is let into channels, or removed from them"])
    }
  }

  /// Takes updates in until the service stops; each is a fact before the next ones are asked for.
  func listen() async {
    guard let telegram = performer.telegram, let bot = configuration.telegram.bot else { return }
    if let secret = configuration.telegram.webhookSecret, let url = configuration.publicURL {
      return await bringUpdates(telegram, to: url + "/webhooks/telegram", secret.reveal())
    }
    // Only what is known to be taken in is forgotten over there; without an offset Telegram gives
    // all the rest, also where its numbers have begun anew.
    var offset: Int?
    while !isStopping.withLock({ $0 }) {
      do throws(GatewayFailure) {
        let began = ContinuousClock.now
        let updates = try await telegram.updates(from: offset, waitingSeconds: Self.pollSeconds)
        offset = nil
        for update in updates {
          guard await heard(update, bot) else { break }
          offset = update.number + 1
        }
        // Who is told at once that there is nothing isn't asked without a rest.
        if offset == nil, began.duration(to: .now) < .seconds(1) { await rest(0.3) }
      } catch {
        if case .permanent(_, code: .notAvailable) = error {
          // Somebody had them brought: that ends here.
          try? await telegram.fetchUpdates()
        }
        logger.warning("updates_unreachable", ["why": .text("\(error)")])
        await rest(5)
      }
    }
  }

  private func bringUpdates(
    _ telegram: TelegramClient, to url: String, _ secret: String
  ) async {
    while !isStopping.withLock({ $0 }) {
      do throws(GatewayFailure) {
        return try await telegram.bringUpdates(to: url, secret: secret)
      } catch {
        logger.warning("updates_unreachable", ["why": .text("\(error)")])
        await rest(10)
      }
    }
  }

  func rest(_ seconds: Double) async {
    for _ in 0..<Int(seconds * 10) where !isStopping.withLock({ $0 }) {
      try? await Task.sleep(for: .milliseconds(100))
    }
  }

  /// Who reads the links of accounts; nil where nobody signs in.
  private var links: Tokens? {
    configuration.accountKeys.isEmpty ? nil : Tokens(keys: configuration.accountKeys)
  }

  /// False where it is to come once more.
  private func heard(_ update: TelegramUpdate, _ bot: String) async -> Bool {
    guard chatLimits.hears(update, at: Self.clock()) else { return true }
    let order = OrderID(environment: configuration.environment, token: Token.fresh())
    guard
      let submission = BotIntake.submission(
        update, bot: bot, order: order, fee: configuration.policy.fee,
        links: { [links] in links?.readTelegramLink($0, at: Self.clock()) })
    else { return true }
    let answer = await withCheckedContinuation { continuation in
      submit(submission) { continuation.resume(returning: $0) }
    }
    return BotIntake.isTaken(answer, update, logger)
  }
}

/// What becomes of an update, however it came.
enum BotIntake {
  /// Nil for what the bot has no ears for.
  ///
  /// Telegram's number is the update's identity for ever; a bot's numbers begin anew with another
  /// bot.
  ///
  /// - Parameter links: The account whose link was opened by these words; nil for other words.
  static func submission(
    _ update: TelegramUpdate, bot: String, order: OrderID, fee: BasisPoints,
    links: (String) -> AccountLink? = { _ in nil }
  ) -> Submission? {
    guard var said = update.said else { return nil }
    if said.query == nil, let link = links(said.text) {
      said = ChatUpdate(number: said.number, user: said.user, text: "", links: link)
    }
    // Whoever pastes his private key into the chat: it goes no further.
    if said.query == nil, WalletText.looksLikePrivateKey(said.text.trimmed) {
      said = ChatUpdate(number: said.number, user: said.user, text: "", isPrivate: said.isPrivate)
    }
    var bytes = CommandBytes()
    said.write(to: &bytes)
    return Submission(
      id: .composed("telegram", bot, String(update.number)),
      digest: SHA256.digest(of: bytes.bytes),
      command: .chat(.hear(said, order: order, fee: fee)), actor: "telegram")
  }

  /// What of an update may be written down for the node that takes it; nil for what the bot has no
  /// ears for.
  static func kept(_ update: TelegramUpdate, _ body: [UInt8]) -> [UInt8]? {
    guard let said = update.said else { return nil }
    guard said.query == nil, WalletText.looksLikePrivateKey(said.text.trimmed) else { return body }
    let user = JSONValue.object(["id": .number(said.user.text)])
    return JSONValue.object([
      "update_id": .integer(update.number),
      "message": .object([
        "from": user, "text": .string(""),
        "chat": .object(["id": .number(said.user.text), "type": .string("private")]),
      ]),
    ]).written(.asIs)
  }

  /// False where it is to come once more; whatever no repetition can change is taken.
  static func isTaken(_ answer: Answer, _ update: TelegramUpdate, _ logger: Logger) -> Bool {
    switch answer {
    case .accepted, .replayed, .ignored: return true
    case .stopping, .full: return false
    case .refused, .keyReused:
      logger.warning(
        "update_not_taken",
        ["update": .integer(update.number), "why": .text("\(answer)")])
      return true
    }
  }
}
