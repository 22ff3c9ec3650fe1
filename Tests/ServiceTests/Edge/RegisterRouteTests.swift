import Gateways
import HTTP
import JSON
import Kernel
import Log
import Testing

@testable import Service

@Suite struct RegisterRouteTests {
  @Test("does: a form of the old platform registers a channel")
  func registers() async throws {
    let world = try EdgeWorld()
    let answer = try await world.post("/api/channels/register", Bodies.registration())
    #expect(answer.status == 201, "\(answer)")
    #expect(answer.json?["success"]?.flag == true)
    #expect(answer.json?["channel_id"]?.text == "-1001234567890")
    #expect(answer.json?["channel_key"]?.text == "ch-1001234567890")
    let timeline = try await world.get("/api/channels/ch-1001234567890/timeline")
    #expect(timeline.json?["entries"]?.items?.count == 1)
  }

  @Test("refuses: a channel that is taken, by field")
  func taken() async throws {
    let world = try EdgeWorld()
    try await world.register()
    let again = try await world.post("/api/channels/register", Bodies.registration())
    #expect(again.status == 400)
    #expect(again.code == "open_channel_taken")
    #expect(again.errors == ["open_channel_id"])
    let other = try await world.post(
      "/api/channels/register", Bodies.registration(open: "-1001111111111"))
    #expect(other.code == "closed_channel_taken")
  }

  @Test("refuses: no key, a wrong one, a cut one, another scheme, two headers")
  func unauthorized() async throws {
    let world = try EdgeWorld()
    let body = Bodies.registration()
    let keys: [String?] = [
      nil, "", "x", String(EdgeWorld.serviceKey.dropLast()),
      EdgeWorld.serviceKey + "0", EdgeWorld.serviceKey.uppercased(),
    ]
    for key in keys {
      let answer = try await world.post("/api/channels/register", body, key: key)
      #expect(answer.status == 401, "\(answer)")
      #expect(answer.headers["WWW-Authenticate"]?.hasPrefix("Bearer") == true)
    }
    let basic = try await world.send(
      "POST", "/api/channels/register", headers: ["Authorization": "Basic \(EdgeWorld.serviceKey)"])
    #expect(basic.status == 401)
    let two = try await world.send(
      "POST", "/api/channels/register",
      headers: [
        "Authorization": "Bearer \(EdgeWorld.serviceKey)",
        "authorization": "Bearer \(EdgeWorld.serviceKey)",
      ])
    #expect(two.status == 401 || two.status == 400)
  }

  /// Every field with values it can't take.
  static let spoiled: [(String, String)] = {
    let everywhere = ["[]", "{}", "true", "\"\""]
    var all: [(String, String)] = []
    for field in Bodies.registrationFields().keys.sorted() {
      for value in everywhere { all.append((field, value)) }
    }
    let long = String(repeating: "x", count: 501)
    return all + [
      ("open_channel_id", "\"12\""), ("open_channel_id", "1e10"), ("open_channel_id", "-0.5"),
      ("open_channel_id", "\"-100123456789012345\""), ("closed_channel_id", "\"abc12345\""),
      ("open_channel_title", "\"\(long)\""), ("open_channel_title", #""a\u0000b""#),
      ("open_channel_title", #""a\u0007b""#), ("closed_channel_description", "\"\(long)\""),
      ("tier_count", "0"), ("tier_count", "4"), ("tier_count", "1.0"), ("tier_count", "-1"),
      ("sub_1_price", "0"), ("sub_1_price", "-5"), ("sub_1_price", "4.999"),
      ("sub_1_price", "10000"), ("sub_1_price", "\"1,5\""), ("sub_1_price", "1e400"),
      ("sub_1_price", "\"0x10\""), ("sub_1_time", "0"), ("sub_1_time", "1000"),
      ("sub_1_time", "1.5"), ("client_wallet_address", "\"short\""),
      ("client_wallet_address", "\"0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed\""),
      ("client_wallet_address", "\"has a space in it\""),
      ("client_payout_currency", "\"NOPE\""), ("client_payout_network", "\"XMR\""),
      ("payout_strategy", "\"sometimes\""), ("payout_threshold_usd", "49.99"),
      ("payout_threshold_usd", "null"),
    ]
  }()

  @Test("refuses: any field that is of a wrong kind or out of its range, by name, at once")
  func spoiledFields() async throws {
    let world = try EdgeWorld()
    // The network and its currency are one choice, told under the currency.
    let told = ["client_payout_network": "client_payout_currency"]
    for (field, value) in Self.spoiled {
      var fields = Bodies.registrationFields()
      fields[field] = value
      let answer = try await world.post("/api/channels/register", Bodies.object(fields))
      #expect(answer.status == 400, "\(field) = \(value): \(answer)")
      #expect(answer.code == "fields_invalid")
      let names = answer.errors
      #expect(
        names.contains(field) || names.contains(told[field] ?? ""), "\(field) = \(value): \(names)")
    }
    #expect(world.store.head.position == 1)
  }

  @Test("refuses: missing fields, all of them named in one answer")
  func missing() async throws {
    let world = try EdgeWorld()
    let answer = try await world.post("/api/channels/register", "{}")
    #expect(answer.errors.count >= 10, "\(answer)")
    for field in Bodies.registrationFields(threshold: nil).keys
    where !field.hasPrefix("sub_") {
      #expect(answer.errors.contains(field), "\(field)")
    }
  }

  @Test("refuses: fields nobody asked for, and tiers beyond the count")
  func unknown() async throws {
    let world = try EdgeWorld()
    var fields = Bodies.registrationFields()
    fields["payout_treshold_usd"] = "100"
    let answer = try await world.post("/api/channels/register", Bodies.object(fields))
    #expect(answer.errors == ["payout_treshold_usd"])
    var tiers = Bodies.registrationFields()
    tiers["tier_count"] = "2"
    let beyond = try await world.post("/api/channels/register", Bodies.object(tiers))
    #expect(beyond.errors == ["sub_3_price"])
  }

  @Test("refuses: a private key for a wallet, and shows it to nobody")
  func privateKey() async throws {
    let world = try EdgeWorld()
    let keys = [
      String(repeating: "ab", count: 32), "0x" + String(repeating: "1F", count: 32),
      "S" + String(repeating: "A", count: 55), "5J" + String(repeating: "k", count: 49),
    ]
    for key in keys {
      var fields = Bodies.registrationFields()
      fields["client_wallet_address"] = "\"\(key)\""
      let answer = try await world.post("/api/channels/register", Bodies.object(fields))
      #expect(answer.errors == ["client_wallet_address"])
      #expect(!answer.text.contains(key))
      #expect(!world.logged.contains { $0.contains(key) })
    }
  }

  @Test("does: instant needs no threshold, and a hidden one counts as zero")
  func instant() async throws {
    let world = try EdgeWorld()
    var fields = Bodies.registrationFields(threshold: nil)
    fields["payout_threshold_usd"] = "75"
    fields["captcha_answer"] = "12"
    fields["notification_status"] = "true"
    fields["notification_id"] = "6270000001"
    let answer = try await world.post("/api/channels/register", Bodies.object(fields))
    #expect(answer.status == 201, "\(answer)")
    let stored = try #require(world.store.read(after: 1, limit: 1).first)
    guard case .channel(.registered(let event)) = try stored.event() else {
      Issue.record("no registration")
      return
    }
    #expect(event.payout.strategy == .instant)
    #expect(event.payout.threshold == .zero(.usd))
    #expect(event.notify == Personal("6270000001"))
  }

  @Test("does: the same idempotency key gives the same answer, with another body 422")
  func idempotency() async throws {
    let world = try EdgeWorld()
    let body = Bodies.registration()
    let first = try await world.post("/api/channels/register", body, idempotency: "k-1")
    let again = try await world.post(
      "/api/channels/register", body.replacing(":", with: " : "), idempotency: "k-1")
    #expect(first.status == 201)
    #expect(again.status == 201)
    #expect(again.text == first.text)
    let other = try await world.post(
      "/api/channels/register", Bodies.registration(open: "-1002222222222"), idempotency: "k-1")
    #expect(other.status == 422)
    #expect(other.code == "idempotency_key_reused")
    let bad = try await world.post("/api/channels/register", body, idempotency: " ")
    #expect(bad.status == 400, "\(bad)")
  }
}
