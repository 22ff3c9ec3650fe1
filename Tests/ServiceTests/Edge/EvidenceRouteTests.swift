import HTTP
import JSON
import Kernel
import Testing

@testable import Service

/// What is handed to a provider's support.
@Suite struct EvidenceRouteTests {
  private static let key: HTTPHeaders = ["Authorization": "Bearer \(EdgeWorld.operatorKey)"]

  @Test("does: ids, amounts and transactions in one piece, by whatever id; nothing that is ours")
  func bundle() async throws {
    let world = try EdgeWorld()
    let (split, hash) = try await world.settledPayout()
    try await world.ask(.split(.operate(split, .ask, reason: "a word among us")))
    let path = "/api/admin/sagas/"
    for id in [split.text, split.transfer.text, "ch-1001234567890-b1"] {
      let answer = try await world.get(path + "\(id)/evidence", headers: Self.key)
      let body = try #require(answer.json, "\(answer)")
      #expect(answer.status == 200 && body["split"]?.text == split.text)
      #expect(body["sent"]?["amount"]?.text == "101.85" && body["route"]?.text == "direct")
      #expect(body["recipient"]?.text == Bodies.wallet)
      #expect(body["refund_address"]?.text == EdgeWorld.host)
      #expect(body["deposit"]?["from"]?.text == EdgeWorld.host)
      #expect(body["deposit"]?["funded_by"]?.text == hash)
      let transactions = body["transactions"]?.items ?? []
      #expect(transactions.count == 1 && transactions[0]["hash"]?.text == hash)
      #expect(transactions[0]["outcome"]?.text == "confirmed")
      #expect(transactions[0]["block"]?.integer == 19_000_123)
      let names = body["timeline"]?.items?.compactMap { $0["name"]?.text } ?? []
      #expect(names.first == "split.requested.v1" && names.contains("hostpay.funded.v1"))
      #expect(names.contains("split.asked.v1") && !answer.text.contains("a word among us"))
      #expect(!answer.text.contains("0x02\"") && !answer.text.contains("ch-1001234567890"))
      let times = body["timeline"]?.items?.compactMap { $0["at"]?.text } ?? []
      #expect(times == times.sorted() && times.count == names.count)
    }
  }

  @Test("refuses: whoever audits nothing, and ids of nothing")
  func refuses() async throws {
    let world = try EdgeWorld()
    _ = try await world.settledPayout()
    let path = "/api/admin/sagas/WE01000000000001/evidence"
    #expect(try await world.get(path).status == 401)
    for id in ["WE01000000000009", "cv-1", "nothing", "a%20b", "ch-1001234567890-b9"] {
      let answer = try await world.get("/api/admin/sagas/\(id)/evidence", headers: Self.key)
      #expect(answer.status == 404, "\(id): \(answer)")
    }
  }
}
