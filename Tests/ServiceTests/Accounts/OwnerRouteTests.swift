import HTTP
import JSON
import Kernel
import Log
import Testing

@testable import Service

@Suite struct OwnerRouteTests {
  private static let open = "-1001234567890"
  private static let path = "/api/channels/-1001234567890"

  @Test("does: an owner's channel is listed, shown with its version, and nobody else's")
  func shows() async throws {
    let world = try EdgeWorld()
    let mira = try await world.person("mira")
    let omar = try await world.person("omar")
    try await world.register(Self.open, "-1009876543210", by: mira)
    let list = try await world.ask("GET", "/api/channels", by: mira.access)
    let channel = try #require(list.json?["channels"]?.items?.first)
    #expect(channel["open_channel_id"]?.text == Self.open)
    #expect(channel["tiers"]?.items?.count == 3 && channel["owed"]?.text == "0.00")
    #expect(channel["progress"]?["percent"]?.text == "0.00")
    #expect(channel["created_at"]?.text == EdgeWorld.now.text)
    let shown = try await world.ask("GET", Self.path, by: mira.access)
    #expect(shown.headers["ETag"] == "\"1\"")
    #expect(
      try await world.ask("GET", "/api/channels", by: omar.access).json?["count"] == .integer(0))
  }

  @Test("refuses: a stranger's channel exactly as one that isn't there")
  func strangers() async throws {
    let world = try EdgeWorld()
    let mira = try await world.person("mira")
    let omar = try await world.person("omar")
    try await world.register(Self.open, "-1009876543210", by: mira)
    let version: HTTPHeaders = ["If-Match": "\"1\""]
    let requests: [(String, String, String?)] = [
      ("GET", "", nil), ("GET", "/timeline", nil), ("GET", "/balance", nil),
      ("GET", "/payouts", nil), ("GET", "?asof=1", nil), ("GET", "/timeline?asof=1", nil),
      ("PUT", "", #"{"sub_1_price":"1"}"#), ("DELETE", "", nil),
    ]
    for (method, rest, body) in requests {
      let foreign = try await world.ask(
        method, Self.path + rest, body, by: omar.access, headers: version)
      let missing = try await world.ask(
        method, "/api/channels/-1005555555555" + rest, body, by: omar.access, headers: version)
      #expect(foreign.status == 404, "\(method) \(rest): \(foreign)")
      #expect(foreign.text == missing.text)
      #expect(
        foreign.headers.fields.map(\.name).sorted() == missing.headers.fields.map(\.name).sorted())
    }
    let batches = try await world.ask("GET", "/api/batches?channel=\(Self.open)", by: omar.access)
    #expect(batches.json?["batches"]?.items?.isEmpty == true)
    let own = try await world.ask("GET", Self.path, by: mira.access)
    #expect(own.json?["sub_1_price"]?.text == "25.00", "nothing was changed")
  }

  @Test("does: an edit of the version it was read at; refuses an older one, and one without")
  func edits() async throws {
    let world = try EdgeWorld()
    let mira = try await world.person("mira")
    try await world.register(Self.open, "-1009876543210", by: mira)
    func edit(_ body: String, _ version: String?, query: String = "") async throws -> EdgeAnswer {
      try await world.ask(
        "PUT", Self.path + query, body, by: mira.access,
        headers: version.map { ["If-Match": $0] } ?? [:])
    }
    let tiers = #"{"tier_count":1,"sub_1_price":"9.50","open_channel_title":"New"}"#
    #expect(try await edit(tiers, nil).status == 428)
    let dry = try await edit(tiers, "\"1\"", query: "?dry_run=true")
    #expect(dry.json?["would"]?.items == [.string("channel.offer_changed.v1")], "\(dry)")
    let done = try await edit(tiers, "\"1\"")
    #expect(done.status == 200 && done.headers["ETag"] == "\"2\"", "\(done)")
    #expect(done.json?["tiers"]?.items?.count == 1)
    #expect(done.json?["open_channel_title"]?.text == "New")
    #expect(done.json?["closed_channel_title"]?.text == "Closed")
    let late = try await edit(#"{"sub_1_price":"8"}"#, "\"1\"")
    #expect(late.status == 412 && late.code == "version_differs")
    let id = try await edit(#"{"open_channel_id":"-1005555555555"}"#, "\"2\"")
    #expect(id.errors == ["open_channel_id"])
    let low = try await edit(#"{"payout_threshold_usd":"49.99"}"#, "\"2\"")
    #expect(low.errors == ["payout_threshold_usd"])
    let past = try await world.ask("GET", Self.path + "?asof=6", by: mira.access)
    #expect(past.status == 200 && past.json?["open_channel_title"]?.text != "New", "\(past)")
  }

  @Test("refuses: another wallet without the password; with it it waits, is told and cancelled")
  func wallet() async throws {
    let world = try EdgeWorld()
    let mira = try await world.person("mira")
    try await world.register(Self.open, "-1009876543210", by: mira)
    let other = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
    func move(_ more: String) async throws -> EdgeAnswer {
      try await world.ask(
        "PUT", Self.path, #"{"client_wallet_address":"\#(other)"\#(more)}"#, by: mira.access,
        headers: ["If-Match": "*"])
    }
    #expect(try await move("").errors == ["current_password"])
    #expect(try await move(#","current_password":"Wrong-horse-1""#).code == "password_wrong")
    let done = try await move(#","current_password":"\#(Person.password)""#)
    #expect(done.json?["client_wallet_address"]?.text != other, "\(done)")
    let held = done.json?["held_payout_change"]
    #expect(held?["client_wallet_address"]?.text == other, "\(done)")
    #expect(held?["effective_at"]?.text == "2026-11-26T16:47:11.000000Z")
    let omar = try await world.person("omar")
    let path = Self.path + "/payout-change"
    #expect(try await world.ask("DELETE", path, by: omar.access).status == 404)
    let list = try await world.ask(
      "GET", "/api/admin/payout-changes", by: EdgeWorld.operatorKey)
    #expect(list.json?["changes"]?.items?.count == 1, "\(list)")
    let dry = try await world.ask("DELETE", path + "?dry_run=true", by: mira.access)
    #expect(dry.json?["would"]?.items == [.string("channel.payout_change_cancelled.v1")])
    let kept = try await world.ask("DELETE", path, by: mira.access)
    #expect(kept.status == 200 && kept.json?["held_payout_change"] == .null, "\(kept)")
    let none = try await world.ask("DELETE", path, by: mira.access)
    #expect(none.status == 409 && none.code == "nothing_pending", "\(none)")
    _ = try await move(#","current_password":"\#(Person.password)""#)
    let channel = list.json?["changes"]?.items?.first?["channel"]?.text ?? ""
    let by = try await world.ask(
      "POST", "/api/admin/payout-changes/\(channel)/cancel",
      #"{"reason":"stolen","actor":"root"}"#, by: EdgeWorld.operatorKey)
    #expect(by.status == 200, "\(by)")
    let kinds = ["payout-change-held", "payout-change-cancelled"]
    try await eventually {
      world.mails.all.filter { $0.to == mira.email }.map(\.kind).suffix(4) == kinds + kinds
    }
    _ = try await move(#","current_password":"\#(Person.password)""#)
    let key = try #require(ChannelKey(naming: channel))
    world.wait(seconds: Limits.payoutHoldSeconds)
    try await world.ask(
      .channel(.endHold(key, effective: EdgeWorld.now.adding(seconds: Limits.payoutHoldSeconds))))
    try await eventually { world.mails.all.last?.kind == "payout-changed" }
    let mail = try #require(world.mails.all.last)
    #expect(mail.to == mira.email && mail.text.contains("USDT-ETH to\n\n\(other)"), "\(mail)")
  }

  @Test("does: pages of an owner's payouts hold all of their channels, in order, and nobody else's")
  func payouts() async throws {
    let world = try EdgeWorld()
    let mira = try await world.person("mira")
    let omar = try await world.person("omar")
    let opens = ["-1001000000001", "-1001000000002", "-1001000000003", "-1001000000004"]
    for (open, owner) in zip(opens, [mira, omar, mira, mira]) {
      try await world.register(open, open.replacing("-1001", with: "-1002"), by: owner)
    }
    for (number, open) in opens.enumerated() {
      for part in 0..<3 {
        let paid = Bodies.notice(
          payment: 10 * number + part + 1, order: "PGP-6270000001|\(open)", price: "50")
        #expect(try await world.notify(paid).status == 200)
      }
      let run = try await world.post(
        "/api/admin/batches/run", "{}", key: EdgeWorld.operatorKey)
      #expect(run.status == 200, "\(run)")
      world.wait(seconds: 1)
    }
    let head = world.store.head.position
    var (seen, after): ([String], Int?) = ([], 0)
    while let place = after, seen.count < 10 {
      let page = try await world.ask(
        "GET", "/api/batches?limit=1&after=\(place)&position=\(head)", by: mira.access)
      seen += page.json?["batches"]?.items?.compactMap { $0["channel"]?.text } ?? ["\(page)"]
      after = page.json?["next"]?.integer
    }
    let own = [opens[0], opens[2], opens[3]].compactMap { ChannelKey(naming: $0)?.text }
    #expect(seen == own, "\(seen)")
    let all = try await world.get("/api/batches?position=\(head)")
    #expect(all.json?["batches"]?.items?.count == 4, "\(all)")
  }

  @Test("does: a closed channel stays, and sells nothing; keys of one account are no other's")
  func closes() async throws {
    let world = try EdgeWorld()
    let mira = try await world.person("mira")
    let omar = try await world.person("omar")
    let body = Bodies.registration()
    let key: HTTPHeaders = ["Idempotency-Key": "same-key"]
    let first = try await world.ask(
      "POST", "/api/channels/register", body, by: mira.access, headers: key)
    let again = try await world.ask(
      "POST", "/api/channels/register", body, by: mira.access, headers: key)
    #expect(first.status == 201 && again.status == 201 && first.text == again.text)
    let other = try await world.ask(
      "POST", "/api/channels/register", body, by: omar.access, headers: key)
    #expect(other.code == "open_channel_taken", "\(other)")
    let closed = try await world.ask(
      "DELETE", Self.path, by: mira.access, headers: ["If-Match": "\"1\""])
    #expect(closed.json?["is_closed"]?.flag == true, "\(closed)")
    let order = try await world.post(
      "/api/orders", #"{"channel":"\#(Self.open)","tier":1,"user_id":"77"}"#)
    #expect(order.status == 409 && order.code == "channel_closed", "\(order)")
  }
}
