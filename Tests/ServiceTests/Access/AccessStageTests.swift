import HTTP
import JSON
import Kernel
import Sandbox
import Testing

@testable import Service

/// From a payment to the invite, over sockets.
@Suite struct AccessStageTests {
  @Test("does: a subscriber who pays gets one link, joins by it, and the table has him")
  func story() async throws {
    let stage = try await Stage.open(["TELEGRAM_BOT_TOKEN": "1:sandbox-token-of-a-bot"])
    try await stage.register(1, threshold: "100")
    let admin = stage.sandbox.adminURL + "/admin/telegram"
    let start = JSONValue.object(["user": .integer(701), "do": .string("start")])
    #expect(try await stage.send("POST", admin, start).status == 200)
    let wish = JSONValue.object([
      "channel": .string(Stage.open(1)), "tier": .integer(1), "user_id": .integer(701),
    ])
    let placed = try await stage.send(
      "POST", stage.base + "/api/orders", wish, headers: stage.key)
    let order = try #require(placed.body["order_id"]?.text, "\(placed.body)")
    #expect(
      try await stage.eventually {
        let shown = try await stage.send("GET", stage.base + "/api/orders/\(order)")
        return shown.body["status"]?.text == "invoiced"
      })
    let paid = try await stage.send(
      "POST", stage.sandbox.adminURL + "/admin/pay", .object(["order_id": .string(order)]))
    try #require(paid.status == 201, "\(paid.body)")
    #expect(
      try await stage.eventually {
        let shown = try await stage.send("GET", stage.base + "/api/orders/\(order)")
        return shown.body["invite"]?.text == "delivered"
      })
    #expect(try await stage.count(1, "invite.created.v1") == 1)
    let told = try await stage.send("GET", admin + "?user=701").body
    let texts = told["messages"]?.items?.compactMap { $0["text"]?.text } ?? []
    #expect(texts.count == 1 && texts[0].contains("Closed 1"), "\(texts)")
    let link = try #require(
      texts.first?.split(separator: "\n").first { $0.hasPrefix("https://t.me/+") })
    let join = JSONValue.object([
      "user": .integer(701), "do": .string("join"), "link": .string(String(link)),
    ])
    #expect(try await stage.send("POST", admin, join).status == 200)
    #expect(try await stage.send("POST", admin, join).status == 409)
    // He has lost it: he is told once more, of the same link.
    let again = stage.base + "/api/orders/\(order)/invite"
    #expect(try await stage.send("POST", again, .object([]), headers: stage.key).status == 200)
    #expect(
      try await stage.eventually { try await stage.count(1, "invite.delivered.v1") == 2 })
    let both = try await stage.send("GET", admin + "?user=701").body
    #expect(
      both["messages"]?.items?.compactMap { $0["text"]?.text } == [texts[0], texts[0]],
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
