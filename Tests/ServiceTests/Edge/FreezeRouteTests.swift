import HTTP
import JSON
import Testing

@testable import Service

@Suite struct FreezeRouteTests {
  private let word = #"{"reason":"why","actor":"ops:ana"}"#

  @Test("refuses: whoever has no key, and words that are missing or none")
  func refuses() async throws {
    let world = try EdgeWorld()
    for path in ["/api/admin/freeze", "/api/admin/unfreeze"] {
      #expect(try await world.post(path, word, key: nil).status == 401)
      #expect(try await world.post(path, word, key: "wrong").status == 401)
      #expect(try await world.post(path, "{}").errors.sorted() == ["actor", "reason"])
      let long = String(repeating: "x", count: 501)
      for body in [
        #"{"reason":"","actor":"a"}"#, #"{"reason":"\#(long)","actor":"a"}"#,
        #"{"reason":"a","actor":7}"#, #"{"reason":"a","actor":"a","more":1}"#,
      ] {
        let answer = try await world.post(path, body)
        #expect(answer.status == 400 && answer.errors.count == 1, "\(answer)")
      }
      #expect(try await world.post(path, "[]").status == 400)
    }
    #expect(try await world.get("/api/admin/freeze").status == 401)
  }

  @Test("does: says who froze it, keeps the first word, and takes the same request once")
  func status() async throws {
    let world = try EdgeWorld()
    let key: HTTPHeaders = ["Authorization": "Bearer \(EdgeWorld.serviceKey)"]
    let free = try await world.get("/api/admin/freeze", headers: key)
    #expect(free.text == #"{"frozen":false}"#)
    let first = try await world.post("/api/admin/freeze", word, idempotency: "k")
    #expect(first.json?["actor"]?.text == "ops:ana", "\(first)")
    #expect(first.json?["reason"]?.text == "why")
    let second = try await world.post(
      "/api/admin/freeze", #"{"reason":"other","actor":"ops:ben"}"#)
    #expect(second.text == first.text)
    #expect(try await world.post("/api/admin/unfreeze", word).text == #"{"frozen":false}"#)
    // The same request again is the one that was done: it freezes nothing anew.
    let replay = try await world.post("/api/admin/freeze", word, idempotency: "k")
    #expect(replay.text == #"{"frozen":false}"#)
    let reused = try await world.post(
      "/api/admin/freeze", #"{"reason":"other","actor":"ops:ben"}"#, idempotency: "k")
    #expect(reused.status == 422)
  }
}
