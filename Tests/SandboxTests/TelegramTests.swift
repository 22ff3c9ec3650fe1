import Gateways
import HTTP
import JSON
import Kernel
import Support
import Testing

@testable import Sandbox

/// The stand-in keeps Telegram's rules, as the project's client meets them.
@Suite struct TelegramTests {
  private let chat = ClosedChannelID(text: "-2001234567")!
  private let user = "700001"

  private func bot(_ stand: Stand, token: String = SandboxSettings().telegramToken)
    -> TelegramClient
  {
    TelegramClient(url: stand.sandbox.telegramURL, token: token, http: stand.http)
  }

  private func act(_ stand: Stand, _ body: JSONValue) async throws -> Int {
    try await stand.post(stand.sandbox.adminURL + "/admin/telegram", body).status
  }

  private func person(_ what: String, _ more: KeyValuePairs<String, JSONValue> = [:]) -> JSONValue {
    .object(
      [JSONMember("user", .integer(700_001)), JSONMember("do", .string(what))]
        + more.map { JSONMember($0.key, $0.value) })
  }

  private func refusal(_ call: () async throws -> Void) async -> GatewayRefusal? {
    do {
      try await call()
      return nil
    } catch GatewayFailure.permanent(_, let code) {
      return code
    } catch {
      Issue.record("\(error)")
      return nil
    }
  }

  @Test("refuses: a message to who never pressed start or blocked the bot, too long, or no markup")
  func messages() async throws {
    let stand = try Stand()
    let bot = bot(stand)
    func send(_ text: String = "hello") async -> GatewayRefusal? {
      await refusal { _ = try await bot.send(text, to: user) }
    }
    #expect(await send() == .unreachable)
    #expect(try await act(stand, person("start")) == 200)
    #expect(await send() == nil)
    #expect(await send("<b>a</b> &lt;i&gt;") == nil)
    #expect(await send("<i>a</i>") == .badRequest)
    #expect(await send("a & b") == .badRequest)
    #expect(await send(String(repeating: "a", count: 4_097)) == .badRequest)
    _ = try await act(stand, person("block"))
    #expect(await send() == .unreachable)
    let shown = try await stand.get(stand.sandbox.adminURL + "/admin/telegram?user=700001")
    #expect(shown["messages"]?.items?.compactMap { $0["text"]?.text }.count == 2)
    #expect(
      await refusal { _ = try await self.bot(stand, token: "1:x").send("x", to: user) }
        == .credentials)
  }

  @Test("does: a link lets one in until it is over, and again whoever was removed by another one")
  func links() async throws {
    let stand = try Stand()
    let bot = bot(stand)
    let now = Instant(microseconds: Int64(Core.wallTime()) * 1_000)
    let link = try await bot.createInviteLink(
      to: chat, name: "o-1", validUntil: now.adding(seconds: 3_600))
    func join(_ link: String) -> JSONValue { person("join", ["link": .string(link)]) }
    #expect(try await act(stand, join(link)) == 200)
    var other = join(link).members ?? []
    other[0] = JSONMember("user", .integer(700_002))
    #expect(try await act(stand, .object(other)) == 409)
    #expect(try await act(stand, join("https://t.me/+none")) == 409)
    try await bot.remove(user, from: chat)
    try await bot.remove(user, from: chat)
    #expect(try await stand.get(stand.sandbox.adminURL + "/admin/telegram")["members"]?.items == [])
    let next = try await bot.createInviteLink(
      to: chat, name: "o-2", validUntil: now.adding(seconds: 3_600))
    #expect(next != link)
    #expect(try await act(stand, join(next)) == 200)
    #expect(
      await refusal {
        _ = try await bot.createInviteLink(to: chat, name: "o", validUntil: now.adding(seconds: -9))
      } == .badRequest)
  }

  @Test("refuses: links and removals without rights, and the removal of an administrator")
  func rights() async throws {
    let stand = try Stand()
    let bot = bot(stand)
    let here: KeyValuePairs<String, JSONValue> = ["chat": .number(chat.text)]
    let until = Instant(microseconds: Int64(Core.wallTime()) * 1_000).adding(seconds: 60)
    func rights(_ has: Bool) -> JSONValue {
      .object(["chat": .number(chat.text), "rights": .bool(has)])
    }
    _ = try await act(stand, rights(false))
    #expect(
      await refusal {
        _ = try await bot.createInviteLink(to: chat, name: "o", validUntil: until)
      } == .rightsMissing)
    #expect(await refusal { try await bot.remove(user, from: chat) } == .rightsMissing)
    _ = try await act(stand, rights(true))
    _ = try await act(stand, person("promote", here))
    #expect(await refusal { try await bot.remove(user, from: chat) } == .notRemovable)
  }

  @Test("does: more calls than a second takes are told to wait, and do nothing")
  func tooMany() throws {
    var chats = Chats(SandboxSettings().rules(genesis: 0))
    let call = JSONValue.object([
      "method": .string("banChatMember"), "chat_id": .integer(-200_123), "user_id": .integer(7),
    ])
    for number in 0..<Chats.callsMost {
      #expect(chats.call(call, at: 1_000 + number).status == 200)
    }
    let refused = chats.call(call, at: 1_999)
    #expect(refused.status == 429 && !refused.isChange)
    #expect(refused.body["parameters"]?["retry_after"]?.integer == 1)
    #expect(chats.call(call, at: 2_000).status == 200)
    #expect(chats.call(call, at: 2_000).status == 429)
  }
}
