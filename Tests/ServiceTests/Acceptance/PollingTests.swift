import JSON
import Kernel
import Sandbox
import Testing

@testable import Service

/// Payments whose notices never come, over sockets (PP-08).
@Suite struct PollingTests {
  @Test("does: what no notice told of is found in the provider's list, and booked once")
  func silent() async throws {
    let stage = try await Stage.open([
      "NOWPAYMENTS_EMAIL": "shop@example.org", "NOWPAYMENTS_PASSWORD": "a-password-of-the-tests",
    ])
    #expect(Weir.pollEverySeconds <= 900)
    try await stage.register(1, threshold: "500")
    let silent = try await stage.pay(1, "50", user: 601, ["deliver": .string("none")])
    let other = try await stage.pay(1, "25", user: 602)
    #expect(try await stage.eventually { try await stage.count(1, "payment.finished.v1") == 1 })
    // As long as nobody asks, nobody knows of the first.
    let known = try await stage.send(
      "GET", stage.base + "/api/admin/payments/\(silent)", headers: stage.operatorKey)
    #expect(known.status == 404, "\(known)")
    let weir = stage.weir
    // It ends with the service.
    Task { await weir.pollPayments(everySeconds: 1) }
    #expect(try await stage.eventually { try await stage.count(1, "payment.finished.v1") == 2 })
    #expect(try await stage.eventually { try await stage.count(1, "accumulation.locked.v1") == 2 })
    #expect(try await stage.amounts(1, "accumulation.locked.v1").sorted() == ["24.25", "48.50"])
    // The notice comes after all, and the list goes on being read.
    _ = try await stage.pay(
      1, "50", user: 601,
      ["payment_id": .string(silent), "statuses": .array([.string("finished")])])
    let more = try await stage.pay(1, "30", user: 603, ["deliver": .string("none")])
    #expect(try await stage.eventually { try await stage.count(1, "payment.finished.v1") == 3 })
    #expect(Set([silent, other, more]).count == 3)
    #expect(try await stage.count(1, "payment.held.v1") == 0)
  }
}
