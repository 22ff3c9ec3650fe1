import HTTP
import JSON
import Log
import Testing

@testable import Service

@Suite struct FreezeRouteTests {
  private let word = #"{"reason":"why","actor":"ana"}"#

  private func ask(
    _ world: EdgeWorld, _ path: String, _ body: String, key: String? = EdgeWorld.operatorKey,
    idempotency: String? = nil
  ) async throws -> EdgeAnswer {
    try await world.post(path, body, key: key, idempotency: idempotency)
  }

  @Test("refuses: whoever has no key, and words that are missing or none")
  func refuses() async throws {
    let world = try EdgeWorld()
    let path = "/api/admin/freeze"
    for (path, others) in [
      (path, Array(EdgeWorld.approverKeys.values)),
      ("/api/admin/unfreeze", [EdgeWorld.operatorKey]),
    ] {
      // The service's own key is another one, and so is that of whoever does the other thing.
      for key in [nil, "wrong", EdgeWorld.serviceKey] + others {
        #expect(try await ask(world, path, word, key: key).status == 401, "\(path)")
      }
    }
    do {
      #expect(try await ask(world, path, "{}").errors.sorted() == ["actor", "reason"])
      let long = String(repeating: "x", count: 501)
      for body in [
        #"{"reason":"","actor":"a"}"#, #"{"reason":"\#(long)","actor":"a"}"#,
        #"{"reason":"a","actor":7}"#, #"{"reason":"a","actor":"a:b"}"#,
        #"{"reason":"a","actor":"a","more":1}"#,
      ] {
        let answer = try await ask(world, path, body)
        #expect(answer.status == 400 && answer.errors.count == 1, "\(answer)")
      }
      #expect(try await ask(world, path, "[]").status == 400)
    }
    #expect(try await world.get("/api/admin/freeze").status == 401)
    let ana = EdgeWorld.approverKeys["ana"]
    for body in [#"{"reason":""}"#, "{}", #"{"reason":"a","actor":"ben"}"#, "[]"] {
      let answer = try await ask(world, "/api/admin/unfreeze", body, key: ana)
      #expect(answer.status == 400, "\(answer)")
    }
    let nobody = try EdgeWorld { $0.approvers = [] }
    let unset = try await ask(nobody, "/api/admin/unfreeze", #"{"reason":"a"}"#, key: ana)
    #expect(unset.status == 401 && unset.code == "approver_needed", "\(unset)")
    #expect(unset.text.contains("WEIR_APPROVER_KEYS"), "\(unset)")
  }

  @Test("does: a key and an account of one person are one word, and the operators' key is none")
  func oneDirectory() async throws {
    let world = try EdgeWorld {
      $0.approvers.append(
        Configuration.Approver(name: "CARL@example.org", key: Secret("carls-key-0123456789")))
    }
    let (ana, carl) = (try await world.person("Ana"), try await world.person("carl"))
    for person in [ana, carl] { try await world.give(#""approver""#, to: person.id) }
    _ = try await ask(world, "/api/admin/freeze", word)
    func unfreeze(_ key: String?, _ body: String = #"{"reason":"so"}"#) async throws -> EdgeAnswer {
      try await ask(world, "/api/admin/unfreeze", body, key: key)
    }
    for name in ["ana", "root", ""] {
      let root = try await unfreeze(
        EdgeWorld.operatorKey, #"{"reason":"so","actor":"\#(name)"}"#)
      #expect(root.status == 401 && root.code == "approver_needed", "\(root)")
    }
    for key in [EdgeWorld.approverKeys["ana"], ana.access, EdgeWorld.approverKeys["ana"]] {
      let one = try await unfreeze(key)
      #expect(one.json?["approvers"]?.items?.compactMap(\.text) == ["ana"], "\(one)")
    }
    #expect(try await unfreeze(carl.access, #"{"reason":"so","actor":"ben"}"#).status == 400)
    let two = try await unfreeze(carl.access, #"{"reason":"so","actor":"carl"}"#)
    #expect(two.text == #"{"frozen":false}"#, "\(two)")
    let facts = try world.store.read(after: 0, limit: 1_000).filter {
      $0.name == "ledger.unfreeze_approved.v1"
    }
    #expect(facts.map(\.actor) == ["operator:ana", "operator:CARL@example.org"])
    // Who isn't an approver any more gives no word.
    try await world.give("", to: ana.id)
    #expect(try await unfreeze(ana.access).code == "role_missing")
  }

  @Test("does: says who froze it, keeps the first word, and takes the same request once")
  func status() async throws {
    let world = try EdgeWorld()
    let key: HTTPHeaders = ["Authorization": "Bearer \(EdgeWorld.operatorKey)"]
    let free = try await world.get("/api/admin/freeze", headers: key)
    #expect(free.text == #"{"frozen":false}"#)
    let first = try await ask(world, "/api/admin/freeze", word, idempotency: "k")
    #expect(first.json?["actor"]?.text == "operator:ana", "\(first)")
    #expect(first.json?["reason"]?.text == "why")
    let second = try await ask(
      world,
      "/api/admin/freeze", #"{"reason":"other","actor":"ben"}"#)
    #expect(second.text == first.text)
    let why = #"{"reason":"explained"}"#
    func unfreeze(_ who: String) async throws -> EdgeAnswer {
      try await ask(world, "/api/admin/unfreeze", why, key: EdgeWorld.approverKeys[who])
    }
    // One person's word, however often, is one person's.
    for _ in 0..<2 {
      let one = try await unfreeze("ana")
      #expect(one.json?["frozen"] == .bool(true), "\(one)")
      #expect(one.json?["approvers"]?.items?.compactMap(\.text) == ["ana"])
    }
    #expect(try await unfreeze("ben").text == #"{"frozen":false}"#)
    let facts = try world.store.read(after: 0, limit: 1_000).filter {
      $0.name == "ledger.unfreeze_approved.v1"
    }
    #expect(facts.map(\.actor) == ["operator:ana", "operator:ben"])
    // The same request again is the one that was done: it freezes nothing anew.
    let replay = try await ask(world, "/api/admin/freeze", word, idempotency: "k")
    #expect(replay.text == #"{"frozen":false}"#)
    let reused = try await ask(
      world,
      "/api/admin/freeze", #"{"reason":"other","actor":"ben"}"#, idempotency: "k")
    #expect(reused.status == 422)
  }
}
