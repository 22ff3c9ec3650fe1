import HTTP
import JSON
import Kernel
import Sandbox
import Testing

@testable import Service

/// A swap provider that says more than it did, and one that is told where to pay, over sockets.
@Suite struct DishonestSwapTests {
  private static let tagged = "XVLhHMPHU98es4dbozjVtdWzVrDjtVoKj3MnFGMXEFMnvJV"
  private static let recipient = "0xde709f2102306220921060314715629080e2fb77"

  /// The exchanges that the provider has, as it shows them.
  private static func exchanges(_ stage: Stage) async throws -> [JSONValue] {
    let headers: HTTPHeaders = [
      "x-changenow-api-key": stage.configuration.changeNOW.apiKey.reveal()
    ]
    let url = stage.sandbox.changeNOWURL + "/v2/exchange"
    var found: [JSONValue] = []
    let list = try await stage.send("GET", url + "s?limit=100", headers: headers)
    for item in list.body["exchanges"]?.items ?? [] {
      let id = try #require(item["exchangeId"]?.text)
      let shown = try await stage.send("GET", url + "/by-id?id=\(id)", headers: headers)
      found.append(shown.body)
    }
    return found
  }

  @Test("does: a payout that is on no chain is settled by a person's word, not before (SW-13)")
  func phantom() async throws {
    let stage = try await Stage.open()
    let scripted = try await stage.send(
      "POST", stage.sandbox.adminURL + "/admin/changenow",
      .object(["behaviour": .string("phantom"), "times": .integer(1)]))
    try #require(scripted.status == 200, "\(scripted.body)")
    try await stage.register(
      1, threshold: nil, currency: "ETH", network: "ETH", wallet: Self.recipient)
    _ = try await stage.pay(1, "50", user: 901)
    #expect(try await stage.eventually { try await stage.count(1, "split.held.v1") == 1 })
    let exchange = try #require(try await Self.exchanges(stage).first)
    #expect(exchange["status"]?.text == "finished" && exchange["amountTo"]?.decimal != nil)
    let hash = try #require(exchange["payoutHash"]?.text)
    let movements = try await stage.send("GET", stage.sandbox.adminURL + "/admin/chain/transfers")
    #expect(movements.body.items?.contains { $0["to"]?.text == Self.recipient } == false)
    // The provider is believed as far as its word, and nothing of it is booked.
    let facts = try await stage.names(1)
    #expect(facts.contains("split.swap_observed.v1"))
    #expect(!facts.contains("split.completed.v1") && facts.count { $0 == "split.held.v1" } == 1)
    let alarm = #"weir_alarms_total{kind="split_held"} 1"#
    #expect(try await stage.eventually { stage.weir.metrics.page().contains(alarm) })
    let shown = try await stage.send(
      "GET", stage.base + "/api/admin/sagas/WE01000000000001", headers: stage.operatorKey)
    let remarks = shown.body["events"]?.items?.compactMap { $0["remark"]?.text } ?? []
    #expect(remarks.contains("the payout \(hash) isn't on the chain"), "\(remarks)")
    try await expectEvidence(of: exchange, stage)
    // What may have been sent isn't sent again.
    #expect(try await stage.operate("WE01000000000001", "retry").status == 409)
    #expect(try await stage.count(1, "split.completed.v1") == 0)
    #expect(
      try await stage.operate("WE01000000000001", "release").body["status"]?.text == "done")
    #expect(try await stage.eventually { try await stage.count(1, "split.completed.v1") == 1 })
    #expect(try await stage.sent().compactMap { $0["amount"]?.text } == ["48.50"])
  }

  @Test("does: a channel's XRP X-address reaches the provider as account and tag (SW-16)")
  func tag() async throws {
    let stage = try await Stage.open()
    try await stage.register(
      2, threshold: nil, currency: "XRP", network: "XRP", wallet: Self.tagged)
    _ = try await stage.pay(2, "50", user: 902)
    #expect(try await stage.eventually { try await stage.count(2, "split.completed.v1") == 1 })
    let exchange = try #require(try await Self.exchanges(stage).first)
    #expect(exchange["payoutAddress"]?.text == "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf")
    #expect(exchange["payoutExtraId"]?.text == "276")
  }

  /// What the provider's support is told has its own ids and sums in it, and ours (SW-08).
  private func expectEvidence(of exchange: JSONValue, _ stage: Stage) async throws {
    let evidence = try await stage.send(
      "GET", stage.base + "/api/admin/sagas/WE01000000000001/evidence",
      headers: stage.operatorKey
    ).body
    let swap = try #require(evidence["swaps"]?.items?.first, "\(evidence)")
    #expect(swap["swap"]?.text == exchange["id"]?.text && swap["status"]?.text == "finished")
    #expect(swap["reference"]?.text == exchange["userId"]?.text)
    #expect(swap["deposit_address"]?.text == exchange["payinAddress"]?.text)
    #expect(evidence["recipient"]?.text == exchange["payoutAddress"]?.text)
    #expect(evidence["refund_address"]?.text == exchange["refundAddress"]?.text)
    #expect(evidence["deposit"]?["funded_by"]?.text == exchange["payinHash"]?.text)
    #expect(evidence["held"]?.text?.contains(exchange["payoutHash"]?.text ?? "none") == true)
    #expect(evidence["result"] == .null)
  }
}
