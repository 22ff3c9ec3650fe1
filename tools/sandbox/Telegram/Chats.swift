import JSON

/// Telegram as a bot sees it: who spoke to it, who is in which channel, links and messages.
///
/// The bot is an administrator of every channel until it is told otherwise. Calls are refused in
/// Telegram's own words (external-apis 3.3 to 3.5).
struct Chats {
  /// Calls of any kind that one second takes.
  static let callsMost = 30

  struct Message {
    let id: Int
    /// The chat's: a person's, or a channel's.
    let user: Int
    var text: String
    let at: Int
    /// Rows of buttons, as they were sent.
    var buttons: [JSONValue] = []
    /// How often it was changed.
    var changes = 0
    var isDeleted = false
  }

  struct Link {
    let chat: Int
    let name: String
    /// Milliseconds since 1970; nil for ever.
    let until: Int?
    let most: Int?
  }

  let rules: Rules
  var messages: [Message] = []
  private(set) var links: [(text: String, link: Link)] = []
  /// Members, each with the link that let him in.
  var members: [Int: [Int: String?]] = [:]
  private var banned: [Int: Set<Int>] = [:]
  var started: Set<Int> = []
  private var blocked: Set<Int> = []
  /// Channels that the bot has no rights in.
  private(set) var closed: Set<Int> = []
  /// What the bot hasn't taken yet, and the pressings that wait for an answer.
  var inbox = Inbox()
  private(set) var administrators: [Int: Set<Int>] = [:]
  /// Times of the last second's calls.
  private var recent: [Int] = []

  init(_ rules: Rules) { self.rules = rules }

  /// `{method, …}`: a call of the bot.
  mutating func call(_ body: JSONValue, at time: Int) -> Reply {
    if body["method"]?.text?.lowercased() == "getupdates" { return updates(body) }
    recent.removeAll { $0 <= time - 1_000 }
    guard recent.count < Self.callsMost else {
      return refused(429, "Too Many Requests: retry after 1", retryAfter: 1)
    }
    recent.append(time)
    switch body["method"]?.text?.lowercased() {
    case "getme":
      return result(
        .object([
          "id": .integer(1), "is_bot": .bool(true), "username": .string("weir_sandbox_bot"),
        ]), isChange: false)
    case "sendmessage": return sendMessage(body, at: time)
    case "editmessagetext": return editMessage(body)
    case "answercallbackquery": return answerQuery(body, at: time)
    case "deletewebhook": return result(.bool(true), isChange: false)
    case "deletemessage": return deleteMessage(body)
    case "approvechatjoinrequest": return approve(body)
    case "createchatinvitelink": return createLink(body, at: time)
    case "banchatmember": return ban(body)
    case "unbanchatmember": return unban(body)
    case "getchatmember": return member(body)
    default: return refused(404, "Not Found")
    }
  }

  private mutating func sendMessage(_ body: JSONValue, at time: Int) -> Reply {
    guard let user = body["chat_id"]?.integer else {
      return refused(400, "Bad Request: chat not found")
    }
    if let refusal = obstacle(toText: body) { return refusal }
    guard user < 0 || started.contains(user) else {
      return refused(403, "Forbidden: bot can't initiate conversation with a user")
    }
    guard !blocked.contains(user) else {
      return refused(403, "Forbidden: bot was blocked by the user")
    }
    guard !closed.contains(user) else {
      return refused(403, "Forbidden: bot is not a member of the channel chat")
    }
    var message = Message(
      id: messages.count + 1, user: user, text: body["text"]?.text ?? "", at: time)
    message.buttons = body["reply_markup"]?["inline_keyboard"]?.items ?? []
    messages.append(message)
    return result(
      .object(["message_id": .integer(messages.count), "date": .integer(time / 1_000)]))
  }

  private mutating func editMessage(_ body: JSONValue) -> Reply {
    if let refusal = obstacle(toText: body) { return refusal }
    guard
      let place = messages.firstIndex(where: {
        $0.id == body["message_id"]?.integer && $0.user == body["chat_id"]?.integer
          && !$0.isDeleted
      })
    else { return refused(400, "Bad Request: message to edit not found") }
    let buttons = body["reply_markup"]?["inline_keyboard"]?.items ?? []
    guard messages[place].text != body["text"]?.text || messages[place].buttons != buttons else {
      return refused(
        400, "Bad Request: message is not modified: specified new message content is the same")
    }
    messages[place].text = body["text"]?.text ?? ""
    messages[place].buttons = buttons
    messages[place].changes += 1
    return result(.object(["message_id": .integer(messages[place].id)]))
  }

  private func obstacle(toText body: JSONValue) -> Reply? {
    guard let text = body["text"]?.text, !text.isEmpty else {
      return refused(400, "Bad Request: message text is empty")
    }
    guard text.utf16.count <= 4_096 else { return refused(400, "Bad Request: message is too long") }
    guard body["parse_mode"]?.text != "HTML" || Self.isMarkup(text) else {
      return refused(400, "Bad Request: can't parse entities: unsupported start tag")
    }
    return Self.obstacle(
      toButtons: body["reply_markup"]?["inline_keyboard"],
      isPrivate: body["chat_id"]?.integer ?? 0 > 0
    ).map { refused(400, "Bad Request: \($0)") }
  }

  /// Bold and escaped signs are all that is known here.
  private static func isMarkup(_ text: String) -> Bool {
    var rest = text[...]
    while let sign = rest.firstIndex(where: { "<>&".contains($0) }) {
      let known = ["<b>", "</b>", "&amp;", "&lt;", "&gt;"].first { rest[sign...].hasPrefix($0) }
      guard let known else { return false }
      rest = rest[sign...].dropFirst(known.count)
    }
    return true
  }

  private mutating func createLink(_ body: JSONValue, at time: Int) -> Reply {
    guard let chat = body["chat_id"]?.integer, chat < 0 else {
      return refused(400, "Bad Request: chat not found")
    }
    guard !closed.contains(chat) else {
      return refused(400, "Bad Request: not enough rights to manage chat invite link")
    }
    let until = body["expire_date"]?.integer.map { $0 * 1_000 }
    let most = body["member_limit"]?.integer
    let name = body["name"]?.text ?? ""
    guard until ?? .max > time, (1...99_999).contains(most ?? 1), name.count <= 32 else {
      return refused(400, "Bad Request: invite link parameters are invalid")
    }
    let text = "https://t.me/+" + Made(seed: rules.seed).digits("link", links.count + 1, count: 22)
    links.append((text, Link(chat: chat, name: name, until: until, most: most)))
    return result(
      .object([
        "invite_link": .string(text), "name": .string(name),
        "creates_join_request": .bool(false), "is_primary": .bool(false),
        "is_revoked": .bool(false), "expire_date": .integer((until ?? 0) / 1_000),
        "member_limit": .integer(most ?? 0),
      ]))
  }

  private mutating func ban(_ body: JSONValue) -> Reply {
    guard let chat = body["chat_id"]?.integer, let user = body["user_id"]?.integer else {
      return refused(400, "Bad Request: user not found")
    }
    if let refusal = obstacle(chat, user) { return refusal }
    members[chat]?[user] = nil
    banned[chat, default: []].insert(user)
    return result(.bool(true))
  }

  private mutating func unban(_ body: JSONValue) -> Reply {
    guard let chat = body["chat_id"]?.integer, let user = body["user_id"]?.integer else {
      return refused(400, "Bad Request: user not found")
    }
    if let refusal = obstacle(chat, user) { return refusal }
    // Without the word it takes out whoever is there.
    if body["only_if_banned"]?.flag != true { members[chat]?[user] = nil }
    banned[chat]?.remove(user)
    return result(.bool(true))
  }

  private func obstacle(_ chat: Int, _ user: Int) -> Reply? {
    if closed.contains(chat) {
      return refused(400, "Bad Request: not enough rights to restrict/unrestrict chat member")
    }
    guard administrators[chat]?.contains(user) ?? false else { return nil }
    return refused(400, "Bad Request: user is an administrator of the chat")
  }

  // MARK: What people do

  /// `{user, do: start | block | unblock}`, `{user, do: say, text}`,
  /// `{user, do: press, label}` of the newest message that has such a button,
  /// `{user, do: join, link}`,
  /// `{user, do: ask | leave, chat}`,
  /// `{user, do: promote | demote, chat}`, `{chat, rights: true | false}` of the bot.
  mutating func act(_ body: JSONValue, at time: Int) -> Reply {
    if let chat = body["chat"]?.integer, let rights = body["rights"]?.flag {
      if rights { closed.remove(chat) } else { closed.insert(chat) }
      return Reply(.object(["chat": .integer(chat)]))
    }
    guard let user = body["user"]?.integer, let what = body["do"]?.text else {
      return .refused(400, problem("user and do are needed, or chat and rights"))
    }
    switch (what, body["chat"]?.integer) {
    case ("start", _): start(user)
    case ("say", _):
      let text = body["text"]?.text ?? ""
      if text.hasPrefix("/start") { start(user) }
      inbox.say(user, text, at: time)
    case ("ask", let chat?): ask(user, chat, at: time)
    case ("press", _):
      guard let query = press(user, body, at: time) else {
        return .refused(409, problem("there is no such button"))
      }
      return Reply(.object(["query": .string(query)]))
    case ("block", _): blocked.insert(user)
    case ("unblock", _): blocked.remove(user)
    case ("join", _): return join(user, by: body["link"]?.text ?? "", at: time)
    case ("leave", let chat?): members[chat]?[user] = nil
    case ("promote", let chat?): administrators[chat, default: []].insert(user)
    case ("demote", let chat?): administrators[chat]?.remove(user)
    default: return .refused(400, problem("that is nothing people do here"))
    }
    return Reply(.object(["user": .integer(user)]))
  }

  private mutating func start(_ user: Int) {
    started.insert(user)
    blocked.remove(user)
  }

  private mutating func join(_ user: Int, by text: String, at time: Int) -> Reply {
    guard let link = links.first(where: { $0.text == text })?.link else {
      return .refused(409, problem("there is no such link"))
    }
    let here = members[link.chat, default: [:]]
    // Those who left make room again, as they do at Telegram.
    let count = here.values.count { $0 == text }
    guard link.until ?? .max > time, count < link.most ?? .max,
      !(banned[link.chat]?.contains(user) ?? false)
    else { return .refused(409, problem("the link is over, used, or not for this one")) }
    if here[user] == nil { members[link.chat, default: [:]][user] = .some(text) }
    return Reply(.object(["chat": .integer(link.chat)]))
  }

  // MARK: Answers

  func result(_ value: JSONValue, isChange: Bool = true) -> Reply {
    Reply(.object(["ok": .bool(true), "result": value]), isChange: isChange)
  }

  func refused(_ status: Int, _ words: String, retryAfter: Int? = nil) -> Reply {
    var members = [
      JSONMember("ok", .bool(false)), JSONMember("error_code", .integer(status)),
      JSONMember("description", .string(words)),
    ]
    if let retryAfter {
      members.append(
        JSONMember("parameters", .object(["retry_after": .integer(retryAfter)])))
    }
    return .refused(status, .object(members))
  }

  /// What somebody was told, and where he is: of everybody where nobody is named.
  func shown(_ user: Int?) -> JSONValue {
    let told = messages.filter { !$0.isDeleted && (user == nil || $0.user == user) }
    let chats = members.sorted { $0.key < $1.key }.flatMap { chat, people in
      people.keys.sorted().filter { user == nil || $0 == user }.map { (chat, $0) }
    }
    return .object([
      "messages": .array(
        told.map {
          .object([
            "message_id": .integer($0.id), "user": .integer($0.user), "text": .string($0.text),
            "at": .string(isoTime($0.at)), "buttons": .array($0.buttons),
          ])
        }),
      "members": .array(
        chats.map { .object(["chat": .integer($0.0), "user": .integer($0.1)]) }),
      "links": .integer(links.count),
    ])
  }
}
