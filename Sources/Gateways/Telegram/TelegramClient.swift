public import HTTP
import JSON
public import Kernel

/// Telegram's Bot API: links into a paid channel, messages to subscribers, and their removal.
///
/// Every call may be made again: another link does no harm while nobody was told of the first, a
/// message reads well twice, and nobody is removed twice. The token stands in every address and
/// never in a failure.
public struct TelegramClient: Sendable {
  private let http: any HTTPCaller
  private let root: String
  private let token: String
  private let note: @Sendable (String, String?, GatewayFailure?) -> Void

  /// - Parameters:
  ///   - url: The service's address, without a path.
  ///   - note: Told of each call: its method, the chat it names, and why it failed, if it did.
  public init(
    url: String, token: String, http: any HTTPCaller,
    note: @escaping @Sendable (String, String?, GatewayFailure?) -> Void = { _, _, _ in }
  ) {
    self.http = http
    self.token = token
    self.note = note
    root = (url.hasSuffix("/") ? String(url.dropLast()) : url) + "/bot" + token
  }

  /// Makes a link for one person into a channel that the bot is an administrator of.
  ///
  /// Each call makes another one, and one whose answer is lost can't be found again. `name` is at
  /// most 32 characters, for the channel's administrators.
  public func createInviteLink(
    to chat: ClosedChannelID, name: String, validUntil: Instant
  ) async throws(GatewayFailure) -> String {
    let answer = try await call(
      "createChatInviteLink",
      [
        JSONMember("chat_id", .number(chat.text)), JSONMember("name", .string(name)),
        JSONMember("expire_date", .number(String(validUntil.microseconds / 1_000_000))),
        JSONMember("member_limit", .integer(1)),
      ])
    guard let link = answer["invite_link"]?.text, link.hasPrefix("https://"), link.count <= 200
    else { throw .unknown("a link that is none") }
    return link
  }

  /// Takes somebody out of a channel and lets him join again by another link: ban, then unban.
  ///
  /// Whoever isn't there any more is out already.
  public func remove(
    _ user: String, from chat: ClosedChannelID
  ) async throws(GatewayFailure) {
    let who = [JSONMember("chat_id", .number(chat.text)), JSONMember("user_id", .number(user))]
    do throws(GatewayFailure) {
      _ = try await call("banChatMember", who)
    } catch .permanent(_, code: .notFound) { return }
    do throws(GatewayFailure) {
      _ = try await call("unbanChatMember", who + [JSONMember("only_if_banned", .bool(true))])
    } catch .permanent(_, code: .notFound) { return }
  }

  /// Sends a message in Telegram's HTML, at most 4,096 characters; gives its number.
  public func send(
    _ html: String, to user: String, buttons: TelegramButtons = .none
  ) async throws(GatewayFailure) -> Int {
    let answer: JSONValue
    do throws(GatewayFailure) {
      answer = try await call(
        "sendMessage", [JSONMember("chat_id", .number(user))] + Self.message(html, buttons))
    } catch .permanent(let why, code: .chatUnknown) {
      // A chat with somebody is there from his first word to the bot on.
      throw .permanent(why, code: .unreachable)
    }
    guard let message = answer["message_id"]?.integer else {
      throw .unknown("a message without a number")
    }
    return message
  }

  private static func message(_ html: String, _ buttons: TelegramButtons) -> [JSONMember] {
    [JSONMember("text", .string(html)), JSONMember("parse_mode", .string("HTML"))]
      + (buttons.rows.isEmpty ? [] : [JSONMember("reply_markup", buttons.json)])
  }

  /// Puts another text and other buttons into a message of the bot's; as often as one likes.
  ///
  /// False where the message can't be changed any more, and another one is to be sent.
  public func change(
    _ message: Int, in user: String, to html: String, buttons: TelegramButtons = .none
  ) async throws(GatewayFailure) -> Bool {
    do throws(GatewayFailure) {
      _ = try await call(
        "editMessageText",
        [JSONMember("chat_id", .number(user)), JSONMember("message_id", .integer(message))]
          + Self.message(html, buttons))
    } catch .permanent(_, code: .unchanged) {
      return true
    } catch .permanent(_, code: .messageGone) {
      return false
    }
    return true
  }

  /// Takes a message away; one that isn't there is away already, and so is what can't be deleted
  /// any more.
  public func delete(_ message: Int, in chat: String) async throws(GatewayFailure) {
    do throws(GatewayFailure) {
      _ = try await call(
        "deleteMessage",
        [JSONMember("chat_id", .number(chat)), JSONMember("message_id", .integer(message))])
    } catch .permanent(_, code: .messageGone) { return }
  }

  /// Lets somebody in who has asked to join; whoever is in is in.
  public func letIn(_ user: String, to chat: ClosedChannelID) async throws(GatewayFailure) {
    do throws(GatewayFailure) {
      _ = try await call(
        "approveChatJoinRequest",
        [JSONMember("chat_id", .number(chat.text)), JSONMember("user_id", .number(user))])
    } catch .permanent(_, code: .requestGone) { return }
  }

  /// Answers the pressing of a button, without which the presser's client goes on waiting.
  ///
  /// - Parameters:
  ///   - text: At most 200 characters, shown for a moment; empty for nothing.
  ///   - url: A link to this bot that is opened; nil for none.
  public func answer(
    _ query: String, _ text: String = "", url: String? = nil
  ) async throws(GatewayFailure) {
    var members = [JSONMember("callback_query_id", .string(query))]
    if !text.isEmpty { members.append(JSONMember("text", .string(text))) }
    if let url { members.append(JSONMember("url", .string(url))) }
    do throws(GatewayFailure) {
      _ = try await call("answerCallbackQuery", members)
    } catch .permanent(_, code: .queryTooOld) { return }
  }

  /// Whether somebody is an administrator of a channel; false also where the bot may not know it.
  public func isAdministrator(
    _ user: UserID, of chat: String
  ) async throws(GatewayFailure) -> Bool {
    do throws(GatewayFailure) {
      let member = try await call(
        "getChatMember",
        [JSONMember("chat_id", .number(chat)), JSONMember("user_id", .number(user.text))])
      return ["creator", "administrator"].contains(member["status"]?.text)
    } catch .permanent(let why, code: let code) {
      guard code != .credentials else { throw .permanent(why, code: code) }
      return false
    }
  }

  /// The bot's own name, by which links lead to it.
  public func name() async throws(GatewayFailure) -> String {
    guard let name = try await call("getMe", [])["username"]?.text else {
      throw .unknown("a bot without a name")
    }
    return name
  }

  func call(
    _ method: String, _ members: [JSONMember], milliseconds: Int = 30_000
  ) async throws(GatewayFailure) -> JSONValue {
    let chat = members.first { $0.name == "chat_id" }?.value.number
    do throws(GatewayFailure) {
      let answer = try await ask(method, members, milliseconds)
      note(method, chat, nil)
      return answer
    } catch {
      note(method, chat, error)
      throw error
    }
  }

  private func ask(
    _ method: String, _ members: [JSONMember], _ milliseconds: Int
  ) async throws(GatewayFailure) -> JSONValue {
    let request = HTTPClientRequest(
      method: "POST", url: root + "/" + method, headers: ["Content-Type": "application/json"],
      body: JSONValue.object(members).written(.asIs), timeoutMilliseconds: milliseconds,
      maximumAnswerBytes: 4 << 20)
    switch await http.send(request) {
    case .failure(let failure): throw JSONCall.meaning(of: failure, hasEffects: true)
    case .success(let response): return try read(response)
    }
  }

  private func read(_ response: HTTPClientResponse) throws(GatewayFailure) -> JSONValue {
    let value = try? JSONValue.parse(response.body, limits: JSONLimits(bytes: 4 << 20))
    if (200...299).contains(response.status), value?["ok"]?.flag == true,
      let result = value?["result"]
    {
      return result
    }
    let words = value?["description"]?.text
    let text =
      "HTTP \(response.status)"
      + (words.map { ": " + JSONCall.short($0, hiding: [token]) } ?? "")
    if response.status == 429 {
      // The body's word counts, and may be hours; never earlier.
      let wait = value?["parameters"]?["retry_after"]?.integer ?? JSONCall.retryAfter(response)
      throw .transient(text, retryAfterSeconds: wait.map { min(max($0, 0), 86_400) })
    }
    guard (400..<500).contains(response.status), let words else { throw .unknown(text) }
    throw .permanent(text, code: Self.meaning(of: words, status: response.status))
  }

  /// What Telegram's descriptions mean; they are all it has.
  static func meaning(of words: String, status: Int) -> GatewayRefusal {
    let words = words.lowercased()
    func says(_ parts: String...) -> Bool { parts.contains { words.contains($0) } }
    switch status {
    case 401, 404: return .credentials
    case 409: return .notAvailable
    case 403:
      return says("blocked by the user", "user is deactivated", "initiate conversation")
        ? .unreachable : .rightsMissing
    default: break
    }
    if says("administrator of the chat", "chat owner", "user_admin_invalid") {
      return .notRemovable
    }
    if says("not enough rights", "chat_admin_required", "need administrator rights") {
      return .rightsMissing
    }
    if says("message is not modified") { return .unchanged }
    if says("hide_requester_missing", "user_already_participant") { return .requestGone }
    if says("message to delete not found", "message can't be deleted") { return .messageGone }
    if says("message to edit not found", "message can't be edited", "message_id_invalid") {
      return .messageGone
    }
    if says("query is too old", "query_id_invalid") { return .queryTooOld }
    if says("user not found", "user_not_participant", "participant_id_invalid", "user_id_invalid") {
      return .notFound
    }
    return says("chat not found") ? .chatUnknown : .badRequest
  }
}
