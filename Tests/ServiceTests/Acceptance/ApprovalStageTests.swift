import HTTP
import JSON
import Kernel
import Testing

@testable import Service

/// Payouts over a cap, with the whole service.
@Suite struct ApprovalStageTests {
  @Test("does: over a cap nothing is sent until two people approve what they were shown")
  func approvals() async throws {
    let stage = try await Stage.open(["TRANSFER_CAPS": "40 USDT-ETH"])
    try await stage.register(41, threshold: nil)
    _ = try await stage.pay(41, "50", user: 4_101)
    #expect(try await stage.eventually { try await stage.count(41, "transfer.held.v1") == 1 })
    #expect(stage.weir.metrics.page().contains(#"weir_alarms_total{kind="transfer_held"} 1"#))
    let list = try await ask(stage, "GET", "")
    let held = try #require(list.body["transfers"]?.items?.first)
    #expect(held["amount"]?["amount"]?.text == "48.50", "\(held)")
    #expect(held["wallet"]?.text == Stage.monero)
    let (id, digest) = (
      try #require(held["transfer"]?.text), try #require(held["digest"]?.text)
    )
    let wrong = try await ask(
      stage, "POST", "/" + id, word(String(digest.reversed())), by: stage.approverKey(0))
    #expect(wrong.status == 409 && wrong.body["code"]?.text == "approval_differs", "\(wrong)")
    // An operator is no approver, and nobody can say to be another one.
    let operators = try await ask(stage, "POST", "/" + id, word(digest))
    #expect(operators.body["code"]?.text == "approver_needed", "\(operators)")
    let lent = JSONValue.object(["actor": .string("ben"), "digest": .string(digest)])
    #expect(try await ask(stage, "POST", "/" + id, lent, by: stage.approverKey(0)).status == 400)
    for _ in 0..<2 {
      let one = try await ask(stage, "POST", "/" + id, word(digest), by: stage.approverKey(0))
      #expect(one.body["approvers"]?.items?.compactMap(\.text) == ["ana"], "\(one)")
    }
    try await Task.sleep(for: .seconds(3))
    #expect(try await stage.sent().isEmpty)
    let two = try await ask(stage, "POST", "/" + id, word(digest), by: stage.approverKey(1))
    #expect(two.status == 200, "\(two)")
    #expect(try await stage.eventually { try await stage.count(41, "split.completed.v1") == 1 })
    #expect(try await stage.sent().compactMap { $0["amount"]?.text } == ["48.50"])
    #expect(try await ask(stage, "GET", "").body["transfers"]?.items?.isEmpty == true)
    let none = try await ask(
      stage, "POST", "/WE01000000000009.fund", word(digest), by: stage.approverKey(1))
    #expect(none.status == 404)
  }

  private func word(_ digest: String) -> JSONValue { .object(["digest": .string(digest)]) }

  private func ask(
    _ stage: Stage, _ method: String, _ path: String, _ body: JSONValue? = nil,
    by key: HTTPHeaders? = nil
  ) async throws -> Stage.Reply {
    try await stage.send(
      method, stage.base + "/api/admin/approvals" + path, body,
      headers: key ?? stage.operatorKey)
  }
}
