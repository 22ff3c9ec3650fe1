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
    let list = try await ask(stage, "GET", "", nil)
    let held = try #require(list.body["transfers"]?.items?.first)
    #expect(held["amount"]?["amount"]?.text == "48.50", "\(held)")
    #expect(held["wallet"]?.text == Stage.monero)
    let (id, digest) = (
      try #require(held["transfer"]?.text), try #require(held["digest"]?.text)
    )
    let wrong = try await ask(stage, "POST", "/" + id, word("ana", String(digest.reversed())))
    #expect(wrong.status == 409 && wrong.body["code"]?.text == "approval_differs", "\(wrong)")
    for who in ["ana", "ana", "Ana"] {
      let one = try await ask(stage, "POST", "/" + id, word(who, digest))
      #expect(one.body["approvers"]?.items?.compactMap(\.text) == ["ana"], "\(one)")
    }
    try await Task.sleep(for: .seconds(3))
    #expect(try await stage.sent().isEmpty)
    #expect(try await ask(stage, "POST", "/" + id, word("ben", digest)).status == 200)
    #expect(try await stage.eventually { try await stage.count(41, "split.completed.v1") == 1 })
    #expect(try await stage.sent().compactMap { $0["amount"]?.text } == ["48.50"])
    #expect(try await ask(stage, "GET", "", nil).body["transfers"]?.items?.isEmpty == true)
    #expect(
      try await ask(stage, "POST", "/WE01000000000009.fund", word("ben", digest)).status == 404)
  }

  private func word(_ actor: String, _ digest: String) -> JSONValue {
    .object(["actor": .string(actor), "digest": .string(digest)])
  }

  private func ask(
    _ stage: Stage, _ method: String, _ path: String, _ body: JSONValue?
  ) async throws -> Stage.Reply {
    try await stage.send(
      method, stage.base + "/api/admin/approvals" + path, body, headers: stage.operatorKey)
  }
}
