import Gateways
import HTTP
import JSON
import Kernel
import Log
import Testing

@testable import Service

@Suite struct NoticeRouteTests {
  private let order = "PGP-6270000001|-1001234567890"

  private func events(_ world: EdgeWorld, _ prefix: String) throws -> [StoredEvent] {
    try world.store.read(after: 0, limit: 10_000).filter { $0.name.hasPrefix(prefix) }
  }

  @Test("does: a signed notice is booked once, and 200 comes with its position")
  func books() async throws {
    let world = try EdgeWorld()
    try await world.register()
    let body = Bodies.notice(payment: 4_945_313_101, order: order, price: "25")
    let first = try await world.notify(body)
    #expect(first.status == 200, "\(first)")
    #expect(first.json?["status"]?.text == "accepted")
    #expect(first.headers["Weir-Position"] == String(world.store.head.position))
    let finished = try events(world, "payment.finished")
    #expect(finished.count == 1)
    for _ in 0..<10 {
      let again = try await world.notify(body)
      #expect(again.status == 200)
      #expect(again.json?["status"]?.text == "replayed")
    }
    #expect(try events(world, "payment.finished") == finished)
  }

  @Test("does: the same words with other white space are ignored, not booked again")
  func otherSpelling() async throws {
    let world = try EdgeWorld()
    try await world.register()
    let body = Bodies.notice(payment: 7, order: order, price: "25")
    _ = try await world.notify(body)
    let head = world.store.head
    let answer = try await world.notify(body.replacing(",", with: ", "))
    #expect(answer.status == 200)
    #expect(answer.json?["status"]?.text == "ignored")
    #expect(world.store.head == head)
  }

  @Test("does: two hundred copies at once have one effect")
  func atOnce() async throws {
    let world = try EdgeWorld()
    try await world.register()
    let body = Bodies.notice(payment: 8, order: order, price: "50")
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<200 { group.addTask { try await world.notify(body).status } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses == Array(repeating: 200, count: 200))
    #expect(try events(world, "payment.finished").count == 1)
    #expect(try events(world, "accumulation.locked").count == 1)
  }

  @Test(
    "refuses: a signature that is missing, cut, of another key, doubled in length or no hex",
    arguments: ["", "00", "secret", "z"])
  func forged(_ kind: String) async throws {
    let world = try EdgeWorld()
    try await world.register()
    let head = world.store.head
    let body = Bodies.notice(payment: 9, order: order, price: "25")
    let right = NOWPaymentsNotice.signature(of: Array(body.utf8), secret: EdgeWorld.ipnSecret)!
    let signature =
      switch kind {
      case "00": String(right.dropLast(2))
      case "secret": NOWPaymentsNotice.signature(of: Array(body.utf8), secret: "another")!
      case "z": "z" + right.dropFirst()
      default: ""
      }
    let answer = try await world.notify(body, signature: signature)
    #expect(answer.status == 403)
    #expect(answer.code == "signature_invalid")
    #expect(world.store.head == head)
  }

  @Test("refuses: no signature at all, two of them, and any altered byte")
  func altered() async throws {
    let world = try EdgeWorld()
    try await world.register()
    let head = world.store.head
    let body = Bodies.notice(payment: 9, order: order, price: "25")
    let right = NOWPaymentsNotice.signature(of: Array(body.utf8), secret: EdgeWorld.ipnSecret)!
    let unsigned = try await world.send("POST", "/webhooks/nowpayments", body: Array(body.utf8))
    #expect(unsigned.status == 403)
    let twice = try await world.send(
      "POST", "/webhooks/nowpayments",
      headers: [
        "x-nowpayments-sig": right, "X-Nowpayments-Sig": right, "Content-Type": "application/json",
      ], body: Array(body.utf8))
    #expect(twice.status == 403)
    for (old, new) in [("25", "26"), ("finished", "Finished"), ("-100", "-101"), (":9,", ":8,")] {
      let answer = try await world.notify(body.replacing(old, with: new), signature: right)
      #expect(answer.status == 403, "\(old) as \(new)")
    }
    #expect(world.store.head == head)
    #expect(world.metrics.page().contains("weir_notices_total{outcome=\"forged\"} 6"))
    #expect(world.logged.count { $0.contains("notice_refused") } == 6)
  }

  @Test("refuses: signed bodies that say nothing of a payment, as 400")
  func malformed() async throws {
    let world = try EdgeWorld()
    for body in [
      "{}", #"{"payment_id":1}"#, #"{"payment_id":1.5,"payment_status":"finished"}"#,
      #"{"payment_id":"x","payment_status":"finished"}"#,
      #"{"payment_id":1,"payment_status":7}"#,
      #"{"payment_id":1,"payment_status":"finished","outcome_amount":"NaN"}"#,
    ] {
      let answer = try await world.notify(body)
      #expect(answer.status == 400, "\(body): \(answer)")
      #expect(answer.code == "notice_malformed")
    }
  }

  @Test("does: statuses other than finished change no balance")
  func otherStatuses() async throws {
    let world = try EdgeWorld()
    try await world.register()
    for status in ["waiting", "confirming", "confirmed", "sending", "partially_paid", "expired"] {
      let body = Bodies.notice(payment: 11, order: order, price: "25", status: status)
      #expect(try await world.notify(body).status == 200)
    }
    let balance = try await world.get("/api/channels/-1001234567890/balance")
    #expect(balance.json?["balances"]?.items?.isEmpty == true, "\(balance)")
  }

  @Test("does: what can't be booked is held, kept and answered with 200")
  func held() async throws {
    let world = try EdgeWorld()
    let body = Bodies.notice(payment: 12, order: "nobody-knows", price: "25")
    let answer = try await world.notify(body)
    #expect(answer.status == 200)
    #expect(try events(world, "payment.held").count == 1)
    #expect(world.metrics.page().contains("weir_alarms_total{kind=\"payment_held\"} 1"))
  }

  @Test("does: a key that is being changed is honoured beside the new one")
  func twoKeys() async throws {
    let world = try EdgeWorld(variables: [
      "WEIR_NOWPAYMENTS_IPN_SECRET": "the-new-secret-0123456789",
      "WEIR_NOWPAYMENTS_IPN_SECRET_PREVIOUS": EdgeWorld.ipnSecret,
    ])
    let body = Bodies.notice(payment: 13, order: order, price: "25", status: "waiting")
    #expect(try await world.notify(body).status == 200)
    let new = NOWPaymentsNotice.signature(
      of: Array(body.utf8), secret: "the-new-secret-0123456789")
    #expect(try await world.notify(body, signature: new).status == 200)
  }

  @Test("does: a stopping service says 503 and when to come again")
  func stopping() async throws {
    let world = try EdgeWorld()
    world.stopLoop()
    let body = Bodies.notice(payment: 14, order: order, price: "25")
    let answer = try await world.notify(body)
    #expect(answer.status == 503)
    #expect(answer.headers["Retry-After"] == "1")
  }
}
