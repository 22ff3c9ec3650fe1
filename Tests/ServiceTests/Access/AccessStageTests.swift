import HTTP
import JSON
import Kernel
import Sandbox
import Testing

@testable import Service

extension Money {
  fileprivate static let cent = Money("0.01", .usd)!
}

/// From the link in the public channel to the invite, over sockets.
@Suite struct AccessStageTests {
  @Test(
    "does: a subscriber who pays gets one link, joins by it, and the table has him",
    arguments: [Stage.Keeping.files, .threeNodes])
  func story(_ keeping: Stage.Keeping) async throws {
    let stage = try await Stage.open(
      ["TELEGRAM_BOT_TOKEN": "1:sandbox-token-of-a-bot"], in: keeping)
    try await stage.register(1, threshold: "100")
    let admin = stage.sandbox.adminURL + "/admin/telegram"
    func act(_ members: KeyValuePairs<String, JSONValue>) async throws -> Int {
      let body = members.map { JSONMember($0.key, $0.value) }
      return try await stage.send(
        "POST", admin, .object([JSONMember("user", .integer(701))] + body)
      ).status
    }
    /// The newest button with a label, once the bot has shown it.
    func button(_ label: String) async throws -> JSONValue? {
      let shown = try await stage.send("GET", admin + "?user=701").body
      let buttons = shown["messages"]?.items?.reversed().flatMap { message in
        message["buttons"]?.items?.flatMap { $0.items ?? [] } ?? []
      }
      return buttons?.first { $0["text"]?.text == label }
    }
    // An old link with a price that isn't the stored one leads to what is sold.
    let link = DeepLink(OpenChannelID(text: Stage.open(1))!, .terms(price: .cent, days: 999))
    #expect(
      try await act(["do": .string("say"), "text": .string("/start " + link.payload)]) == 200)
    let tier = "🥇 $25.00 for 30 days"
    for label in [tier, "Launch Payment Gateway"] {
      #expect(try await stage.eventually { try await button(label) != nil }, "\(label)")
      #expect(try await act(["do": .string("press"), "label": .string(label)]) == 200)
    }
    let pay = "Open the payment page"
    #expect(try await stage.eventually { try await button(pay) != nil })
    let page = try #require(try await button(pay)?["web_app"]?["url"]?.text)
    let paid = try await stage.send(
      "POST", stage.sandbox.adminURL + "/admin/pay",
      .object(["invoice_id": .string(String(page.split(separator: "=").last ?? ""))]))
    try #require(paid.status == 201, "\(paid.body)")
    let payments = try await stage.send("GET", stage.sandbox.adminURL + "/admin/payments").body
    let order = try #require(payments.items?.first?["order_id"]?.text)
    #expect(
      try await stage.eventually {
        let shown = try await stage.send("GET", stage.base + "/api/orders/\(order)")
        return shown.body["invite"]?.text == "delivered"
      })
    #expect(try await stage.count(1, "invite.created.v1") == 1)
    let told = try await stage.send("GET", admin + "?user=701").body
    let texts = told["messages"]?.items?.compactMap { $0["text"]?.text } ?? []
    // The chat is one message that changes, and the invitation another one.
    #expect(texts.count == 2 && texts.allSatisfy { $0.contains("Closed 1") }, "\(texts)")
    let way = try #require(
      texts.last?.split(separator: "\n").first { $0.hasPrefix("https://t.me/+") })
    #expect(try await act(["do": .string("join"), "link": .string(String(way))]) == 200)
    #expect(try await act(["do": .string("join"), "link": .string(String(way))]) == 409)
    // He has lost it: he is told once more, of the same link.
    let again = stage.base + "/api/orders/\(order)/invite"
    #expect(try await stage.send("POST", again, .object([]), headers: stage.key).status == 200)
    #expect(
      try await stage.eventually { try await stage.count(1, "invite.delivered.v1") == 2 })
    let both = try await stage.send("GET", admin + "?user=701").body
    #expect(
      both["messages"]?.items?.compactMap { $0["text"]?.text } == texts + [texts[1]],
      "\(both)")
    #expect(both["links"]?.integer == 1)
    let none = stage.base + "/api/orders/weir-sandbox-none/invite"
    #expect(try await stage.send("POST", none, .object([]), headers: stage.key).status == 404)
  }

  @Test("ignores: without a token nobody is let in, and nothing is owed")
  func off() async throws {
    let stage = try await Stage.open()
    try await stage.register(1, threshold: "100")
    _ = try await stage.pay(1, "25", user: 701)
    #expect(try await stage.eventually { try await stage.count(1, "accumulation.locked.v1") == 1 })
    #expect(try await stage.names(1).filter { $0.hasPrefix("invite.") }.isEmpty)
  }
}
