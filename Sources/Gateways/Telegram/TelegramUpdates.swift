public import JSON
public import Kernel

/// One update as it came.
public struct TelegramUpdate: Hashable, Sendable {
  /// Telegram's `update_id`.
  public let number: Int
  /// What the bot has ears for; nil for anything else.
  public let said: ChatUpdate?

  public init(_ said: ChatUpdate) {
    number = said.number
    self.said = said
  }

  /// Nil for what is no update at all.
  public init?(_ value: JSONValue) {
    guard let number = value["update_id"]?.integer, number >= 0 else { return nil }
    self.number = number
    if let message = value["message"] {
      said = Self.message(message, number)
    } else if let pressed = value["callback_query"] {
      said = Self.pressed(pressed, number)
    } else if let asked = value["chat_join_request"] {
      said = Self.asked(asked, number)
    } else {
      said = nil
    }
  }

  /// Words to the bot alone; what is said where others are isn't meant for it.
  private static func message(_ message: JSONValue, _ number: Int) -> ChatUpdate? {
    guard message["chat"]?["type"]?.text == "private", let user = user(message["from"]),
      message["chat"]?["id"]?.number == user.text
    else { return nil }
    let text = message["text"]?.text ?? ""
    return ChatUpdate(number: number, user: user, text: String(text.prefix(Limits.saidMost)))
  }

  private static func pressed(_ pressed: JSONValue, _ number: Int) -> ChatUpdate? {
    guard let user = user(pressed["from"]), let query = pressed["id"]?.text, !query.isEmpty,
      query.utf8.count <= 100
    else { return nil }
    let chat = pressed["message"]?["chat"]
    let isPrivate = chat?["type"]?.text == "private" && chat?["id"]?.number == user.text
    return ChatUpdate(
      number: number, user: user, text: String((pressed["data"]?.text ?? "").prefix(64)),
      query: query, message: isPrivate ? pressed["message"]?["message_id"]?.integer : nil,
      isPrivate: isPrivate)
  }

  /// Somebody asks to be let into a channel.
  private static func asked(_ asked: JSONValue, _ number: Int) -> ChatUpdate? {
    guard let user = user(asked["from"]),
      let chat = asked["chat"]?["id"]?.number.flatMap(ClosedChannelID.init(text:))
    else { return nil }
    return ChatUpdate(number: number, user: user, text: "", isPrivate: false, joins: chat)
  }

  /// A person; bots don't buy.
  private static func user(_ from: JSONValue?) -> UserID? {
    guard from?["is_bot"]?.flag != true else { return nil }
    return from?["id"]?.number.flatMap(UserID.init(text:))
  }
}

// Updates by long polling, or where Telegram is to bring them.
extension TelegramClient {
  private static let kinds = JSONValue.array(
    ["message", "callback_query", "my_chat_member", "chat_member", "chat_join_request"]
      .map { .string($0) })

  /// Waits for updates from a number on; those below it are forgotten over there.
  ///
  /// - Parameter offset: Nil for all that weren't forgotten yet.
  public func updates(
    from offset: Int?, waitingSeconds seconds: Int
  ) async throws(GatewayFailure) -> [TelegramUpdate] {
    var members = [
      JSONMember("limit", .integer(100)), JSONMember("timeout", .integer(seconds)),
      JSONMember("allowed_updates", Self.kinds),
    ]
    if let offset { members.append(JSONMember("offset", .integer(offset))) }
    let answer = try await call(
      "getUpdates", members, milliseconds: (seconds + 10) * 1_000)
    guard let items = answer.items else { throw .unknown("updates that are no list") }
    return items.compactMap { TelegramUpdate($0) }
  }

  /// Has updates brought to an address, each with the secret in its header.
  public func bringUpdates(to url: String, secret: String) async throws(GatewayFailure) {
    _ = try await call(
      "setWebhook",
      [
        JSONMember("url", .string(url)), JSONMember("secret_token", .string(secret)),
        JSONMember("allowed_updates", Self.kinds),
      ])
  }

  /// Has them brought no more, so that they may be asked for; none is lost.
  public func fetchUpdates() async throws(GatewayFailure) {
    _ = try await call("deleteWebhook", [])
  }
}
