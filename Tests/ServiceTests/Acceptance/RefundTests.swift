import Foundation
import HTTP
import JSON
import Kernel
import Sandbox
import Testing

@testable import Service

/// A swap that the provider sends back, over sockets, and what an operator does about it.
@Suite struct RefundTests {
  @Test("does: a refunded batch is paid again by an operator's word, and once")
  func batch() async throws {
    let stage = try await Stage.open()
    let scripted = try await stage.send(
      "POST", stage.sandbox.adminURL + "/admin/changenow",
      .object(["behaviour": .string("refund"), "times": .integer(1)]))
    try #require(scripted.status == 200, "\(scripted.body)")
    try await stage.register(1, threshold: "50")
    _ = try await stage.pay(1, "50", user: 701)
    _ = try await stage.pay(1, "25", user: 702)
    #expect(try await stage.eventually { try await stage.count(1, "batch.failed.v1") == 1 })
    #expect(try await stage.count(1, "split.refunded.v1") == 1)
    let first = "ch\(Stage.open(1))-b1"
    let dry = try await stage.operate(first, "retry", isDry: true)
    #expect(dry.status == 200 && dry.body["status"]?.text == "would", "\(dry)")
    let done = try await stage.operate(first, "retry")
    #expect(done.body["status"]?.text == "done", "\(done)")
    #expect(try await stage.eventually { try await stage.count(1, "batch.completed.v1") == 1 })
    #expect(try await stage.operate(first, "retry").status == 409)
    let total = try await stage.amounts(1, "batch.opened.v1")
    #expect(total.count == 2 && total[0] == total[1])
    #expect(try await stage.amounts(1, "accumulation.paid.v1") == [total[0]])
    // Once out, back, and out again: nothing else left the wallet.
    #expect(try await stage.sent().compactMap { $0["amount"]?.text } == [total[0], total[0]])
  }

  @Test("does: a payment paid at once whose swap was refunded is paid by another split, once")
  func instant() async throws {
    let stage = try await Stage.open()
    let scripted = try await stage.send(
      "POST", stage.sandbox.adminURL + "/admin/changenow",
      .object(["behaviour": .string("refund"), "times": .integer(1)]))
    try #require(scripted.status == 200, "\(scripted.body)")
    try await stage.register(2, threshold: nil)
    _ = try await stage.pay(2, "50", user: 801)
    #expect(try await stage.eventually { try await stage.count(2, "split.refunded.v1") == 1 })
    let split = "WE01000000000001"
    #expect(try await stage.operate(split, "retry").body["status"]?.text == "done")
    #expect(try await stage.eventually { try await stage.count(2, "split.completed.v1") == 1 })
    #expect(try await stage.operate(split, "retry").status == 409)
    #expect(try await stage.sent().compactMap { $0["amount"]?.text } == ["48.50", "48.50"])
  }
}

extension Stage {
  /// What an operator asks of a process.
  func operate(_ id: String, _ action: String, isDry: Bool = false) async throws -> Reply {
    try await send(
      "POST", base + "/api/admin/sagas/\(id)/\(action)",
      .object([
        "reason": .string("the pair is open again"), "actor": .string("ada"),
        "dry_run": .bool(isDry),
      ]), headers: ["Authorization": "Bearer \(configuration.operatorKeys[0].reveal())"])
  }
}
