import HTTP
import JSON
import Kernel
import Log
import Testing

@testable import Service

@Suite struct OrderRouteTests {
  private let body = #"{"channel":"-1001234567890","tier":1,"user_id":6270000001}"#

  @Test("does: an order comes back with its invoice, and is shown afterwards")
  func places() async throws {
    let world = try EdgeWorld()
    try await world.register()
    let answer = try await world.post("/api/orders", body)
    #expect(answer.status == 201, "\(answer)")
    #expect(answer.json?["status"]?.text == "invoiced")
    let id = try #require(answer.json?["order_id"]?.text)
    #expect(id.hasPrefix("weir-sandbox-"))
    #expect(answer.json?["invoice_url"]?.text == "https://pay.example/\(id)")
    #expect(answer.json?["price"]?["amount"]?.text == "25.00")
    #expect(answer.headers["Location"] == "/api/orders/\(id)")
    let shown = try await world.get("/api/orders/\(id)")
    #expect(shown.text == answer.text)
    #expect(try await world.get("/api/orders/weir-sandbox-0").status == 404)
    #expect(try await world.get("/api/orders/a%20b").status == 404)
  }

  @Test("does: two orders of one body are two, each with an id nobody can guess")
  func twice() async throws {
    let world = try EdgeWorld()
    try await world.register()
    let first = try await world.post("/api/orders", body)
    let second = try await world.post("/api/orders", body)
    let ids = [first, second].compactMap { $0.json?["order_id"]?.text }
    #expect(Set(ids).count == 2)
    #expect(ids.allSatisfy { $0.count == "weir-sandbox-".count + 32 })
  }

  @Test("does: the same idempotency key gives the first order back, also many at once")
  func idempotency() async throws {
    let world = try EdgeWorld()
    try await world.register()
    let ids = try await withThrowingTaskGroup(of: String?.self) { group in
      for _ in 0..<20 {
        group.addTask {
          try await world.post("/api/orders", body, idempotency: "order-1").json?["order_id"]?.text
        }
      }
      return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
    }
    #expect(ids.count == 1)
    #expect(ids.first != .some(nil))
    let placed = try world.store.read(after: 0, limit: 100).filter { $0.name == "order.placed.v1" }
    #expect(placed.count == 1)
    let other = try await world.post(
      "/api/orders", body.replacing(":1,", with: ":2,"), idempotency: "order-1")
    #expect(other.status == 422)
  }

  @Test("does: without an invoice in time the order is told as placed")
  func slow() async throws {
    let world = try EdgeWorld(isInvoicing: false)
    try await world.register()
    let answer = try await world.post("/api/orders", body)
    #expect(answer.status == 201)
    #expect(answer.json?["status"]?.text == "placed")
    #expect(answer.json?["invoice_url"] == nil)
  }

  @Test("does: a donation of any sum, by the channel's key")
  func donation() async throws {
    let world = try EdgeWorld()
    try await world.register()
    let answer = try await world.post(
      "/api/orders",
      #"{"channel":"ch-1001234567890","donation_usd":"12.34","user_id":"6270000001"}"#)
    #expect(answer.status == 201, "\(answer)")
    #expect(answer.json?["kind"]?.text == "donation")
  }

  @Test("refuses: what is no order, by field or by name")
  func refuses() async throws {
    let world = try EdgeWorld()
    try await world.register()
    let cases: [(String, Int, [String])] = [
      (#"{"channel":"-1001234567890","user_id":1}"#, 400, ["tier"]),
      (
        #"{"channel":"-1001234567890","tier":1,"donation_usd":5,"user_id":1}"#, 400,
        ["donation_usd"]
      ),
      (#"{"channel":"-1001234567890","tier":0,"user_id":1}"#, 400, ["tier"]),
      (#"{"channel":"-1001234567890","tier":4,"user_id":1}"#, 400, ["tier"]),
      (#"{"channel":"a b","tier":1,"user_id":1}"#, 400, ["channel"]),
      (#"{"channel":"-1001234567890","tier":1,"user_id":"0123"}"#, 400, ["user_id"]),
      (#"{"channel":"-1001234567890","tier":1,"user_id":1.0}"#, 400, ["user_id"]),
      (#"{"channel":"-1001234567890","tier":1}"#, 400, ["user_id"]),
      (#"{"channel":"-1001234567890","donation_usd":0,"user_id":1}"#, 400, []),
      (#"{"channel":"-1001234567890","donation_usd":-1,"user_id":1}"#, 400, []),
      (#"{"channel":"-1001234567890","donation_usd":1.001,"user_id":1}"#, 400, ["donation_usd"]),
      (#"{"channel":"-1009999999999","tier":1,"user_id":1}"#, 404, []),
    ]
    for (body, status, fields) in cases {
      let answer = try await world.post("/api/orders", body)
      #expect(answer.status == status, "\(body): \(answer)")
      #expect(answer.errors == fields, "\(body): \(answer)")
    }
    #expect(try await world.post("/api/orders", body, key: nil).status == 401)
  }
}
