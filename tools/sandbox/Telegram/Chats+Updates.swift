import JSON

/// What people said and pressed, until the bot has taken it (external-apis 3.2).
struct Inbox {
  struct Query {
    let user: Int
    let at: Int
    var answer: String?
  }

  private(set) var updates: [(id: Int, body: JSONValue)] = []
  var queries: [String: Query] = [:]
  /// Who has asked to join, by channel.
  var asking: [Int: Set<Int>] = [:]
  private var count = 0

  private mutating func put(_ kind: String, _ body: JSONValue) {
    count += 1
    let id = 1_000 + count
    updates.append((id, .object(["update_id": .integer(id), kind: body])))
  }

  fileprivate static func person(_ user: Int) -> JSONValue {
    .object(["id": .integer(user), "is_bot": .bool(false), "first_name": .string("U\(user)")])
  }

  fileprivate static func chat(_ chat: Int) -> JSONValue {
    .object(["id": .integer(chat), "type": .string(chat > 0 ? "private" : "channel")])
  }

  mutating func say(_ user: Int, _ text: String, at time: Int) {
    put(
      "message",
      .object([
        "message_id": .integer(1_000_000 + count), "from": Self.person(user),
        "chat": Self.chat(user), "date": .integer(time / 1_000), "text": .string(text),
      ]))
  }

  mutating func press(_ user: Int, _ data: String, below message: Int, in chat: Int, at time: Int)
    -> String
  {
    let query = "q\(count + 1)"
    queries[query] = Query(user: user, at: time)
    put(
      "callback_query",
      .object([
        "id": .string(query), "from": Self.person(user), "data": .string(data),
        "message": .object(["message_id": .integer(message), "chat": Self.chat(chat)]),
      ]))
    return query
  }

  mutating func ask(_ user: Int, _ chat: Int, at time: Int) {
    put(
      "chat_join_request",
      .object([
        "chat": Self.chat(chat), "from": Self.person(user), "user_chat_id": .integer(user),
        "date": .integer(time / 1_000),
      ]))
  }

  /// Forgets what is below an offset; true where there was something.
  mutating func forget(below offset: Int) -> Bool {
    let before = updates.count
    updates.removeAll { $0.id < offset }
    return updates.count < before
  }
}

extension Chats {
  /// How long a pressing waits for its answer, milliseconds.
  private static let queryMilliseconds = 15_000

  mutating func updates(_ body: JSONValue) -> Reply {
    let isChange = inbox.forget(below: body["offset"]?.integer ?? 0)
    let limit = min(max(body["limit"]?.integer ?? 100, 1), 100)
    return result(.array(inbox.updates.prefix(limit).map(\.body)), isChange: isChange)
  }

  mutating func answerQuery(_ body: JSONValue, at time: Int) -> Reply {
    guard let id = body["callback_query_id"]?.text, let query = inbox.queries[id],
      time - query.at <= Self.queryMilliseconds
    else {
      return refused(
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid")
    }
    guard body["text"]?.text?.count ?? 0 <= 200 else {
      return refused(400, "Bad Request: MESSAGE_TOO_LONG")
    }
    inbox.queries[id]?.answer = body["url"]?.text ?? body["text"]?.text ?? ""
    return result(.bool(true))
  }

  // MARK: Requests to join, and messages taken away

  mutating func ask(_ user: Int, _ chat: Int, at time: Int) {
    inbox.asking[chat, default: []].insert(user)
    inbox.ask(user, chat, at: time)
  }

  mutating func approve(_ body: JSONValue) -> Reply {
    guard let chat = body["chat_id"]?.integer, let user = body["user_id"]?.integer else {
      return refused(400, "Bad Request: chat not found")
    }
    guard !closed.contains(chat) else { return refused(400, "Bad Request: not enough rights") }
    guard inbox.asking[chat]?.remove(user) != nil else {
      return refused(400, "Bad Request: HIDE_REQUESTER_MISSING")
    }
    members[chat, default: [:]][user] = .some(nil)
    return result(.bool(true))
  }

  /// What somebody is in a channel; an administrator without having joined, too.
  func member(_ body: JSONValue) -> Reply {
    guard let chat = body["chat_id"]?.integer, let user = body["user_id"]?.integer else {
      return refused(400, "Bad Request: chat not found")
    }
    guard !closed.contains(chat) else {
      return refused(400, "Bad Request: member list is inaccessible")
    }
    let isOwner = administrators[chat]?.contains(user) ?? false
    let isThere = members[chat]?[user] != nil
    return result(
      .object([
        "status": .string(isOwner ? "administrator" : isThere ? "member" : "left"),
        "user": .object(["id": .integer(user), "is_bot": .bool(false)]),
      ]), isChange: false)
  }

  mutating func deleteMessage(_ body: JSONValue) -> Reply {
    guard
      let place = messages.firstIndex(where: {
        $0.id == body["message_id"]?.integer && $0.user == body["chat_id"]?.integer
          && !$0.isDeleted
      })
    else { return refused(400, "Bad Request: message to delete not found") }
    guard !closed.contains(messages[place].user) else {
      return refused(400, "Bad Request: not enough rights to delete a message")
    }
    messages[place].isDeleted = true
    return result(.bool(true))
  }

  /// Presses the button with a label, or with data, of the newest message that the user sees.
  mutating func press(_ user: Int, _ body: JSONValue, at time: Int) -> String? {
    let label = body["label"]?.text
    if let data = body["data"]?.text, label == nil {
      // A client of somebody's own sends what it likes.
      return inbox.press(user, data, below: 0, in: user, at: time)
    }
    for message in messages.reversed()
    where !message.isDeleted && (message.user == user || message.user < 0) {
      for button in message.buttons.flatMap({ $0.items ?? [] })
      where button["text"]?.text == label {
        // A post in the channel may have a link under the same words.
        guard let data = button["callback_data"]?.text else { continue }
        return inbox.press(user, data, below: message.id, in: message.user, at: time)
      }
    }
    return nil
  }

  /// What Telegram says against a keyboard; nil where it takes it.
  static func obstacle(toButtons rows: JSONValue?, isPrivate: Bool) -> String? {
    let buttons = rows?.items?.flatMap { $0.items ?? [] } ?? []
    guard buttons.count <= 100 else { return "reply markup is too long" }
    for button in buttons {
      guard let label = button["text"]?.text, !label.isEmpty else { return "BUTTON_TEXT_INVALID" }
      if let data = button["callback_data"]?.text {
        guard (1...64).contains(data.utf8.count) else { return "BUTTON_DATA_INVALID" }
      } else if button["web_app"]?["url"]?.text?.hasPrefix("http") ?? false {
        guard isPrivate else { return "BUTTON_TYPE_INVALID" }
      } else if !(button["url"]?.text?.hasPrefix("http") ?? false) {
        return "BUTTON_URL_INVALID"
      }
    }
    return nil
  }
}
