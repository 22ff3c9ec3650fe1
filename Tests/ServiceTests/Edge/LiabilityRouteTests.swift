import HTTP
import JSON
import Kernel
import Log
import Testing

@testable import Service

@Suite struct LiabilityRouteTests {
  private func publish(_ world: EdgeWorld, _ byte: String = "5a") async throws {
    try await world.ask(
      .ledger(
        .publishLiabilities(
          salt: String(repeating: byte, count: 32), chat: "-100777", checkpoint: [])))
  }

  @Test("refuses: a proof to everybody but the owner; does: the sums to anybody")
  func owners() async throws {
    let world = try EdgeWorld(variables: ["WEIR_OPEN_READS": "off"])
    let owner = try await world.person("owner")
    let other = try await world.person("other")
    let made = try await world.ask(
      "POST", "/api/channels/register", Bodies.registration(), by: owner.access)
    #expect(made.status == 201, "\(made)")
    let mine = "/api/channels/-1001234567890/liabilities"
    for path in ["/api/liabilities", mine] {
      let early = try await world.ask("GET", path, nil, by: owner.access)
      #expect(early.status == 200 && early.json?["day"]?.isNull == true, "\(early)")
    }
    let order = "PGP-6270000001|-1001234567890"
    _ = try await world.notify(Bodies.notice(payment: 1, order: order, price: "25"))
    try await publish(world)
    let sums = try await world.get("/api/liabilities")
    #expect(sums.status == 200 && sums.json?["day"]?.text == "2026-11-24", "\(sums)")
    let told = try #require(sums.json?["sums"]?.items?.first)
    #expect(told["total"]?["amount"]?.text == "24.25" && told["clients"]?.integer == 1)
    let proof = try await world.ask("GET", mine, nil, by: owner.access)
    #expect(proof.json?["proofs"]?.items?.first?["root"] == told["root"], "\(proof)")
    #expect(!proof.text.contains(String(repeating: "5a", count: 32)))
    let strange = try await world.ask("GET", mine, nil, by: other.access)
    let missing = try await world.ask(
      "GET", "/api/channels/-1001234567899/liabilities", nil, by: other.access)
    #expect(strange.status == 404 && strange.text == missing.text.replacing("899", with: "890"))
    #expect(try await world.get(mine).status == 401)
  }

  @Test("does: an earlier day's by asof, as it was proven then")
  func earlier() async throws {
    let world = try EdgeWorld()
    try await world.register()
    let order = "PGP-6270000001|-1001234567890"
    let mine = "/api/channels/-1001234567890/liabilities"
    _ = try await world.notify(Bodies.notice(payment: 1, order: order, price: "25"))
    try await publish(world)
    let head = world.store.head.position
    let first = try await world.get(mine)
    world.wait(seconds: 86_400)
    _ = try await world.notify(Bodies.notice(payment: 2, order: order, price: "25"))
    #expect(try await world.get(mine).json?["proofs"] == first.json?["proofs"])
    try await publish(world, "a5")
    let second = try await world.get(mine)
    #expect(
      second.json?["proofs"]?.items?.first?["amount"]?["amount"]?.text == "48.50", "\(second)")
    let then = try await world.get(mine + "?asof=\(head)")
    #expect(then.json?["proofs"] == first.json?["proofs"], "\(then)")
    #expect(try await world.get("/api/liabilities?asof=2").json?["day"]?.isNull == true)
  }
}
