import Engine
import Gateways
import JSON
import Kernel
import Sagas
import Sandbox
import Testing

@testable import Service

@Suite struct LostNoticeTests {
  /// Pays as the provider's page would; its notices lead nowhere.
  private func pay(_ stage: Stage, _ order: String) async throws -> PaymentID {
    let reply = try await stage.send(
      "POST", stage.sandbox.adminURL + "/admin/pay",
      .object([
        "order_id": .string(order), "price_amount": .number("50"),
        "callback_url": .string("http://127.0.0.1:1/nowhere"),
      ]))
    try #require(reply.status == 201, "\(reply.body)")
    return try #require(reply.body["payment_id"]?.text.flatMap(PaymentID.init(text:)))
  }

  /// All that was submitted by now is decided then.
  private func settle(_ stage: Stage) async {
    await withCheckedContinuation { done in stage.weir.inspect { _ in done.resume() } }
  }

  @Test("does: what no notice told of is booked once, by list or by asking")
  func listed() async throws {
    let known = SandboxSettings()
    let stage = try await Stage.open([
      "NOWPAYMENTS_EMAIL": known.nowPaymentsEmail,
      "NOWPAYMENTS_PASSWORD": known.nowPaymentsPassword,
    ])
    let account = try #require(stage.configuration.nowPayments.account)
    try await stage.register(71, threshold: "1000")
    let first = try await pay(stage, "PGP-7101|\(Stage.open(71))")
    let second = try await pay(stage, "PGP-7102|\(Stage.open(71))")
    let foreign = try await pay(stage, "another-shop-17")
    let provider = stage.weir.performer.nowPayments
    for payment in [first, second, foreign] {
      #expect(
        try await stage.eventually { try await provider.payment(payment).status == "finished" })
    }
    #expect(try await stage.count(71, "payment.observed.v1") == 0)
    // Who doesn't know the account's password is told nothing.
    var told: Set<[UInt8]> = []
    let stranger = Configuration.Account(email: account.email, password: Secret("not-the-password"))
    await stage.weir.takeListed(by: stranger, but: &told)
    await settle(stage)
    #expect(told.isEmpty)
    #expect(try await stage.count(71, "payment.observed.v1") == 0)
    // The first time it is due it has its time; then the provider is asked.
    _ = await stage.weir.performer.perform(.pollPayment(first))
    guard case .again(let commands, _, _) = await stage.weir.performer.perform(.pollPayment(first))
    else {
      Issue.record("it isn't asked after again")
      return
    }
    guard case .payment(.note(let report, _))? = commands.first else {
      Issue.record("\(commands)")
      return
    }
    #expect(report.payment == first && report.status == "finished" && report.outcomeAmount == "50")
    // Each reading of the list begins as after a restart.
    for _ in 0..<3 {
      told = []
      await stage.weir.takeListed(by: account, but: &told)
    }
    #expect(told.count == 2, "another shop's payment is none of ours")
    #expect(
      try await stage.eventually { try await stage.count(71, "accumulation.locked.v1") == 2 })
    await settle(stage)
    #expect(try await stage.count(71, "payment.finished.v1") == 2)
    #expect(try await stage.amounts(71, "accumulation.locked.v1") == ["48.50", "48.50"])
  }
}
