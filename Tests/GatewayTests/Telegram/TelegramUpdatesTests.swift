import Gateways
import HTTP
import JSON
import Kernel
import Testing

@Suite struct TelegramUpdatesTests {
  private func read(_ text: String) throws -> TelegramUpdate? {
    TelegramUpdate(try JSONValue.parse(Array(text.utf8)))
  }

  @Test("does: what is said or pressed in private is heard, with its presser and its message")
  func heard() throws {
    let said = try read(
      #"""
      {"update_id":7,"message":{"message_id":1,"text":"/start x","date":1,
      "from":{"id":6271402111,"is_bot":false},"chat":{"id":6271402111,"type":"private"}}}
      """#)
    #expect(said?.number == 7)
    let user = UserID(text: "6271402111")!
    #expect(said?.said == ChatUpdate(number: 7, user: user, text: "/start x"))
    let pressed = try read(
      #"""
      {"update_id":8,"callback_query":{"id":"99","data":"CMD_WHY","from":{"id":5},
      "message":{"message_id":3,"chat":{"id":5,"type":"private"}}}}
      """#)
    #expect(
      pressed?.said
        == ChatUpdate(
          number: 8, user: UserID(text: "5")!, text: "CMD_WHY", query: "99", message: 3))
    let there = try read(
      #"""
      {"update_id":9,"callback_query":{"id":"99","data":"x","from":{"id":5},
      "message":{"message_id":3,"chat":{"id":-1001,"type":"channel"}}}}
      """#)
    #expect(there?.said?.isPrivate == false && there?.said?.message == nil)
  }

  @Test("ignores: groups, bots, other people's chats, and updates it has no ears for")
  func ignored() throws {
    for body in [
      #""message":{"text":"x","from":{"id":5},"chat":{"id":-5,"type":"group"}}"#,
      #""message":{"text":"x","from":{"id":5,"is_bot":true},"chat":{"id":5,"type":"private"}}"#,
      #""message":{"text":"x","from":{"id":5},"chat":{"id":6,"type":"private"}}"#,
      #""message":{"text":"x"}"#, #""poll":{}"#, #""callback_query":{"id":"","from":{"id":5}}"#,
      #""callback_query":{"id":"1","from":{"id":-5}}"#,
    ] {
      let update = try read(#"{"update_id":1,\#(body)}"#)
      #expect(update?.number == 1 && update?.said == nil, "\(body)")
    }
    #expect(try read(#"{"update_id":"1"}"#) == nil)
    #expect(try read("{}") == nil)
  }

  @Test("does: updates are asked for from a number on, and a keyboard has what buttons do")
  func calls() async throws {
    let stub = try Stub(#"{"ok":true,"result":[{"update_id":4},{"update_id":5,"poll":{}}]}"#)
    let client = TelegramClient(url: stub.url, token: "1:a", http: HTTPClient())
    #expect(try await client.updates(from: 4, waitingSeconds: 9).map(\.number) == [4, 5])
    let asked = try JSONValue.parse(try #require(stub.requests.first).body)
    #expect(asked["offset"]?.integer == 4 && asked["timeout"]?.integer == 9)
    #expect(asked["allowed_updates"]?.items?.count == 5)
    let sent = try Stub(#"{"ok":true,"result":{"message_id":3}}"#)
    _ = try await TelegramClient(url: sent.url, token: "1:a", http: HTTPClient()).send(
      "x", to: "5",
      buttons: TelegramButtons([
        [TelegramButtons.Button("A", .data("d")), TelegramButtons.Button("B", .page("https://p"))],
        [TelegramButtons.Button("C", .url("https://u"))],
      ]))
    let body = try JSONValue.parse(try #require(sent.requests.first).body)
    #expect(
      body["reply_markup"]?.written(.asIs)
        == Array(
          (#"{"inline_keyboard":[[{"text":"A","callback_data":"d"},"#
            + #"{"text":"B","web_app":{"url":"https://p"}}],[{"text":"C","url":"https://u"}]]}"#)
            .utf8))
  }

  @Test("ignores: that a message says it already, and that a pressing is over")
  func repeats() async throws {
    func client(_ words: String) throws -> (TelegramClient, Stub) {
      let stub = try Stub(
        #"{"ok":false,"error_code":400,"description":"Bad Request: \#(words)"}"#, status: 400)
      return (TelegramClient(url: stub.url, token: "1:a", http: HTTPClient()), stub)
    }
    let (same, one) = try client("message is not modified: x")
    #expect(try await same.change(3, in: "5", to: "x"))
    let (gone, two) = try client("message to edit not found")
    #expect(try await gone.change(3, in: "5", to: "x") == false)
    let (late, three) = try client("query is too old and response timeout expired")
    try await late.answer("q", "x")
    #expect([one, two, three].allSatisfy { $0.requests.count == 1 })
  }
}
