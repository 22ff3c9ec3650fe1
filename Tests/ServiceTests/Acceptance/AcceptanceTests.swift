import Foundation
import JSON
import Kernel
import Log
import Model
import Sandbox
import Testing

@testable import Service

/// The seeds' five scenarios (domain 4.4), over sockets, against the stand-ins.
@Suite struct AcceptanceTests {
  @Test(
    "does: 25, 50 and 30 at threshold 100 become one batch of 101.85, settled and paid once",
    arguments: Stage.Keeping.allCases)
  func threshold(_ keeping: Stage.Keeping) async throws {
    let stage = try await Stage.open(in: keeping)
    try await stage.register(1, threshold: "100")
    _ = try await stage.pay(1, "25", user: 701)
    _ = try await stage.pay(1, "50", user: 702)
    #expect(try await stage.eventually { try await stage.count(1, "accumulation.locked.v1") == 2 })
    try await Task.sleep(for: .seconds(2))
    #expect(try await stage.count(1, "batch.opened.v1") == 0)
    _ = try await stage.pay(1, "30", user: 703)
    #expect(try await stage.eventually { try await stage.count(1, "batch.completed.v1") == 1 })
    #expect(
      try await stage.amounts(1, "accumulation.locked.v1").sorted() == ["24.25", "29.10", "48.50"])
    #expect(try await stage.amounts(1, "batch.opened.v1") == ["101.85"])
    #expect(try await stage.amounts(1, "accumulation.paid.v1") == ["101.85"])
    let sent = try await stage.sent()
    #expect(sent.compactMap { $0["amount"]?.text } == ["101.85"])
    try await Task.sleep(for: .seconds(2))
    #expect(try await stage.count(1, "batch.opened.v1") == 1)
    let trace = try await stage.trace()
    #expect(trace.batches == 1 && trace.check() == .accepted)
    #expect(try await stage.eventually { try await stage.isAlike(1) })
  }

  @Test(
    "does: eleven payments of 50 at threshold 500 become one batch of 533.50",
    arguments: Stage.Keeping.allCases)
  func eleven(_ keeping: Stage.Keeping) async throws {
    let stage = try await Stage.open(in: keeping)
    try await stage.register(2, threshold: "500")
    for user in 1...11 { _ = try await stage.pay(2, "50", user: 7_000 + user) }
    #expect(try await stage.eventually { try await stage.count(2, "batch.completed.v1") == 1 })
    #expect(try await stage.amounts(2, "batch.opened.v1") == ["533.50"])
    let batches = try await stage.send("GET", stage.base + "/api/batches")
    #expect(batches.body["batches"]?.items?.count == 1)
    #expect(try await stage.eventually { try await stage.isAlike(2) })
  }

  @Test(
    "does: an instant channel is paid at once, and nothing accumulates",
    arguments: Stage.Keeping.allCases)
  func instant(_ keeping: Stage.Keeping) async throws {
    let stage = try await Stage.open(in: keeping)
    try await stage.register(3, threshold: nil)
    _ = try await stage.pay(3, "50", user: 801)
    #expect(try await stage.eventually { try await stage.count(3, "split.completed.v1") == 1 })
    let names = try await stage.names(3)
    #expect(!names.contains("accumulation.locked.v1"))
    #expect(names.contains("order.granted.v1"))
    #expect(try await stage.sent().compactMap { $0["amount"]?.text } == ["48.50"])
    #expect(try await stage.eventually { try await stage.isAlike(3) })
  }

  @Test(
    "does: with accumulation off a threshold channel is paid at once, with reason and alarm",
    arguments: Stage.Keeping.allCases)
  func accumulationOff(_ keeping: Stage.Keeping) async throws {
    let stage = try await Stage.open(["ACCUMULATION": "off"], in: keeping)
    try await stage.register(4, threshold: "100")
    _ = try await stage.pay(4, "25", user: 901)
    #expect(try await stage.eventually { try await stage.count(4, "split.completed.v1") == 1 })
    #expect(try await stage.count(4, "accumulation.locked.v1") == 0)
    #expect(stage.weir.metrics.page().contains(#"weir_alarms_total{kind="routing_fallback"} 1"#))
    let tag = Tag.channel(ChannelKey(registering: OpenChannelID(text: Stage.open(4))!))
    let routed = try stage.weir.store.read(tag, after: 0, limit: 100)
      .first { $0.name == "payment.routed.v1" }
    let body = try JSONValue.parse(#require(routed).body)
    #expect(body["fallback"]?.text == "accumulation_disabled")
    #expect(body["strategy"]?.text == "instant")
    #expect(try await stage.eventually { try await stage.isAlike(4) })
  }

  @Test(
    "does: one client's failing batch leaves the other's alone, and releases its members",
    arguments: Stage.Keeping.allCases)
  func failing(_ keeping: Stage.Keeping) async throws {
    let stage = try await Stage.open(in: keeping)
    let script: JSONValue = .object([
      "match": .object(["to_currency": .string("ltc")]), "behaviour": .string("refuse"),
    ])
    let scripted = try await stage.send(
      "POST", stage.sandbox.adminURL + "/admin/changenow", script)
    try #require(scripted.status == 200, "\(scripted.body)")
    try await stage.register(
      5, threshold: "50", currency: "LTC", network: "LTC",
      wallet: "LdP8Qox1VAhCzLJNqrr74YovaWYyNBUWvL")
    try await stage.register(6, threshold: "50")
    for user in 1...2 {
      _ = try await stage.pay(5, "50", user: 500 + user)
      _ = try await stage.pay(6, "50", user: 600 + user)
    }
    #expect(try await stage.eventually { try await stage.count(6, "batch.completed.v1") >= 1 })
    #expect(try await stage.eventually { try await stage.count(5, "batch.failed.v1") >= 1 })
    #expect(try await stage.count(5, "accumulation.released.v1") >= 1)
    #expect(try await stage.count(5, "accumulation.paid.v1") == 0)
    #expect(try await stage.trace().check() == .accepted)
    #expect(try await stage.eventually { try await stage.isAlike(6) })
  }
}
