import HTTP
import JSON
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
    for path in ["/api/admin/freeze", "/api/admin/unfreeze"] {
      #expect(try await ask(world, path, word, key: nil).status == 401)
      #expect(try await ask(world, path, word, key: "wrong").status == 401)
      // The service's own key is another one.
      #expect(try await ask(world, path, word, key: EdgeWorld.serviceKey).status == 401)
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
    #expect(try await ask(world, "/api/admin/unfreeze", word).text == #"{"frozen":false}"#)
    // The same request again is the one that was done: it freezes nothing anew.
    let replay = try await ask(world, "/api/admin/freeze", word, idempotency: "k")
    #expect(replay.text == #"{"frozen":false}"#)
    let reused = try await ask(
      world,
      "/api/admin/freeze", #"{"reason":"other","actor":"ben"}"#, idempotency: "k")
    #expect(reused.status == 422)
  }
}
