import Gateways
import HTTP
import JSON
import Kernel
import Synchronization
import Testing

@Suite struct TelegramClientTests {
  private static let token = "123456:AAF-secret_of_the_bot"
  private let chat = ClosedChannelID(text: "-1009876543210")!
  private let until = Instant(text: "2026-11-25T13:00:00.000000Z")!

  private func client(_ stub: Stub) -> TelegramClient {
    TelegramClient(url: stub.url, token: Self.token, http: HTTPClient())
  }

  private func refusal(_ status: Int, _ words: String, _ more: String = "") -> String {
    #"{"ok":false,"error_code":\#(status),"description":"\#(words)"\#(more)}"#
  }

  @Test("does: a link is asked for once used, until a time, and its text is taken")
  func link() async throws {
    let stub = try Stub(#"{"ok":true,"result":{"invite_link":"https://t.me/+abc"}}"#)
    let link = try await client(stub).createInviteLink(to: chat, name: "o", validUntil: until)
    #expect(link == "https://t.me/+abc")
    let request = try #require(stub.requests.first)
    #expect(request.path == "/bot\(Self.token)/createChatInviteLink")
    let body = try JSONValue.parse(request.body)
    #expect(body["chat_id"]?.integer == -1_009_876_543_210)
    #expect(body["member_limit"]?.integer == 1)
    #expect(body["expire_date"]?.integer == 1_795_611_600)
  }

  @Test("does: a removal bans and then unbans only the banned, so that it may be made again")
  func remove() async throws {
    let stub = try Stub(#"{"ok":true,"result":true}"#)
    try await client(stub).remove("6271402111", from: chat)
    let asked = try stub.requests.map { ($0.path, try JSONValue.parse($0.body)) }
    #expect(
      asked.map(\.0) == ["banChatMember", "unbanChatMember"].map { "/bot\(Self.token)/\($0)" })
    #expect(asked.allSatisfy { $0.1["user_id"]?.integer == 6_271_402_111 })
    #expect(asked.last?.1["only_if_banned"]?.flag == true)
  }

  @Test(
    "ignores: that somebody isn't in the channel any more",
    arguments: ["user not found", "USER_NOT_PARTICIPANT", "PARTICIPANT_ID_INVALID"])
  func absent(words: String) async throws {
    let stub = try Stub(refusal(400, "Bad Request: " + words), status: 400)
    try await client(stub).remove("6271402111", from: chat)
  }

  @Test("does: what Telegram says means one thing for whoever asks")
  func meanings() async throws {
    let cases: [(Int, String, String)] = [
      (403, "Forbidden: bot can't initiate conversation with a user", "unreachable"),
      (403, "Forbidden: bot was blocked by the user", "unreachable"),
      (403, "Forbidden: user is deactivated", "unreachable"),
      (400, "Bad Request: chat not found", "unreachable"),
      (403, "Forbidden: bot is not a member of the channel chat", "rightsMissing"),
      (403, "Forbidden: bot was kicked from the supergroup chat", "rightsMissing"),
      (400, "Bad Request: can't parse entities: unsupported start tag", "badRequest"),
      (401, "Unauthorized", "credentials"), (404, "Not Found", "credentials"),
      (500, "Internal Server Error", "unknown"), (502, "Bad Gateway", "unknown"),
    ]
    for (status, words, wanted) in cases {
      let stub = try Stub(refusal(status, words), status: status)
      #expect(await kind { try await client(stub).send("x", to: "7") } == wanted, "\(words)")
    }
    for (words, wanted) in [
      ("Bad Request: chat not found", "chatUnknown"),
      ("Bad Request: not enough rights to manage chat invite link", "rightsMissing"),
      ("Bad Request: CHAT_ADMIN_REQUIRED", "rightsMissing"),
      ("Bad Request: user is an administrator of the chat", "notRemovable"),
      ("Bad Request: can't remove chat owner", "notRemovable"),
    ] {
      let stub = try Stub(refusal(400, words), status: 400)
      let found = await kind { try await client(stub).remove("7", from: chat) }
      #expect(found == wanted, "\(words)")
    }
  }

  @Test("does: waits as long as Telegram says in its body, whatever the header says")
  func tooMany() async throws {
    let body = refusal(
      429, "Too Many Requests: retry after 34", #","parameters":{"retry_after":34}"#)
    let stub = try Stub { _ in
      HTTPResponse(status: 429, headers: ["Retry-After": "2"], body: Array(body.utf8))
    }
    await #expect(
      throws: GatewayFailure.transient(
        "HTTP 429: Too Many Requests: retry after 34", retryAfterSeconds: 34)
    ) { try await client(stub).send("x", to: "7") }
  }

  @Test("does: an answer that is none leaves it unknown, and so does a link that is none")
  func unknown() async throws {
    for body in [
      "", "<html>", #"{"ok":true}"#, #"{"ok":false}"#,
      #"{"ok":true,"result":{"invite_link":"javascript:x"}}"#,
    ] {
      let stub = try Stub(body)
      let found = await kind {
        try await client(stub).createInviteLink(to: chat, name: "o", validUntil: until)
      }
      #expect(found == "unknown", "\(body)")
    }
  }

  @Test("refuses: to say the token, whatever the other side echoes")
  func secret() async throws {
    for status in [400, 401, 403, 404, 429, 500] {
      let stub = try Stub(refusal(status, "no \(Self.token) here"), status: status)
      do {
        _ = try await client(stub).send("x", to: "7")
        Issue.record("no failure")
      } catch {
        #expect(!"\(error)".contains("secret_of_the_bot"), "\(error)")
      }
    }
    let gone = TelegramClient(url: "http://127.0.0.1:1", token: Self.token, http: HTTPClient())
    do {
      _ = try await gone.send("x", to: "7")
      Issue.record("no failure")
    } catch { #expect(!"\(error)".contains("secret_of_the_bot")) }
  }

  @Test("does: an owner's words are no markup")
  func escapes() {
    #expect(TelegramText.escaped("<b>A & B</b>") == "&lt;b&gt;A &amp; B&lt;/b&gt;")
    #expect(TelegramText.escaped("é🇨🇭") == "é🇨🇭")
  }
}
